"""The log of graphs in PostgreSQL: who may write it, snapshots, the operations after them.

A graph has one owner, the process that holds its advisory lock, and each owner an `epoch` of its
own. All graphs' transactions of a moment are stored by one statement, which is one commit.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.graph import Graph, Operation, Registry, Transaction, replay
from app.platform import database
from app.platform.database import CONNECTION_ERRORS, DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from . import states

log = get_logger(__name__)

# The name of a client that sends one transaction and never again begins with this.
ONE_SHOT = "once-"
# Whether somebody asked for a transaction in person, or the system acted in their name by itself
# (a new take): that is none of their steps, and they cannot undo it.
Origin = Literal["person", "system"]
HANDOVER_TIMEOUT = 5.0

_operations = msgspec.json.Decoder(tuple[Operation, ...])
_graph = msgspec.msgpack.Decoder(Graph)

_LOCK = "hashtextextended('graph ' || $1, 0)"

# Only rows of graphs that are at the version and epoch that this process believes are stored;
# the ids of these come back. One statement: either all of it is stored, or nothing.
_APPEND = """
WITH moved AS (
    UPDATE graphs g SET version = m.version
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[])
        AS m(id, seen, version, epoch)
    WHERE g.id = m.id AND g.version = m.seen AND g.epoch = m.epoch
    RETURNING g.id
), added AS (
    INSERT INTO graph_ops (graph_id, version, epoch, client_id, client_seq, user_id, label,
        undo_of, ops, inverse, touched, origin)
    SELECT o.graph_id, o.version, o.epoch, o.client_id, o.client_seq, o.user_id, o.label,
        nullif(o.undo_of, 0), o.ops, o.inverse, string_to_array(o.touched, ' '), o.origin
    FROM unnest($5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::uuid[],
        $11::text[], $12::bigint[], $13::jsonb[], $14::jsonb[], $15::text[], $16::text[])
        AS o(graph_id, version, epoch, client_id, client_seq, user_id, label, undo_of, ops,
             inverse, touched, origin)
    WHERE o.graph_id IN (SELECT id FROM moved)
)
SELECT id FROM moved
"""


class LogEntry(msgspec.Struct, frozen=True, gc=False):
    """One transaction as it is stored. `ops` (its effects) and `inverse` are JSON."""

    version: int
    client_id: str
    seq: int
    user_id: UUID
    label: str
    undo_of: int | None
    ops: str
    inverse: str
    touched: tuple[str, ...]
    origin: Origin = "person"


class Batch(msgspec.Struct, frozen=True):
    """The transactions of one graph that are stored together, and what they begin at."""

    graph_id: UUID
    epoch: int
    seen: int
    entries: Sequence[LogEntry]


class Loaded(msgspec.Struct):
    """A graph as it was read: its state, its owner's epoch, and where its last snapshot is."""

    graph: Graph
    project_id: UUID
    epoch: int
    snapshot_version: int


