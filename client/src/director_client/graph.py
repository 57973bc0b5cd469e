"""A copy of a graph that is kept current: it applies what was stored, and checks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from . import texts
from .wire.graph import (
    AddEdge,
    AddNode,
    Edge,
    EditText,
    MoveNode,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)
from .wire.server_events import SyncedGraph


class Graph:
    """The graph as the studio has stored it, up to `version`. Only look at it: to change it,
    submit operations.

    `epoch` grows when another process takes over the graph's writing.
    """

    def __init__(self) -> None:
        self.id = ""
        self.version = 0
        self.epoch = 0
        self.nodes: dict[str, Node] = {}
        self.edges: dict[str, Edge] = {}
        self.settings: dict[str, Any] = {}

    def find(self, name: str) -> Node:
        """The one node with this id or label. Raises KeyError for none, ValueError for several."""
        if name in self.nodes:
            return self.nodes[name]
        found = [node for node in self.nodes.values() if node.label == name]
        if not found:
            raise KeyError(name)
        if len(found) > 1:
            raise ValueError(f"{len(found)} nodes are called {name}.")
        return found[0]

    def of_type(self, type_id: str) -> list[Node]:
        """The nodes of a type, by their order."""
        found = [node for node in self.nodes.values() if node.type == type_id]
        return sorted(found, key=lambda node: (node.order, node.id))

    def children(self, parent: str | None) -> list[Node]:
        """The nodes that lie directly in a container (None: at the root), by their order."""
        found = [node for node in self.nodes.values() if node.parent == parent]
        return sorted(found, key=lambda node: (node.order, node.id))

    def load(self, whole: SyncedGraph) -> None:
        """Hold this graph from now on."""
        self.id, self.version, self.epoch = whole.id, whole.version, whole.epoch
        self.nodes = {node.id: node for node in whole.nodes}
        self.edges = {edge.id: edge for edge in whole.edges}
        self.settings = dict(whole.settings)

    def apply(self, ops: Iterable[Operation], version: int) -> None:
        """Apply stored operations. Raises `texts.InvalidDelta` where this copy is wrong.

        What is named and not there is passed over, and what is added stands in place of what was
        there: a difference between two versions may say both. Whatever a removal takes with it is
        named in it.
        """
        for operation in ops:
            self._apply(operation)
        self.version = version

    def _apply(self, op: Operation) -> None:
        match op:
            case AddNode():
                fields = {name: getattr(op, name) for name in Node.__struct_fields__}
                if op.type_version is None:
                    del fields["type_version"]
                self.nodes[op.id] = Node(**fields)
            case RemoveNodes():
                for node_id in op.ids:
                    self.nodes.pop(node_id, None)
            case SetNode():
                if node := self.nodes.get(op.id):
                    self.nodes[op.id] = _with_values(node, op)
            case MoveNode():
                if node := self.nodes.get(op.id):
                    self.nodes[op.id] = msgspec.structs.replace(
                        node, parent=op.parent, order=op.order
                    )
            case EditText():
                if node := self.nodes.get(op.id):
                    text = texts.apply_delta(node.text.get(op.field, ""), op.delta)
                    self.nodes[op.id] = msgspec.structs.replace(
                        node, text={**node.text, op.field: text}
                    )
            case AddEdge():
                self.edges[op.id] = Edge(
                    **{name: getattr(op, name) for name in Edge.__struct_fields__}
                )
            case SetEdge():
                if edge := self.edges.get(op.id):
                    given = {name: getattr(op, name) for name in ("strength", "label", "order")}
                    given = {k: v for k, v in given.items() if v is not msgspec.UNSET}
                    self.edges[op.id] = msgspec.structs.replace(edge, **given)
            case RemoveEdges():
                for edge_id in op.ids:
                    self.edges.pop(edge_id, None)
            case SetGraph():
                self.settings.update(op.values)
                for key in op.clear:
                    self.settings.pop(key, None)


_Register = bool | tuple[float, float] | None


def _with_values(node: Node, op: SetNode) -> Node:
    data, text, plain = dict(node.data), dict(node.text), dict[str, Any]()
    for path, value in op.values.items():
        place, _, name = path.partition(".")
        if not name:
            plain[path] = msgspec.convert(value, _Register)
        elif place == "data":
            data[name] = value
        else:
            text[name] = value
    for path in op.clear:
        place, _, name = path.partition(".")
        (data if place == "data" else text).pop(name, None)
    registers = {name: value for name, value in plain.items() if name in ("pos", "size", "locked")}
    return msgspec.structs.replace(node, data=data, text=text, **registers)
