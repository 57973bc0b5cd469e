"""All open graphs of the process: opened when asked for, kept current, closed when unused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import msgspec

from app.graph import Registry
from app.platform import bus
from app.platform.background import end_task
from app.platform.blocking import run_blocking
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .compaction import forget_old
from .events import GraphChanged, GraphClosed
from .log import GraphLog
from .room import Room
from .writer import Writer, fenced

log = get_logger(__name__)

# A snapshot costs as much as the graph is large, a tail as much as was written since: so large a
# part of the last snapshot's size may the tail have. Neither is ever much larger than the other.
SNAPSHOT_EVERY = 500
SNAPSHOT_BYTES = 256 * 1024
TAIL_TO_STATE = 4
LONGEST_TAIL = 20_000
UNUSED = 300.0
SWEEP = 5.0


class Rooms:
    """The graphs that this process owns."""

    def __init__(self, registry: Registry, log: GraphLog | None = None) -> None:
        self.registry = registry
        self.open: dict[UUID, Room] = {}
        # The main graph of each project: an id that never changes is not asked for twice.
        self.mains: dict[UUID, UUID] = {}
        self.log = log or GraphLog(registry)
        self.writer = Writer(self.log, self._tell, self._lost)
        # Kept for as long as anybody holds or awaits it: two locks would open two rooms of a graph.
        self._opening: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._used: dict[UUID, float] = {}
        self._snapshots: dict[UUID, asyncio.Task[None]] = {}
        self._loops = [asyncio.create_task(run()) for run in (self.writer.run, self._sweep)]

    async def enter(self, graph_id: UUID, epoch: int | None = None) -> Room:
        """The room of a graph; it is opened if it is not. Raises `graph.not_found` and others.

        `epoch` is one that somebody has seen: a newer one than the room's makes it doubtful.
        """
        room = self.open.get(graph_id)
        if room is not None and epoch is not None and epoch > room.epoch:
            await self._close_superseded([room])
            room = self.open.get(graph_id)
        if room is not None and room.failure is None:
            self._used[graph_id] = asyncio.get_running_loop().time()
            return room
        lock = self._opening.setdefault(graph_id, asyncio.Lock())
        async with lock:
            room = self.open.get(graph_id)
            if room is None or room.failure is not None:
                loaded = await self.log.acquire(graph_id)
                room = self.open[graph_id] = Room(loaded, self.log, self.registry, self.writer.add)
        self._used[graph_id] = asyncio.get_running_loop().time()
        return room

    async def close(self) -> None:
        """Store what waits and a snapshot of each graph that has grown; then let go of all."""
        await self.writer.drain()
        for loop in self._loops:
            await end_task(loop)
        for room in list(self.open.values()):
            room.refcount = 0
            if not room.idle:
                # It came after the writer had gone: nobody would ever store it, or say so.
                room.fail(_closed())
            await self._put_away(room)
        self.open.clear()
        await self.log.close()

    async def abandon(self) -> None:
        """Let go of everything as a process does that is killed: nothing more is stored."""
        for loop in self._loops:
            await end_task(loop)
        self.open.clear()
        await self.log.close()

    async def _tell(self, room: Room, frames: list[bytes]) -> None:
        await bus.publish(
            GraphChanged(
                project_id=room.project_id,
                graph_id=room.id,
                version=room.stored,
                epoch=room.epoch,
                transactions=frames,
            )
        )
        grown = room.stored - room.snapshot_version
        enough = max(SNAPSHOT_BYTES, TAIL_TO_STATE * room.snapshot_bytes)
        if grown >= LONGEST_TAIL or (grown >= SNAPSHOT_EVERY and room.tail_bytes >= enough):
            self._begin_snapshot(room)

    async def _lost(self, room: Room) -> None:
        if self.open.get(room.id) is room:
            del self.open[room.id]
        # Whoever is in it is told before the next one can come: their work is sent again.
        reason = str(room.failure) if isinstance(room.failure, DirectorError) else "not stored"
        log.warning("graph.closed", graph=str(room.id), reason=reason)
        await bus.publish(GraphClosed(project_id=room.project_id, graph_id=room.id, reason=reason))

    async def _close_superseded(self, rooms: Sequence[Room]) -> None:
        """Close what another process owns by now; who only reads would never hear of it."""
        epochs = await self.log.epochs([room.id for room in rooms])
        for room in rooms:
            if epochs.get(room.id, room.epoch) != room.epoch and room.failure is None:
                room.fail(fenced())
                await self._lost(room)

    def _begin_snapshot(self, room: Room) -> None:
        if room.id not in self._snapshots:
            task = asyncio.create_task(self._snapshot(room))
            self._snapshots[room.id] = task
            task.add_done_callback(lambda _: self._snapshots.pop(room.id, None))

    async def _snapshot(self, room: Room) -> None:
        """Shorten the tail, if it can be done now; what it says is stored in any case."""
        try:
            forget_old(room.graph)
            graph = room.graph.snapshot()
            state = await run_blocking(msgspec.msgpack.encode, graph)
            await room.when_stored(graph.version)
            await self.log.write_snapshot(graph, state)
            room.snapshot_version = graph.version
            room.snapshot_bytes = len(state)
            room.tail_bytes = 0
            await self.log.write_state(graph)
        except (*CONNECTION_ERRORS, asyncpg.PostgresError, DirectorError) as error:
            log.warning("graph.no_snapshot", graph=str(room.id), error=str(error)[:200])

    async def _put_away(self, room: Room) -> None:
        """Close a room that nobody is in; one that somebody enters meanwhile stays open."""
        lock = self._opening.setdefault(room.id, asyncio.Lock())
        async with lock:
            if (task := self._snapshots.get(room.id)) is not None:
                await asyncio.wait([task])
            if room.failure is None and room.stored > room.snapshot_version:
                await self._snapshot(room)
            if room.refcount == 0 and room.idle:
                room.failure = room.failure or _closed()
                self.open.pop(room.id, None)
                self._used.pop(room.id, None)
                await self.log.release(room.id)

    async def _sweep(self) -> None:
        """Close rooms that another process owns, and those that nobody has asked for lately."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self._close_superseded(list(self.open.values()))
            except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("graph.owners_not_checked", error=str(error)[:200])
            long_ago = asyncio.get_running_loop().time() - UNUSED
            for room in list(self.open.values()):
                unused = self._used.get(room.id, 0) < long_ago
                if unused and room.refcount == 0 and room.idle and room.failure is None:
                    await self._put_away(room)


def _closed() -> DirectorError:
    return DirectorError("graph.closed", "This canvas was closed.", hint="Try again.", status=503)
