"""The queue as people see it: each waiting task's place, why it waits, and about how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import current_unit
from app.platform.pagination import Page, PageRequest

from . import causes
from .causes import LASTING, Cause
from .fair_share import CHARGES
from .workers import HEARTBEAT_TIMEOUT


class QueueEntry(msgspec.Struct, kw_only=True):
    """A task's place in the whole studio's queue, from 1, and why it waits.

    `cause` is a sentence, `cause_kind` its name for programs, `hint` what people can do about it.
    `expected_wait` is about how long, in seconds, until a worker begins it: by the estimates of
    what runs and stands before it, of what it needs first, and the workers that are there. None
    where nothing is known, and where it waits until somebody does something.
    """

    task_id: UUID
    node_id: str
    position: int
    cause: str
    cause_kind: str = ""
    hint: str = ""
    expected_wait: int | None = None


async def read_queue(project_id: UUID, page: PageRequest) -> Page[QueueEntry]:
    """The waiting tasks of a project with their places in the queue of the whole studio.

    For the service's role: others do not see what stands before.
    """
    after = page.after(tuple[datetime, int, int, UUID])
    rows = await _waiting_tasks([project_id])
    waits = _expected_waits(rows)
    # Not by the position, which moves up with every task that is begun.
    rest = [row for row in sorted(rows, key=_sort_key) if after is None or _sort_key(row) > after]
    return page.answer(rest[: page.rows], _sort_key, lambda row: _entry(row, waits))


async def read_queues(project_ids: Sequence[UUID]) -> dict[UUID, list[QueueEntry]]:
    """The waiting tasks of some projects; each has its place and a cause in a sentence."""
    queues: dict[UUID, list[QueueEntry]] = {project_id: [] for project_id in project_ids}
    rows = await _waiting_tasks(project_ids)
    waits = _expected_waits(rows)
    for row in rows:
        queues[row["project_id"]].append(_entry(row, waits))
    return queues


async def read_all_queues() -> dict[UUID, QueueEntry]:
    """The waiting tasks of the whole studio, by id."""
    rows = await _waiting_tasks(None)
    waits = _expected_waits(rows)
    return {row["id"]: _entry(row, waits) for row in rows}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Of a waiting task what its place depends on, and its cause. Times are in seconds."""

    tier: str
    device: str | None
    cause_kind: str
    expected_wait: float | None


async def read_all_places() -> list[Place]:
    """The waiting tasks of the whole studio, in their order."""
    rows = await _waiting_tasks(None)
    waits = _expected_waits(rows)
    return [
        Place(
            tier=row["tier"],
            device=row["pool"],
            cause_kind=_cause(row).kind,
            expected_wait=waits[row["id"]],
        )
        for row in rows
    ]


async def _waiting_tasks(project_ids: Sequence[UUID] | None) -> list[asyncpg.Record]:
    return await current_unit().fetch(
        # Of parts that are written here alone.
        f"""WITH charges AS ({CHARGES}),
           learned AS (
             SELECT node_type, tier, mode() WITHIN GROUP (ORDER BY device) AS device,
                    avg(extract(epoch FROM ended_at - started_at)) AS seconds
             FROM tasks WHERE status = 'succeeded' AND NOT reused AND started_at IS NOT NULL
               AND ended_at > now() - interval '5 hours'
             GROUP BY node_type, tier),
           running AS (
             SELECT device, avg(expected_seconds) AS usual,
                    sum(greatest(0, expected_seconds - extract(epoch FROM
                      now() - coalesce(started_at, assigned_at)))) AS remaining
             FROM tasks WHERE status IN ('assigned', 'running') GROUP BY device),
           live AS (
             SELECT device, count(*) AS workers FROM workers
             WHERE seen_at > now() - make_interval(secs => $2) AND drained_by = ''
             GROUP BY device),
           waiting AS (
             SELECT t.*, coalesce(c.charge, 0) AS charge,
                    task_turn(created_at, priority, priority_chosen) AS turn,
                    row_number() OVER (PARTITION BY user_id, paused_by IS NULL
                      ORDER BY task_turn(created_at, priority, priority_chosen),
                        unblocks DESC, ordinal, t.id) AS place,
                    coalesce(t.expected_seconds, l.seconds) AS forecast,
                    paused_by IS NOT NULL AS paused,
                    -- Where nobody has looked yet, as such tasks ran before, else as most workers.
                    coalesce(t.device, l.device,
                             (SELECT device FROM live ORDER BY workers DESC LIMIT 1)) AS pool
             FROM tasks t LEFT JOIN charges c USING (user_id)
               LEFT JOIN learned l USING (node_type, tier)
             WHERE status IN ('queued', 'blocked')),
           placed AS (
             SELECT id, project_id, node_id, cause, cause_kind, cause_hint, status, turn,
                    unblocks, paused_by, ordinal, tier, pool,
                    coalesce(forecast, running.usual) AS seconds,
                    coalesce(running.remaining, 0) AS remaining, live.workers,
                    greatest(0, extract(epoch FROM not_before - now()))::float8 AS pause,
                    row_number() OVER ordered AS position,
                    -- Of what was not looked at yet, as much as what runs now is expected to take.
                    coalesce(sum(coalesce(forecast, running.usual)) OVER before, 0)
                      + CASE WHEN bool_or(coalesce(forecast, running.usual) IS NULL) OVER before
                        THEN NULL ELSE 0 END AS ahead
             FROM waiting
               LEFT JOIN running ON running.device = waiting.pool
               LEFT JOIN live ON live.device = waiting.pool
             -- One task of each person after the other, as if all took equally long.
             WINDOW ordered AS (ORDER BY paused, place, charge, turn,
                                unblocks DESC, ordinal, id),
                    before AS (PARTITION BY pool
                               ORDER BY paused, place, charge, turn,
                                 unblocks DESC, ordinal, id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
           SELECT q.*, n.label, n.others, n.input_status, n.needs, n.input_remaining,
                  (SELECT count(*) FROM live) AS devices,
                  (SELECT paused_by FROM queue_state) AS queue_paused_by,
                  (SELECT max(drained_by) FROM workers
                   WHERE seen_at > now() - make_interval(secs => $2)) AS drained_by,
                  ((q.remaining + q.ahead) / nullif(q.workers, 0))::float8 AS wait
           FROM placed q
           LEFT JOIN LATERAL (
             -- What asks a person first: nobody else can end that wait.
             SELECT (array_agg(d.label ORDER BY d.status <> 'waiting_for_input', d.label))[1]
                      AS label,
                    count(*) - 1 AS others,
                    CASE WHEN bool_or(d.status = 'waiting_for_input') THEN 'waiting_for_input'
                    END AS input_status,
                    array_agg(d.id) FILTER (WHERE d.status IN ('queued', 'blocked')) AS needs,
                    max(CASE WHEN d.status IN ('assigned', 'running') THEN
                      greatest(0, d.expected_seconds - extract(epoch FROM
                        now() - coalesce(d.started_at, d.assigned_at))) END)::float8
                      AS input_remaining
             FROM task_needs w JOIN tasks d ON d.id = w.needs_id
             WHERE w.task_id = q.id AND q.status = 'blocked' AND d.status <> 'succeeded') n ON true
           WHERE $1::uuid[] IS NULL OR q.project_id = ANY($1::uuid[]) ORDER BY q.position""",  # noqa: S608
        None if project_ids is None else list(project_ids),
        float(HEARTBEAT_TIMEOUT),
    )


