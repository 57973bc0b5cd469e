"""Retries of the follow-up steps of a task event: which are tried again, when, and how often.

The event itself counts as handled when a step failed: its run ends, other tasks go on. Only the
step that failed (to make the take the active one, or to publish its files) is scheduled again,
with a pause that doubles each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.telemetry import get_logger

log = get_logger(__name__)

FollowUp = Literal["activate", "publish"]

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
# With these pauses, a step is tried for about half an hour.
MAX_ATTEMPTS = 14
MAX_DUE_EVENTS = 20


async def schedule(unit: UnitOfWork, failed: Mapping[int, Sequence[FollowUp]]) -> None:
    """Schedule the first retry of the steps that failed, by event id."""
    await unit.executemany(
        """UPDATE task_events SET retry_steps = $2::text[], retry_count = 1,
             retry_at = now() + make_interval(secs => $3) WHERE id = $1""",
        [(event_id, list(steps), FIRST_PAUSE) for event_id, steps in failed.items()],
    )


async def due_events(unit: UnitOfWork) -> list[int]:
    """The ids of the events whose steps are to be tried now."""
    rows = await unit.fetch(
        """SELECT id FROM task_events WHERE retry_steps <> '{}' AND retry_at <= now()
           ORDER BY retry_at LIMIT $1""",
        MAX_DUE_EVENTS,
    )
    return [row["id"] for row in rows]


async def record_attempt(event_id: int, failed: Sequence[FollowUp]) -> None:
    """Store which steps failed in another attempt; after the last one they are abandoned."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            """UPDATE task_events SET retry_steps = $2::text[], retry_count = retry_count + 1,
                 retry_at = CASE WHEN $2::text[] = '{}' OR retry_count + 1 >= $3 THEN NULL
                   ELSE now() + make_interval(secs => least($4, $5 * power(2, retry_count))) END
               WHERE id = $1 RETURNING task_id, retry_count, retry_at""",
            event_id,
            list(failed),
            MAX_ATTEMPTS,
            LONGEST_PAUSE,
            FIRST_PAUSE,
        )
    if row is not None and failed and row["retry_at"] is None:
        log.error(
            "task_events.retries_abandoned",
            task=str(row["task_id"]),
            steps=failed,
            attempts=row["retry_count"],
        )


async def requeue_abandoned() -> None:
    """Schedule abandoned steps that publish files once more: somebody may have made room since.

    Which take is the active one is left as it is: a person may have decided that meanwhile.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE task_events SET retry_steps = '{publish}', retry_count = 0, retry_at = now()
               WHERE retry_steps <> '{}' AND 'publish' = ANY(retry_steps) AND retry_at IS NULL
                 AND at > now() - interval '7 days'"""
        )
