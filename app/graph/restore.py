"""Bringing a graph, a subflow or a node back to what it was, as operations on what it is.

An edge belongs to the node that it ends at. Edges that leave the part that is brought back are
connected again where their input is free; what others connected since stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .cost import CostMeter
from .dry_run import DryRun
from .elements import Edge, Node
from .labels import label_of
from .model import Graph
from .operations import (
    AddEdge,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)
from .records import json_form, whole_edge, whole_node
from .registry import Registry
from .undo import Skipped, name_of
from .writes import WHOLE

PASSES = 5
# A node or an edge that is compared with what it was, in units of `CostMeter`.
COMPARING = 3


def subflow(graph: Graph, container: str) -> set[str]:
    """The ids of a container and of all that lies in it, however deep."""
    found: set[str] = set()
    waiting = [container] if container in graph.nodes else []
    while waiting:
        node_id = waiting.pop()
        if node_id not in found:
            found.add(node_id)
            waiting.extend(graph.adjacency.children.get(node_id, ()))
    return found


def restore_operations(
    now: Graph,
    then: Graph,
    registry: Registry,
    user: str,
    ids: set[str] | None = None,
    cost: CostMeter | None = None,
    messages: dict[str, str] | None = None,
) -> tuple[tuple[Operation, ...], list[Skipped]]:
    """What makes these nodes (None: the whole graph) what they were, and what stays as it is.

    `now` is changed and changed back meanwhile. Raises `CostExceeded` as `apply` does; that the two
    graphs are compared counts. `messages` gets what the rules say of each that is skipped, by id.
    """
    if cost is not None:
        cost.add(COMPARING * (len(now.nodes) + len(then.nodes) + len(now.edges) + len(then.edges)))
    skipped: dict[str, Skipped] = {}
    wanted = list(_planned_operations(now, then, ids))
    with DryRun(now, registry, user, cost=cost) as dry_run:
        # What is in the way of one wish may be gone by another: those refused are tried again.
        for _ in range(PASSES):
            before = len(dry_run.ops)
            skipped.clear()
            refused: list[Operation] = []
            for operation in wanted:
                if refusal := _attempt(dry_run, operation, user, messages):
                    refused.extend(_one_by_one(operation))
                    entity = _subject(operation)
                    skipped.setdefault(
                        f"{entity} {refusal[0]}",
                        Skipped(
                            id=entity,
                            reason=refusal[0],
                            user_id=refusal[1],
                            name=name_of(now, entity, operation) or _old_name(then, entity),
                        ),
                    )
            if not refused or (len(dry_run.ops) == before and len(refused) == len(wanted)):
                break
            wanted = refused
        return tuple(dry_run.ops), list(skipped.values())


def whole_operations(content: Graph) -> Iterator[Operation]:
    """What makes an empty graph this one: each container before what lies in it, then the edges."""
    return _planned_operations(Graph(), content, None)


def _one_by_one(operation: Operation) -> Iterator[Operation]:
    """A refused operation in its parts: one field that no longer fits must not hold the others."""
    if isinstance(operation, SetNode):
        for path, value in operation.values.items():
            yield SetNode(id=operation.id, values={path: value})
        for path in operation.clear:
            yield SetNode(id=operation.id, clear=(path,))
    else:
        yield operation


def _attempt(
    dry_run: DryRun, operation: Operation, user: str, messages: dict[str, str] | None
) -> tuple[str, str] | None:
    """Do it, or the reason why not and who stands in the way."""
    node = _guard(dry_run.graph, operation)
    if node is not None and node.locked:
        fields = dry_run.graph.last_writes.get(node.id, {})
        last = fields.get("locked") or fields.get(WHOLE)
        if last is not None and last.user != user:
            return "locked", last.user
    if isinstance(operation, RemoveNodes):
        for node_id in operation.ids:
            for child in dry_run.graph.adjacency.children.get(node_id, ()):
                fields = dry_run.graph.last_writes.get(child, {})
                last = fields.get("parent") or fields.get(WHOLE)
                return "in_use", last.user if last else ""
    refused = dry_run.attempt(operation)
    if refused is None:
        return None
    if messages is not None:
        messages[_subject(operation)] = refused.message
    holder = ""
    if refused.reason == "occupied" and isinstance(operation, AddEdge):
        for edge in dry_run.graph.incoming(operation.target, operation.target_socket):
            made = dry_run.graph.last_writes.get(edge.id, {}).get(WHOLE)
            holder = made.user if made else ""
    return refused.reason, holder


def _guard(graph: Graph, operation: Operation) -> Node | None:
    """The node whose lock an operation has to respect."""
    if isinstance(operation, RemoveEdges | SetEdge):
        edge = graph.edges.get(_subject(operation))
        return graph.nodes.get(edge.target) if edge else None
    return graph.nodes.get(getattr(operation, "target", "") or _subject(operation))


def _subject(operation: Operation) -> str:
    return getattr(operation, "id", "") or next(iter(getattr(operation, "ids", ())), "")


def _old_name(then: Graph, entity: str) -> str:
    node = then.nodes.get(entity)
    return label_of(node) if node else ""


def _planned_operations(now: Graph, then: Graph, ids: set[str] | None) -> Iterator[Operation]:
    """The difference in an order in which it can be done: room first, then what goes into it."""
    inside = then.nodes.keys() | now.nodes.keys() if ids is None else ids
    gone, missing = _edges_between(now, then, inside, whole=ids is None)
    for edge in gone:
        yield RemoveEdges(ids=(edge.id,))
    for node in _top_down(then, inside):
        present = now.nodes.get(node.id)
        if present is not None and present.type != node.type:
            yield RemoveNodes(ids=(node.id,))
            present = None
        if present is None:
            yield whole_node(node)
            continue
        if (present.parent, present.order) != (node.parent, node.order):
            yield MoveNode(id=node.id, parent=node.parent, order=node.order)
        if change := _fields(present, node):
            yield change
    new = [node_id for node_id in inside if node_id in now.nodes and node_id not in then.nodes]
    for node_id in reversed(_by_depth(now, new)):
        yield RemoveNodes(ids=(node_id,))
    for edge in missing:
        yield whole_edge(edge)
    for edge in then.edges.values():
        present = now.edges.get(edge.id)
        if present is not None and edge.target in inside and _same_ends(edge, present):
            values = {
                name: getattr(edge, name)
                for name in ("strength", "label", "order")
                if getattr(edge, name) != getattr(present, name)
            }
            if values:
                yield SetEdge(id=edge.id, **values)
    if ids is None and now.settings != then.settings:
        values = {k: v for k, v in then.settings.items() if now.settings.get(k, _NONE) != v}
        clear = tuple(key for key in now.settings if key not in then.settings)
        yield SetGraph(values=values, clear=clear)


_NONE = object()


def _edges_between(
    now: Graph, then: Graph, inside: Iterable[str], *, whole: bool
) -> tuple[list[Edge], list[Edge]]:
    """Edges to be taken away, and edges to be connected again."""
    ids = set(inside)
    gone = [
        edge
        for edge in now.edges.values()
        if edge.target in ids
        and (edge.id not in then.edges or not _same_ends(edge, then.edges[edge.id]))
    ]
    missing = [
        edge
        for edge in then.edges.values()
        if (whole or edge.target in ids or edge.source in ids)
        and (edge.id not in now.edges or not _same_ends(edge, now.edges[edge.id]))
    ]
    return gone, missing


def _same_ends(first: Edge, second: Edge) -> bool:
    return (first.source, first.source_socket, first.target, first.target_socket) == (
        second.source, second.source_socket, second.target, second.target_socket
    )  # fmt: skip


def _fields(present: Node, node: Node) -> SetNode | None:
    values: dict[str, Any] = {}
    clear: list[str] = []
    for path in ("pos", "size", "locked"):
        if getattr(present, path) != getattr(node, path):
            values[path] = json_form(getattr(node, path))
    for place in ("data", "text"):
        ours, theirs = getattr(present, place), getattr(node, place)
        if ours == theirs:
            continue
        values.update({f"{place}.{k}": v for k, v in theirs.items() if ours.get(k, _NONE) != v})
        clear.extend(f"{place}.{key}" for key in ours if key not in theirs)
    return SetNode(id=node.id, values=values, clear=tuple(clear)) if values or clear else None


def _top_down(graph: Graph, ids: Iterable[str]) -> list[Node]:
    """The nodes among these that a graph holds, each after the container that it lies in."""
    found = [node_id for node_id in ids if node_id in graph.nodes]
    return [graph.nodes[node_id] for node_id in _by_depth(graph, found)]


def _by_depth(graph: Graph, ids: Iterable[str]) -> list[str]:
    depths: dict[str, int] = {}

    def depth(node_id: str) -> int:
        chain: list[str] = []
        at: str | None = node_id
        while at is not None and at not in depths:
            chain.append(at)
            node = graph.nodes.get(at)
            at = node.parent if node else None
        base = depths[at] + 1 if at is not None else 0
        for step, link in enumerate(reversed(chain)):
            depths[link] = base + step
        return depths[node_id]

    return sorted(ids, key=lambda node_id: (depth(node_id), node_id))
