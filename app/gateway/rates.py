"""What one client and one person may use of the studio: what is more is read later, lost never.

A client's frames are counted. What all connections of a person use together is weighed by the
clock, whatever the frames are; and when they have used a little of it, whoever else waits is first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any

FRAMES_PER_SECOND = 300.0
BURST = 1000.0
# A large frame costs what so many small ones do.
BYTES_PER_FRAME = 4096

# How much of the time one person may take for long, and how many seconds at once.
SHARE = 0.25
AT_ONCE = 1.0
# After so many seconds everybody else who is ready has a turn.
SLICE = 0.002


class Allowance:
    """A bucket of frames that fills again by itself."""

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


class Share:
    """A bucket of time that all connections of one person draw from, one after another."""

    def __init__(self) -> None:
        self._left = AT_ONCE
        self._at = time.monotonic()
        self._unbroken = 0.0
        self._gate = asyncio.Lock()

    @property
    def full(self) -> bool:
        """Whether nothing of it is used, so that it need not be remembered."""
        return self._refill() >= AT_ONCE

    async def use(self, work: Callable[..., Coroutine[Any, Any, None]], *given: Any) -> None:
        """Do some work in this person's turn, and charge what it takes."""
        if self._unbroken >= SLICE or self._gate.locked():
            await self._turn()
        await _Metered(work(*given), self)

    async def _turn(self) -> None:
        # Whoever comes while others of this person wait stands behind them.
        async with self._gate:
            if self._unbroken >= SLICE:
                self._unbroken = 0.0
                await asyncio.sleep(max(0.0, -self._refill() / SHARE))

    def charge(self, seconds: float) -> None:
        """Take what some work took."""
        self._left = self._refill() - seconds
        self._unbroken += seconds

    def _refill(self) -> float:
        now = time.monotonic()
        self._left = min(AT_ONCE, self._left + (now - self._at) * SHARE)
        self._at = now
        return self._left


class _Metered:
    """A coroutine whose own steps are charged, and not what it waits for."""

    def __init__(self, work: Coroutine[Any, Any, None], share: Share) -> None:
        self._work = work
        self._share = share

    def __await__(self) -> Generator[Any, Any, None]:
        given, error = None, None
        while True:
            begun = time.monotonic()
            try:
                step = self._work.send(given) if error is None else self._work.throw(error)
            except StopIteration:
                return
            finally:
                self._share.charge(time.monotonic() - begun)
            given = error = None
            try:
                given = yield step
            except BaseException as thrown:  # noqa: BLE001 - cancelled: for the work to hear
                error = thrown
