"""Reservations of resources by running tasks: columns of their rows, and the ledger as an index.

A reservation is written in the transaction that assigns its task, and stays until the task is
seen to have stopped: to hold it too long costs a little time, to release it too early overloads
a card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from app.platform.database import UnitOfWork, from_json

from .ledger import Ledger, Reservation


async def read_reservations(unit: UnitOfWork) -> list[Reservation]:
    """All reservations, as the rows of the tasks have them."""
    rows = await unit.fetch(
        "SELECT id, reserved_attempt, reserved FROM tasks WHERE reserved IS NOT NULL"
    )
    return [
        Reservation(
            task_id=row["id"], attempt=row["reserved_attempt"], units=from_json(row["reserved"])
        )
        for row in rows
    ]


class ReservedFor(msgspec.Struct, frozen=True):
    """A reservation that is asked for, and the capacity of each of its resources."""

    reservation: Reservation
    capacities: Mapping[str, int]


def reservation_for(
    task_id: UUID, attempt: int, wanted: Mapping[str, tuple[int, int]]
) -> ReservedFor:
    """What to ask for an attempt of a task; `wanted` gives units and capacity by resource."""
    return ReservedFor(
        Reservation(
            task_id=task_id,
            attempt=attempt,
            units={resource: units for resource, (units, _) in wanted.items()},
        ),
        {resource: capacity for resource, (_, capacity) in wanted.items()},
    )


class Reservations:
    """The reservations of all tasks, kept equal in PostgreSQL and in the ledger.

    The dispatcher alone uses it, one call after the other.
    """

    def __init__(self, redis: Redis) -> None:
        self._ledger = Ledger(redis)
        # What the ledger may hold; None until it was built from the rows by this process.
        self._indexed: dict[str, Reservation] | None = None
        self._rebuilt = False

    async def release_ended(self, unit: UnitOfWork) -> None:
        """Release the reservations of tasks that do not run any more, or were deleted."""
        await unit.execute(
            """UPDATE tasks SET reserved = NULL, reserved_attempt = NULL
               WHERE reserved IS NOT NULL AND status NOT IN ('assigned', 'running')"""
        )
        self._rebuilt = False
        current = {one.name: one for one in await read_reservations(unit)}
        if self._indexed is None or (current and await self._ledger.is_lost()):
            await self._rebuild(unit)
            return
        for name in self._indexed.keys() - current.keys():
            await self._ledger.release(self._indexed[name])
        self._indexed = current

    def held(self) -> Counter[str]:
        """How much of each resource is reserved."""
        held = Counter[str]()
        for reservation in (self._indexed or {}).values():
            held.update(reservation.units)
        return held

    async def reserve(self, unit: UnitOfWork, wanted: Sequence[ReservedFor]) -> list[bool]:
        """Reserve resources for attempts of tasks; says of each whether there was room for all.

        The caller writes those for which there was to the rows of their tasks, in the same unit of
        work; if that is rolled back, the next `release_ended` releases them.
        """
        if self._indexed is None:
            await self._rebuild(unit)
        answer = await self._try(wanted)
        if answer is None or (not all(answer) and not self._rebuilt):
            # Redis lost the ledger, or holds what the rows do not know of.
            await self._rebuild(unit)
            answer = await self._try(wanted)
        if answer is None:
            answer = [False] * len(wanted)
        for one, fits in zip(wanted, answer, strict=True):
            if not fits:
                self._indexed_now().pop(one.reservation.name, None)
        return answer

    async def _try(self, wanted: Sequence[ReservedFor]) -> list[bool] | None:
        # First, so that a call whose answer is lost is taken back.
        self._indexed_now().update({one.reservation.name: one.reservation for one in wanted})
        return await self._ledger.reserve([(one.reservation, one.capacities) for one in wanted])

    def _indexed_now(self) -> dict[str, Reservation]:
        assert self._indexed is not None
        return self._indexed

    async def _rebuild(self, unit: UnitOfWork) -> None:
        current = await read_reservations(unit)
        await self._ledger.rebuild(current)
        self._indexed = {one.name: one for one in current}
        self._rebuilt = True
