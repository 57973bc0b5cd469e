"""Ending tasks that run beside everything else."""

from __future__ import annotations

import asyncio

import app.platform.background as background
from app.platform.background import end_task


async def test_a_task_that_loses_a_cancellation_is_ended_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(background, "PATIENCE", 0.01)
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
    async with asyncio.timeout(5):
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
