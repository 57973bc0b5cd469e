"""The first version of a graph that comes whole from elsewhere: of a project that is just made."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.graph import Graph, Registry, Transaction, replay, whole_operations
from app.platform.blocking import run_blocking
from app.platform.database import UnitOfWork, to_json
from app.platform.ids import new_id

from .service import MAIN, registry_of_rooms
from .submission import one_shot_client


async def found_graph(
    unit: UnitOfWork, project_id: UUID, user_id: UUID, content: Graph, label: str
) -> UUID:
    """Store a graph as the main canvas of a project that has none, in one step of its history.

    Part of the caller's unit of work. `content` is one that `read_canvas` gave, or a room. Raises
    `graph.…` for one that no graph can become.
    """
    graph_id = new_id()
    graph, entry = await run_blocking(
        _first_version, graph_id, content, registry_of_rooms(), str(user_id), label
    )
    await unit.execute(
        "INSERT INTO graphs (id, project_id, name, version) VALUES ($1, $2, $3, $4)",
        graph_id,
        project_id,
        MAIN,
        graph.version,
    )
    await unit.execute(
        """INSERT INTO graph_ops (graph_id, version, epoch, client_id, client_seq, user_id, label,
               ops, inverse, touched, origin)
           VALUES ($1, 1, 0, $2, 1, $3, $4, $5::jsonb, $6::jsonb, $7, 'system')""",
        graph_id,
        *entry,
    )
    state = await run_blocking(msgspec.msgpack.encode, graph)
    await unit.execute(
        "INSERT INTO graph_snapshots (graph_id, version, state) VALUES ($1, $2, $3)",
        graph_id,
        graph.version,
        state,
    )
    return graph_id


def _first_version(
    graph_id: UUID, content: Graph, registry: Registry, user: str, label: str
) -> tuple[Graph, tuple[str, UUID, str, str, str, list[str]]]:
    graph = Graph(id=str(graph_id))
    client_id = one_shot_client()
    transaction = Transaction(
        client_id=client_id, seq=1, label=label, ops=tuple(whole_operations(content))
    )
    # As a log is read again: what was made with a plugin that is not here is kept all the same.
    done = replay(graph, transaction, registry, user)
    if done.rejection is not None:
        raise done.rejection.error()
    graph.seqs.pop(client_id, None)
    entry = (
        client_id,
        UUID(user),
        label,
        to_json(done.effects),
        to_json(done.inverse),
        done.touched,
    )
    return graph, entry
