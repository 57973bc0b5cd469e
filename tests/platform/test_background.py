"""Loops in the background go on, and tasks in it end."""

from __future__ import annotations

import asyncio

import app.platform.background as background
from app.platform.background import end_task, run_forever


async def test_a_task_that_loses_a_cancellation_is_ended_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(background, "CANCEL_AGAIN_AFTER", 0.01)
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await end_task(task)
    assert task.cancelled()
    assert lost == 3


async def test_a_task_that_failed_is_ended_without_raising() -> None:
    async def failing() -> None:
        raise ValueError("no")

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await end_task(task)
    assert isinstance(task.exception(), ValueError)


async def test_a_loop_goes_on_after_any_failure(monkeypatch) -> None:
    monkeypatch.setattr(background, "PAUSE_AFTER_FAILURE", 0.0)
    failures = [ConnectionResetError("away"), ZeroDivisionError("a fault of ours")]
    steps = 0
    over = asyncio.Event()

    async def step() -> None:
        nonlocal steps
        steps += 1
        if failures:
            raise failures.pop()
        over.set()

    loop = asyncio.create_task(run_forever(step, asyncio.Event(), 0.001, name="test"))
    async with asyncio.timeout(60):
        await over.wait()
    await end_task(loop)
    assert steps >= 3


async def test_a_wake_during_a_step_leads_to_another_step() -> None:
    wake, again = asyncio.Event(), asyncio.Event()
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 1:
            wake.set()
        else:
            again.set()

    loop = asyncio.create_task(run_forever(step, wake, 3600, name="test"))
    async with asyncio.timeout(60):
        await again.wait()
    await asyncio.sleep(0.01)
    await end_task(loop)
    assert steps == 2


async def test_a_loop_may_say_how_long_it_waits_each_time() -> None:
    """None waits for a wake alone; what is due already is done at once."""
    wake, third = asyncio.Event(), asyncio.Event()
    ticks: list[float | None] = [-1.0, None]
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            third.set()

    loop = asyncio.create_task(
        run_forever(step, wake, lambda: ticks.pop(0) if ticks else None, name="test")
    )
    await asyncio.sleep(0.05)
    assert steps == 2
    wake.set()
    async with asyncio.timeout(60):
        await third.wait()
    await end_task(loop)
