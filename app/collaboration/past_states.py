"""A graph as it was: the nearest snapshot before a version, and the log from there."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.graph import Graph, Registry
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError

from .log import replay_rows
from .offload import slots

CHUNK = 1000

_graph = msgspec.msgpack.Decoder(Graph)


async def state_at(graph_id: UUID, version: int, registry: Registry) -> Graph:
    """The graph at a version, for those who have seen to the rights.

    Raises `graph.no_version` for one that is not stored, and `graph.version_compacted` for one
    that is too old to be opened.
    """
    async with slots():
        graph = await _nearest(graph_id, version)
        while graph.version < version:
            async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
                rows = await unit.fetch(
                    """SELECT version, user_id, client_id, client_seq, undo_of, ops
                       FROM graph_ops WHERE graph_id = $1 AND version > $2 AND version <= $3
                       ORDER BY version LIMIT $4""",
                    graph_id,
                    graph.version,
                    version,
                    CHUNK,
                )
            if not rows or rows[0]["version"] != graph.version + 1:
                raise await _unreadable(graph_id, version)
            await run_blocking(replay_rows, graph, [dict(row) for row in rows], registry)
    return graph


async def _nearest(graph_id: UUID, version: int) -> Graph:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        state = await unit.fetchval(
            """SELECT state FROM graph_snapshots WHERE graph_id = $1 AND version <= $2
               ORDER BY version DESC LIMIT 1""",
            graph_id,
            version,
        )
    if state is None:
        return Graph(id=str(graph_id))
    return await run_blocking(_graph.decode, state)


async def _unreadable(graph_id: UUID, version: int) -> DirectorError:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        newest = await unit.fetchval("SELECT version FROM graphs WHERE id = $1", graph_id) or 0
        first = await unit.fetchval(
            """SELECT min(version) FROM graph_snapshots WHERE graph_id = $1 AND version > $2""",
            graph_id,
            version,
        )
    if version > newest:
        return DirectorError(
            "graph.no_version",
            f"There is no version {version} yet.",
            hint=f"The newest is {newest}.",
            status=404,
        )
    return DirectorError(
        "graph.version_compacted",
        f"Version {version} is older than what is kept.",
        hint=f"The next that can be opened is {first}." if first else "",
        status=410,
    )
