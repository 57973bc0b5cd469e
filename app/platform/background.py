"""Tasks that run beside everything else, and how they are ended."""

from __future__ import annotations

import asyncio
from typing import Any

from .telemetry import get_logger

log = get_logger(__name__)

PATIENCE = 1.0


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait for its end.

    It is cancelled again as long as it goes on: a library may lose a cancellation (on Python 3.11
    `asyncio.wait_for` does, when what it waits for ends at the same moment).
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("background.failed", task=task.get_name(), error=f"{error!r}"[:300])
