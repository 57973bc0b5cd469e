"""Progress of running tasks, in a capped Redis stream: the last value wins, loss is harmless.

Previews lie beside it, the newest of each task under a key that Redis forgets by itself; the
stream tells only their numbers. They are stored nowhere else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from app.platform.redis import CONNECTION_ERRORS, RedisError
from app.platform.telemetry import get_logger

log = get_logger(__name__)

STREAM = "director:progress"
STREAM_LENGTH = 5000
# Seconds between two messages of a task, and between two of its previews.
MESSAGE_INTERVAL = 0.1
PREVIEW_INTERVAL = 0.5
PREVIEW_KEPT_SECONDS = 60


class TaskProgress(msgspec.Struct, kw_only=True):
    """How far a task is: `progress` in percent, 0 to 100, and what it does.

    `preview` is the number of its newest preview, from 1; 0 while there is none.
    """

    task_id: UUID
    project_id: UUID
    node_id: str
    progress: float
    step: str = ""
    preview: int = 0


class ProgressWriter:
    """Sends the progress of one task, at most ten times a second. Loss of Redis is ignored."""

    def __init__(self, redis: Redis, first: TaskProgress) -> None:
        self._redis = redis
        self._last = first
        self._sent = float("-inf")
        self._preview_sent = float("-inf")
        self._waiting: bytes | None = None

    async def send(self, fraction: float, step: str) -> None:
        """Send it if it is time; the last step (1.0) is always sent."""
        percent = round(100 * min(1.0, max(0.0, fraction)), 1)
        self._last = msgspec.structs.replace(self._last, progress=percent, step=step[:200])
        now = time.monotonic()
        if self._waiting is not None and now - self._preview_sent >= PREVIEW_INTERVAL:
            await self.send_preview(self._waiting)
        elif now - self._sent >= MESSAGE_INTERVAL or fraction >= 1:
            await self._send(now)

    async def send_preview(self, image: bytes) -> None:
        """Show a JPEG if it is time; one that comes too soon is shown with a later message."""
        now = time.monotonic()
        if now - self._preview_sent < PREVIEW_INTERVAL:
            self._waiting = image
            return
        self._waiting = None
        self._preview_sent = now
        try:
            await self._redis.set(_preview_key(self._last.task_id), image, ex=PREVIEW_KEPT_SECONDS)
        except (*CONNECTION_ERRORS, RedisError) as error:
            log.debug("progress.preview_lost", error=str(error)[:100])
            return
        self._last = msgspec.structs.replace(self._last, preview=self._last.preview + 1)
        await self._send(now)

    async def close(self) -> None:
        """Forget the preview: the task has ended."""
        if not self._last.preview:
            return
        try:
            await self._redis.delete(_preview_key(self._last.task_id))
        except (*CONNECTION_ERRORS, RedisError) as error:
            log.debug("progress.preview_kept", error=str(error)[:100])

    async def _send(self, now: float) -> None:
        self._sent = now
        try:
            await self._redis.xadd(
                STREAM,
                {"p": msgspec.json.encode(self._last)},
                maxlen=STREAM_LENGTH,
                approximate=True,
            )
        except (*CONNECTION_ERRORS, RedisError) as error:
            log.debug("progress.lost", error=str(error)[:100])


async def read_preview(redis: Redis, task_id: UUID) -> bytes | None:
    """The newest preview of a running task, a JPEG; None when there is none."""
    return await redis.get(_preview_key(task_id))


def _preview_key(task_id: UUID) -> str:
    return f"director:preview:{task_id}"


class ProgressReader:
    """Follows all tasks' progress in the API role, and remembers each one's last value."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._listeners: list[Callable[[TaskProgress], None]] = []
        self.last: dict[UUID, TaskProgress] = {}

    def on_progress(self, listener: Callable[[TaskProgress], None]) -> None:
        """Call `listener` with each new value; it returns at once."""
        self._listeners.append(listener)

    def forget(self, task_id: UUID) -> None:
        """Drop the last value of a task that has ended."""
        self.last.pop(task_id, None)

    async def follow(self) -> None:
        """Read until cancelled, from the last values on; connects again after a loss."""
        position, pause = "", 0.1
        while True:
            try:
                if not position:
                    position = await self._begin()
                answer = await self._redis.xread({STREAM: position}, count=500, block=5000)
            except (*CONNECTION_ERRORS, RedisError) as error:
                log.warning("progress.redis_lost", error=str(error)[:100])
                await asyncio.sleep(pause)
                pause = min(5.0, pause * 2)
                continue
            pause = 0.1
            for _stream, entries in answer or []:
                position = entries[-1][0].decode()
                self._take(entries)

    async def _begin(self) -> str:
        """Take the newest of what is there; returns where to go on."""
        entries = await self._redis.xrevrange(STREAM, count=500)
        self._take(list(reversed(entries)))
        return entries[0][0].decode() if entries else "0"

    def _take(self, entries: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> None:
        newest: dict[UUID, TaskProgress] = {}
        for _entry_id, fields in entries:
            try:
                update = msgspec.json.decode(fields.get(b"p", b""), type=TaskProgress)
            except msgspec.DecodeError as error:
                log.debug("progress.unreadable", error=str(error)[:100])
                continue
            newest[update.task_id] = update
        for task_id in newest:
            # The oldest values come first, and go first.
            self.last.pop(task_id, None)
        self.last.update(newest)
        while len(self.last) > STREAM_LENGTH:
            del self.last[next(iter(self.last))]
        for update in newest.values():
            for listener in self._listeners:
                listener(update)
