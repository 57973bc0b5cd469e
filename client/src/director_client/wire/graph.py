# Made by client/scripts/wire_types.py from docs/protocol.schema.json. Change the studio's
# Structs, not this file.

"""Nodes, edges, and the operations that change a graph."""

from __future__ import annotations

from typing import Any

import msgspec

from ..labels import NodeLabel


class Node(NodeLabel, msgspec.Struct, frozen=True, kw_only=True):
    """A node on the canvas. `data` holds its params, `text` those that several people type in.

    `parent` is the container that it lies in; `order` its place among its siblings, a fractional
    key; `pos` and `size` are canvas pixels. `type_version` is the version of the type that wrote
    `data`.
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
    type_version: str = "1.0.0"


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A wire from an output to an input. `order` sorts the wires of one input."""

    id: str
    source: str
    source_socket: str
    target: str
    target_socket: str
    order: str = "a0"
    strength: float = 1
    label: str = ""


class _Operation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="op"):
    pass


class AddNode(_Operation, frozen=True, kw_only=True, tag="node.add"):
    """Put a node into the graph, whole."""

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


class RemoveNodes(_Operation, frozen=True, kw_only=True, tag="node.remove"):
    """Take nodes away, with all that lies in them and every edge that touches them."""

    ids: tuple[str, ...]


class SetNode(_Operation, frozen=True, kw_only=True, tag="node.set"):
    """Write fields of a node: `pos`, `size`, `locked`, `data.<key>` or `text.<key>`.

    `clear` names fields under `data.` and `text.` that go back to their default.
    """

    id: str
    values: dict[str, Any] = {}
    clear: tuple[str, ...] = ()


class MoveNode(_Operation, frozen=True, kw_only=True, tag="node.move"):
    """Put a node into a container (None: the root), at a place among its siblings."""

    id: str
    parent: str | None
    order: str


class AddEdge(_Operation, frozen=True, kw_only=True, tag="edge.add"):
    """Connect an output with an input. `replace` takes away what fills the input now."""

    id: str
    source: str
    source_socket: str
    target: str
    target_socket: str
    order: str = "a0"
    strength: float = 1
    label: str = ""
    replace: bool = False


class SetEdge(_Operation, frozen=True, kw_only=True, tag="edge.set"):
    """Write what is given of an edge."""

    id: str
    strength: float | msgspec.UnsetType = msgspec.UNSET
    label: str | msgspec.UnsetType = msgspec.UNSET
    order: str | msgspec.UnsetType = msgspec.UNSET


class RemoveEdges(_Operation, frozen=True, kw_only=True, tag="edge.remove"):
    """Take edges away."""

    ids: tuple[str, ...]


class EditText(_Operation, frozen=True, kw_only=True, tag="text.edit"):
    """Change a text of a node letter by letter.

    `delta` keeps (a positive number), inserts (a string) and deletes (a negative number), in
    UTF-16 units, on the text as it was in version `base` and after the client's own later edits.
    """

    id: str
    field: str
    base: int
    delta: tuple[int | str, ...]


class SetGraph(_Operation, frozen=True, kw_only=True, tag="graph.set"):
    """Write settings of the graph itself; `clear` takes some away."""

    values: dict[str, Any] = {}
    clear: tuple[str, ...] = ()


Operation = (
    AddNode
    | RemoveNodes
    | SetNode
    | MoveNode
    | AddEdge
    | SetEdge
    | RemoveEdges
    | EditText
    | SetGraph
)
