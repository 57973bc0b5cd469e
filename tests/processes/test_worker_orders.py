"""The signals of a worker: it finishes what it has, for as long as the order allows."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from app.platform.ids import new_id
from app.processes.worker import Orders
from app.scheduling import workers
from tests.scheduling.conftest import Stage, a_worker, service


async def waits(drain: float, finish: asyncio.Event) -> asyncio.Task[None]:
    orders = Orders()

    async def finished() -> None:
        await finish.wait()

    return asyncio.create_task(orders.wait(finished, drain))


async def soon(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - a signal sets nothing that can be waited for
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def handlers():
    yield
    loop = asyncio.new_event_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    loop.close()


async def test_without_time_to_drain_it_stops_at_once() -> None:
    task = await waits(0, asyncio.Event())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 60)


async def test_it_finishes_what_it_has_unless_it_is_told_twice() -> None:
    finish = asyncio.Event()
    task = await waits(3600, finish)
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert not task.done()
    finish.set()
    await asyncio.wait_for(task, 60)
    task = await waits(3600, asyncio.Event())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert not task.done()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 60)


async def test_what_takes_too_long_is_given_back() -> None:
    task = await waits(0.1, asyncio.Event())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 60)


async def test_one_that_is_not_needed_ends_once_it_is_free_or_stopped() -> None:
    finish = asyncio.Event()
    task = await waits(0, finish)
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.sleep(0.1)
    assert not task.done()
    finish.set()
    await asyncio.wait_for(task, 60)
    task = await waits(0, asyncio.Event())
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.sleep(0.1)
    assert not task.done()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 60)


async def test_a_drained_worker_is_free_once_its_task_has_ended(connected) -> None:
    stage = Stage()
    await stage.set()
    worker = await a_worker()
    [task] = await stage.tasks({})
    await stage.assigned(task, worker)
    async with service() as unit:
        assert not await workers.drained(unit, worker.id, "Ina")
        [row] = [w for w in await workers.list_workers() if w.id == worker.id]
        assert row.drained_by == "Ina"
    await stage.ended(task, 1)
    async with service() as unit:
        assert await workers.drained(unit, worker.id, "Olga")
        assert await workers.drained(unit, new_id(), "Olga")
