"""Slows down who guesses passwords: a few wrong ones for an address, then a pause that grows."""

from __future__ import annotations

import time
from collections.abc import Callable

from node_registry import DirectorError

FREE_TRIES = 5
MAX_WAIT = 15 * 60.0
FORGET_AFTER = 60 * 60.0
MAX_ADDRESSES = 10_000


class LoginThrottle:
    """Counts wrong passwords by address, in this process; the API is one process.

    After `FREE_TRIES` wrong ones each further try must wait, twice as long each time, at most
    `MAX_WAIT` seconds. A right password, or an hour, forgets all of it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}

    def check(self, address: str) -> None:
        """Raises `account.too_many_tries` while the address must wait, with the seconds."""
        count, last = self._failures.get(self._key(address), (0, 0.0))
        if count < FREE_TRIES:
            return
        wait = min(MAX_WAIT, 2.0 ** (count - FREE_TRIES)) - (self._clock() - last)
        if wait > 0:
            seconds = int(wait) + 1
            raise DirectorError(
                "account.too_many_tries",
                "There were too many wrong passwords for this address.",
                hint=f"Wait {seconds} s, then try again.",
                status=429,
                fields={"retry_after": seconds},
            )

    def failed(self, address: str) -> None:
        """Note a wrong password."""
        if len(self._failures) >= MAX_ADDRESSES:
            self._forget_old()
        key = self._key(address)
        count, last = self._failures.get(key, (0, 0.0))
        if self._clock() - last > FORGET_AFTER:
            count = 0
        self._failures[key] = (count + 1, self._clock())

    def succeeded(self, address: str) -> None:
        """Forget the wrong ones: it was the right person after all."""
        self._failures.pop(self._key(address), None)

    def _forget_old(self) -> None:
        now = self._clock()
        kept = {k: v for k, v in self._failures.items() if now - v[1] <= FORGET_AFTER}
        # Somebody floods with made-up addresses: the oldest go first.
        newest = sorted(kept.items(), key=lambda entry: entry[1][1])[-MAX_ADDRESSES // 2 :]
        self._failures = dict(newest)

    @staticmethod
    def _key(address: str) -> str:
        return address.strip().casefold()[:320]
