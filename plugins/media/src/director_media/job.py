"""Jobs: blocking work on pictures, run in a thread while the worker's loop goes on."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from node_registry import BackendError, Cancelled, Progress, RunContext

if TYPE_CHECKING:
    from fractions import Fraction

INTERVAL = 0.25
"""Seconds between two reports of progress, at least."""

Advance = Callable[[float], None]
IsCancelled = Callable[[], bool]
Work = Callable[[Advance, IsCancelled], None]


async def run_job(work: Work, context: RunContext, step: str) -> AsyncIterator[Progress]:
    """Run `work(advance, cancelled)` in a thread and yield its progress, which never falls.

    The thread has ended when this returns, also when it is closed early, so that the scratch
    folder can be removed safely.
    """
    stop = threading.Event()
    reached = [0.0]

    def advance(fraction: float) -> None:
        reached[0] = max(reached[0], min(1.0, fraction))

    task = asyncio.create_task(asyncio.to_thread(_guarded, work, advance, stop.is_set))
    watch = asyncio.create_task(context.cancelled.wait())
    shown = 0.0
    try:
        while not task.done():
            await asyncio.wait(
                {task} if watch.done() else {task, watch},
                timeout=INTERVAL,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if context.cancelled.is_set():
                stop.set()
            elif shown < reached[0] < 1:
                shown = reached[0]
                yield Progress(shown, step)
        if context.cancelled.is_set():
            raise Cancelled
        task.result()
        yield Progress(1.0, step)
    finally:
        stop.set()
        watch.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # It was raised above, or nobody is left to be told.


def _guarded(work: Work, advance: Advance, cancelled: IsCancelled) -> None:
    from av.error import FFmpegError

    try:
        work(advance, cancelled)
    except FFmpegError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full() from error
        raise BackendError(
            "media.failed",
            f"The picture could not be made: {error.strerror or 'FFmpeg gave up'}.",
            hint="Check the inputs of this node; one of them may be damaged.",
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full() from error
        raise


def disk_full() -> BackendError:
    return BackendError(
        "media.disk_full",
        "The disk of the worker is full.",
        hint="Free some space; the run is tried again.",
        retryable=True,
    )


def video_facts(width: int, height: int, rate: Fraction, frames: int) -> dict[str, object]:
    """The `Media.facts` of a house video."""
    return {
        "width": width,
        "height": height,
        "rate": str(rate),
        "frames": frames,
        "duration": round(float(frames / rate), 6),
        "house": True,
    }
