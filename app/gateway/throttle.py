"""Limits how often a value is sent: the newest of each key, at most once in an interval."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Throttle(Generic[K, V]):
    """Keeps the newest value of each key until it may be sent. The clock is an argument."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._waiting: dict[K, V] = {}
        self._sent_at: dict[K, float] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, key: K, value: V) -> None:
        """Take a value in; an older one of this key that was not sent is dropped."""
        self._waiting[key] = value

    def take(self, now: float) -> list[tuple[K, V]]:
        """What may be sent now, and counts as sent."""
        due = [
            key
            for key in self._waiting
            if not self._sent_at.get(key, float("-inf")) <= now < self._next(key)
        ]
        if not self._waiting:
            self._sent_at = {k: at for k, at in self._sent_at.items() if now < at + self._interval}
        for key in due:
            self._sent_at[key] = now
        return [(key, self._waiting.pop(key)) for key in due]

    def _next(self, key: K) -> float:
        return self._sent_at.get(key, float("-inf")) + self._interval
