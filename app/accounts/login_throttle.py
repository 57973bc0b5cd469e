"""Slows down who guesses passwords, without a way to lock somebody else out.

Wrong passwords are counted for an e-mail address *from a network*, so a stranger who guesses makes
themselves wait and not the person. Guessing from many networks at once, or at many people from one,
makes all strangers wait; a browser in which the person has logged in before is no stranger.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from node_registry import DirectorError

FORGET_AFTER = 60 * 60.0
MAX_KEYS = 10_000


class FailureCounter:
    """Failures by a key: after `free` of them each further try waits twice as long as the one
    before, at most `max_wait` seconds. An hour without one forgets them."""

    def __init__(self, free: int, max_wait: float, clock: Callable[[], float]) -> None:
        self._free = free
        self._max_wait = max_wait
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, key: str) -> float:
        """How many seconds a try has to wait; 0 or less is none."""
        count, last = self._failures.get(key, (0, 0.0))
        if count < self._free:
            return 0.0
        pause = min(self._max_wait, 2.0 ** min(count - self._free, 60))
        return pause - (self._clock() - last)

    def failed(self, key: str) -> None:
        """Note a failure."""
        if len(self._failures) >= MAX_KEYS:
            self._forget_old()
        count, last = self._failures.get(key, (0, 0.0))
        if self._clock() - last > FORGET_AFTER:
            count = 0
        self._failures[key] = (count + 1, self._clock())

    def forget(self, key: str) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)

    def _forget_old(self) -> None:
        now = self._clock()
        recent = {k: v for k, v in self._failures.items() if now - v[1] <= FORGET_AFTER}
        # Somebody floods with made-up keys: the oldest go first.
        newest = sorted(recent.items(), key=lambda entry: entry[1][1])[-MAX_KEYS // 2 :]
        self._failures = dict(newest)


class LoginThrottle:
    """Counts wrong passwords in this process; the API is one process.

    `source` is the network that a try comes from (`network_of`), or the mark of a browser in which
    the person has logged in before, which is `known`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries = FailureCounter(5, 15 * 60.0, clock)
        self._strangers_of = FailureCounter(100, 30.0, clock)
        self._network = FailureCounter(100, 30.0, clock)

    def wait(self, email: str, source: str, *, known: bool) -> float:
        """How many seconds this try has to wait; 0 or less is none."""
        own = self._tries.wait(_pair(email, source))
        if known:
            return own
        return max(own, self._strangers_of.wait(_key(email)), self._network.wait(source))

    def failed(self, email: str, source: str, *, known: bool) -> None:
        """Note a wrong password."""
        self._tries.failed(_pair(email, source))
        if not known:
            self._strangers_of.failed(_key(email))
            self._network.failed(source)

    def succeeded(self, email: str, source: str) -> None:
        """Forget the wrong ones of this source: it was the right person after all."""
        self._tries.forget(_pair(email, source))


def too_many_tries(wait: float) -> DirectorError:
    """The refusal of a try that comes too early."""
    seconds = int(wait) + 1
    return DirectorError(
        "account.too_many_tries",
        "There were too many wrong passwords from where you are.",
        hint=f"Wait {seconds} s, then try again.",
        status=429,
        fields={"retry_after": seconds},
    )


def _key(email: str) -> str:
    return email.strip().casefold()[:320]


def _pair(email: str, source: str) -> str:
    return f"{source} {_key(email)}"
