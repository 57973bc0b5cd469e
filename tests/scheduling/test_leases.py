"""Leases: one claim, fenced writes, what is taken back, cancelled and tried again."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from app.platform.database import DatabaseRole, unit_of_work
from app.scheduling import Claim, cancel_tasks, leases, retry_task
from node_registry import DirectorError
from tests.scheduling.conftest import Stage, a_worker, service


def as_worker():
    return unit_of_work(role=DatabaseRole.WORKER)


async def claim(task: UUID, attempt: int, worker) -> Claim | None:
    async with as_worker() as unit:
        return await leases.claim(unit, task, attempt, worker.id, 30)


async def running(stage: Stage, task: UUID, worker, attempt: int = 1) -> Claim:
    await stage.assigned(task, worker, attempt)
    claimed = await claim(task, attempt, worker)
    assert claimed is not None
    return claimed


async def end(claimed: Claim, worker, ending="succeeded", **how) -> bool:
    async with as_worker() as unit:
        return await leases.finish(unit, claimed, worker.id, ending, **how)


async def reap() -> int:
    async with service() as unit:
        return await leases.reap(unit)


async def unblock_or_fail() -> None:
    async with service() as unit:
        while await leases.fail_dependents(unit):
            continue
        await leases.unblock(unit)


async def test_a_task_is_claimed_once_and_by_its_worker_alone(stage) -> None:
    [task] = await stage.tasks({})
    mine, other = await a_worker(), await a_worker()
    assert await claim(task, 1, mine) is None
    await stage.assigned(task, mine)
    assert await claim(task, 1, other) is None
    assert await claim(task, 2, mine) is None
    claims = await asyncio.gather(*(claim(task, 1, mine) for _ in range(4)))
    assert sum(c is not None for c in claims) == 1
    assert (await stage.row(task))["status"] == "running"


async def test_a_late_worker_is_fenced_from_every_write(stage) -> None:
    [task] = await stage.tasks({})
    slow, quick = await a_worker(), await a_worker()
    late = await running(stage, task, slow)
    await stage.set_task(task, "lease_until = now() - interval '1 s'")
    assert await reap() == 1
    assert (await stage.row(task))["attempt"] == 2
    good = await running(stage, task, quick, 2)
    async with as_worker() as unit:
        assert await leases.renew(unit, late, slow.id, 30) == "lost"
        assert not await leases.save_checkpoint(unit, late, slow.id, b"x")
        assert not await leases.requeue(unit, task, late.attempt, "x")
        assert await leases.renew(unit, good, quick.id, 30) == "held"
    assert not await end(late, slow)
    assert await end(good, quick)
    assert not await end(good, quick)
    assert await stage.events(task) == ["requeued", "succeeded"]


async def test_no_lease_outlasts_a_clock_that_went_back(stage) -> None:
    [task] = await stage.tasks({})
    await running(stage, task, await a_worker())
    await stage.set_task(task, "lease_until = now() + interval '1 hour'")
    async with service() as unit:
        assert await leases.reap(unit, 30) == 0
        left = await unit.fetchval(
            "SELECT extract(epoch FROM lease_until - now()) FROM tasks WHERE id = $1", task
        )
    assert 29 < left <= 30


async def test_a_checkpoint_comes_back_with_the_next_attempt(stage) -> None:
    [task] = await stage.tasks({})
    first, second = await a_worker(), await a_worker()
    claimed = await running(stage, task, first)
    async with as_worker() as unit:
        assert await leases.save_checkpoint(unit, claimed, first.id, b"job 7")
        assert await leases.requeue(unit, task, 1, "Lost.")
    assert (await running(stage, task, second, 2)).checkpoint == b"job 7"


async def test_a_worker_that_falls_silent_too_often_fails_the_task(stage) -> None:
    [task] = await stage.tasks({})
    worker = await a_worker()
    await running(stage, task, worker, attempt=5)
    await stage.set_task(task, "lease_until = now() - interval '1 s'")
    await reap()
    row = await stage.row(task)
    assert row["status"] == "failed"
    assert "task.worker_lost" in row["error"]
    async with service() as unit:
        detail = await unit.fetchval("SELECT detail FROM task_events WHERE task_id = $1", task)
    assert '"error": {' in detail


async def test_a_lease_that_still_runs_is_not_reaped(stage) -> None:
    [task] = await stage.tasks({})
    await running(stage, task, await a_worker())
    assert await reap() == 0
    assert (await stage.row(task))["status"] == "running"


async def test_a_task_that_is_given_back_for_ever_ends_with_its_last_cause(stage) -> None:
    [task] = await stage.tasks({})
    for attempt in range(1, 6):
        await reap()
        assert (await stage.row(task))["status"] == "queued"
        await running(stage, task, await a_worker(), attempt)
        async with as_worker() as unit:
            assert await leases.requeue(unit, task, attempt, "No memory.")
    await reap()
    row = await stage.row(task)
    assert row["status"] == "failed"
    assert "task.tried_enough" in row["error"]
    assert "No memory." in row["error"]
    assert await stage.events(task) == ["requeued"] * 5 + ["failed"]


async def test_a_worker_that_is_stopped_is_no_failure_of_its_task(stage) -> None:
    [task] = await stage.tasks({})
    for attempt in (5, 6, 7):
        await running(stage, task, await a_worker(), attempt)
        async with as_worker() as unit:
            await leases.requeue(unit, task, attempt, leases.WORKER_STOPPED)
        await reap()
        await stage.set_task(task, "cause = 'Behind another task.'")
        await reap()
        assert (await stage.row(task))["status"] == "queued"


async def test_a_cancel_ends_what_waits_and_stops_what_runs(stage) -> None:
    waiting, busy, blocked = await stage.tasks({}, {}, {})
    await stage.set_task(blocked, "status = 'blocked'")
    worker = await a_worker()
    claimed = await running(stage, busy, worker)
    async with service():
        assert await cancel_tasks(run_id=stage.run, by="Ina") == 3
    for task in (waiting, blocked):
        row = await stage.row(task)
        assert (row["status"], row["cause"]) == ("cancelled", "Cancelled by Ina")
    assert (await stage.row(busy))["status"] == "running"
    async with as_worker() as unit:
        assert await leases.renew(unit, claimed, worker.id, 30) == "cancel"
    assert await end(claimed, worker, "cancelled")
    async with service():
        assert await cancel_tasks(run_id=stage.run, by="Ina") == 0
        assert await cancel_tasks(by="Ina") == 0
    assert await stage.events(waiting) == ["cancelled"]
    assert await stage.events(busy) == ["cancelled"]


@pytest.mark.parametrize("how", ["its worker dies", "its worker gives it back"])
async def test_a_cancelled_task_is_not_begun_again(stage, how) -> None:
    [task] = await stage.tasks({})
    await running(stage, task, await a_worker())
    async with service():
        await cancel_tasks(task_id=task, by="Ina")
    if how == "its worker dies":
        await stage.set_task(task, "lease_until = now() - interval '1 s'")
    else:
        async with as_worker() as unit:
            await leases.requeue(unit, task, 1, "Lost.")
    await reap()
    assert (await stage.row(task))["status"] == "cancelled"


async def test_what_needs_a_failed_task_fails_with_its_name(stage) -> None:
    [first] = await stage.tasks({"label": "SCENE_01/SHOT_010"})
    [second] = await stage.tasks({"label": "Film", "needs": [first]})
    [third] = await stage.tasks({"needs": [second]})
    assert (await stage.row(second))["status"] == "blocked"
    worker = await a_worker()
    await end(await running(stage, first, worker), worker, "failed", error={"code": "x"})
    await unblock_or_fail()
    row = await stage.row(second)
    assert row["status"] == "failed"
    assert "It needs SCENE_01/SHOT_010, which failed." in row["error"]
    assert "It needs Film, which failed." in (await stage.row(third))["error"]
    assert await stage.events(third) == ["failed"]


async def test_a_task_is_queued_when_all_that_it_needs_succeeded(stage) -> None:
    one, two = await stage.tasks({}, {})
    [both] = await stage.tasks({"needs": [one, two, one]})
    worker = await a_worker()
    await end(await running(stage, one, worker), worker)
    await unblock_or_fail()
    assert (await stage.row(both))["status"] == "blocked"
    await end(await running(stage, two, worker), worker)
    await unblock_or_fail()
    assert (await stage.row(both))["status"] == "queued"


async def test_a_retry_takes_along_what_failed_because_of_it(stage) -> None:
    [first] = await stage.tasks({})
    [second] = await stage.tasks({"needs": [first]})
    worker = await a_worker()
    await end(await running(stage, first, worker), worker, "failed", error={"code": "x"})
    await unblock_or_fail()
    async with service():
        assert await retry_task(first) == [stage.run]
    await unblock_or_fail()
    assert (await stage.row(first))["status"] == "queued"
    assert (await stage.row(first))["attempt"] == 2
    assert (await stage.row(first))["error"] is None
    assert (await stage.row(second))["status"] == "blocked"
    with pytest.raises(DirectorError) as refused:
        async with service():
            await retry_task(first)
    assert refused.value.code == "task.not_over"


async def test_a_worker_sees_and_changes_only_what_it_has_to(stage) -> None:
    [task] = await stage.tasks({"plan": {"secret": 1}})
    worker = await a_worker()
    async with as_worker() as unit:
        # Never given to a worker: not there for one.
        assert await unit.fetch("SELECT id FROM tasks WHERE id = $1", task) == []
    await stage.assigned(task, worker)
    for forbidden in (
        "SELECT plan FROM tasks",
        "SELECT * FROM users",
        "SELECT * FROM projects",
        "SELECT * FROM takes",
        "UPDATE takes SET name = 'x'",
        "DELETE FROM tasks",
        "UPDATE tasks SET user_id = gen_random_uuid()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with as_worker() as unit:
                await unit.execute(forbidden)
