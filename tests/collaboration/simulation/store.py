"""The twin of PostgreSQL: what is stored of graphs, who owns them, and how storing can fail.

Rows hold JSON text, with the keys in the order in which `jsonb` gives them back.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.collaboration.log import HANDOVER_TIMEOUT, Batch, GraphLog, Loaded, rebuild
from app.graph import Graph, Registry
from node_registry import DirectorError

POISON = "poison"


class StoredGraph:
    """One graph's rows: `graphs`, `graph_ops` by version, the newest of `graph_snapshots`."""

    def __init__(self, graph_id: UUID, project_id: UUID) -> None:
        self.id = graph_id
        self.project_id = project_id
        self.version = 0
        self.epoch = 0
        self.rows: list[dict[str, Any]] = []
        self.numbers: dict[tuple[str, int], int] = {}
        self.snapshot: tuple[int, bytes] | None = None
        self.state_version = 0
        self.owner: MemoryLog | None = None


class Faults:
    """How often what goes wrong. All are chances for each call."""

    def __init__(self) -> None:
        self.before = 0.0
        self.after = 0.0
        self.killed_after = 0.0
        self.reading = 0.0
        self.lost_connection = 0.0

    def stop(self) -> None:
        """From now on all goes well."""
        self.__init__()


class Store:
    """One database, which all simulated processes share."""

    def __init__(
        self,
        chance: random.Random,
        committed: Callable[[StoredGraph, list[dict[str, Any]]], None],
        fail: Callable[[str], None],
    ) -> None:
        self.chance = chance
        self.graphs: dict[UUID, StoredGraph] = {}
        self.faults = Faults()
        self.poisoned: dict[str, int] = {}
        self.kill: Callable[[MemoryLog], None] = lambda log: None
        self.snapshot_taken: Callable[[StoredGraph, Graph], None] = lambda graph, state: None
        self.committed = committed
        self.fail = fail

    def commit(self, batches: Sequence[Batch]) -> set[UUID]:
        """The statement: whole, or not at all."""
        moved = [b for b in batches if self._may_move(b)]
        for batch in moved:
            for entry in batch.entries:
                left = self.poisoned.get(entry.label, 0)
                if left:
                    self.poisoned[entry.label] = left - 1
                    raise asyncpg.DataError("a value that the database does not take")
                if (entry.client_id, entry.seq) in self.graphs[batch.graph_id].numbers:
                    self.fail(f"{entry.client_id} {entry.seq} is stored a second time")
                    raise asyncpg.UniqueViolationError("graph_id, client_id, client_seq")
        for batch in moved:
            graph = self.graphs[batch.graph_id]
            rows = []
            for entry in batch.entries:
                fields = {n: getattr(entry, n) for n in entry.__struct_fields__}
                row = {**fields, "client_seq": entry.seq, "epoch": batch.epoch}
                row |= {"ops": _jsonb(entry.ops), "inverse": _jsonb(entry.inverse)}
                rows.append(row)
                graph.numbers[entry.client_id, entry.seq] = entry.version
            graph.rows += rows
            graph.version = batch.entries[-1].version
            self.committed(graph, rows)
        return {batch.graph_id for batch in moved}

    def _may_move(self, batch: Batch) -> bool:
        graph = self.graphs[batch.graph_id]
        return graph.version == batch.seen and graph.epoch == batch.epoch

    def read(self, graph: StoredGraph, registry: Registry, *, whole: bool = False) -> Loaded:
        """What a process would load now; `whole` without the help of a snapshot."""
        base, state = (0, None) if whole or graph.snapshot is None else graph.snapshot
        row = {"version": graph.version, "project_id": graph.project_id, "epoch": graph.epoch}
        return rebuild(graph.id, row, state, graph.rows[base:], registry)


