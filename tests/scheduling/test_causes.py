"""Every waiting task has a named cause, and people are told what to do where they can."""

from __future__ import annotations

import random
from typing import get_args
from uuid import UUID

import pytest

from app.scheduling import (
    CauseKind,
    OfferedBackend,
    QueueEntry,
    Waiting,
    causes,
    leases,
    read_queues,
)
from node_registry import Needs
from tests.scheduling.conftest import Stage, a_worker, service

GB = 10**9
SERVERS = {"test": OfferedBackend(version="1", servers={"render-1": 1})}


async def queued(stage: Stage) -> dict[UUID, QueueEntry]:
    async with service():
        return {e.task_id: e for e in (await read_queues([stage.project]))[stage.project]}


async def kinds(stage: Stage) -> list[str]:
    return [entry.cause_kind for entry in (await queued(stage)).values()]


async def test_without_any_worker_each_task_says_so_and_what_to_do(stage, dispatcher) -> None:
    await stage.tasks({}, {})
    for _ in range(2):
        assert await kinds(stage) == ["no_worker"] * 2
        assert all("director worker" in e.hint for e in (await queued(stage)).values())
        await dispatcher.tick()


async def test_what_no_worker_can_do_says_so_before_its_turn_and_until_one_comes(
    stage, dispatcher, answers
) -> None:
    await a_worker()
    tasks = await stage.tasks({}, {}, {})
    impossible = tasks[-1]
    answers.answers[impossible] = Waiting(causes.card_too_small("Flux", 24 * GB, 12 * GB))
    await dispatcher.tick()
    entry = (await queued(stage))[impossible]
    assert (entry.position, entry.cause_kind, entry.expected_wait) == (2, "card_too_small", None)
    assert entry.cause == "Flux needs a card of 24.0 GB for this; the largest here has 12.0 GB."
    # Its turn is not come, so nobody looks: that another worker came is enough to look again.
    del answers.answers[impossible]
    worker = await a_worker()
    await stage.assigned(tasks[1], worker)
    await dispatcher.tick()
    assert (await queued(stage))[impossible].cause_kind == "next"


async def test_a_full_card_names_who_holds_how_much_but_no_other_projects_work(
    stage, dispatcher
) -> None:
    holder = await a_worker("gpu", name="a", vram_bytes=24 * GB)
    plan = {"device": "gpu", "vram_bytes": 20 * GB}
    [first] = await stage.tasks({"label": "SHOT_010", "plan": plan})
    await dispatcher.tick()
    assert (await stage.row(first))["worker_id"] == holder.id
    # A second worker on the same card: it is idle, and the card is not.
    other = await a_worker("gpu", name="b", vram_bytes=24 * GB)
    async with service() as unit:
        await unit.execute(
            "UPDATE workers SET device_id = $2 WHERE id = $1", other.id, holder.device_id
        )
    [mine] = await stage.tasks({"plan": {**plan, "vram_bytes": 8 * GB}})
    stranger = Stage()
    await stranger.set()
    [theirs] = await stranger.tasks({"plan": {**plan, "vram_bytes": 8 * GB}})
    await dispatcher.tick()
    full = (await queued(stage))[mine]
    assert full.cause_kind == "card_full"
    assert full.cause == ("b is full: 20.0 of 24.0 GB are held by SHOT_010; this needs 8.0 GB.")
    assert "SHOT_010" not in (await queued(stranger))[theirs].cause
    assert "a task of another project" in (await queued(stranger))[theirs].cause


async def test_a_task_waits_no_shorter_than_what_it_needs(stage, dispatcher) -> None:
    await a_worker()
    await a_worker()
    runs, second = await stage.tasks(
        {"label": "Plate", "plan": {"seconds": 60.0}}, {"plan": {"seconds": 40.0}}
    )
    [film] = await stage.tasks({"needs": [runs, second]})
    await dispatcher.tick()
    entry = (await queued(stage))[film]
    assert (entry.cause_kind, entry.expected_wait) == ("input", 60)
    await stage.set_task(runs, "status = 'waiting_for_input'")
    entry = (await queued(stage))[film]
    assert entry.expected_wait is None
    assert entry.cause == "Waits for Plate, which asks a question."


