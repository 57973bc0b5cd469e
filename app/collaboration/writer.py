"""Stores what all open graphs did, in one commit for a moment, and then tells everybody.

The first transaction after a pause goes at once. Under load a tick collects more of them: it
grows with the number of transactions that came lately.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from app.platform import bus
from app.platform.database import CONNECTION_ERRORS
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .events import GraphChanged, GraphClosed
from .log import Batch, GraphLog
from .room import Room
from .snapshots import Snapshots

log = get_logger(__name__)

# Up to so many transactions a second, so long a tick in seconds.
TICKS = ((50, 0.0), (250, 0.016), (1000, 0.022), (4000, 0.044))
LONGEST_TICK = 0.1


class Writer:
    """One loop for the process: it commits what rooms have pending, and publishes it."""

    def __init__(self, store: GraphLog, snapshots: Snapshots) -> None:
        self._store = store
        self._snapshots = snapshots
        self._ready: dict[Room, None] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        # More was waiting than one commit should hold: nothing has to be collected.
        self._behind = False
        self._rate = 0.0
        self._measured_at = 0.0

    def notify(self, room: Room) -> None:
        """A room has something to store."""
        self._ready[room] = None
        self._idle.clear()
        self._wake.set()

    async def drain(self) -> None:
        """Wait until all that was submitted is stored, or refused."""
        await self._idle.wait()

    async def run(self) -> None:
        """Store until cancelled; what is being stored at that moment is finished."""
        clock = asyncio.get_running_loop().time
        while True:
            await self._wake.wait()
            self._wake.clear()
            begun = clock()
            count = await self._store_ready()
            self._measure(count, clock())
            if not self._ready:
                self._idle.set()
            pause = self._tick() - (clock() - begun)
            if pause > 0 and not self._behind:
                await asyncio.sleep(pause)

    async def _store_ready(self) -> int:
        rooms, self._ready = list(self._ready), {}
        try:
            return await self._store_rooms(rooms)
        except Exception as error:
            # What became of these is not known any more, and the other graphs must go on.
            log.exception("graph.writer_failed", graphs=len(rooms))
            for room in rooms:
                await close_failed(room, error)
            return 0

    async def _store_rooms(self, rooms: Sequence[Room]) -> int:
        batches = [(room, batch) for room in rooms if (batch := room.begin_batch()) is not None]
        for room, _ in batches:
            if room.has_pending:
                self.notify(room)
        self._behind = bool(self._ready)
        if not batches:
            return 0
        stored, failures = await self._append([batch for _, batch in batches])
        for room, batch in batches:
            if room.failure is not None:
                # It was closed meanwhile, and whoever waited for it was told so.
                continue
            if batch.graph_id in stored:
                await self._publish(room, room.commit_batch())
            else:
                await close_failed(room, failures.get(batch.graph_id) or fenced())
        return sum(len(batch.entries) for _, batch in batches)

    async def _publish(self, room: Room, frames: list[bytes]) -> None:
        """Tell everybody of a stored batch, and last those who sent its transactions."""
        changed = GraphChanged(
            project_id=room.project_id,
            graph_id=room.id,
            version=room.stored,
            epoch=room.epoch,
            transactions=frames,
        )
        try:
            await bus.publish(changed)
        finally:
            room.end_batch()
        self._snapshots.consider(room)

    async def _append(self, batches: Sequence[Batch]) -> tuple[set[UUID], dict[UUID, Exception]]:
        """Store all at once; where that fails, graph by graph: one bad row stops its own alone."""
        try:
            return await self._store.append(batches), {}
        except Exception as error:
            log.exception("graph.batch_failed", graphs=len(batches))
            lost = isinstance(error, CONNECTION_ERRORS) and not isinstance(error, ValueError)
            if lost or len(batches) == 1:
                return set(), {batch.graph_id: error for batch in batches}
        stored: set[UUID] = set()
        failures: dict[UUID, Exception] = {}
        for batch in batches:
            try:
                stored |= await self._store.append([batch])
            except Exception as error:
                log.exception("graph.not_stored", graph=str(batch.graph_id))
                failures[batch.graph_id] = error
        return stored, failures

    def _measure(self, count: int, now: float) -> None:
        """The transactions of about the last second, for each second."""
        passed = max(now - self._measured_at, 1e-4)
        self._measured_at = now
        share = min(1.0, passed)
        self._rate += share * (count / passed - self._rate)

    def _tick(self) -> float:
        return next((tick for rate, tick in TICKS if self._rate <= rate), LONGEST_TICK)


async def close_failed(room: Room, error: Exception) -> None:
    """Close a room that cannot be stored as it is in memory, and tell who is in it.

    They are told before anybody can open it again: their work is sent again.
    """
    if room.failure is not None:
        return
    room.fail(error)
    reason = str(error) if isinstance(error, DirectorError) else "not stored"
    log.warning("graph.closed", graph=str(room.id), reason=reason)
    await bus.publish(GraphClosed(project_id=room.project_id, graph_id=room.id, reason=reason))


def fenced() -> DirectorError:
    """Why a room is closed that another process has taken over."""
    return DirectorError(
        "graph.fenced",
        "This canvas is served by another process now.",
        hint="Try again.",
        status=409,
    )
