"""Streams of a project's events: one for each reader, bounded."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque

from .events import Event, EventsDropped

QUEUE_LIMIT = 10_000
# What is kept for the first reader, who comes a moment after the project was joined.
BACKLOG = 256


class EventStream:
    """Iterates over what happens. It ends when the project is left, and raises what ended the
    connection for good.

    A reader that lags by more than `QUEUE_LIMIT` events loses the oldest, and an `EventsDropped`
    says how many.
    """

    def __init__(self) -> None:
        self._queue: deque[Event] = deque(maxlen=QUEUE_LIMIT)
        self._dropped = 0
        self._wake = asyncio.Event()
        self._ended_by: BaseException | None = None

    def put(self, event: Event) -> None:
        """Add an event; never waits."""
        if len(self._queue) == QUEUE_LIMIT:
            self._dropped += 1
        self._queue.append(event)
        self._wake.set()

    def end(self, why: BaseException) -> None:
        """Nothing more will come. What waits is still read."""
        self._ended_by = why
        self._wake.set()

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Event:
        while not self._queue:
            if self._ended_by is not None:
                raise self._ended_by
            self._wake.clear()
            await self._wake.wait()
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            return EventsDropped(count=dropped)
        return self._queue.popleft()


class EventStreams:
    """All streams of a project. One that nobody holds any more is forgotten by itself."""

    def __init__(self) -> None:
        self._streams: weakref.WeakSet[EventStream] = weakref.WeakSet()
        self._ended_by: BaseException | None = None
        self._backlog: deque[Event] | None = deque(maxlen=BACKLOG)

    def add(self) -> EventStream:
        """A new stream, of all that is told from now on; the first, of all that was told."""
        stream = EventStream()
        for event in self._backlog or ():
            stream.put(event)
        self._backlog = None
        if self._ended_by is not None:
            stream.end(self._ended_by)
        self._streams.add(stream)
        return stream

    def publish(self, event: Event) -> None:
        """Give an event to all."""
        if self._backlog is not None:
            self._backlog.append(event)
        for stream in list(self._streams):
            stream.put(event)

    def end(self, why: BaseException) -> None:
        """End all, also those that come later."""
        self._ended_by = why
        for stream in list(self._streams):
            stream.end(why)
