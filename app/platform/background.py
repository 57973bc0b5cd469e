"""Loops and tasks that run in the background of a process, and how they are ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import asyncpg

from . import database, redis
from .telemetry import get_logger

log = get_logger(__name__)

# Seconds.
PAUSE_AFTER_FAILURE = 0.5
CANCEL_AGAIN_AFTER = 1.0

SERVER_ERRORS = (
    *database.CONNECTION_ERRORS,
    *redis.CONNECTION_ERRORS,
    redis.RedisError,
    asyncpg.PostgresError,
)


async def run_forever(
    step: Callable[[], Awaitable[object]],
    wake: asyncio.Event,
    tick: float | Callable[[], float | None],
    *,
    name: str,
) -> NoReturn:
    """Call `step` whenever `wake` is set, and every `tick` seconds, until cancelled.

    `tick` may be asked after each step instead: how many seconds until the next one, or None to
    wait for a wake alone. A wake that comes during a step leads to another one. A PostgreSQL or a
    Redis that is away makes the loop wait; any other failure is logged whole, as `name`, and the
    loop goes on.
    """
    while True:
        wake.clear()
        try:
            await step()
        except SERVER_ERRORS as error:
            log.warning("loop.interrupted", loop=name, error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(PAUSE_AFTER_FAILURE)
        except Exception:
            log.exception("loop.failed", loop=name)
            await asyncio.sleep(PAUSE_AFTER_FAILURE)
        # Not wait_for: on Python 3.11 it can lose a cancellation.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(tick() if callable(tick) else tick):
                await wake.wait()


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait for its end.

    It is cancelled again as long as it goes on: a library may lose a cancellation (on Python 3.11
    `asyncio.wait_for` does, when what it waits for ends at the same moment).
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_AFTER)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("background.failed", task=task.get_name(), error=f"{error!r}"[:300])
