"""What should have followed from the end of a task and failed: kept, and tried again for a while.

The end itself is handled all the same: its run ends, others go on. Only the step that failed (to
make the take the active one, or to let its file appear in the project's folder) is owed, with a
pause that doubles each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.telemetry import get_logger

log = get_logger(__name__)

Step = Literal["activate", "place"]

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
# With these pauses, a step is tried for about half an hour.
MOST_TRIES = 14
AT_ONCE = 20


async def owe(unit: UnitOfWork, owed: Mapping[int, Sequence[Step]]) -> None:
    """Keep the steps of these events for later."""
    await unit.executemany(
        """UPDATE task_events SET owed = $2::text[], tries = 1,
             retry_at = now() + make_interval(secs => $3) WHERE id = $1""",
        [(event_id, list(steps), FIRST_PAUSE) for event_id, steps in owed.items()],
    )


async def due_events(unit: UnitOfWork) -> list[int]:
    """The events whose owed steps are to be tried now."""
    rows = await unit.fetch(
        """SELECT id FROM task_events WHERE owed <> '{}' AND retry_at <= now()
           ORDER BY retry_at LIMIT $1""",
        AT_ONCE,
    )
    return [row["id"] for row in rows]


async def settle(event_id: int, left: Sequence[Step]) -> None:
    """Note what is still owed after another try; nothing is tried without end."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            """UPDATE task_events SET owed = $2::text[], tries = tries + 1,
                 retry_at = CASE WHEN $2::text[] = '{}' OR tries + 1 >= $3 THEN NULL
                   ELSE now() + make_interval(secs => least($4, $5 * power(2, tries))) END
               WHERE id = $1 RETURNING task_id, tries, retry_at""",
            event_id,
            list(left),
            MOST_TRIES,
            LONGEST_PAUSE,
            FIRST_PAUSE,
        )
    if row is not None and left and row["retry_at"] is None:
        log.error("endings.given_up", task=str(row["task_id"]), owed=left, tries=row["tries"])


async def begin_anew() -> None:
    """Try once more to place what was given up lately: somebody may have made room since.

    Which take is the active one is left as it is: a person may have decided that meanwhile.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE task_events SET owed = '{place}', tries = 0, retry_at = now()
               WHERE owed <> '{}' AND 'place' = ANY(owed) AND retry_at IS NULL
                 AND at > now() - interval '7 days'"""
        )
