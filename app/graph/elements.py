"""The records of a graph: a node and an edge, immutable, as they are stored and sent."""

from __future__ import annotations

from typing import Any

import msgspec


class Node(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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

    @property
    def params(self) -> dict[str, Any]:
        """All that people set on the node, wherever it is kept."""
        return {**self.data, **self.text}


class Edge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A wire from an output to an input. `order` sorts the wires of one input."""

    id: str
    source: str
    source_socket: str
    target: str
    target_socket: str
    order: str = "a0"
    strength: float = 1
    label: str = ""
