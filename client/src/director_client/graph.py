"""A copy of a graph that is kept current: what took place is put into effect, nothing is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from . import texts
from .operations import (
    AddEdge,
    AddNode,
    EditText,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)

# The studio's own order of these prefixes: SHOT_010 lies in SCENE_01.
_CODED = {"film.shot": "SHOT", "film.scene": "SCENE"}


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A node. `data` holds its params, `text` those that several people type in.

    `parent` is the container that it lies in; `order` its place among its siblings; `pos` and
    `size` are canvas pixels.
    """

    id: str
    type: str
    parent: str | None = None
    order: str = "a0"
    pos: tuple[float, float] = (0, 0)
    size: tuple[float, float] | None = None
    data: dict[str, Any] = {}
    text: dict[str, str] = {}
    locked: bool = False
    type_version: str | None = None

    @property
    def label(self) -> str:
        """What people call it: SHOT_010, Ina, upscale."""
        code = self.data.get("code")
        if code and self.type in _CODED:
            return f"{_CODED[self.type]}_{code}"
        name = self.data.get("name") or self.data.get("title")
        if isinstance(name, str) and name.strip():
            return name.strip()[:80]
        return self.type.rpartition(".")[2].replace("_", " ")


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A wire from an output to an input; `strength` lies between 0 and 1."""

    id: str
    source: str
    source_socket: str
    target: str
    target_socket: str
    order: str = "a0"
    strength: float = 1
    label: str = ""


class SyncedGraph(msgspec.Struct, kw_only=True):
    """A whole graph as the studio sends it."""

    id: str
    version: int
    epoch: int
    nodes: list[Node]
    edges: list[Edge]
    settings: dict[str, Any]


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

    def replace(self, whole: SyncedGraph) -> None:
        """Become this graph."""
        self.id, self.version, self.epoch = whole.id, whole.version, whole.epoch
        self.nodes = {node.id: node for node in whole.nodes}
        self.edges = {edge.id: edge for edge in whole.edges}
        self.settings = dict(whole.settings)

    def follow(self, ops: Iterable[Operation], version: int) -> None:
        """Put stored operations into effect. Raises `texts.DoesNotFit` where this copy is wrong.

        What is named and not there is passed over, and what is added stands in place of what was
        there: a difference between two versions may say both. Whatever a removal takes with it is
        named in it.
        """
        for operation in ops:
            self._follow(operation)
        self.version = version

    def _follow(self, op: Operation) -> None:
        match op:
            case AddNode():
                self.nodes[op.id] = Node(
                    **{name: getattr(op, name) for name in Node.__struct_fields__}
                )
            case RemoveNodes():
                for node_id in op.ids:
                    self.nodes.pop(node_id, None)
            case SetNode():
                if node := self.nodes.get(op.id):
                    self.nodes[op.id] = _written(node, op)
            case MoveNode():
                if node := self.nodes.get(op.id):
                    self.nodes[op.id] = msgspec.structs.replace(
                        node, parent=op.parent, order=op.order
                    )
            case EditText():
                if node := self.nodes.get(op.id):
                    text = texts.edit(node.text.get(op.field, ""), op.delta)
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


def _written(node: Node, op: SetNode) -> Node:
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
    known = {name: value for name, value in plain.items() if name in ("pos", "size", "locked")}
    return msgspec.structs.replace(node, data=data, text=text, **known)


def is_id(text: str) -> bool:
    """Whether a text is the id of something, and not a name for people."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
