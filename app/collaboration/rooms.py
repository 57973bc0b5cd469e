"""All open graphs of the process: opened when asked for, kept current, closed when unused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg

from app.graph import Registry
from app.platform.background import end_task
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .log import GraphLog
from .room import Room
from .snapshots import Snapshots
from .writer import Writer, close_failed, fenced

log = get_logger(__name__)

UNLOAD_AFTER = 300.0
SWEEP_INTERVAL = 5.0


class Rooms:
    """The graphs that this process owns."""

    def __init__(self, registry: Registry, log: GraphLog | None = None) -> None:
        self.registry = registry
        self.open: dict[UUID, Room] = {}
        # The main graph of each project: an id that never changes is not asked for twice.
        self.main_graphs: dict[UUID, UUID] = {}
        self.log = log or GraphLog(registry)
        self._snapshots = Snapshots(self.log)
        self.writer = Writer(self.log, self._snapshots)
        # Kept for as long as anybody holds or awaits it: two locks would open two rooms of a graph.
        self._opening: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._used: dict[UUID, float] = {}
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
                room = self.open[graph_id] = Room(loaded, self.log, self.registry)
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
            await self._unload(room)
        self.open.clear()
        await self.log.close()

    async def abandon(self) -> None:
        """Let go of everything as a process does that is killed: nothing more is stored."""
        for loop in self._loops:
            await end_task(loop)
        self.open.clear()
        await self.log.close()

    async def _close_superseded(self, rooms: Sequence[Room]) -> None:
        """Close what another process owns by now; who only reads would never hear of it."""
        epochs = await self.log.epochs([room.id for room in rooms])
        for room in rooms:
            if epochs.get(room.id, room.epoch) != room.epoch:
                await close_failed(room, fenced())

    async def _unload(self, room: Room) -> None:
        """Close a room that nobody is in; one that somebody enters meanwhile stays open."""
        lock = self._opening.setdefault(room.id, asyncio.Lock())
        async with lock:
            await self._snapshots.finish(room)
            if room.refcount == 0 and room.idle:
                room.failure = room.failure or _closed()
                self.open.pop(room.id, None)
                self._used.pop(room.id, None)
                await self.log.release(room.id)

    async def _sweep(self) -> None:
        """Close rooms that another process owns, and those that nobody has asked for lately."""
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            try:
                await self._close_superseded(list(self.open.values()))
            except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("graph.owner_check_failed", error=str(error)[:200])
            long_ago = asyncio.get_running_loop().time() - UNLOAD_AFTER
            for room in list(self.open.values()):
                if room.failure is not None:
                    if self.open.get(room.id) is room:
                        del self.open[room.id]
                    continue
                unused = self._used.get(room.id, 0) < long_ago
                if unused and room.refcount == 0 and room.idle:
                    await self._unload(room)


def _closed() -> DirectorError:
    return DirectorError("graph.closed", "This canvas was closed.", hint="Try again.", status=503)
