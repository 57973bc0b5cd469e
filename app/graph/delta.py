"""The difference between a graph and what it was at an earlier version, as operations.

For clients that were away: a thousand moves of one node are one write of its place. The
operations are put into effect as they stand, without asking what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .elements import Edge, Node
from .model import Graph, LastWrite
from .operations import (
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)
from .records import json_form, parents_first, whole_edge, whole_node

_ALL = "*"


def delta_since(graph: Graph, since: int, touched: Iterable[str] | None = None) -> list[Operation]:
    """Operations that lead from version `since` to the graph as it is.

    `touched` are the ids that may have changed since then; without them all are looked at. What
    is added replaces a record of the same id. Ids of removed nodes and removed edges cannot be
    told apart any more, so both operations name all of them.
    """
    ids = {*graph.nodes, *graph.edges, *graph.removed} if touched is None else set(touched)
    added: dict[str, Node] = {}
    wires: list[Edge] = []
    moved: list[Operation] = []
    changed: list[Operation] = []
    gone: list[str] = []
    for entity in sorted(ids):
        written = _since(graph.last_writes.get(entity), since)
        if node := graph.nodes.get(entity):
            if _ALL in written:
                added[entity] = node
            elif written:
                if "parent" in written:
                    moved.append(MoveNode(id=entity, parent=node.parent, order=node.order))
                if set(written) - {"parent"}:
                    changed.append(_fields(node, written))
        elif edge := graph.edges.get(entity):
            if _ALL in written:
                wires.append(edge)
            elif written:
                changed.append(SetEdge(id=entity, **{n: getattr(edge, n) for n in written}))
        elif graph.removed.get(entity, 0) > since:
            gone.append(entity)
    ops: list[Operation] = []
    if gone:
        ops += [RemoveEdges(ids=tuple(gone)), RemoveNodes(ids=tuple(gone))]
    ops += [whole_node(node) for node in parents_first(added)]
    ops += moved + changed + [whole_edge(edge) for edge in wires]
    if settings := _since(graph.last_writes.get(""), since):
        values = {key: graph.settings[key] for key in settings if key in graph.settings}
        cleared = tuple(key for key in settings if key not in graph.settings)
        ops.append(SetGraph(values=values, clear=cleared))
    return ops


def _since(fields: dict[str, LastWrite] | None, since: int) -> dict[str, LastWrite]:
    return {path: last for path, last in (fields or {}).items() if last.version > since}


def _fields(node: Node, written: Iterable[str]) -> SetNode:
    values: dict[str, Any] = {}
    clear: list[str] = []
    for path in written:
        place, _, name = path.partition(".")
        if not name:
            if path != "parent":
                values[path] = json_form(getattr(node, path))
            continue
        fields = node.data if place == "data" else node.text
        if name in fields:
            values[path] = fields[name]
        else:
            clear.append(path)
    return SetNode(id=node.id, values=values, clear=tuple(clear))
