"""The dispatcher: who runs next, why others wait, and what no plugin and no loss may break."""

from __future__ import annotations

import asyncio

import asyncpg

from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.scheduling import OfferedBackend, Refused, Reused, Waiting, causes, retry_task, workers
from app.scheduling.dispatch import BATCH
from tests.scheduling.conftest import a_worker, ready, service


async def test_each_worker_gets_one_task_by_priority_and_order(stage, dispatcher, wake_ups) -> None:
    first, second, urgent = await stage.tasks({}, {}, {})
    await stage.set_task(urgent, "priority = 5")
    await dispatcher.tick()
    worker = await a_worker()
    await dispatcher.tick()
    row = await stage.row(urgent)
    assert (row["status"], row["worker_id"], row["cause"]) == ("assigned", worker.id, "")
    assert wake_ups.sent == [(str(urgent), 1)]
    assert (await stage.row(first))["status"] == "queued"
    await a_worker()
    await dispatcher.tick()
    assert (await stage.row(first))["status"] == "assigned"
    assert (await stage.row(second))["status"] == "queued"


async def test_what_no_worker_fits_says_so_and_holds_up_nothing(stage, dispatcher) -> None:
    plans = [{"plan": {"device": "gpu", "vram_bytes": 8}}] * 40
    waiting = await stage.tasks(*plans)
    [behind] = await stage.tasks({})
    await a_worker()
    await dispatcher.tick()
    assert (await stage.row(behind))["status"] == "assigned"
    for task in waiting:
        assert (await stage.row(task))["cause"] in (
            "No worker that can run it is there now.",
            "",
        )


async def test_a_gpu_task_goes_to_the_smallest_card_that_holds_it(stage, dispatcher) -> None:
    [task] = await stage.tasks({"plan": {"device": "gpu", "vram_bytes": 10}})
    await a_worker("gpu", vram_bytes=24)
    fitting = await a_worker("gpu", vram_bytes=12)
    await a_worker("gpu", vram_bytes=8)
    await a_worker("gpu", vram_bytes=11, backends={"other": OfferedBackend(version="1")})
    await a_worker("gpu", vram_bytes=10, backends={"test": OfferedBackend(version="0.9")})
    await dispatcher.tick()
    assert (await stage.row(task))["worker_id"] == fitting.id


async def test_waiting_reused_and_refused_need_no_worker(stage, dispatcher, answers) -> None:
    waits, same, never = await stage.tasks({}, {}, {})
    take = new_id()
    answers.answers = {
        waits: Waiting(causes.same_under_way("A")),
        same: Reused(take, "recipe"),
        never: Refused({"code": "node.unavailable", "message": "No."}),
    }
    await dispatcher.tick()
    assert (await stage.row(waits))["cause"] == "The same is being made already, for A."
    row = await stage.row(same)
    assert (row["status"], row["take_id"], row["reused"]) == ("succeeded", take, True)
    assert (await stage.row(never))["status"] == "failed"
    assert await stage.events(same) == ["succeeded"]
    assert await stage.events(never) == ["failed"]


async def test_of_two_equal_tasks_in_one_round_one_is_made_and_the_other_waits_for_it(
    stage, dispatcher, answers
) -> None:
    first, second, other = await stage.tasks({"label": "Shot 1"}, {}, {})
    for task in (first, second):
        answers.answers[task] = ready(recipe="same")
    for _ in range(3):
        await a_worker()
    await dispatcher.tick()
    rows = [await stage.row(task) for task in (first, second, other)]
    assert [row["status"] for row in rows] == ["assigned", "queued", "assigned"]
    assert rows[1]["cause"] == "The same is being made already, for Shot 1."


async def test_more_tasks_than_a_transaction_takes_are_given_in_one_round(
    stage, dispatcher, wake_ups
) -> None:
    tasks = await stage.tasks(*[{}] * (BATCH + 6))
    for _ in range(BATCH + 3):
        await a_worker()
    await dispatcher.tick()
    rows = [await stage.row(task) for task in tasks]
    assert [row["status"] for row in rows].count("assigned") == BATCH + 3
    assert len({row["worker_id"] for row in rows if row["worker_id"]}) == BATCH + 3
    assert sorted(wake_ups.sent) == sorted((str(task), 1) for task in tasks[: BATCH + 3])


async def test_a_worker_that_is_drained_within_a_round_gets_nothing(
    stage, dispatcher, answers, wake_ups
) -> None:
    [task] = await stage.tasks({})
    worker = await a_worker()

    class Draining:
        async def __call__(self, *given: object) -> object:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                await workers.drained(unit, worker.id, "Ina")
            return ready()

    dispatcher._resolve = Draining()
    await dispatcher.tick()
    row = await stage.row(task)
    assert (row["status"], row["reserved"], wake_ups.sent) == ("queued", None, [])


