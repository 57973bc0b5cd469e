"""How fast one client may send: what comes faster is read later, and lost never."""

from __future__ import annotations

import time

FRAMES_PER_SECOND = 300.0
BURST = 1000.0
# A large frame costs what so many small ones do.
BYTES_PER_FRAME = 4096


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
