"""What waits to be sent to one client: bounded, and poorer before it is late.

A client that reads slowly loses what others' cursors do first; then the newest values replace
older ones; then all that waits is dropped and said anew, as one catch-up.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from functools import cached_property

import msgspec

from .protocol import encode
from .transport import binary_frame, text_frame

COMPRESS_FROM_BYTES = 1024
MAX_WITH_PRESENCE = 256 * 1024
MAX_WAITING = 1024 * 1024
# One frame counts for no more than this: a whole graph that is larger than the queue has to get
# through, and is kept once for all who wait for it.
MAX_WEIGHT = MAX_WAITING // 4


class Frame:
    """One event in the forms in which it travels; each is made once, whoever gets it."""

    __slots__ = ("__dict__", "body")

    def __init__(self, body: bytes) -> None:
        self.body = body

    @cached_property
    def text(self) -> str:
        """As JSON."""
        return self.body.decode()

    @cached_property
    def deflated(self) -> bytes | None:
        """As zlib's bytes, where that is worth it."""
        if len(self.body) < COMPRESS_FROM_BYTES:
            return None
        return zlib.compress(self.body, 1)

    @cached_property
    def wire_text(self) -> bytes:
        """As a whole WebSocket frame, JSON."""
        return text_frame(self.body)

    @cached_property
    def wire_deflated(self) -> bytes:
        """As a whole WebSocket frame, compressed where that is worth it."""
        return self.wire_text if self.deflated is None else binary_frame(self.deflated)

    @classmethod
    def of(cls, event: msgspec.Struct) -> Frame:
        """The frame of an event."""
        return cls(encode(event))


class _Waiting:
    __slots__ = ("answer", "frame", "key", "version")

    def __init__(
        self, frame: Frame, version: int | None, key: str | None, answer: bool = False
    ) -> None:
        self.frame = frame
        self.answer = answer
        self.version = version
        self.key = key

    @property
    def weight(self) -> int:
        return min(len(self.frame.body), MAX_WEIGHT)


class Outbox:
    """The queue of one client, in bytes of JSON.

    `sent_version` is the version of the graph that was taken out last. `lost_presence` says that
    the client has not been sent every movement, `lost_answers` that what it asked for was
    dropped, too: nothing that can be said later makes up for that.
    """

    def __init__(self) -> None:
        self.size = 0
        self.sent_version = 0
        self.overflowed = False
        self.lost_presence = False
        self.lost_answers = False
        self._frames: deque[_Waiting] = deque()
        self._newest: dict[str, _Waiting] = {}
        self._wake = asyncio.Event()

    def put(self, frame: Frame, *, version: int | None = None, answer: bool = False) -> None:
        """Add what must arrive, in order. `version` is the graph's after it.

        An `answer` to this client outlives an overflow: no catch-up says it again.
        """
        if self.overflowed and not answer:
            return
        self._append(_Waiting(frame, version, None, answer))
        if self.size > MAX_WAITING:
            self._overflow()

    def put_newest(self, frame: Frame, key: str) -> None:
        """Add what only its newest value matters of: it takes the place of one that waits."""
        if self.overflowed:
            return
        waiting = self._newest.get(key)
        if waiting is not None:
            self.size -= waiting.weight
            waiting.frame = frame
            self.size += waiting.weight
            return
        waiting = self._newest[key] = _Waiting(frame, None, key)
        self._append(waiting)

    def put_presence(self, frame: Frame) -> None:
        """Add a movement, unless the client is behind already."""
        if self.overflowed or self.size > MAX_WITH_PRESENCE:
            self.lost_presence = True
            return
        self._append(_Waiting(frame, None, None))

    def _append(self, waiting: _Waiting) -> None:
        self._frames.append(waiting)
        self.size += waiting.weight
        self._wake.set()

    @property
    def empty(self) -> bool:
        """Whether nothing waits, and nothing was dropped that has to be made good."""
        return not (self._frames or self.overflowed or self.lost_presence)

    async def wait(self) -> None:
        """Wait until there is something to send, or to be done about an overflow."""
        await self._wake.wait()

    def wake(self) -> None:
        """End a wait, although there is nothing to send."""
        self._wake.set()

    def take(self) -> Frame | None:
        """The next frame; None when nothing waits."""
        if not self._frames:
            self._wake.clear()
            return None
        waiting = self._frames.popleft()
        self.size -= waiting.weight
        if waiting.key is not None:
            del self._newest[waiting.key]
        if waiting.version is not None:
            self.sent_version = waiting.version
        return waiting.frame

    def _overflow(self) -> None:
        """Forget all that waits but answers; these too when they alone are more than enough."""
        answers = [waiting for waiting in self._frames if waiting.answer]
        self.size = sum(waiting.weight for waiting in answers)
        if self.size > MAX_WAITING // 2:
            answers, self.size, self.lost_answers = [], 0, True
        self._frames = deque(answers)
        self._newest.clear()
        self.overflowed = self.lost_presence = True
