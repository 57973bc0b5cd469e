"""How long tasks take here, from those that ended lately."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from app.platform.database import current_unit

LATELY = 500
"""How many of a project's newest tasks are asked."""


async def usual_seconds(project_id: UUID, node_types: Collection[str]) -> dict[str, float]:
    """The mean time of a project's newest tasks that made something, in seconds by node type.

    Types of which none has ended yet are left out.
    """
    rows = await current_unit().fetch(
        """SELECT node_type, avg(extract(epoch FROM ended_at - started_at)) AS seconds
           FROM (SELECT node_type, started_at, ended_at FROM tasks
                 WHERE project_id = $1 AND status = 'succeeded' AND NOT reused
                   AND node_type = ANY($2::text[]) AND started_at IS NOT NULL
                 ORDER BY ended_at DESC LIMIT $3) newest
           GROUP BY node_type""",
        project_id,
        list(node_types),
        LATELY,
    )
    return {row["node_type"]: round(float(row["seconds"]), 1) for row in rows}
