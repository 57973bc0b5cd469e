"""Frames of whole graphs and of missed changes: each is encoded once, for all who get it."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

import msgspec

from app.collaboration import Delta, Room
from app.graph import Graph
from app.platform.blocking import run_blocking

from .outbox import Frame
from .protocol import encode
from .protocol.outbound import FullSync, SyncedGraph

# A graph of at least so many bytes is not encoded anew for each who joins while others work: a
# frame that is at most MAX_AGE versions old is sent, and then the changes since.
LARGE_BYTES = 256 * 1024
MAX_AGE = 256


class _Snapshot(msgspec.Struct):
    version: int
    frame: Frame


class Snapshots:
    """The newest whole frame of each open graph."""

    def __init__(self) -> None:
        self._snapshots: WeakKeyDictionary[Room, _Snapshot] = WeakKeyDictionary()
        self._locks: WeakKeyDictionary[Room, asyncio.Lock] = WeakKeyDictionary()

    async def frames(self, room: Room, *, exact: bool = False) -> list[tuple[Frame, int]]:
        """Frames that bring a new client to the newest version, each with its version.

        With `exact` it is one frame. What they say may not be stored yet: see `Room.when_stored`.
        """
        async with self._locks.setdefault(room, asyncio.Lock()):
            snapshot = self._snapshots.get(room)
            if snapshot is None or not self._is_fresh_enough(snapshot, room, exact):
                graph = room.graph.snapshot()
                snapshot = _Snapshot(graph.version, await run_blocking(_frame, graph, room.epoch))
                self._snapshots[room] = snapshot
        frames = [(snapshot.frame, snapshot.version)]
        if not exact and room.graph.version > snapshot.version:
            delta = room.delta_since(snapshot.version)
            if delta is None:
                del self._snapshots[room]
                return await self.frames(room)
            frames.append((catch_up_frame(room, snapshot.version, delta), delta.version))
        return frames

    def _is_fresh_enough(self, snapshot: _Snapshot, room: Room, exact: bool) -> bool:
        age = room.graph.version - snapshot.version
        return age == 0 or (
            not exact and len(snapshot.frame.body) >= LARGE_BYTES and age <= MAX_AGE
        )


def catch_up_frame(room: Room, since: int, delta: Delta) -> Frame:
    """The frame of `server:catch_up`."""
    if delta.ops is not None:
        what = b'"ops":' + delta.ops
    else:
        what = b'"transactions":[%s]' % b",".join(delta.transactions or [])
    return Frame(
        b'{"event":"server:catch_up","payload":{"graph_id":"%s","since":%d,"version":%d,'
        b'"epoch":%d,%s}}' % (str(room.id).encode(), since, delta.version, room.epoch, what)
    )


def ops_frame(graph_id: str, epoch: int, transactions: list[bytes]) -> Frame:
    """The frame of `server:ops`."""
    return Frame(
        b'{"event":"server:ops","payload":{"graph_id":"%s","epoch":%d,"transactions":[%s]}}'
        % (graph_id.encode(), epoch, b",".join(transactions))
    )


def _frame(graph: Graph, epoch: int) -> Frame:
    synced = SyncedGraph(
        id=graph.id,
        version=graph.version,
        epoch=epoch,
        nodes=list(graph.nodes.values()),
        edges=list(graph.edges.values()),
        settings=graph.settings,
    )
    frame = Frame(encode(FullSync(graph=synced)))
    # Made here, beside the loop: compressing a large graph takes longer than all else.
    _ = frame.deflated, frame.text
    return frame
