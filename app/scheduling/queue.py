"""The queue as people see it: each waiting task's place, why it waits, and about how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import current_unit
from app.platform.pagination import Page, PageRequest

from .fair_share import CHARGES
from .workers import HEARTBEAT_TIMEOUT


class QueueEntry(msgspec.Struct, kw_only=True):
    """A task's place in the whole studio's queue, from 1, and why it waits.

    `expected_wait` is about how long, in seconds, until a worker begins it: by the estimates of
    what runs and stands before it, and the workers that are there. None where nothing is known.
    """

    task_id: UUID
    node_id: str
    position: int
    cause: str
    expected_wait: int | None = None


async def read_queue(project_id: UUID, page: PageRequest) -> Page[QueueEntry]:
    """The waiting tasks of a project with their places in the queue of the whole studio."""
    after = page.after(tuple[int, datetime, int, UUID])
    rows = await _waiting_tasks([project_id])
    # Not by the position, which moves up with every task that is begun.
    rest = [row for row in sorted(rows, key=_sort_key) if after is None or _sort_key(row) > after]
    return page.answer(rest[: page.rows], _sort_key, _entry)


async def read_queues(project_ids: Sequence[UUID]) -> dict[UUID, list[QueueEntry]]:
    """The waiting tasks of some projects; each has its place and a cause in a sentence."""
    queues: dict[UUID, list[QueueEntry]] = {project_id: [] for project_id in project_ids}
    for row in await _waiting_tasks(project_ids):
        queues[row["project_id"]].append(_entry(row))
    return queues


async def _waiting_tasks(project_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    return await current_unit().fetch(
        # Of parts that are written here alone.
        f"""WITH charges AS ({CHARGES}),
           running AS (
             SELECT avg(expected_seconds) AS usual,
                    coalesce(sum(greatest(0, expected_seconds - extract(epoch FROM
                      now() - coalesce(started_at, assigned_at)))), 0) AS remaining
             FROM tasks WHERE status IN ('assigned', 'running')),
           live AS (
             SELECT count(*) AS workers FROM workers
             WHERE seen_at > now() - make_interval(secs => $2))
           SELECT q.*, n.label, n.others,
                  (running.remaining + q.ahead) / nullif(live.workers, 0) AS wait
           FROM running, live, LATERAL (
             SELECT id, project_id, node_id, cause, status, priority, created_at, ordinal,
                    greatest(0, extract(epoch FROM not_before - now())) AS pause,
                    row_number() OVER ordered AS position,
                    -- Of what was not looked at yet, as much as what runs now is expected to take.
                    coalesce(sum(coalesce(expected_seconds, running.usual)) OVER (
                      ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                      + CASE WHEN bool_or(coalesce(expected_seconds, running.usual) IS NULL) OVER (
                          ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                        THEN NULL ELSE 0 END AS ahead
             FROM (
               SELECT t.*, coalesce(c.charge, 0) AS charge, row_number() OVER (
                 PARTITION BY user_id ORDER BY priority DESC, created_at, ordinal, id) AS turn
               FROM tasks t LEFT JOIN charges c USING (user_id)
               WHERE status IN ('queued', 'blocked')) w
             -- One task of each person after the other, as if all took equally long.
             WINDOW ordered AS (ORDER BY turn, charge, priority DESC, created_at, ordinal, id)) q
           LEFT JOIN LATERAL (
             SELECT min(d.label) AS label, count(*) - 1 AS others
             FROM task_needs w JOIN tasks d ON d.id = w.needs_id
             WHERE w.task_id = q.id AND q.status = 'blocked' AND d.status <> 'succeeded') n ON true
           WHERE q.project_id = ANY($1::uuid[]) ORDER BY q.position""",  # noqa: S608
        list(project_ids),
        float(HEARTBEAT_TIMEOUT),
    )


def _sort_key(row: asyncpg.Record) -> tuple[int, datetime, int, UUID]:
    """What the queue is sorted by."""
    return -row["priority"], row["created_at"], row["ordinal"], row["id"]


def _entry(row: asyncpg.Record) -> QueueEntry:
    return QueueEntry(
        task_id=row["id"],
        node_id=row["node_id"],
        position=row["position"],
        cause=_with_pause(row["cause"], row["pause"]) or _cause(row),
        expected_wait=None if row["wait"] is None else _rounded(float(row["wait"])),
    )


def _with_pause(cause: str, pause: Decimal | None) -> str:
    """The cause of a task that failed for a reason that may pass, with when it is tried again."""
    if not pause:
        return cause
    return f"{cause} It is tried again in {max(1, round(pause))} s.".strip()


def _rounded(seconds: float) -> int:
    """Seconds as people say them: to 5 s within a minute, to half a minute within ten, then more.

    So an estimate does not change, and is not sent again, at every look.
    """
    step = next(step for limit, step in _STEPS if seconds < limit)
    return step * max(1, round(seconds / step)) if seconds >= 1 else 0


_STEPS = ((60, 5), (600, 30), (3600, 300), (float("inf"), 1800))


def _cause(row: asyncpg.Record) -> str:
    """The cause of a task for which the dispatcher has set none yet."""
    if row["label"] is not None:
        more = f" and {row['others']} more" if row["others"] else ""
        return f"Waits for {row['label']}{more}."
    if row["position"] == 1:
        return "Next, when a worker is free."
    others = row["position"] - 1
    return f"Behind {others} other tasks." if others > 1 else "Behind another task."