class GraphLog:
    """One connection, as the owner of graphs: it holds their locks and stores what they do."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._connection: asyncpg.Connection | None = None
        self._using = asyncio.Lock()
        self._owned: set[UUID] = set()

    async def acquire(self, graph_id: UUID) -> Loaded:
        """Become the owner of a graph and read its newest state.

        Raises `graph.not_found`, `graph.served_elsewhere` while another process owns it, and
        `graph.damaged` when the log has a gap or does not apply.
        """
        await self._lock(graph_id)
        try:
            # A number that no earlier owner had, and none will have had in a restored database.
            async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
                taken = await unit.execute(
                    """UPDATE graphs SET epoch =
                           greatest(epoch + 1, (extract(epoch FROM now()) * 1000)::bigint)
                       WHERE id = $1""",
                    graph_id,
                )
            if not taken:
                raise DirectorError("graph.not_found", "There is no such canvas.", status=404)
            return await load(graph_id, self._registry)
        except BaseException:
            await self.release(graph_id)
            raise

    async def release(self, graph_id: UUID) -> None:
        """Let another process own the graph."""
        if graph_id not in self._owned:
            return
        # A connection that is lost holds no lock any more.
        with contextlib.suppress(*CONNECTION_ERRORS):
            async with self._using:
                self._owned.discard(graph_id)
                if (connection := self._connection) is None or connection.is_closed():
                    return
                await connection.execute(f"SELECT pg_advisory_unlock({_LOCK})", str(graph_id))

    async def append(self, batches: Sequence[Batch]) -> set[UUID]:
        """Store the transactions of several graphs at once; the ids of those that were stored.

        Missing are graphs that another process has written or owns. When this raises, nothing
        was stored, unless the connection was lost: then nobody knows.
        """
        graphs = [(b.graph_id, b.seen, b.entries[-1].version, b.epoch) for b in batches]
        rows = [
            (
                batch.graph_id,
                entry.version,
                batch.epoch,
                entry.client_id,
                entry.seq,
                entry.user_id,
                entry.label,
                entry.undo_of or 0,
                entry.ops,
                entry.inverse,
                " ".join(entry.touched),
                entry.origin,
            )
            for batch in batches
            for entry in batch.entries
        ]
        columns = [
            list(column) for column in (*zip(*graphs, strict=True), *zip(*rows, strict=True))
        ]
        async with self._using:
            connection = await self._connected()
            stored = await connection.fetch(_APPEND, *map(list, columns))
        return {row["id"] for row in stored}

    async def close(self) -> None:
        """Give the connection back, and every lock with it."""
        self._owned.clear()
        async with self._using:
            connection, self._connection = self._connection, None
            if connection is not None:
                # Whether it was there to be closed makes no difference.
                with contextlib.suppress(*CONNECTION_ERRORS):
                    await connection.close(timeout=2)

    async def write_snapshot(self, graph: Graph, state: bytes) -> None:
        """Store the whole state, so that the next load has a short tail.

        Older ones go, but for those that the history keeps.
        """
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute(
                """INSERT INTO graph_snapshots (graph_id, version, state) VALUES ($1, $2, $3)
                   ON CONFLICT DO NOTHING""",
                UUID(graph.id),
                graph.version,
                state,
            )
            await unit.execute(
                "DELETE FROM graph_snapshots WHERE graph_id = $1 AND version < $2 AND NOT kept",
                UUID(graph.id),
                graph.version,
            )

    async def write_state(self, graph: Graph) -> None:
        """Show this version to other programs in `graph_states`, unless a newer one is shown."""
        await states.write(graph)

    async def epoch_at(self, graph_id: UUID, version: int) -> int | None:
        """The epoch in which a version was stored; None when the log does not hold it any more."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            return await unit.fetchval(
                "SELECT epoch FROM graph_ops WHERE graph_id = $1 AND version = $2",
                graph_id,
                version,
            )

    async def epochs(self, graph_ids: Iterable[UUID]) -> dict[UUID, int]:
        """The epochs of the graphs' present owners."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                "SELECT id, epoch FROM graphs WHERE id = ANY($1)", list(graph_ids)
            )
        return {row["id"]: row["epoch"] for row in rows}

    async def stored_seqs(self, graph_id: UUID, client_id: str, first: int) -> dict[int, int]:
        """The versions of a client's stored transactions, by their numbers, from `first` on."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                """SELECT client_seq, version FROM graph_ops
                   WHERE graph_id = $1 AND client_id = $2 AND client_seq >= $3
                   ORDER BY client_seq LIMIT 1000""",
                graph_id,
                client_id,
                first,
            )
        return {row["client_seq"]: row["version"] for row in rows}

    async def last_seq(self, graph_id: UUID, client_id: str) -> int:
        """The number of a client's last stored transaction, 0 when it has none."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            return await unit.fetchval(
                """SELECT coalesce(max(client_seq), 0) FROM graph_ops
                   WHERE graph_id = $1 AND client_id = $2""",
                graph_id,
                client_id,
            )

    async def _lock(self, graph_id: UUID) -> None:
        deadline = asyncio.get_running_loop().time() + HANDOVER_TIMEOUT
        while True:
            async with self._using:
                connection = await self._connected()
                if graph_id in self._owned:
                    # Taken once for each time that it is given back, or it would stay locked.
                    return
                if await connection.fetchval(
                    f"SELECT pg_try_advisory_lock({_LOCK})", str(graph_id)
                ):
                    self._owned.add(graph_id)
                    return
            if asyncio.get_running_loop().time() > deadline:
                raise DirectorError(
                    "graph.served_elsewhere",
                    "This canvas is served by another process.",
                    hint="Two studios run on one database: stop one of them.",
                    status=503,
                )
            await asyncio.sleep(0.1)

    async def _connected(self) -> asyncpg.Connection:
        """The connection. A new one holds the locks that the lost one held, as far as it can.

        Where another process was quicker, its epoch refuses what this one would write.
        """
        connection = self._connection
        if connection is None or connection.is_closed():
            connection = await database.open_connection(DatabaseRole.SERVICE)
            for graph_id in list(self._owned):
                locked = f"SELECT pg_try_advisory_lock({_LOCK})"
                if not await connection.fetchval(locked, str(graph_id)):
                    self._owned.discard(graph_id)
            self._connection = connection
        return connection


