"""Progress of running tasks through a capped Redis stream: the newest wins, loss is no harm."""

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
CAP = 5000
INTERVAL = 0.1


class TaskProgress(msgspec.Struct, kw_only=True):
    """How far a task is: `progress` from 0 to 100, and what it does."""

    task_id: UUID
    project_id: UUID
    node_id: str
    progress: float
    step: str = ""


class ProgressWriter:
    """Sends the progress of one task, at most ten times a second."""

    def __init__(self, redis: Redis, first: TaskProgress) -> None:
        self._redis = redis
        self._first = first
        self._sent = 0.0

    async def send(self, fraction: float, step: str) -> None:
        """Send it if it is time; the last step (1.0) is always sent. Loss of Redis is ignored."""
        now = time.monotonic()
        if now - self._sent < INTERVAL and fraction < 1:
            return
        self._sent = now
        update = msgspec.structs.replace(
            self._first, progress=round(100 * min(1.0, max(0.0, fraction)), 1), step=step[:200]
        )
        try:
            await self._redis.xadd(
                STREAM, {"p": msgspec.json.encode(update)}, maxlen=CAP, approximate=True
            )
        except (*CONNECTION_ERRORS, RedisError) as error:
            log.debug("progress.lost", error=str(error)[:100])


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
        while len(self.last) > CAP:
            del self.last[next(iter(self.last))]
        for update in newest.values():
            for listener in self._listeners:
                listener(update)
