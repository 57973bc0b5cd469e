"""The log of a graph in PostgreSQL: snapshots, the operations after them, and how it grows."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.graph import Applied, Graph, Operation, Registry, Transaction, replay
from app.platform.database import Role, UnitOfWork, to_json, unit_of_work
from node_registry import DirectorError

SNAPSHOT_EVERY = 500
# The name of a client that sends one transaction and never again begins with this.
ONCE = "once-"

_operations = msgspec.json.Decoder(tuple[Operation, ...])
_graph = msgspec.msgpack.Decoder(Graph)


class Loaded(msgspec.Struct):
    """A graph as it was read: its state, its owner's epoch, and where its last snapshot is."""

    graph: Graph
    project_id: UUID
    epoch: int
    snapshot_version: int


async def load(graph_id: UUID, registry: Registry) -> Loaded:
    """The newest state of a graph: its last snapshot and the operations after it.

    Raises `graph.not_found`, and `graph.damaged` when the log has a gap or does not apply.
    """
    async with unit_of_work(role=Role.SERVICE) as unit:
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
        graph = Graph(id=str(graph_id)) if snapshot is None else _graph.decode(snapshot["state"])
        base = graph.version
        tail = await unit.fetch(
            """SELECT version, user_id, client_id, client_seq, undo_of, ops FROM graph_ops
               WHERE graph_id = $1 AND version > $2 ORDER BY version""",
            graph_id,
            base,
        )
    for entry in tail:
        if entry["version"] != graph.version + 1:
            raise _damaged(graph_id, entry["version"], "the version before it is missing")
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
            raise _damaged(graph_id, entry["version"], done.rejection.message)
        if entry["client_id"].startswith(ONCE):
            graph.seqs.pop(entry["client_id"], None)
    if graph.version != row["version"]:
        raise _damaged(graph_id, row["version"], "the log ends before it")
    return Loaded(graph, row["project_id"], row["epoch"], base)


async def append(
    unit: UnitOfWork,
    loaded: Loaded,
    transaction: Transaction,
    applied: Applied,
    user_id: UUID,
) -> None:
    """Store one applied transaction. Raises `graph.fenced` when another process owns the graph."""
    version = applied.graph_version
    touched = await unit.execute(
        "UPDATE graphs SET version = $2 WHERE id = $1 AND version = $3 AND epoch = $4",
        UUID(loaded.graph.id),
        version,
        version - 1,
        loaded.epoch,
    )
    if not touched:
        raise DirectorError(
            "graph.fenced",
            "This canvas is served by another process now.",
            hint="Try again.",
            status=409,
        )
    await unit.execute(
        """INSERT INTO graph_ops (graph_id, version, epoch, client_id, client_seq, user_id, label,
               undo_of, ops, inverse, touched)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11)""",
        UUID(loaded.graph.id),
        version,
        loaded.epoch,
        transaction.client_id,
        transaction.seq,
        user_id,
        transaction.label,
        transaction.undo_of,
        to_json(applied.effects),
        to_json(applied.inverse),
        applied.touched,
    )


async def write_snapshot(loaded: Loaded) -> None:
    """Store the whole state, so that the next load has a short tail; older ones go."""
    graph = loaded.graph
    state = msgspec.msgpack.encode(graph)
    async with unit_of_work(role=Role.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO graph_snapshots (graph_id, version, state) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING""",
            UUID(graph.id),
            graph.version,
            state,
        )
        await unit.execute(
            "DELETE FROM graph_snapshots WHERE graph_id = $1 AND version < $2",
            UUID(graph.id),
            graph.version,
        )
    loaded.snapshot_version = graph.version


def _damaged(graph_id: UUID, version: int, what: str) -> DirectorError:
    return DirectorError(
        "graph.damaged",
        f"The log of canvas {graph_id} is damaged at version {version}: {what}.",
        hint="Restore the database from a backup; nothing was changed.",
        status=500,
    )
