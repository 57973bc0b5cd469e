"""A backend that keeps failing gets a rest, and nobody's attempts are used up on it meanwhile."""

from __future__ import annotations

import pytest

from app.scheduling import Dispatcher, OfferedBackend, Quotas, circuits
from app.scheduling.circuits import THRESHOLD
from tests.scheduling.conftest import Stage, a_worker, service
from tests.scheduling.test_causes import queued

SERVERS = {"test": OfferedBackend(version="1", servers={"render-1": 4, "render-2": 4})}


@pytest.fixture(autouse=True)
async def closed(connected) -> None:
    async with service() as unit:
        await unit.execute("DELETE FROM circuits")


async def fails(times: int, server: str | None = None) -> None:
    for _ in range(times):
        async with service() as unit:
            await circuits.record_failure(unit, "test", server, "No answer.")


async def rested() -> None:
    async with service() as unit:
        await unit.execute("UPDATE circuits SET open_until = now() - interval '1 second'")


async def statuses(stage: Stage, *tasks) -> list[str]:
    return [(await stage.row(task))["status"] for task in tasks]


async def test_failures_in_a_row_open_it_and_one_success_closes_it(stage, dispatcher) -> None:
    for _ in range(3):
        await a_worker()
    first, second, third = await stage.tasks({}, {}, {})
    await fails(THRESHOLD)
    await dispatcher.tick()
    assert await statuses(stage, first, second, third) == ["queued"] * 3
    entry = (await queued(stage))[first]
    assert entry.cause_kind == "circuit_open"
    assert entry.cause == (
        "test failed 5 times in a row; it is given a rest, and tried again by itself. "
        "Last: No answer."
    )
    # After the rest one task tries it, and the others wait for how that ends.
    await rested()
    await dispatcher.tick()
    assert await statuses(stage, first, second, third) == ["assigned", "queued", "queued"]
    await dispatcher.tick()
    assert await statuses(stage, second) == ["queued"]
    assert "one task tries it now" in (await queued(stage))[second].cause
    async with service() as unit:
        await circuits.record_success(unit, "test", None)
    await dispatcher.tick()
    assert await statuses(stage, second, third) == ["assigned"] * 2


async def test_fewer_failures_hold_up_nothing(stage, dispatcher) -> None:
    await a_worker()
    [task] = await stage.tasks({})
    await fails(THRESHOLD - 1)
    await dispatcher.tick()
    assert await statuses(stage, task) == ["assigned"]


async def test_each_rest_is_twice_as_long_and_ten_minutes_at_most(stage) -> None:
    rests = []
    await fails(THRESHOLD)
    for _ in range(7):
        async with service() as unit:
            row = await unit.fetchrow(
                "SELECT extract(epoch FROM open_until - changed_at)::float8 AS rest FROM circuits"
            )
        assert row is not None
        rests.append(round(row["rest"]))
        # What was begun before it opened, and fails now, says nothing new.
        await fails(3)
        await rested()
        await fails(1)
    assert rests == [30, 60, 120, 240, 480, 600, 600]


async def test_one_server_that_fails_leaves_the_others(stage, dispatcher) -> None:
    await a_worker(backends=SERVERS)
    plan = {"plan": {"servers": ["render-1", "render-2"]}}
    task, other = await stage.tasks(plan, plan)
    await fails(THRESHOLD, "render-1")
    await dispatcher.tick()
    assert (await stage.row(task))["server"] == "render-2"
    await stage.ended(task, 1)
    await fails(THRESHOLD, "render-2")
    await dispatcher.tick()
    assert await statuses(stage, other) == ["queued"]
    assert "on render-1 failed 5 times" in (await queued(stage))[other].cause


async def test_what_was_left_on_a_server_waits_for_that_server(stage, dispatcher) -> None:
    await a_worker(backends=SERVERS)
    [task] = await stage.tasks({"plan": {"servers": ["render-1", "render-2"]}})
    await stage.set_task(task, "server = 'render-1', checkpoint = 'job 7', attempt = 2")
    await fails(THRESHOLD, "render-1")
    await dispatcher.tick()
    assert await statuses(stage, task) == ["queued"]
    assert (await queued(stage))[task].cause_kind == "circuit_open"


@pytest.mark.parametrize("quotas", [Quotas(per_person=1), Quotas(per_project=1)])
async def test_no_more_tasks_run_at_once_than_one_may_have(
    stage, valkey, wake_ups, answers, quotas
) -> None:
    async def open_queue():
        return wake_ups

    dispatcher = Dispatcher(answers, valkey, open_queue, quotas)  # type: ignore[arg-type]
    for _ in range(3):
        await a_worker()
    first, second = await stage.tasks({}, {})
    other = Stage()
    await other.set()
    [theirs] = await other.tasks({})
    await dispatcher.tick()
    assert await statuses(stage, first, second, theirs) == ["assigned", "queued", "assigned"]
    entry = (await queued(stage))[second]
    assert entry.cause_kind == "quota"
    assert entry.cause.startswith("One task runs ")
    await stage.ended(first, 1)
    await dispatcher.tick()
    assert await statuses(stage, second) == ["assigned"]
