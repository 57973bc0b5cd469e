"""What a run is asked to make: containers stand for their shots, each target makes something."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from app.graph import Graph, Node, Registry, cut_order, place_of
from node_registry import DirectorError

from .steps import Plan


def expand_targets(graph: Graph, registry: Registry, targets: Iterable[str]) -> list[str]:
    """The targets, with the shots of each container in its place."""
    found: dict[str, None] = {}
    shots: list[Node] | None = None
    for target in targets:
        node = graph.nodes.get(target)
        if node is None:
            raise DirectorError(
                "plan.node_missing", f"There is no node {target[:80]!r}.", status=404
            )
        node_type = registry.node_type(node.type)
        if node_type is None or node_type.kind != "container":
            found[target] = None
            continue
        shots = cut_order(graph).shots if shots is None else shots
        found.update((shot.id, None) for shot in shots if _lies_in(shot, target, graph.nodes))
    return list(found)


def _lies_in(node: Node, container: str, nodes: Mapping[str, Node]) -> bool:
    seen: set[str] = set()
    parent = node.parent
    while parent is not None and parent not in seen:
        if parent == container:
            return True
        seen.add(parent)
        above = nodes.get(parent)
        parent = above.parent if above else None
    return False


def require_results(graph: Graph, registry: Registry, targets: Iterable[str], plan: Plan) -> None:
    """See that a plan has a step for each of its targets, up to date or not.

    Raises `plan.nothing_to_make` for a target that no run makes anything of: a value, what only
    passes others' results on, a container without shots, a node in a loop that goes round 0 times.
    """
    made = {step.node_id for step in plan.steps if step.kind == "task"}
    for target in targets:
        if target not in made and made.isdisjoint(expand_targets(graph, registry, [target])):
            raise _nothing_to_make(graph, registry, graph.nodes[target])


def _nothing_to_make(graph: Graph, registry: Registry, node: Node) -> DirectorError:
    known = registry.node_type(node.type)
    kind = known.kind if known else "task"
    name = place_of(graph, node)
    if kind == "container":
        message, hint = f"{name} holds no shot.", "Add a shot to it, or import a script."
    elif kind == "task":
        message = f"{name} runs in a loop that goes round 0 times."
        hint = "Raise the count of the loop."
    else:
        user = _task_behind(graph, registry, node.id)
        message = (
            f"{name} holds a value: a run makes nothing of it."
            if kind == "value"
            else f"{name} only passes on or orders what others make."
        )
        hint = (
            f"Generate {place_of(graph, user)}, which uses it."
            if user is not None
            else "Connect it to a node that makes something, and generate that one."
        )
    return DirectorError("plan.nothing_to_make", message, hint=hint)


def _task_behind(graph: Graph, registry: Registry, node_id: str) -> Node | None:
    """The nearest node behind this one, along the edges, that a run makes something of."""
    seen = {node_id}
    waiting = deque([node_id])
    while waiting:
        for edge in graph.adjacency.outgoing.get(waiting.popleft(), {}).values():
            node = graph.nodes[edge.target]
            known = registry.node_type(node.type)
            if known is not None and known.kind == "task":
                return node
            if node.id not in seen:
                seen.add(node.id)
                waiting.append(node.id)
    return None
