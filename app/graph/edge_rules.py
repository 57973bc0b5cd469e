"""The rules of `edge.add`, `edge.set` and `edge.remove`."""

from __future__ import annotations

from typing import Any

import msgspec

from .changes import Change, Refused
from .cost import NEIGHBOURS_PER_UNIT
from .elements import Edge
from .labels import label_of
from .operations import AddEdge, RemoveEdges, SetEdge
from .records import short_label, strength, whole_edge

MAX_EDGES = 200_000


def add_edge(change: Change, op: AddEdge) -> None:
    graph = change.graph
    change.check_new_id(op.id)
    if len(graph.edges) >= MAX_EDGES:
        raise Refused("too_large", f"A graph holds at most {MAX_EDGES:,} edges.", op.id)
    source, target = change.end(op.source, op.id), change.end(op.target, op.id)
    change.check_unlocked(target)
    change.check_order(op.order, op.id)
    many = change.check_sockets(op, source, target)
    incoming = graph.adjacency.incoming.get(op.target, {})
    change.cost.add(len(incoming) // NEIGHBOURS_PER_UNIT)
    filling = [
        edge
        for edge in incoming.values()
        if edge.target_socket == op.target_socket
        and (not many or (edge.source, edge.source_socket) == (op.source, op.source_socket))
    ]
    if filling and not (op.replace or change.replaying):
        what = "has this connection already" if many else "takes one connection"
        raise Refused(
            "occupied",
            f"The input {op.target_socket} of {label_of(target)} {what}.",
            op.id,
            "Take the old connection away, or replace it.",
        )
    if not change.replaying:
        change.drop_edges(filling)
    change.check_no_cycle(op.source, op.target)
    edge = Edge(
        id=op.id,
        source=op.source,
        source_socket=op.source_socket,
        target=op.target,
        target_socket=op.target_socket,
        order=op.order,
        strength=strength(op.strength),
        label=short_label(op.label),
    )
    change.journal.put_edge(edge)
    change.journal.drop(graph.removed, op.id)
    change.journal.put(graph.last_writes, op.id, {"*": change.mark()})
    change.done(whole_edge(edge), RemoveEdges(ids=(op.id,)), op.id)
    change.touched[op.target] = None


def set_edge(change: Change, op: SetEdge) -> None:
    edge = change.graph.edges.get(op.id)
    if edge is None:
        change.dropped[op.id] = None
        return
    change.check_unlocked(change.graph.nodes[edge.target])
    given: dict[str, Any] = {}
    if op.strength is not msgspec.UNSET:
        given["strength"] = strength(op.strength)
    if op.label is not msgspec.UNSET:
        given["label"] = short_label(op.label)
    if op.order is not msgspec.UNSET:
        change.check_order(op.order, op.id)
        given["order"] = op.order
    before = {name: getattr(edge, name) for name in given}
    for name in given:
        change.note_write(edge, name, before[name])
    change.journal.put_edge(msgspec.structs.replace(edge, **given))
    change.done(SetEdge(id=op.id, **given), SetEdge(id=op.id, **before), op.id)
    change.touched[edge.target] = None


def remove_edges(change: Change, op: RemoveEdges) -> None:
    edges: dict[str, Edge] = {}
    for edge_id in op.ids:
        if change.is_there(change.graph.edges, edge_id):
            edge = edges[edge_id] = change.graph.edges[edge_id]
            change.check_unlocked(change.graph.nodes[edge.target])
    change.drop_edges(list(edges.values()))
