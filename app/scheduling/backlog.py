"""How much work waits for cards, by the memory that it needs: what large cards are left for.

A task that fits on a small card is kept off a large one while more waits for the large cards, for
each of them, than for the small ones. It is an order within one look at the queue: a card that
nothing else wanted is given to whatever fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from app.platform.database import UnitOfWork


class Waits(msgspec.Struct):
    """Tasks that need one amount of memory (bytes): how many, and their seconds together."""

    vram_bytes: int
    tasks: int
    seconds: float


class Backlog:
    """What waits for cards during one look at the queue."""

    def __init__(self, waits: Iterable[Waits] = ()) -> None:
        self._waits = {one.vram_bytes: one for one in waits}

    def begun(self, vram_bytes: int, seconds: float) -> None:
        """One of the tasks was given to a card."""
        waits = self._waits.get(vram_bytes)
        if waits is not None:
            waits.tasks = max(0, waits.tasks - 1)
            waits.seconds = max(0.0, waits.seconds - seconds)

    def keeps(
        self, size: int, needed: int, cards: Mapping[int, int], idle: Mapping[int, int]
    ) -> bool:
        """Whether a card of `size` is left for others by a task that needs so much (bytes).

        `cards` is how many there are of each size, `idle` how many of them are free.
        """
        smaller = max((card for card in cards if card < size and cards[card]), default=0)
        if needed > smaller:
            return False
        large = [one for one in self._waits.values() if one.vram_bytes > smaller and one.tasks]
        if _above(smaller, idle) > sum(one.tasks for one in large):
            return False
        rest = sum(one.seconds for one in self._waits.values() if one.vram_bytes <= smaller)
        above = _above(smaller, cards)
        fitting = sum(cards.values()) - above
        return bool(large) and sum(one.seconds for one in large) / above >= rest / fitting


def _above(size: int, cards: Mapping[int, int]) -> int:
    return sum(number for card, number in cards.items() if card > size)


async def read_backlog(unit: UnitOfWork) -> Backlog:
    """What waits now, of the tasks that were looked at before."""
    rows = await unit.fetch(
        """SELECT vram_bytes, count(*) AS tasks, sum(coalesce(expected_seconds, 60)) AS seconds
           FROM tasks WHERE status = 'queued' AND device = 'gpu' AND vram_bytes IS NOT NULL
             AND paused_by IS NULL AND reserved IS NULL AND NOT cancel_requested
             AND (not_before IS NULL OR not_before <= now())
           GROUP BY vram_bytes"""
    )
    return Backlog(Waits(row["vram_bytes"], row["tasks"], row["seconds"]) for row in rows)