class MemoryLog(GraphLog):
    """A process's connection to the store, with the interface of the real one."""

    def __init__(self, store: Store, registry: Registry) -> None:
        super().__init__(registry)
        self.store = store
        self.lost = False

    async def acquire(self, graph_id: UUID) -> Loaded:
        graph = self.store.graphs[graph_id]
        deadline = asyncio.get_running_loop().time() + HANDOVER_TIMEOUT
        while True:
            await self._use()
            if graph.owner in (None, self):
                graph.owner = self
                self._owned.add(graph_id)
                break
            if asyncio.get_running_loop().time() > deadline:
                raise DirectorError(
                    "graph.served_elsewhere", "This canvas is served by another process."
                )
            await asyncio.sleep(0.1)
        try:
            await self._reads()
            graph.epoch += 1 + self.store.chance.randrange(3)
            await self._pause()
            loaded = self.store.read(graph, self._registry)
            await self._pause()
        except BaseException:
            await self.release(graph_id)
            raise
        return loaded

    async def release(self, graph_id: UUID) -> None:
        self._owned.discard(graph_id)
        graph = self.store.graphs[graph_id]
        if graph.owner is self:
            graph.owner = None

    def let_go(self) -> None:
        """The connection is gone, and with it every lock."""
        self.lost = True
        for graph in self.store.graphs.values():
            if graph.owner is self:
                graph.owner = None

    async def append(self, batches: Sequence[Batch]) -> set[UUID]:
        chance, faults = self.store.chance, self.store.faults
        await self._use()
        if chance.random() < faults.lost_connection:
            self.let_go()
            raise asyncpg.InterfaceError("connection is closed")
        if chance.random() < faults.before:
            raise chance.choice([ConnectionResetError("reset"), asyncpg.DataError("no")])
        stored = self.store.commit(batches)
        if chance.random() < faults.killed_after:
            self.store.kill(self)
        await self._pause()
        if chance.random() < faults.after:
            self.let_go()
            raise chance.choice([ConnectionResetError("reset"), TimeoutError()])
        return stored

    async def close(self) -> None:
        self._owned.clear()
        self.let_go()

    async def write_snapshot(self, graph: Graph, state: bytes) -> None:
        await self._reads()
        stored = self.store.graphs[UUID(graph.id)]
        if stored.snapshot is None or stored.snapshot[0] < graph.version:
            stored.snapshot = (graph.version, state)
            self.store.snapshot_taken(stored, msgspec.msgpack.decode(state, type=Graph))

    async def write_state(self, graph: Graph) -> None:
        await self._reads()
        stored = self.store.graphs[UUID(graph.id)]
        stored.state_version = max(stored.state_version, graph.version)

    async def epoch_at(self, graph_id: UUID, version: int) -> int | None:
        await self._reads()
        rows = self.store.graphs[graph_id].rows
        return rows[version - 1]["epoch"] if 0 < version <= len(rows) else None

    async def epochs(self, graph_ids: Iterable[UUID]) -> dict[UUID, int]:
        await self._reads()
        return {graph_id: self.store.graphs[graph_id].epoch for graph_id in graph_ids}

    async def stored_seqs(self, graph_id: UUID, client_id: str, first: int) -> dict[int, int]:
        await self._reads()
        rows = self.store.graphs[graph_id].rows
        found = {
            row["seq"]: row["version"]
            for row in rows
            if row["client_id"] == client_id and row["seq"] >= first
        }
        await self._pause()
        return found

    async def last_seq(self, graph_id: UUID, client_id: str) -> int:
        await self._reads()
        rows = self.store.graphs[graph_id].rows
        last = max((row["seq"] for row in rows if row["client_id"] == client_id), default=0)
        await self._pause()
        return last

    async def _use(self) -> None:
        """The owner's connection; a new one takes the locks that are still free."""
        await self._pause()
        if self.lost:
            self.lost = False
            for graph_id in list(self._owned):
                graph = self.store.graphs[graph_id]
                graph.owner = graph.owner or self
                if graph.owner is not self:
                    self._owned.discard(graph_id)

    async def _reads(self) -> None:
        await self._pause()
        if self.store.chance.random() < self.store.faults.reading:
            raise ConnectionRefusedError("the database is away")

    async def _pause(self) -> None:
        await asyncio.sleep(self.store.chance.choice((0, 0.001, 0.004, 0.02)))


def _jsonb(text: str) -> str:
    return json.dumps(_ordered(json.loads(text)), ensure_ascii=False)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list):
        return [_ordered(part) for part in value]
    return value
