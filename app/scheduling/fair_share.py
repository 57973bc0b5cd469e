"""Whose turn it is: the person who was given least of the workers' time lately.

The time that somebody's tasks ran, times the memory that they held of a card, is charged to them,
and fades: after an hour it counts for a third. What runs is charged as long as it is expected to
take, at least. So whoever asks for a thousand shots waits behind whoever asks for one, with one
worker as with many; among the tasks of one person `turns.py` decides.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from app.platform.database import UnitOfWork
from node_registry import Needs

from .causes import GB

FADES_IN = 3600.0
"""Seconds in which a charge falls to 1/e."""

FORGOTTEN_AFTER = 5 * 3600.0
"""Seconds after which it is nothing."""

LEAST = 1.0
"""Seconds that are charged for a task at least: a thousand quick ones are no single one."""

SERVER_GB = 12.0
"""What a slot of a remote server is charged for."""

TURN = 3600.0
"""Seconds × GB by which a person's turn goes on while their model is loaded: five minutes of a card
of 12 GB."""

CHARGES = """
    SELECT user_id, sum(
        greatest(extract(epoch FROM coalesce(ended_at, now()) - coalesce(started_at, now())),
                 CASE WHEN ended_at IS NULL THEN coalesce(expected_seconds, 0) ELSE 0 END, 1)
        * charged_gb
        * exp(-extract(epoch FROM now() - coalesce(ended_at, now())) / 3600))::float8 AS charge
    FROM tasks
    WHERE status IN ('assigned', 'running')
       OR (started_at IS NOT NULL AND ended_at > now() - interval '5 hours')
    GROUP BY user_id"""
"""By person, in seconds × GB. For queries that name it as a part of their own."""


def charged_gb(needs: Needs) -> float:
    """How many GB each second of a run is charged for: those that it holds of a card.

    A worker's CPU slot costs as much as one GB, a slot of a remote server, whose card nobody here
    sees, as much as a small card.
    """
    if needs.device == "gpu":
        return max(1.0, needs.vram_bytes / GB)
    return SERVER_GB if needs.servers else 1.0


def charge_of(ran: float, expected: float, ended_ago: float | None, gb: float = 1.0) -> float:
    """What one task is charged, in seconds × GB: `CHARGES` in Python, for who has no database.

    `ran` is how long it ran so far; `ended_ago` is None while it runs; `gb` is what it holds.
    """
    if ended_ago is None:
        return gb * max(ran, expected, LEAST)
    if ended_ago > FORGOTTEN_AFTER:
        return 0.0
    return gb * max(ran, LEAST) * math.exp(-ended_ago / FADES_IN)


class FairShare:
    """The turns of the people who have tasks waiting, during one round of the dispatcher."""

    def __init__(self, charges: Mapping[UUID, float], waiting: Iterable[UUID]) -> None:
        self._charges = {user: charges.get(user, 0.0) for user in waiting}
        self._dropped: dict[UUID, float] = {}

    @property
    def waiting(self) -> int:
        """How many people have tasks that were not all looked at."""
        return len(self._charges)

    def next_user(self, prefers: Callable[[UUID], bool] | None = None) -> UUID | None:
        """Who was given least; None when nobody has a task that was not looked at.

        Who `prefers` to be next, having work for what is loaded, goes before those who were given
        less by `TURN` at most.
        """
        order = sorted(self._charges, key=lambda user: (self._charges[user], user))
        if prefers is None or not order:
            return order[0] if order else None
        most = self._charges[order[0]] + TURN
        near = itertools.takewhile(lambda user: self._charges[user] <= most, order)
        return next((user for user in near if prefers(user)), order[0])

    def first(self, number: int) -> list[UUID]:
        """So many of them, who was given least first."""
        return heapq.nsmallest(number, self._charges, key=lambda user: (self._charges[user], user))

    def charge(self, user: UUID, seconds: float, gb: float = 1.0) -> None:
        """Charge a task that was given to a worker, by how long it is expected to take, and the
        memory that it holds."""
        self._charges[user] += gb * max(LEAST, seconds)

    def drop(self, user: UUID) -> None:
        """Somebody has no more tasks that could be given away in this round."""
        self._dropped[user] = self._charges.pop(user)

    def resume(self) -> None:
        """Look at everybody's tasks again, with what they were given since."""
        self._charges |= self._dropped
        self._dropped = {}


async def read_fair_share(unit: UnitOfWork) -> FairShare:
    """The turns as they are now."""
    charges = await unit.fetch(CHARGES)
    waiting = await unit.fetch(
        "SELECT DISTINCT user_id FROM tasks WHERE status = 'queued' AND paused_by IS NULL"
    )
    return FairShare(
        {row["user_id"]: row["charge"] for row in charges}, [row["user_id"] for row in waiting]
    )
