"""What monitoring measures of tasks and devices: each fact of a task once, and what devices do."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from app.platform.database import current_unit
from node_registry import DeviceKind, Tier

from .task_events import EventKind
from .workers import HEARTBEAT_TIMEOUT

Reason = Literal[
    "", "out_of_memory", "worker_lost", "worker_stopped", "too_slow", "tried_enough", "other"
]
"""Why a task failed or is tried again, in few words: backends have any number of codes."""

_REASONS: dict[str, Reason] = {
    "": "",
    "backend.out_of_memory": "out_of_memory",
    "task.worker_lost": "worker_lost",
    "task.worker_stopped": "worker_stopped",
    "task.timed_out": "too_slow",
    "task.too_long": "too_slow",
    "task.tried_enough": "tried_enough",
}

REASONS: tuple[Reason, ...] = get_args(Reason)

BATCH = 5000


class TaskFact(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a task. Times are in seconds, and None where the task never came so far.

    `first_try` says of a success that no attempt before it failed; `claimed` is the time from its
    assignment until its worker began, `ran` until it ended, and `expected` what was foretold.
    """

    id: int
    kind: EventKind
    tier: Tier
    reason: Reason
    reused: bool
    first_try: bool
    claimed: float | None
    ran: float | None
    expected: float | None


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What a live worker has: its device, whether it is busy, and memory in bytes."""

    worker: str
    kind: DeviceKind
    busy: bool
    memory: int
    reserved: int


async def last_event_id() -> int:
    """The id of the newest event of a task; 0 where there is none."""
    return await current_unit().fetchval("SELECT coalesce(max(id), 0) FROM task_events")


async def read_facts(after: int) -> list[TaskFact]:
    """The events with higher ids, at most `BATCH` of them, in order."""
    rows = await current_unit().fetch(
        """SELECT e.id, e.kind, t.tier, t.reused, t.failures = 0 AS first_try,
             coalesce(e.detail #>> '{error,code}', e.detail ->> 'code', '') AS code,
             extract(epoch FROM t.started_at - t.assigned_at)::float8 AS claimed,
             extract(epoch FROM t.ended_at - t.started_at)::float8 AS ran,
             t.expected_seconds AS expected
           FROM task_events e JOIN tasks t ON t.id = e.task_id
           WHERE e.id > $1 ORDER BY e.id LIMIT $2""",
        after,
        BATCH,
    )
    return [
        TaskFact(
            id=row["id"],
            kind=row["kind"],
            tier=row["tier"],
            reason=_REASONS.get(row["code"], "other"),
            reused=row["reused"],
            first_try=row["first_try"],
            claimed=row["claimed"],
            ran=row["ran"],
            expected=row["expected"],
        )
        for row in rows
    ]


async def oldest_waiting() -> dict[str, float]:
    """How long the oldest task of each quality has stood in the queue, in seconds; those that are
    paused, or wait for their inputs, do not count."""
    rows = await current_unit().fetch(
        """SELECT tier, extract(epoch FROM now() - min(created_at))::float8 AS seconds
           FROM tasks WHERE status = 'queued' AND paused_by IS NULL GROUP BY tier"""
    )
    return {row["tier"]: row["seconds"] for row in rows}


async def read_devices() -> list[Device]:
    """The devices of the live workers, by the workers' names."""
    rows = await current_unit().fetch(
        """SELECT w.name AS worker, w.device AS kind, w.vram_bytes AS memory,
             bool_or(t.id IS NOT NULL) AS busy,
             coalesce(sum((t.reserved ->> w.device_id)::bigint) FILTER (
               WHERE w.device = 'gpu'), 0)::bigint AS reserved
           FROM workers w LEFT JOIN tasks t
             ON t.worker_id = w.id AND t.status IN ('assigned', 'running')
           WHERE w.seen_at > now() - make_interval(secs => $1)
           GROUP BY w.id ORDER BY w.name""",
        float(HEARTBEAT_TIMEOUT),
    )
    return [Device(**dict(row)) for row in rows]
