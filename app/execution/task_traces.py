"""What the trace of a task tells of its end, and of what follows."""

from __future__ import annotations

from datetime import UTC, datetime

from app.platform.tracing import record_of_task, record_task
from app.scheduling import TaskEvent


def record_step(name: str, event: TaskEvent, began: datetime, failed: bool = False) -> None:
    """Record a step of the follow-up of a task that ends now."""
    error = "task.follow_up_failed" if failed else ""
    now = datetime.now(UTC)
    record_of_task(name, event.traceparent, event.task_id, began, now, error=error)


def record_end(event: TaskEvent) -> None:
    """Record the task as a whole, from its creation until now, if this event ended it."""
    if event.kind not in ("succeeded", "failed", "cancelled"):
        return
    facts: dict[str, str | int | bool] = {
        "director.project_id": str(event.project_id),
        "director.run_id": str(event.run_id),
        "director.user_id": str(event.user_id),
        "director.node_id": event.node_id,
        "director.node_type": event.node_type,
        "director.outcome": event.kind,
        "director.attempt": event.attempt,
        "director.reused": event.reused,
    }
    if event.backend is not None:
        facts["director.backend"] = event.backend
    error = "" if event.kind == "succeeded" else str((event.error or {}).get("code", event.kind))
    now = datetime.now(UTC)
    record_task(event.traceparent, event.task_id, event.created_at, now, facts, error=error)
