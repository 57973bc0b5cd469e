"""The facts that tasks leave behind, in order, and how far they have been followed up.

Whoever follows up an event marks it as handled; a step of that which failed is kept with the event
and comes back when its retry is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, current_unit, from_json, to_json

EventKind = Literal["succeeded", "failed", "cancelled", "requeued", "waiting", "late"]

EVENT_COLUMNS = """e.id, e.kind, e.detail, e.retry_steps, e.retry_count, t.id AS task_id,
       t.project_id, t.user_id, t.node_id, t.iteration, t.plan, t.take_id, t.reused,
       t.run_id, t.node_type, t.backend, e.attempt, t.traceparent, t.created_at,
       e.retry_steps <> '{}' AND EXISTS (
         SELECT 1 FROM tasks u JOIN task_events l ON l.task_id = u.id
         WHERE u.project_id = t.project_id AND u.node_id = t.node_id
           AND l.kind = 'succeeded' AND l.id > e.id AND l.handled_at IS NOT NULL) AS superseded
    FROM task_events e JOIN tasks t ON t.id = e.task_id"""


class TaskEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a task, with the facts of the task that a follow-up needs.

    `retry_steps` are the steps of the follow-up that failed, `retry_count` times so far.
    `superseded` says of an event with such steps that a later one of the same node, a success, was
    handled meanwhile.
    """

    id: int
    kind: EventKind
    task_id: UUID
    project_id: UUID
    user_id: UUID
    node_id: str
    iteration: str
    plan: dict[str, Any]
    take_id: UUID | None
    reused: bool
    error: dict[str, Any] | None
    retry_steps: list[str]
    retry_count: int
    superseded: bool
    run_id: UUID
    node_type: str
    backend: str | None
    attempt: int
    traceparent: str | None
    created_at: datetime


async def record_event(
    unit: UnitOfWork,
    task_id: UUID,
    project_id: UUID,
    kind: EventKind,
    attempt: int,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add an event to a task, in the transaction that makes it true."""
    await unit.execute(
        """INSERT INTO task_events (task_id, project_id, kind, attempt, detail)
           VALUES ($1, $2, $3, $4, $5::jsonb)""",
        task_id,
        project_id,
        kind,
        attempt,
        to_json(detail or {}),
    )


async def unhandled_events(limit: int) -> list[TaskEvent]:
    """The oldest events that have not been handled, in order."""
    return await _read("e.handled_at IS NULL ORDER BY e.id LIMIT $1", limit)


async def count_unhandled_events() -> int:
    """How many events have not been handled. Part of the caller's unit."""
    return await current_unit().fetchval(
        "SELECT count(*) FROM task_events WHERE handled_at IS NULL"
    )


async def mark_handled(event_ids: Sequence[int]) -> None:
    """Mark these events as handled."""
    await current_unit().execute(
        "UPDATE task_events SET handled_at = now() WHERE id = ANY($1::bigint[])", list(event_ids)
    )


async def due_retries(limit: int) -> list[TaskEvent]:
    """Handled events with steps that are to be tried again now, in order."""
    return await _read(
        """e.id IN (SELECT id FROM task_events WHERE retry_steps <> '{}' AND retry_at <= now()
                    ORDER BY retry_at LIMIT $1) ORDER BY e.id""",
        limit,
    )


async def retry_later(event_id: int, steps: Sequence[str], pause: float | None) -> None:
    """Store which steps of a follow-up failed, for a retry in `pause` seconds; None: no retry."""
    await current_unit().execute(
        """UPDATE task_events SET retry_steps = $2::text[], retry_count = retry_count + 1,
             retry_at = now() + make_interval(secs => $3) WHERE id = $1""",
        event_id,
        list(steps),
        pause,
    )


async def retry_abandoned(step: str, within: timedelta) -> None:
    """Retry a step once more that was abandoned, of events that are not older than `within`."""
    await current_unit().execute(
        """UPDATE task_events SET retry_steps = ARRAY[$1], retry_count = 0, retry_at = now()
           WHERE retry_steps <> '{}' AND $1 = ANY(retry_steps) AND retry_at IS NULL
             AND at > now() - $2::interval""",
        step,
        within,
    )


async def uncommitted_successes(after: float, but: Sequence[UUID] = ()) -> list[TaskEvent]:
    """The handled successes that are to go into the projects' version history now.

    Those of the projects `but` wait, and so do tasks whose plan says so: `uncommitted_of`.

    Those of a project come together: once nothing of it runs any more, or `after` seconds have
    passed; and not while another success of it waits to be handled (the film, after its shots).
    """
    return await _read(
        """e.kind = 'succeeded' AND e.handled_at IS NOT NULL AND e.committed_at IS NULL
             AND e.project_id <> ALL($2::uuid[])
             AND t.plan -> 'auto_commit' IS DISTINCT FROM 'false'
             AND (e.handled_at < now() - make_interval(secs => $1) OR NOT EXISTS (
               SELECT 1 FROM tasks r WHERE r.project_id = e.project_id
               AND r.status NOT IN ('succeeded', 'failed', 'cancelled'))
             AND NOT EXISTS (
               SELECT 1 FROM task_events u WHERE u.project_id = e.project_id
               AND u.kind = 'succeeded' AND u.handled_at IS NULL))
           ORDER BY e.project_id, t.user_id, e.id LIMIT 1000""",
        after,
        list(but),
    )


async def uncommitted_of(project_id: UUID) -> list[TaskEvent]:
    """The handled successes of a project that are not in its version history yet."""
    return await _read(
        """e.kind = 'succeeded' AND e.handled_at IS NOT NULL AND e.committed_at IS NULL
             AND e.project_id = $1 ORDER BY t.user_id, e.id LIMIT 10000""",
        project_id,
    )


async def mark_committed(event_ids: Sequence[int]) -> None:
    """Mark what these events made as committed to the version history."""
    await current_unit().execute(
        "UPDATE task_events SET committed_at = now() WHERE id = ANY($1::bigint[])", list(event_ids)
    )


async def _read(condition: str, *arguments: Any) -> list[TaskEvent]:
    rows = await current_unit().fetch(f"SELECT {EVENT_COLUMNS} WHERE {condition}", *arguments)
    return [_event(row) for row in rows]


def _event(row: asyncpg.Record) -> TaskEvent:
    values = dict(row)
    values["plan"] = from_json(values["plan"])
    values["error"] = from_json(values.pop("detail")).get("error")
    return msgspec.convert(values, TaskEvent)
