"""Reads the tasks that could be assigned, and writes down what the dispatcher decided of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, to_json
from app.platform.tracing import record_of_task

from . import leases, workers
from .fair_share import charged_gb
from .placement import Place
from .reservations import ReservedFor
from .resolving import ReadyTask, Refused, Reused

CLAIM_SECONDS = 10
"""How long a worker has to begin what it was given."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt of a task that is to run at a place, with what it reserves there."""

    task_id: UUID
    attempt: int
    ready: ReadyTask
    place: Place
    reserves: ReservedFor


async def read_candidates(
    unit: UnitOfWork,
    users: Sequence[UUID],
    *,
    each: int,
    passed: Iterable[UUID],
    full_projects: Sequence[UUID],
) -> dict[UUID, list[asyncpg.Record]]:
    """The first `each` tasks of each of these people that could be assigned, by their order.

    Those of `passed` and of `full_projects` are left out. The rows are locked.
    """
    rows = await unit.fetch(
        """SELECT c.* FROM unnest($1::uuid[]) AS u (user_id) CROSS JOIN LATERAL (
             SELECT id, user_id, project_id, attempt, label, plan, server, model,
               extract(epoch FROM
                 task_turn(created_at, priority, priority_chosen))::float8 AS turn,
               extract(epoch FROM now() - created_at)::float8 AS waited,
               checkpoint IS NOT NULL AS resumes FROM tasks t
             WHERE status = 'queued' AND t.user_id = u.user_id AND id <> ALL($2::uuid[])
               AND (not_before IS NULL OR not_before <= now())
               AND reserved IS NULL AND NOT cancel_requested AND paused_by IS NULL
               AND attempt <= max_attempts AND cause <> $3
               AND project_id <> ALL($4::uuid[])
             ORDER BY task_turn(created_at, priority, priority_chosen), unblocks DESC, ordinal
             LIMIT $5
             FOR UPDATE SKIP LOCKED) c""",
        list(users),
        list(passed),
        # The next tick looks at it first: it may be over, or get another attempt.
        leases.WORKER_STOPPED,
        list(full_projects),
        each,
    )
    found: dict[UUID, list[asyncpg.Record]] = {user: [] for user in users}
    for row in rows:
        found[row["user_id"]].append(row)
    return found


async def write_assignments(unit: UnitOfWork, given: Sequence[Assignment]) -> set[UUID]:
    """Give tasks to workers, with their reservations, in one statement; the tasks that were given.

    One whose worker left or is drained since it was decided stays in the queue.
    """
    columns: list[list[Any]] = [
        [
            one.task_id,
            one.place.worker.id,
            one.ready.backend,
            to_json(one.ready.request),
            one.ready.basis,
            one.ready.recipe,
            to_json(one.ready.made_from),
            one.place.server,
            one.ready.seconds,
            one.ready.needs.device,
            one.attempt,
            to_json(one.reserves.reservation.units),
            charged_gb(one.ready.needs),
            one.ready.needs.vram_bytes,
            one.ready.model,
        ]
        for one in given
    ]
    rows = await unit.fetch(
        """UPDATE tasks t SET status = 'assigned', worker_id = g.worker_id, backend = g.backend,
             request = g.request, basis = g.basis, recipe = g.recipe, made_from = g.made_from,
             assigned_at = now(), lease_until = now() + make_interval(secs => $16),
             cause = '', cause_kind = '', cause_hint = '',
             server = g.server, expected_seconds = g.seconds, device = g.device,
             reserved_attempt = g.attempt, reserved = g.reserved, charged_gb = g.charged_gb,
             vram_bytes = g.vram_bytes, model = g.model
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::text[], $6::text[],
                       $7::jsonb[], $8::text[], $9::float8[], $10::text[], $11::int[], $12::jsonb[],
                       $13::float8[], $14::bigint[], $15::text[])
             AS g (id, worker_id, backend, request, basis, recipe, made_from, server, seconds,
                   device, attempt, reserved, charged_gb, vram_bytes, model)
           JOIN workers w ON w.id = g.worker_id
           WHERE t.id = g.id AND w.drained_by = ''
             AND w.seen_at > now() - make_interval(secs => $17)
           RETURNING t.id, t.attempt, t.traceparent, t.created_at, t.assigned_at,
             CASE WHEN t.traceparent IS NOT NULL THEN (
               SELECT max(e.at) FROM task_events e WHERE e.task_id = t.id AND e.kind = 'requeued')
             END AS requeued_at""",
        *[list(column) for column in zip(*columns, strict=True)],
        float(CLAIM_SECONDS),
        float(workers.HEARTBEAT_TIMEOUT),
    )
    for row in rows:
        record_of_task(
            "task.wait",
            row["traceparent"],
            row["id"],
            row["requeued_at"] or row["created_at"],
            row["assigned_at"],
            {"director.attempt": row["attempt"]},
        )
    return {row["id"] for row in rows}


async def write_reused(unit: UnitOfWork, task_id: UUID, reused: Reused) -> None:
    """End a task with the take that an equal recipe made."""
    await unit.execute(
        """WITH ended AS (
             UPDATE tasks SET status = 'succeeded', take_id = $2, recipe = $3, reused = true,
               ended_at = now(), cause = '' WHERE id = $1 RETURNING id, project_id, attempt)
           INSERT INTO task_events (task_id, project_id, kind, attempt, detail)
           SELECT id, project_id, 'succeeded', attempt, '{"reused": true}' FROM ended""",
        task_id,
        reused.take_id,
        reused.recipe,
    )


async def write_refused(unit: UnitOfWork, task_id: UUID, refused: Refused) -> None:
    """Fail a task that cannot run as it is."""
    await unit.execute(
        """WITH ended AS (
             UPDATE tasks SET status = 'failed', error = $2::jsonb, ended_at = now(), cause = ''
             WHERE id = $1 RETURNING id, project_id, attempt)
           INSERT INTO task_events (task_id, project_id, kind, attempt, detail)
           SELECT id, project_id, 'failed', attempt, jsonb_build_object('error', $2::jsonb)
           FROM ended""",
        task_id,
        to_json(refused.error),
    )
