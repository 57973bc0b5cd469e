"""Runs end when their tasks have, also while somebody tries one of these again."""

from __future__ import annotations

import asyncio

import pytest

from app.execution.runs import close_runs, reopen_runs
from app.scheduling import retry_task
from tests.scheduling.conftest import Stage, service


@pytest.fixture
async def stage(connected) -> Stage:
    stage = Stage()
    await stage.set()
    return stage


async def status_of(stage: Stage) -> str:
    async with service() as unit:
        return await unit.fetchval("SELECT status FROM runs WHERE id = $1", stage.run)


async def close() -> set[str]:
    async with service() as unit:
        return {run.status for run in await close_runs(unit)}


async def test_a_run_ends_as_the_worst_of_its_tasks_did(stage) -> None:
    one, two, three = await stage.tasks({}, {}, {})
    await stage.set_task(one, "status = 'succeeded'")
    await stage.set_task(two, "status = 'cancelled'")
    assert await close() == set()
    await stage.set_task(three, "status = 'failed'")
    assert await close() == {"failed"}
    assert await status_of(stage) == "failed"
    assert await close() == set()


async def test_a_run_whose_events_are_not_handled_goes_on(stage) -> None:
    [task] = await stage.tasks({})
    await stage.set_task(task, "status = 'succeeded'")
    async with service() as unit:
        await unit.execute(
            "INSERT INTO task_events (task_id, project_id, kind) VALUES ($1, $2, 'succeeded')",
            task,
            stage.project,
        )
    assert await close() == set()
    async with service() as unit:
        await unit.execute("UPDATE task_events SET handled_at = now() WHERE task_id = $1", task)
    assert await close() == {"succeeded"}


async def test_a_run_that_is_tried_again_while_it_is_closed_goes_on(stage) -> None:
    [task] = await stage.tasks({})
    await stage.set_task(task, "status = 'failed'")
    retried, goes_on = asyncio.Event(), asyncio.Event()

    async def retry() -> None:
        async with service():
            await reopen_runs(await retry_task(task))
            retried.set()
            await goes_on.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(retry())
        await retried.wait()
        closing = group.create_task(close())
        # It sees the task as it was, and waits for the row of the run.
        await asyncio.sleep(0.2)
        goes_on.set()
    assert closing.result() == set()
    assert await status_of(stage) == "running"
