"""Reservations: the rows of tasks are the truth, and the ledger in Redis follows them exactly."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.scheduling import answer_task, cancel_tasks, leases, retry_task
from app.scheduling.ledger import Ledger, Reservation
from tests.scheduling.conftest import Stage, a_worker, service


def held(resource: str, units: int) -> Reservation:
    return Reservation(task_id=new_id(), attempt=1, units={resource: units})


async def reserve(ledger: Ledger, wanted: Reservation, capacities: dict[str, int]) -> bool | None:
    answer = await ledger.reserve([(wanted, capacities)])
    return None if answer is None else answer[0]


async def test_a_requeued_task_releases_what_its_former_attempt_held(
    stage, dispatcher, valkey
) -> None:
    [task] = await stage.tasks({"plan": {"device": "gpu", "vram_bytes": 8}})
    worker = await a_worker("gpu", vram_bytes=24)
    await dispatcher.tick()
    async with unit_of_work(role=DatabaseRole.WORKER) as unit:
        assert await leases.requeue(unit, task, 1, "No memory.")
    await dispatcher.tick()
    row = await stage.row(task)
    assert (row["status"], row["reserved_attempt"]) == ("assigned", 2)
    assert await Ledger(valkey).reserved(worker.device_id) == {f"{task}:2": 8}


async def test_what_runs_holds_its_reservation_and_what_has_ended_does_not(
    stage, dispatcher, valkey
) -> None:
    [task] = await stage.tasks({"plan": {"device": "gpu", "vram_bytes": 8}})
    worker = await a_worker("gpu", vram_bytes=24)
    await dispatcher.tick()
    row = await stage.row(task)
    assert row["reserved"] == f'{{"{worker.device_id}": 8}}'
    async with unit_of_work(role=DatabaseRole.WORKER) as unit:
        claim = await leases.claim(unit, task, 1, worker.id, 30)
        assert claim is not None
    await dispatcher.tick()
    assert await Ledger(valkey).reserved(worker.device_id) == {f"{task}:1": 8}
    async with unit_of_work(role=DatabaseRole.WORKER) as unit:
        assert await leases.finish(unit, claim, worker.id, "succeeded")
    await dispatcher.tick()
    assert await Ledger(valkey).reserved(worker.device_id) == {}
    row = await stage.row(task)
    assert (row["reserved"], row["reserved_attempt"]) == (None, None)


async def test_what_a_removed_project_held_is_released(stage, dispatcher, valkey) -> None:
    await stage.tasks({})
    worker = await a_worker()
    await dispatcher.tick()
    assert len(await Ledger(valkey).reserved(worker.device_id)) == 1
    async with service() as unit:
        await unit.execute("DELETE FROM projects WHERE id = $1", stage.project)
    await dispatcher.tick()
    assert await Ledger(valkey).reserved(worker.device_id) == {}


async def test_a_reservation_whose_task_was_not_stored_is_released(
    stage, dispatcher, valkey, monkeypatch
) -> None:
    [task] = await stage.tasks({})
    worker = await a_worker()
    reserve_all = dispatcher._reservations.reserve

    async def fail_after(*given: Any) -> list[bool]:
        assert await reserve_all(*given) == [True]
        raise ZeroDivisionError

    monkeypatch.setattr(dispatcher._reservations, "reserve", fail_after)
    with pytest.raises(ZeroDivisionError):
        await dispatcher.tick()
    assert (await stage.row(task))["status"] == "queued"
    monkeypatch.undo()
    async with service():
        await cancel_tasks(task_id=task, by="Ina")
    await dispatcher.tick()
    assert await Ledger(valkey).reserved(worker.device_id) == {}


async def test_a_ledger_that_was_flushed_is_built_again_from_the_rows(
    stage, dispatcher, valkey
) -> None:
    one, two = await stage.tasks({}, {})
    first = await a_worker()
    await dispatcher.tick()
    assert (await stage.row(one))["status"] == "assigned"
    await valkey.flushdb()
    second = await a_worker()
    await dispatcher.tick()
    assert (await stage.row(two))["status"] == "assigned"
    ledger = Ledger(valkey)
    assert await ledger.reserved(first.device_id) == {f"{one}:1": 1}
    assert await ledger.reserved(second.device_id) == {f"{two}:1": 1}


async def test_a_reservation_that_no_row_knows_does_not_block_a_worker(
    stage, dispatcher, valkey
) -> None:
    worker = await a_worker()
    await dispatcher.tick()
    assert await reserve(Ledger(valkey), held(worker.device_id, 1), {worker.device_id: 1})
    [task] = await stage.tasks({})
    await dispatcher.tick()
    assert (await stage.row(task))["status"] == "assigned"
    assert await Ledger(valkey).reserved(worker.device_id) == {f"{task}:1": 1}


async def test_the_ledger_reserves_up_to_the_capacity_and_each_attempt_once(valkey) -> None:
    ledger = Ledger(valkey)
    full = {"gpu:0": 24}
    one, two, more = held("gpu:0", 16), held("gpu:0", 8), held("gpu:0", 1)
    assert await reserve(ledger, one, full) is None
    await ledger.rebuild([])
    assert await reserve(ledger, one, full) is True
    assert await reserve(ledger, one, full) is True
    assert await reserve(ledger, two, full) is True
    assert await reserve(ledger, more, full) is False
    await ledger.release(two)
    assert await reserve(ledger, more, full) is True
    await ledger.rebuild([two])
    assert await ledger.reserved("gpu:0") == {two.name: 8}


async def test_of_several_resources_all_are_reserved_or_none(valkey) -> None:
    ledger = Ledger(valkey)
    await ledger.rebuild([held("remote:wan2gp", 1)])
    both = Reservation(task_id=new_id(), attempt=1, units={"gpu:0": 8, "remote:wan2gp": 1})
    assert await reserve(ledger, both, {"gpu:0": 24, "remote:wan2gp": 1}) is False
    assert await ledger.reserved("gpu:0") == {}
    assert await reserve(ledger, both, {"gpu:0": 24, "remote:wan2gp": 2}) is True
    assert await ledger.reserved("gpu:0") == {both.name: 8}
    assert len(await ledger.reserved("remote:wan2gp")) == 2
    await ledger.release(both)
    assert await ledger.reserved("gpu:0") == {}
    assert len(await ledger.reserved("remote:wan2gp")) == 1


async def test_of_many_reservations_at_once_only_what_fits_is_taken(valkey) -> None:
    ledger = Ledger(valkey)
    await ledger.rebuild([])
    wanted = [held("gpu:0", 5) for _ in range(20)]
    reserved = await asyncio.gather(*(reserve(ledger, r, {"gpu:0": 24}) for r in wanted))
    assert sum(bool(r) for r in reserved) == 4


async def test_reservations_of_one_call_see_each_other_and_each_is_whole_or_nothing(valkey) -> None:
    ledger = Ledger(valkey)
    await ledger.rebuild([])
    one, two, three = (
        Reservation(task_id=new_id(), attempt=1, units=units)
        for units in ({"gpu:0": 16}, {"server:a": 1, "gpu:0": 9}, {"gpu:0": 8, "server:a": 1})
    )
    full = {"gpu:0": 24, "server:a": 1}
    assert await ledger.reserve([(one, full), (two, full), (three, full)]) == [True, False, True]
    assert await ledger.reserved("gpu:0") == {one.name: 16, three.name: 8}
    assert await ledger.reserved("server:a") == {three.name: 1}


async def contents(valkey) -> dict[str, dict[str, int]]:
    """All that the ledger holds, by resource."""
    keys = sorted([key.decode() async for key in valkey.scan_iter("{ledger}:resource:*")])
    return {
        key: {n.decode(): int(u) for n, u in (await valkey.hgetall(key)).items()} for key in keys
    }


class History:
    """Random fates of tasks, as workers and people bring them about."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self.stage = stage
        self.chance = chance
        self.steps: list[Callable[[], Awaitable[None]]] = [
            *[self.ask_for_more] * 4,
            *[self.claim] * 4,
            self.end,
            self.requeue,
            self.ask_a_person,
            self.answer,
            self.cancel,
            self.retry,
            self.fall_silent,
        ]

    async def step(self) -> None:
        await self.chance.choice(self.steps)()

    async def ask_for_more(self) -> None:
        on_card = {"device": "gpu", "vram_bytes": self.chance.randrange(1, 25)}
        await self.stage.tasks({"plan": self.chance.choice([on_card, {"device": "cpu"}])})

    async def one(self, *statuses: str) -> dict[str, Any] | None:
        async with service() as unit:
            rows = await unit.fetch(
                "SELECT * FROM tasks WHERE status = ANY($1::text[]) ORDER BY id", list(statuses)
            )
        return dict(self.chance.choice(rows)) if rows else None

    async def claim(self) -> None:
        row = await self.one("assigned")
        if row is not None:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                await leases.claim(unit, row["id"], row["attempt"], row["worker_id"], 30)

    async def claimed(self) -> leases.Claim | None:
        row = await self.one("running")
        if row is None:
            return None
        return leases.Claim(
            task_id=row["id"], attempt=row["attempt"], project_id=row["project_id"],
            run_id=row["run_id"], user_id=row["user_id"], node_id=row["node_id"], backend="test",
            request={}, basis="b", recipe=None, made_from={}, checkpoint=None,
        )  # fmt: skip

    async def worker_of(self, claim: leases.Claim) -> UUID:
        return (await self.stage.row(claim.task_id))["worker_id"]

    async def end(self) -> None:
        claim = await self.claimed()
        if claim is not None:
            worker = await self.worker_of(claim)
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                how = self.chance.choice(["succeeded", "failed"])
                assert await leases.finish(unit, claim, worker, how)  # type: ignore[arg-type]

    async def requeue(self) -> None:
        row = await self.one("assigned", "running")
        if row is not None:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                await leases.requeue(unit, row["id"], row["attempt"], "No memory.")

    async def ask_a_person(self) -> None:
        claim = await self.claimed()
        if claim is not None:
            worker = await self.worker_of(claim)
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                assert await leases.wait_for_input(unit, claim, worker, "Which?", {})

    async def answer(self) -> None:
        row = await self.one("waiting_for_input")
        if row is not None:
            async with service():
                await answer_task(row["id"], 1)

    async def cancel(self) -> None:
        row = await self.one("queued", "assigned", "running", "waiting_for_input")
        if row is not None:
            async with service():
                await cancel_tasks(task_id=row["id"], by="Ina")

    async def retry(self) -> None:
        row = await self.one("failed", "cancelled")
        if row is not None:
            async with service():
                await retry_task(row["id"])

    async def fall_silent(self) -> None:
        row = await self.one("assigned", "running")
        if row is not None:
            await self.stage.set_task(row["id"], "lease_until = now() - interval '1 s'")


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_history_the_ledger_is_what_the_rows_would_rebuild(
    stage, dispatcher, valkey, seed
) -> None:
    chance = random.Random(seed)
    workers = [await a_worker("gpu", vram_bytes=24) for _ in range(3)]
    workers += [await a_worker() for _ in range(2)]
    capacities = {f"{{ledger}}:resource:{w.device_id}": w.vram_bytes or 1 for w in workers}
    history = History(stage, chance)
    checked = 0
    for _ in range(60):
        await history.step()
        if chance.random() < 0.1:
            await valkey.flushdb()
        async with service() as unit:
            # A worker that counted as silent is heard of again.
            await unit.execute("UPDATE workers SET seen_at = now()")
        await dispatcher.tick()
        before = await contents(valkey)
        assert all(sum(held.values()) <= capacities[key] for key, held in before.items())
        async with service() as unit:
            rows = await unit.fetch(
                "SELECT id, attempt FROM tasks WHERE status IN ('assigned', 'running')"
            )
        running = {f"{row['id']}:{row['attempt']}" for row in rows}
        assert {name for held in before.values() for name in held} == running
        await valkey.flushdb()
        async with service() as unit:
            await dispatcher._reservations._rebuild(unit)
        assert await contents(valkey) == before
        checked += len(running)
    assert checked > 60


async def test_what_is_being_cancelled_holds_its_reservation_until_it_stops(
    stage, dispatcher
) -> None:
    gpu = {"device": "gpu", "vram_bytes": 14}
    first = await a_worker("gpu", vram_bytes=24, name="card")
    cancelled, waits = await stage.tasks({"plan": gpu}, {"plan": gpu})
    await dispatcher.tick()
    async with service():
        await cancel_tasks(task_id=cancelled, by="Ina")
    # Another worker on the same card is free; the memory is not.
    second = await a_worker("gpu", vram_bytes=24)
    async with service() as unit:
        await unit.execute(
            "UPDATE workers SET device_id = $2 WHERE id = $1", second.id, first.device_id
        )
    await dispatcher.tick()
    row = await stage.row(waits)
    assert (row["status"], row["cause_kind"]) == ("queued", "card_full")
    assert (await stage.row(cancelled))["reserved"] is not None
    await stage.set_task(cancelled, "status = 'cancelled', ended_at = now(), lease_until = NULL")
    await dispatcher.tick()
    assert (await stage.row(waits))["status"] == "assigned"
