"""Takes that a canvas from outside chooses: only such as the studio made for that very node."""

from __future__ import annotations

from uuid import UUID

from app import execution
from app.accounts import Actor
from app.graph import Graph, label_of
from app.platform.database import unit_of_work
from app.projects import Project
from node_registry import DirectorError

from .push_policy import refused


async def check_takes(actor: Actor, project: Project, base: Graph, theirs: Graph) -> None:
    """See that each take that is chosen since `base` is one of its node. Raises `push.no_take`."""
    wanted: dict[str, UUID] = {}
    for node in theirs.nodes.values():
        before = base.nodes.get(node.id)
        take = node.data.get("active_take")
        if take is None or (before is not None and before.data.get("active_take") == take):
            continue
        try:
            wanted[node.id] = UUID(str(take))
        except ValueError:
            raise _no_take(theirs, node.id) from None
    async with unit_of_work(actor.user_id):
        found = await execution.takes_by_id(list(wanted.values()))
    for node_id, take_id in wanted.items():
        take = found.get(take_id)
        if take is None or (take.project_id, take.node_id) != (project.id, node_id):
            raise _no_take(theirs, node_id)


def _no_take(graph: Graph, node_id: str) -> DirectorError:
    return refused(
        "push.no_take",
        f"The canvas chooses a take for {label_of(graph.nodes[node_id])} that it does not have.",
        "Leave `active_take` as it is; takes are chosen on the canvas.",
    )
