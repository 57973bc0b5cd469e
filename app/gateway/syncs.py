"""Whole graphs and what was missed, as frames that many clients get: each is made once."""

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

# A whole graph of at least so many bytes is not made anew for each who joins while others work: one
# that is at most so many versions old is sent, with what came after it.
LARGE = 256 * 1024
NEAR = 256


class _Kept(msgspec.Struct):
    version: int
    frame: Frame


class Syncs:
    """The newest whole frame of each open graph."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Room, _Kept] = WeakKeyDictionary()
        self._making: WeakKeyDictionary[Room, asyncio.Lock] = WeakKeyDictionary()

    async def whole(self, room: Room, *, exact: bool = False) -> list[tuple[Frame, int]]:
        """Frames that bring a new client to the newest version, each with its version.

        With `exact` it is one frame. What they say may not be stored yet: see `Room.when_stored`.
        """
        async with self._making.setdefault(room, asyncio.Lock()):
            kept = self._kept.get(room)
            if kept is None or not self._will_do(kept, room, exact):
                graph = room.graph.snapshot()
                kept = _Kept(graph.version, await run_blocking(_frame, graph, room.epoch))
                self._kept[room] = kept
        frames = [(kept.frame, kept.version)]
        if not exact and room.graph.version > kept.version:
            delta = room.delta_since(kept.version)
            if delta is None:
                del self._kept[room]
                return await self.whole(room)
            frames.append((catch_up(room, kept.version, delta), delta.version))
        return frames

    def _will_do(self, kept: _Kept, room: Room, exact: bool) -> bool:
        age = room.graph.version - kept.version
        return age == 0 or (not exact and len(kept.frame.body) >= LARGE and age <= NEAR)


def catch_up(room: Room, since: int, delta: Delta) -> Frame:
    """The frame of `server:catch_up`."""
    if delta.ops is not None:
        what = b'"ops":' + delta.ops
    else:
        what = b'"transactions":[%s]' % b",".join(delta.transactions or [])
    return Frame(
        b'{"event":"server:catch_up","payload":{"graph_id":"%s","since":%d,"version":%d,'
        b'"epoch":%d,%s}}' % (str(room.id).encode(), since, delta.version, room.epoch, what)
    )


def stored_ops(graph_id: str, epoch: int, transactions: list[bytes]) -> Frame:
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
