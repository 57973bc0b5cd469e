"""Local workers: more while much waits, fewer after a while, and none stopped while it is busy."""

from __future__ import annotations

import asyncio

from app.processes.scaling import Scaler


class Machine:
    """The workers of a machine, by slot; those in `busy` end only when they are free."""

    def __init__(self) -> None:
        self.running: set[int] = set()
        self.busy: dict[int, asyncio.Event] = {}
        self.scaler = Scaler(least=1, most=4, idle_seconds=60, start=self.start, retire=self.retire)

    async def start(self, slots: list[int]) -> None:
        assert not self.running & set(slots)
        self.running |= set(slots)

    async def retire(self, slot: int) -> None:
        if slot in self.busy:
            await self.busy[slot].wait()
        self.running.discard(slot)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_fifty_tasks_start_all_that_may_be_and_these_end_after_a_while() -> None:
    machine = Machine()
    await machine.scaler.step(0, 0)
    assert machine.running == set()
    await machine.scaler.step(50, 1)
    assert machine.running == {1, 2, 3}
    # A moment without a queue ends nobody.
    await machine.scaler.step(0, 10)
    await machine.scaler.step(3, 60)
    await machine.scaler.step(0, 65)
    await machine.scaler.step(0, 120)
    await settled()
    assert machine.running == {1, 2, 3}
    await machine.scaler.step(0, 125)
    await settled()
    assert machine.running == set()
    await machine.scaler.step(0, 126)
    assert machine.scaler.workers == 1


async def test_as_many_are_started_as_are_needed() -> None:
    machine = Machine()
    for waiting, workers in ((2, 1), (3, 2), (4, 2), (5, 3), (100, 4)):
        await machine.scaler.step(waiting, waiting)
        assert machine.scaler.workers == workers


async def test_who_is_busy_is_waited_for_and_its_slot_is_not_taken_twice() -> None:
    machine = Machine()
    await machine.scaler.step(4, 0)
    assert machine.running == {1}
    machine.busy[1] = asyncio.Event()
    await machine.scaler.step(0, 1)
    await machine.scaler.step(0, 61)
    await settled()
    assert machine.running == {1}
    # New work comes meanwhile: another slot is taken.
    await machine.scaler.step(4, 62)
    assert machine.running == {1, 2}
    machine.busy[1].set()
    await settled()
    await machine.scaler.step(4, 63)
    assert machine.running == {2}
    await machine.scaler.close()
