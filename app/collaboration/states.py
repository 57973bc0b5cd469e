"""`graph_states`: the graph as rows that other programs read. Written behind.

Nothing in the studio reads them: the truth is the log. A row says which version it shows, and
is never put back to an older one.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.graph import Graph
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work


async def write(graph: Graph) -> None:
    """Show this version, unless a newer one is shown already."""
    nodes, edges, viewport = await run_blocking(_rows, graph)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO graph_states AS s (graph_id, version, nodes, edges, viewport)
               VALUES ($1, $2, $3::jsonb, $4::jsonb, $5::jsonb)
               ON CONFLICT (graph_id) DO UPDATE SET version = excluded.version,
                   nodes = excluded.nodes, edges = excluded.edges,
                   viewport = excluded.viewport, updated_at = now()
               WHERE s.version < excluded.version""",
            UUID(graph.id),
            graph.version,
            nodes,
            edges,
            viewport,
        )


def _rows(graph: Graph) -> tuple[str, str, str]:
    encode = msgspec.json.encode
    viewport = graph.settings.get("viewport")
    return (
        encode(list(graph.nodes.values())).decode(),
        encode(list(graph.edges.values())).decode(),
        encode(viewport).decode(),
    )
