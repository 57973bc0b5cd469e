"""Those who read a project's events: each has a bounded queue of its own."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque

from .events import Event, Missed

KEPT = 10_000
# What is kept for the first reader, who comes a moment after the project was joined.
BACKLOG = 256


class Events:
    """Iterates over what happens; ends when the project is left.

    A reader that lags by more than `KEPT` events loses the oldest and is told so by `Missed`.
    """

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque(maxlen=KEPT)
        self._missed = 0
        self._wake = asyncio.Event()
        self._over: BaseException | None = None

    def put(self, event: Event) -> None:
        """Add an event; never waits."""
        if len(self._waiting) == KEPT:
            self._missed += 1
        self._waiting.append(event)
        self._wake.set()

    def end(self, why: BaseException) -> None:
        """Nothing more will come. What waits is still read."""
        self._over = why
        self._wake.set()

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            if self._over is not None:
                raise self._over
            self._wake.clear()
            await self._wake.wait()
        if self._missed:
            missed, self._missed = self._missed, 0
            return Missed(count=missed)
        return self._waiting.popleft()


class Readers:
    """All readers of a project. One that nobody holds any more is forgotten by itself."""

    def __init__(self) -> None:
        self._readers: weakref.WeakSet[Events] = weakref.WeakSet()
        self._over: BaseException | None = None
        self._backlog: deque[Event] | None = deque(maxlen=BACKLOG)

    def add(self) -> Events:
        """A new reader, of all that is told from now on; the first, of all that was told."""
        reader = Events()
        for event in self._backlog or ():
            reader.put(event)
        self._backlog = None
        if self._over is not None:
            reader.end(self._over)
        self._readers.add(reader)
        return reader

    def tell(self, event: Event) -> None:
        """Give an event to all."""
        if self._backlog is not None:
            self._backlog.append(event)
        for reader in list(self._readers):
            reader.put(event)

    def end(self, why: BaseException) -> None:
        """End all, also those that come later."""
        self._over = why
        for reader in list(self._readers):
            reader.end(why)