async def test_measured_times_count_before_declared_ones(stage, dispatcher) -> None:
    await a_worker()
    await stage.tasks(*[{"plan": {"seconds": 5.0, "expected_seconds": 40.0}}] * 3)
    await dispatcher.tick()
    waits = [entry.expected_wait for entry in (await queued(stage)).values()]
    assert waits == [40, 80 + 10]  # 90: told in steps of half a minute


async def test_what_was_never_looked_at_takes_as_long_as_such_runs_took(stage) -> None:
    await a_worker()
    done, first, second = await stage.tasks({}, {}, {})
    await stage.ended(done, 50)
    assert [e.expected_wait for e in (await queued(stage)).values()] == [0, 50]
    assert {first, second} == set(await queued(stage))


async def test_tasks_of_a_card_do_not_wait_for_those_of_the_cpu(stage, dispatcher) -> None:
    for device in ("cpu", "gpu"):
        await a_worker(device, vram_bytes=24 * GB)
    cpu = {"plan": {"seconds": 300.0}}
    gpu = {"plan": {"seconds": 20.0, "device": "gpu", "vram_bytes": GB}}
    tasks = await stage.tasks(cpu, gpu, *[cpu] * 3, gpu)
    await dispatcher.tick()
    entries = await queued(stage)
    assert entries[tasks[-1]].expected_wait == 20
    assert entries[tasks[-2]].expected_wait == 900


@pytest.mark.parametrize("seed", range(5))
async def test_no_task_waits_without_a_named_cause(stage, dispatcher, answers, seed) -> None:
    chance = random.Random(seed)
    plans = (
        {},
        {"device": "gpu", "vram_bytes": 8 * GB},
        {"device": "gpu", "vram_bytes": 80 * GB},
        {"servers": ["render-1"]},
        {"backend": "gone"},
    )
    impossible = (
        causes.no_backend("Acme"),
        causes.no_server(["render-9"]),
        causes.same_under_way("SHOT_020"),
    )
    tasks: list[UUID] = []
    for _ in range(30):
        needs = chance.sample(tasks, k=min(len(tasks), chance.choice((0, 0, 1, 2))))
        [task] = await stage.tasks({"plan": chance.choice(plans), "needs": needs})
        tasks.append(task)
        if chance.random() < 0.2:
            answers.answers[task] = Waiting(chance.choice(impossible))
    for _ in range(6):
        if chance.random() < 0.6:
            device = chance.choice(("cpu", "gpu"))
            await a_worker(device, vram_bytes=24 * GB, backends=SERVERS)
        await dispatcher.tick()
        rows = [await stage.row(task) for task in tasks]
        for row in rows:
            if row["status"] == "assigned" and chance.random() < 0.5:
                if chance.random() < 0.5:
                    await stage.ended(row["id"], 3)
                else:
                    async with service() as unit:
                        await leases.requeue(unit, row["id"], row["attempt"], "Lost.", pause=60)
        rows = [await stage.row(task) for task in tasks]
        waiting = {row["id"] for row in rows if row["status"] in ("queued", "blocked")}
        entries = await queued(stage)
        assert entries.keys() == waiting
        for entry in entries.values():
            assert entry.cause_kind in get_args(CauseKind)
            assert entry.cause[0].isupper()
            assert entry.cause.endswith(".")


def test_causes_that_last_say_what_to_do() -> None:
    for cause in (
        causes.no_worker(),
        causes.no_backend("A"),
        causes.wrong_version("A", "1", "2"),
        causes.no_device("A", "gpu"),
        causes.no_device("A", "cpu"),
        causes.card_too_small("A", 2 * GB, GB),
        causes.no_server(["a"]),
    ):
        assert cause.kind in causes.LASTING
        assert cause.hint.endswith(".")
    assert "12.0 GB" in causes.workers_busy(Needs(device="gpu", vram_bytes=12 * GB), 2).sentence