async def load(graph_id: UUID, registry: Registry) -> Loaded:
    """The newest state of a graph: its last snapshot and the operations after it.

    Raises `graph.not_found`, and `graph.damaged` when the log has a gap or does not apply.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            "SELECT project_id, version, epoch FROM graphs WHERE id = $1", graph_id
        )
        if row is None:
            raise DirectorError("graph.not_found", "There is no such canvas.", status=404)
        snapshot = await unit.fetchrow(
            """SELECT version, state FROM graph_snapshots WHERE graph_id = $1
               ORDER BY version DESC LIMIT 1""",
            graph_id,
        )
        base = 0 if snapshot is None else snapshot["version"]
        tail = await unit.fetch(
            """SELECT version, user_id, client_id, client_seq, undo_of, ops FROM graph_ops
               WHERE graph_id = $1 AND version > $2 ORDER BY version""",
            graph_id,
            base,
        )
    state = None if snapshot is None else snapshot["state"]
    return rebuild(graph_id, dict(row), state, map(dict, tail), registry)


def rebuild(
    graph_id: UUID,
    row: Mapping[str, Any],
    snapshot: bytes | None,
    tail: Iterable[Mapping[str, Any]],
    registry: Registry,
) -> Loaded:
    """A graph from its row, its last snapshot, and the rows of its log after that."""
    graph = Graph(id=str(graph_id)) if snapshot is None else _graph.decode(snapshot)
    base = graph.version
    replay_rows(graph, tail, registry)
    if graph.version != row["version"]:
        raise _damaged(graph_id, row["version"], "the log ends before it")
    return Loaded(graph, row["project_id"], row["epoch"], base)


def replay_rows(graph: Graph, rows: Iterable[Mapping[str, Any]], registry: Registry) -> None:
    """Bring a graph forward by rows of its log. Raises `graph.damaged`."""
    for entry in rows:
        if entry["version"] != graph.version + 1:
            raise _damaged(graph.id, entry["version"], "the version before it is missing")
        done = replay(
            graph,
            Transaction(
                client_id=entry["client_id"],
                seq=entry["client_seq"],
                undo_of=entry["undo_of"],
                ops=_operations.decode(entry["ops"]),
            ),
            registry,
            str(entry["user_id"]),
        )
        if done.rejection is not None:
            raise _damaged(graph.id, entry["version"], done.rejection.message)
        if entry["client_id"].startswith(ONE_SHOT):
            graph.seqs.pop(entry["client_id"], None)


def _damaged(graph_id: UUID | str, version: int, what: str) -> DirectorError:
    return DirectorError(
        "graph.damaged",
        f"The log of canvas {graph_id} is damaged at version {version}: {what}.",
        hint="Restore the database from a backup; nothing was changed.",
        status=500,
    )
