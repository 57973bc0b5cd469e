"""Makes new takes the active ones of their nodes, in one transaction of the graph.

The newest picture of them is offered as the project's poster.
"""

from __future__ import annotations

from collections.abc import Sequence

from app import collaboration, projects
from app.graph import SetNode, Transaction
from app.scheduling import TaskEvent

from .acting import acting_for
from .takes import Take


async def activate(made: Sequence[tuple[TaskEvent, Take]]) -> None:
    """Make the new takes of one project and person active; conversions have no node of theirs.

    Raises what `collaboration.submit` raises; nothing is active then.
    """
    newest = {e.node_id: take for e, take in made if e.plan["step"]["kind"] == "task"}
    if not newest:
        return
    first, _ = made[0]
    actor = await acting_for(first.user_id)
    graph_id = await collaboration.main_graph(actor, first.project_id)
    graph = await collaboration.read(actor, graph_id)
    writes = [
        SetNode(id=node_id, values={"data.active_take": str(take.id)})
        for node_id, take in newest.items()
        if node_id in graph.nodes and graph.nodes[node_id].data.get("active_take") != str(take.id)
    ]
    shown = [take for take in newest.values() if _is_visible(take)]
    if shown:
        last = max(shown, key=lambda take: take.created_at)
        await projects.offer_poster(first.project_id, last.digest, replace=True)
    if writes:
        names = ", ".join(sorted(take.name for take in newest.values())[:5])
        await collaboration.submit(
            actor,
            graph_id,
            Transaction(label=f"New take: {names}"[:200], ops=tuple(writes)),
            origin="system",
        )


def _is_visible(take: Take) -> bool:
    return take.outputs[0].media.media_type.startswith(("image/", "video/"))