async def test_the_loop_outlives_a_fault(stage, dispatcher, answers, wake_ups) -> None:
    broken, good = await stage.tasks({}, {})
    answers.answers[broken] = ZeroDivisionError("a fault of ours")
    await a_worker()
    running = asyncio.create_task(dispatcher.run())
    try:
        await asyncio.wait_for(answers.failed.wait(), 60)
        answers.answers.clear()
        await asyncio.wait_for(wake_ups.heard.wait(), 60)
    finally:
        running.cancel()
    assert wake_ups.sent == [(str(broken), 1)]
    assert (await stage.row(good))["status"] == "queued"


async def test_a_wake_up_that_was_lost_is_sent_again(stage, dispatcher, wake_ups) -> None:
    [task] = await stage.tasks({})
    await a_worker()
    await dispatcher.tick()
    wake_ups.sent.clear()
    await dispatcher.tick()
    assert wake_ups.sent == []
    await stage.set_task(task, "assigned_at = now() - interval '3 s'")
    await dispatcher.tick()
    assert wake_ups.sent == [(str(task), 1)]


async def test_a_worker_that_fell_silent_gets_nothing(stage, dispatcher) -> None:
    worker = await a_worker()
    async with service() as unit:
        await unit.execute(
            "UPDATE workers SET seen_at = now() - interval '16 s' WHERE id = $1", worker.id
        )
    [task] = await stage.tasks({})
    await dispatcher.tick()
    assert (await stage.row(task))["status"] == "queued"


async def test_a_look_that_finds_nothing_wakes_nobody(dispatcher, database_urls) -> None:
    woken: list[str] = []
    connection = await asyncpg.connect(database_urls.owner_url)
    try:
        await connection.add_listener("director_tasks", lambda *call: woken.append(call[2]))
        for _ in range(3):
            await dispatcher.tick()
        await connection.execute("SELECT 1")
        assert woken == []
    finally:
        await connection.close()


SERVERS = {"test": OfferedBackend(version="1", servers={"render-1": 1, "render-2": 2})}


async def test_a_slot_of_a_server_is_taken_with_the_worker_and_waited_for(
    stage, dispatcher
) -> None:
    plan = {"plan": {"servers": ["render-1", "render-2"]}}
    tasks = await stage.tasks(plan, plan, plan, plan)
    for _ in tasks:
        await a_worker(backends=SERVERS)
    await dispatcher.tick()
    rows = [await stage.row(task) for task in tasks]
    assert [row["server"] for row in rows] == ["render-1", "render-2", "render-2", None]
    assert [row["status"] for row in rows] == ["assigned"] * 3 + ["queued"]
    assert rows[3]["cause"] == "Waiting for a free place on render-1, render-2."
    await stage.set_task(tasks[1], "status = 'succeeded', ended_at = now()")
    await dispatcher.tick()
    assert (await stage.row(tasks[3]))["server"] == "render-2"


async def test_only_a_worker_that_reaches_the_server_gets_the_task(stage, dispatcher) -> None:
    await a_worker(name="a")
    reaching = await a_worker(name="b", backends=SERVERS)
    [task] = await stage.tasks({"plan": {"servers": ["render-2"]}})
    await dispatcher.tick()
    assert (await stage.row(task))["worker_id"] == reaching.id


async def test_a_task_that_a_person_tries_again_resumes_nothing(stage, dispatcher) -> None:
    [task] = await stage.tasks({"plan": {"servers": ["render-1", "render-2"]}})
    await stage.set_task(
        task, "status = 'failed', ended_at = now(), server = 'render-2', checkpoint = 'job 7'"
    )
    async with service():
        await retry_task(task)
    await a_worker(backends=SERVERS)
    await dispatcher.tick()
    row = await stage.row(task)
    assert (row["server"], row["checkpoint"], row["attempt"]) == ("render-1", None, 2)


async def test_what_was_left_on_a_server_is_resumed_there(stage, dispatcher) -> None:
    plan = {"plan": {"servers": ["render-1", "render-2"]}}
    other, task, fresh = await stage.tasks(plan, plan, plan)
    for task_id, state in ((task, "'job 7'"), (fresh, "NULL")):
        await stage.set_task(task_id, f"server = 'render-1', checkpoint = {state}, attempt = 2")
    for _ in range(3):
        await a_worker(backends=SERVERS)
    await dispatcher.tick()
    rows = [await stage.row(one) for one in (other, task, fresh)]
    assert [row["server"] for row in rows] == ["render-1", "render-1", "render-2"]
    assert [row["status"] for row in rows] == ["assigned", "queued", "assigned"]
    assert rows[1]["cause"] == "Waiting for a free place on render-1."
    # Once nobody reaches that server any more, nothing can be resumed there.
    await stage.set_task(other, "status = 'succeeded', ended_at = now()")
    async with service() as unit:
        await unit.execute("DELETE FROM workers")
    await a_worker(backends={"test": OfferedBackend(version="1", servers={"render-2": 2})})
    await dispatcher.tick()
    assert (await stage.row(task))["server"] == "render-2"
