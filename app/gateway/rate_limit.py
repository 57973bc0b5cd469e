"""Rate limits of the socket: what exceeds them is read later and never lost.

A client's frames are counted. All connections of a person share one budget of processing time; and
after each few milliseconds of it, whoever else waits goes first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

FRAMES_PER_SECOND = 300.0
BURST = 1000.0
# A large frame costs what so many small ones do.
BYTES_PER_FRAME = 4096

# The share of the loop's time that one person may take for long, and how many seconds at once.
MAX_SHARE = 0.125
BURST_SECONDS = 1.0
# After so many seconds everybody else who is ready has a turn.
TURN_SECONDS = 0.002


class FrameBudget:
    """A token bucket of frames, for one client."""

    def __init__(self) -> None:
        self._left = BURST
        self._at = time.monotonic()

    def spend(self, size: int) -> float:
        """Take a frame of so many bytes; the seconds to wait before the next one is handled."""
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * FRAMES_PER_SECOND)
        self._at = now
        self._left -= 1 + size // BYTES_PER_FRAME
        return max(0.0, -self._left / FRAMES_PER_SECOND)


class TimeBudget:
    """A token bucket of processing time, in seconds, for all connections of one person.

    Frames of sockets are read in its turns (`run`), requests are let in by `gateway.loop_share`.
    """

    def __init__(self, at_work: Callable[[], None] = lambda: None) -> None:
        self._at_work = at_work
        self._left = BURST_SECONDS
        self._at = time.monotonic()
        self._turn_used = 0.0
        self._gate = asyncio.Lock()

    @property
    def full(self) -> bool:
        """Whether nothing of it is used, so that it need not be remembered."""
        return self._refill() >= BURST_SECONDS

    async def run(self, work: Callable[..., Coroutine[Any, Any, None]], *given: Any) -> None:
        """Run some work in this person's turn, and charge the time that it takes."""
        self._at_work()
        if self._turn_used >= TURN_SECONDS or self._gate.locked():
            await self._wait_turn()
        await metered(work(*given), self.charge)

    async def _wait_turn(self) -> None:
        # Whoever comes while others of this person wait stands behind them.
        async with self._gate:
            if self._turn_used >= TURN_SECONDS:
                self._turn_used = 0.0
                await asyncio.sleep(max(0.0, -self._refill() / MAX_SHARE))

    def charge(self, seconds: float) -> None:
        """Subtract the seconds that some work took."""
        self._left = self._refill() - seconds
        self._turn_used += seconds

    @property
    def debt(self) -> float:
        """How many seconds it is overdrawn by; 0 where something is left."""
        return max(0.0, -self._refill())

    def _refill(self) -> float:
        now = time.monotonic()
        self._left = min(BURST_SECONDS, self._left + (now - self._at) * MAX_SHARE)
        self._at = now
        return self._left


def metered(work: Coroutine[Any, Any, None], charge: Callable[[float], None]) -> Awaitable[None]:
    """The same work, whose own steps are charged, each in seconds of the processor's time, and not
    what it waits for: on a machine that is busy with something else nobody is charged for that."""
    return _Metered(work, charge)


class _Metered:
    def __init__(self, work: Coroutine[Any, Any, None], charge: Callable[[float], None]) -> None:
        self._work = work
        self._charge = charge

    def __await__(self) -> Generator[Any, Any, None]:
        given, error = None, None
        while True:
            begun = time.thread_time()
            try:
                step = self._work.send(given) if error is None else self._work.throw(error)
            except StopIteration:
                return
            finally:
                self._charge(time.thread_time() - begun)
            given = error = None
            try:
                given = yield step
            except BaseException as thrown:  # noqa: BLE001 - cancelled: for the work to hear
                error = thrown