def _expected_waits(rows: Sequence[asyncpg.Record]) -> dict[UUID, float | None]:
    """Seconds until each of these tasks begins: not before its turn, nor before what it needs has
    ended, nor before its next try. None where nothing is known."""
    by_id = {row["id"]: row for row in rows}
    waits: dict[UUID, float | None] = {}
    for row in rows:
        # Without recursion: a chain of thousands of tasks is deeper than the interpreter's stack.
        stack = [row["id"]]
        while stack:
            at = by_id[stack[-1]]
            open_needs = [n for n in at["needs"] or () if n in by_id and n not in waits]
            if open_needs:
                stack += open_needs
                continue
            waits[stack.pop()] = _expected_wait(at, by_id, waits)
    return waits


def _expected_wait(
    row: asyncpg.Record, by_id: Mapping[UUID, asyncpg.Record], waits: Mapping[UUID, float | None]
) -> float | None:
    if row["wait"] is None or row["paused_by"] or row["queue_paused_by"]:
        return None
    if row["cause"] and row["cause_kind"] in LASTING:
        return None
    if row["input_status"] == "waiting_for_input":
        return None
    wait = max(row["wait"], row["pause"] or 0.0, row["input_remaining"] or 0.0)
    for needed in row["needs"] or ():
        begins, takes = waits.get(needed), by_id[needed]["seconds"] if needed in by_id else None
        if begins is None or takes is None:
            return None
        wait = max(wait, begins + float(takes))
    return wait


def _sort_key(row: asyncpg.Record) -> tuple[datetime, int, int, UUID]:
    """What the queue is sorted by."""
    return row["turn"], -row["unblocks"], row["ordinal"], row["id"]


def _entry(row: asyncpg.Record, waits: Mapping[UUID, float | None]) -> QueueEntry:
    cause, wait = _cause(row), waits[row["id"]]
    return QueueEntry(
        task_id=row["id"],
        node_id=row["node_id"],
        position=row["position"],
        cause=cause.sentence,
        cause_kind=cause.kind,
        hint=cause.hint,
        expected_wait=None if wait is None else _rounded(wait),
    )


def _cause(row: asyncpg.Record) -> Cause:
    """Why a task waits: as the dispatcher found, else by what it needs and who stands before it."""
    if row["paused_by"] or row["queue_paused_by"]:
        by = row["paused_by"] or row["queue_paused_by"]
        return causes.paused(by, studio=not row["paused_by"])
    if row["label"] is not None:
        return causes.needs_input(row["label"], row["others"], row["input_status"])
    if row["cause"]:
        if row["cause_kind"] == "retry":
            return causes.retrying(row["cause"], row["pause"] or 0.0)
        return Cause(row["cause_kind"], row["cause"], row["cause_hint"])
    if not row["devices"]:
        if row["drained_by"]:
            return causes.draining([], row["drained_by"])
        return causes.no_worker()
    return causes.behind(row["position"])


def _rounded(seconds: float) -> int:
    """Seconds as people say them: to 5 s within a minute, to half a minute within ten, then more.

    So an estimate does not change, and is not sent again, at every look.
    """
    step = next(step for limit, step in _STEPS if seconds < limit)
    return step * max(1, round(seconds / step)) if seconds >= 1 else 0


_STEPS = ((60, 5), (600, 30), (3600, 300), (float("inf"), 1800))
