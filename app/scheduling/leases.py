"""Leases of tasks, in PostgreSQL and on its clock: claim, renew, finish, reap. Writes are fenced.

A worker's write names the attempt that it was given; once the task went to another, the write
finds no row. So exactly one result is accepted for a task, however many processes ran it.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from app.platform.database import UnitOfWork, from_json, to_json
from app.platform.tracing import record_of_task

from . import workers
from .model import FinalStatus
from .task_events import record_event

# The cause of a task whose worker was told to stop: that is no failure of the task.
WORKER_STOPPED = "Its worker was stopped; another goes on."


class Claim(msgspec.Struct, kw_only=True):
    """A task that this worker now runs.

    `reserved` holds units by resource (bytes by a card's id), `server` is the remote server of
    which it has a slot, `failures` how many attempts failed before, `traceparent` the trace of the
    request that began the task.
    """

    task_id: UUID
    attempt: int
    project_id: UUID
    run_id: UUID
    user_id: UUID
    node_id: str
    backend: str
    request: dict[str, Any]
    basis: str
    recipe: str | None
    made_from: dict[str, Any]
    checkpoint: bytes | None
    answer: Any = None
    server: str | None = None
    reserved: dict[str, int] = {}
    failures: int = 0
    traceparent: str | None = None


async def claim(
    unit: UnitOfWork, task_id: UUID, attempt: int, worker_id: UUID, lease_seconds: int
) -> Claim | None:
    """Take over a task that was assigned to this worker; None when the wake-up is out of date."""
    row = await unit.fetchrow(
        """UPDATE tasks SET status = 'running', started_at = now(),
             lease_until = now() + make_interval(secs => $4)
           WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND status = 'assigned'
           RETURNING project_id, run_id, user_id, node_id, backend, request, basis, recipe,
                     made_from, checkpoint, answer, server, reserved, failures, traceparent,
                     assigned_at, now() AS claimed_at""",
        task_id,
        attempt,
        worker_id,
        lease_seconds,
    )
    if row is None:
        return None
    record_of_task(
        "task.claim",
        row["traceparent"],
        task_id,
        row["assigned_at"],
        row["claimed_at"],
        {"director.attempt": attempt, "director.worker_id": str(worker_id)},
    )
    return Claim(
        task_id=task_id,
        attempt=attempt,
        project_id=row["project_id"],
        run_id=row["run_id"],
        user_id=row["user_id"],
        node_id=row["node_id"],
        backend=row["backend"],
        request=from_json(row["request"]),
        basis=row["basis"],
        # What a person answered is no part of the recipe: such a take is nobody else's.
        recipe=row["recipe"] if row["answer"] is None else None,
        made_from=from_json(row["made_from"]),
        checkpoint=row["checkpoint"],
        answer=from_json(row["answer"]),
        server=row["server"],
        reserved=from_json(row["reserved"]) or {},
        failures=row["failures"],
        traceparent=row["traceparent"],
    )


async def renew(
    unit: UnitOfWork, claim: Claim, worker_id: UUID, lease_seconds: int
) -> Literal["held", "lost", "cancel"]:
    """Renew the lease of a running task: `lost` if it was requeued, `cancel` if it is to stop."""
    row = await unit.fetchrow(
        """UPDATE tasks SET lease_until = now() + make_interval(secs => $4)
           WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND status = 'running'
           RETURNING cancel_requested""",
        claim.task_id,
        claim.attempt,
        worker_id,
        lease_seconds,
    )
    if row is None:
        return "lost"
    return "cancel" if row["cancel_requested"] else "held"


async def save_checkpoint(unit: UnitOfWork, claim: Claim, worker_id: UUID, state: bytes) -> bool:
    """Store what a backend wants back after a crash; False when the task is no longer ours.

    Empty bytes are nothing: the next attempt begins anew.
    """
    return bool(
        await unit.execute(
            """UPDATE tasks SET checkpoint = $4
               WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND status = 'running'""",
            claim.task_id,
            claim.attempt,
            worker_id,
            state or None,
        )
    )


async def wait_for_input(
    unit: UnitOfWork, claim: Claim, worker_id: UUID, question: str, answer: dict[str, Any]
) -> bool:
    """Let a running task wait, without a worker, for a person's answer to a question.

    `answer` is the JSON Schema of the answer. False when it is no longer this worker's.
    """
    touched = await unit.execute(
        """UPDATE tasks SET status = 'waiting_for_input', lease_until = NULL,
             question = $4::jsonb, cause = 'It asks: ' || $5
           WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND status = 'running'""",
        claim.task_id,
        claim.attempt,
        worker_id,
        to_json({"question": question, "answer": answer}),
        question[:500],
    )
    if touched:
        await record_event(
            unit,
            claim.task_id,
            claim.project_id,
            "waiting",
            claim.attempt,
            {"question": question},
        )
    return bool(touched)


async def finish(
    unit: UnitOfWork,
    claim: Claim,
    worker_id: UUID,
    status: FinalStatus,
    *,
    take_id: UUID | None = None,
    error: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> bool:
    """End a running task; False (and nothing written) when it is no longer this worker's."""
    touched = await unit.execute(
        """UPDATE tasks SET status = $4, take_id = $5, error = $6::jsonb, ended_at = now(),
             lease_until = NULL, cause = ''
           WHERE id = $1 AND attempt = $2 AND worker_id = $3 AND status = 'running'""",
        claim.task_id,
        claim.attempt,
        worker_id,
        status,
        take_id,
        None if error is None else to_json(error),
    )
    if not touched:
        return False
    facts = {"error": error} if error else detail
    await record_event(unit, claim.task_id, claim.project_id, status, claim.attempt, facts)
    return True


async def requeue(
    unit: UnitOfWork,
    task_id: UUID,
    attempt: int,
    cause: str,
    *,
    code: str = "",
    pause: float = 0.0,
    failed: bool = False,
) -> bool:
    """Let another worker try a task again, as its next attempt, after `pause` seconds.

    `cause` says why to people, `code` to programs. `failed` counts the attempt as one that failed,
    and was not just stopped.
    """
    row = await unit.fetchrow(
        """UPDATE tasks SET status = 'queued', attempt = attempt + 1, worker_id = NULL,
             lease_until = NULL, cause = $3, cause_kind = 'retry', cause_hint = '',
             not_before = CASE WHEN $4 > 0 THEN now() + make_interval(secs => $4) END,
             failures = failures + $5::int
           WHERE id = $1 AND attempt = $2 AND status IN ('assigned', 'running')
           RETURNING project_id, attempt""",
        task_id,
        attempt,
        cause,
        float(pause),
        int(failed),
    )
    if row is None:
        return False
    await record_event(
        unit,
        task_id,
        row["project_id"],
        "requeued",
        row["attempt"],
        {"cause": cause, "code": code},
    )
    return True


async def record_late_execution(unit: UnitOfWork, claim: Claim, worker_id: UUID) -> bool:
    """Record that an execution ended after its task had gone to another worker.

    False when its end was stored after all, and only the database's answer was lost.
    """
    return bool(
        await unit.execute(
            """INSERT INTO task_events (task_id, project_id, kind, attempt, handled_at)
               SELECT $1, $2, 'late', $3, now() WHERE NOT EXISTS (
                 SELECT 1 FROM tasks WHERE id = $1 AND attempt = $3 AND worker_id = $4)""",
            claim.task_id,
            claim.project_id,
            claim.attempt,
            worker_id,
        )
    )


async def reap(unit: UnitOfWork, lease_seconds: float = 3600) -> int:
    """Requeue tasks whose lease ran out; those out of attempts fail. Returns how many.

    No lease lasts longer than `lease_seconds` from now: one that does was given before the
    database's clock went back, and its worker, if it is there, renews it within a second.
    """
    await _finish_requeued(unit)
    await unit.execute(
        """UPDATE tasks SET lease_until = now() + make_interval(secs => $1)
           WHERE status IN ('assigned', 'running')
             AND lease_until > now() + make_interval(secs => $1 + 60)""",
        float(lease_seconds),
    )
    rows = await unit.fetch(
        """SELECT id, project_id, attempt, max_attempts, cancel_requested, worker_id,
             traceparent, assigned_at, now() AS reaped_at FROM tasks
           WHERE status IN ('assigned', 'running') AND lease_until < now()
           FOR UPDATE SKIP LOCKED"""
    )
    # Dead or frozen, it would get the next task too. Its next heartbeat makes it idle again.
    await workers.mark_suspect(unit, [row["worker_id"] for row in rows])
    for row in rows:
        # Whoever ran it cannot tell of it any more.
        record_of_task(
            "task.lost",
            row["traceparent"],
            row["id"],
            row["assigned_at"],
            row["reaped_at"],
            {"director.attempt": row["attempt"], "director.worker_id": str(row["worker_id"])},
            error="task.worker_lost",
        )
        if row["cancel_requested"]:
            await _finish_without_worker(unit, row["id"], "cancelled", None)
        elif row["attempt"] >= row["max_attempts"]:
            await _finish_without_worker(
                unit,
                row["id"],
                "failed",
                {
                    "code": "task.worker_lost",
                    "message": f"Its worker fell silent {row['attempt']} times.",
                    "hint": "Look into the worker's log; it may run out of memory on this task.",
                },
            )
        else:
            await requeue(
                unit,
                row["id"],
                row["attempt"],
                "Its worker fell silent; it is tried again.",
                code="task.worker_lost",
            )
    return len(rows)


async def _finish_requeued(unit: UnitOfWork) -> None:
    """Finish requeued tasks that were cancelled or are out of attempts.

    That its worker was stopped is no failure of a task: it costs none of its attempts.
    """
    await unit.execute(
        """UPDATE tasks SET max_attempts = max_attempts + 1, cause = ''
           WHERE status = 'queued' AND cause = $1""",
        WORKER_STOPPED,
    )
    rows = await unit.fetch(
        """SELECT id, attempt, cause, cancel_requested FROM tasks WHERE status = 'queued'
             AND (cancel_requested OR attempt > max_attempts) FOR UPDATE SKIP LOCKED"""
    )
    for row in rows:
        if row["cancel_requested"]:
            await _finish_without_worker(unit, row["id"], "cancelled", None)
        else:
            error = {
                "code": "task.tried_enough",
                "message": f"It was tried {row['attempt'] - 1} times. At last: {row['cause']}",
                "hint": "Mend what it says, then try it again.",
            }
            await _finish_without_worker(unit, row["id"], "failed", error)


async def _finish_without_worker(
    unit: UnitOfWork, task_id: UUID, status: FinalStatus, error: dict[str, Any] | None
) -> None:
    await unit.execute(
        """WITH ended AS (
             UPDATE tasks SET status = $2, error = $3::jsonb, ended_at = now(), lease_until = NULL
             WHERE id = $1 RETURNING id, project_id, attempt)
           INSERT INTO task_events (task_id, project_id, kind, attempt, detail)
           SELECT id, project_id, $2, attempt, CASE WHEN $3::jsonb IS NULL THEN '{}'::jsonb
             ELSE jsonb_build_object('error', $3::jsonb) END FROM ended""",
        task_id,
        status,
        None if error is None else to_json(error),
    )


async def fail_dependents(unit: UnitOfWork) -> int:
    """Fail or cancel the tasks that need one that failed or was cancelled. Returns how many."""
    rows = await unit.fetch(
        """UPDATE tasks t SET status = d.status, ended_at = now(),
             error = jsonb_build_object('code', 'task.input_' || d.status,
               'message', CASE WHEN d.status = 'failed'
                 THEN 'It needs ' || d.label || ', which failed.'
                 ELSE 'It needs ' || d.label || ', which was cancelled.' END,
               'hint', 'Try ' || d.label || ' again.')
           FROM task_needs n JOIN tasks d ON d.id = n.needs_id
           WHERE n.task_id = t.id AND t.status = 'blocked' AND d.status IN ('failed', 'cancelled')
           RETURNING t.id, t.project_id, t.status, t.attempt, t.error"""
    )
    seen: set[UUID] = set()
    for row in rows:
        if row["id"] in seen:
            continue
        seen.add(row["id"])
        await record_event(
            unit,
            row["id"],
            row["project_id"],
            row["status"],
            row["attempt"],
            {"error": from_json(row["error"])},
        )
    return len(seen)


async def unblock(unit: UnitOfWork) -> int:
    """Queue the blocked tasks whose inputs are all there. Returns how many."""
    return await unit.execute(
        """UPDATE tasks t SET status = 'queued', cause = ''
           WHERE t.status = 'blocked' AND NOT EXISTS (
             SELECT 1 FROM task_needs n JOIN tasks d ON d.id = n.needs_id
             WHERE n.task_id = t.id AND d.status <> 'succeeded')"""
    )
