"""Snapshots of open graphs, so that the next load has a short tail of the log to replay."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import msgspec

from app.platform.blocking import run_blocking
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .compaction import trim_old_history
from .log import GraphLog
from .room import Room

log = get_logger(__name__)

# A snapshot costs as much as the graph is large, a tail as much as was written since: so large a
# part of the last snapshot's size may the tail have. Neither is ever much larger than the other.
SNAPSHOT_EVERY = 500
SNAPSHOT_BYTES = 256 * 1024
TAIL_TO_STATE = 4
LONGEST_TAIL = 20_000


class Snapshots:
    """Takes them beside the loop, one at a time for each graph."""

    def __init__(self, log: GraphLog) -> None:
        self._log = log
        self._taking: dict[UUID, asyncio.Task[None]] = {}

    def consider(self, room: Room) -> None:
        """Begin one when enough was written since the last."""
        grown = room.stored - room.snapshot_version
        enough = max(SNAPSHOT_BYTES, TAIL_TO_STATE * room.snapshot_bytes)
        if grown < LONGEST_TAIL and (grown < SNAPSHOT_EVERY or room.tail_bytes < enough):
            return
        if room.id not in self._taking:
            task = asyncio.create_task(self.take(room))
            self._taking[room.id] = task
            task.add_done_callback(lambda _: self._taking.pop(room.id, None))

    async def finish(self, room: Room) -> None:
        """Wait for one that was begun, and take one of what was stored since."""
        if (task := self._taking.get(room.id)) is not None:
            await asyncio.wait([task])
        if room.failure is None and room.stored > room.snapshot_version:
            await self.take(room)

    async def take(self, room: Room) -> None:
        """Shorten the tail, if it can be done now; what it holds is stored in any case."""
        try:
            trim_old_history(room.graph)
            graph = room.graph.snapshot()
            state = await run_blocking(msgspec.msgpack.encode, graph)
            await room.when_stored(graph.version)
            await self._log.write_snapshot(graph, state)
            room.snapshot_version = graph.version
            room.snapshot_bytes = len(state)
            room.tail_bytes = 0
            await self._log.write_state(graph)
        except (*CONNECTION_ERRORS, asyncpg.PostgresError, DirectorError) as error:
            log.warning("graph.snapshot_failed", graph=str(room.id), error=str(error)[:200])
