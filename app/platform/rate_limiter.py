"""How often somebody may ask for what is costly: a bucket for each key, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from node_registry import DirectorError

MAX_KEYS = 10_000


class RateLimiter:
    """At most `count` at once, and as many again in each `seconds`.

    The API is one process, so what is counted here is all there is.
    """

    def __init__(
        self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._count = count
        self._rate = count / seconds
        self._clock = clock
        # What is left of each bucket, and when that was so. A full one need not be remembered.
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def spend(self, key: Hashable) -> None:
        """Count one. Raises `request.too_many` with the seconds to wait."""
        now = self._clock()
        left = self._left(key, now)
        if left < 1:
            raise self._too_many(1 - left)
        self._note(key, left - 1, now)

    def check(self, key: Hashable) -> None:
        """Raises `request.too_many` where nothing is left, for what is charged once it is done."""
        left = self._left(key, self._clock())
        if left <= 0:
            raise self._too_many(-left)

    def charge(self, key: Hashable, amount: float) -> None:
        """Count so much that was done already, also more than was left."""
        now = self._clock()
        self._note(key, self._left(key, now) - amount, now)

    def _too_many(self, missing: float) -> DirectorError:
        seconds = int(missing / self._rate) + 1
        return DirectorError(
            "request.too_many",
            "That was asked for too often in a short time.",
            hint=f"Wait {seconds} s, then try again.",
            status=429,
            fields={"retry_after": seconds},
        )

    def _note(self, key: Hashable, left: float, now: float) -> None:
        if len(self._buckets) >= MAX_KEYS:
            self._forget_full(now)
        self._buckets[key] = (left, now)

    def _left(self, key: Hashable, now: float) -> float:
        left, at = self._buckets.get(key, (float(self._count), now))
        return min(float(self._count), left + (now - at) * self._rate)

    def _forget_full(self, now: float) -> None:
        used = {key: b for key, b in self._buckets.items() if self._left(key, now) < self._count}
        # Somebody floods with made-up keys: those that were used last are kept.
        newest = sorted(used.items(), key=lambda entry: entry[1][1])[-MAX_KEYS // 2 :]
        self._buckets = dict(newest)
