"""An event loop whose time is a number and whose chance has a seed: one seed, one run.

Nothing sleeps. When nothing is ready, the clock jumps to the next timer. What belongs to a process
that was killed is never run again: its handles are kept aside until the run is tidied up.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import itertools
import random
from collections.abc import Callable, Coroutine
from typing import Any

# The simulated process that a callback belongs to, which may be `dead`; None: the world around.
OWNER: contextvars.ContextVar[Any] = contextvars.ContextVar("owner", default=None)


class Stuck(Exception):
    """Nothing is ready, and nothing ever will be."""


class CountedTask(asyncio.Task[Any]):
    """A task that is told from others by a number: sets of tasks have one order in all runs."""

    def __init__(self, coro: Coroutine[Any, Any, Any], *, number: int, **how: Any) -> None:
        # The number has to be there before the task registers itself in a set.
        self.number = number
        super().__init__(coro, **how)

    def __hash__(self) -> int:
        return self.number


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs callbacks one by one, in an order that a seed decides."""

    def __init__(self, chance: random.Random, shuffled: float) -> None:
        super().__init__()
        self.now = 0.0
        self.steps = 0
        self.tasks: list[CountedTask] = []
        self.after_step: Callable[[], None] | None = None
        self._chance = chance
        self._shuffled = shuffled
        self._tidying = False
        self._buried: list[asyncio.Handle] = []
        self._numbers = itertools.count(1)
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        return self.now

    def tidy_up(self) -> None:
        """Let all tasks end, also those of killed processes; nobody looks at what they do."""
        self.after_step = None
        self._tidying = True
        self._ready.extend(self._buried)  # type: ignore[attr-defined]
        self._buried = []
        for task in self.tasks:
            if not task.done():
                task.cancel()
        ending = asyncio.gather(*self.tasks, return_exceptions=True)
        self.run_until_complete(ending)

    def _make_task(
        self, _loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **how: Any
    ) -> CountedTask:
        task = CountedTask(coro, number=next(self._numbers), loop=self, **how)
        self.tasks.append(task)
        return task

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        while not ready:
            if not scheduled:
                raise Stuck
            timer = heapq.heappop(scheduled)
            timer._scheduled = False
            if timer._cancelled:
                continue
            self.now = max(self.now, timer._when)
            ready.append(timer)
            while scheduled and scheduled[0]._when <= self.now:
                timer = heapq.heappop(scheduled)
                timer._scheduled = False
                ready.append(timer)
        place = 0
        if len(ready) > 1 and self._chance.random() < self._shuffled:
            place = self._chance.randrange(len(ready))
            ready.rotate(-place)
        handle = ready.popleft()
        if place:
            ready.rotate(place)
        if handle._cancelled:
            return
        owner = handle._context.get(OWNER)
        if owner is not None and owner.dead and not self._tidying:
            self._buried.append(handle)
            return
        self.steps += 1
        handle._run()
        if self.after_step is not None:
            self.after_step()

    def _process_events(self, event_list: Any) -> None:
        raise AssertionError("The simulation has no files.")

    def _write_to_self(self) -> None:
        """Nobody calls from another thread."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        raise AssertionError("The simulation has no threads: make this call inline.")
