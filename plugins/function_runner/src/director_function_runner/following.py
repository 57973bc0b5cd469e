"""A run that is followed: its lines, its end, its limits on disk and time, and its cancel."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from node_registry import BackendError, Cancelled, DirectorError

from .jobs import JobFolder
from .manifest import Step
from .progress import LineReader
from .runtimes import Ended, Limits, Runtime

# Between two looks at disk and clock.
LOOK = 0.25
_MOST_FILES = 200_000
_KEPT_LINES = 2000
# For what is still on its way when the run has ended.
_DRAIN = 5.0


class Followed:
    """One run of one step, from its start or from where another attempt left it."""

    def __init__(
        self, runtime: Runtime, run: str, step: Step, job: JobFolder, limits: Limits, began: float
    ) -> None:
        self._runtime = runtime
        self._run = run
        self._step = step
        self._job = job
        self._limits = limits
        self._began = began
        self.lines: list[str] = []
        self.ended: Ended | None = None

    async def follow(self, cancelled: asyncio.Event) -> AsyncIterator[str]:
        """Its lines, until it has ended. Raises `Cancelled`, `function.timeout`, `….disk`.

        Whoever stops listening leaves it running.
        """
        queue: asyncio.Queue[str | None] = asyncio.Queue(maxsize=10_000)
        pump = asyncio.create_task(self._pump(queue))
        end = asyncio.create_task(self._runtime.wait(self._run))
        cancel = asyncio.create_task(cancelled.wait())
        watch = asyncio.create_task(self._watch())
        over = False
        try:
            while not end.done():
                line = asyncio.create_task(queue.get())
                waiting = {line, end, cancel, watch}
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if cancelled.is_set():
                    line.cancel()
                    await self._stop()
                    raise Cancelled
                if watch.done():
                    line.cancel()
                    await self._stop()
                    raise watch.result()
                if not line.done():
                    line.cancel()
                    continue
                text = line.result()
                if text is None:
                    over = True
                    await asyncio.wait({end, cancel, watch}, return_when=asyncio.FIRST_COMPLETED)
                    continue
                self._keep(text)
                yield text
            self.ended = end.result()
            deadline = time.monotonic() + _DRAIN
            while not over:
                left = max(0.0, deadline - time.monotonic())
                try:
                    text = await asyncio.wait_for(queue.get(), left)
                except TimeoutError:
                    break
                if text is None:
                    break
                self._keep(text)
                yield text
        finally:
            for task in (pump, end, cancel, watch):
                task.cancel()
            await asyncio.gather(pump, end, cancel, watch, return_exceptions=True)

    def _keep(self, line: str) -> None:
        self.lines.append(line)
        del self.lines[:-_KEPT_LINES]

    async def _stop(self) -> None:
        await self._runtime.stop(self._run, self._step.cancel)

    async def _pump(self, queue: asyncio.Queue[str | None]) -> None:
        reader = LineReader()
        try:
            # An async generator that is left is closed at once, with its connection.
            async with contextlib.aclosing(self._runtime.follow(self._run)) as chunks:
                async for chunk in chunks:
                    for line in reader.feed(chunk):
                        await queue.put(line)
            for line in reader.end():
                await queue.put(line)
        finally:
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(None)

    async def _watch(self) -> DirectorError:
        """Wait until the run has taken more than it may."""
        while True:
            await asyncio.sleep(LOOK)
            await asyncio.to_thread(self._job.follow)
            size, files = await asyncio.to_thread(self._job.usage)
            if size > self._limits.disk or files > _MOST_FILES:
                return disk_error(self._limits)
            if time.time() - self._began > self._step.timeout_s:
                return BackendError(
                    "function.timeout",
                    f"It was stopped after {self._step.timeout_s:g} s, which is its limit.",
                    hint="Raise `timeout_s` of the step in the manifest, or ask for less.",
                )


def disk_error(limits: Limits) -> BackendError:
    """What a function is told that wrote more than it may."""
    return BackendError(
        "function.disk",
        f"It was stopped: it wrote more than its {limits.disk / 1e9:g} GB, or too many files.",
        hint="Raise `resources.disk_gb` in the manifest, if it really needs that much.",
    )
