"""Writes to a graph that can all be taken back: what makes a transaction all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from .elements import Edge, Node
from .model import Graph

_ABSENT: Any = msgspec.UNSET


class Journal:
    """Changes a graph and remembers how each change is undone."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.adjacency = graph.adjacency
        self._undo: list[Callable[[], object]] = []

    def put(self, table: dict[str, Any], key: str, value: Any) -> None:
        """Set one entry of one of the graph's tables."""
        before = table.get(key, _ABSENT)
        table[key] = value
        if before is _ABSENT:
            self._undo.append(partial(table.pop, key))
        else:
            self._undo.append(partial(table.__setitem__, key, before))

    def drop(self, table: dict[str, Any], key: str) -> None:
        """Take one entry away, if it is there."""
        before = table.pop(key, _ABSENT)
        if before is not _ABSENT:
            self._undo.append(partial(table.__setitem__, key, before))

    def put_node(self, node: Node) -> None:
        """Add a node or put a new record in its place."""
        before = self.graph.nodes.get(node.id)
        self.put(self.graph.nodes, node.id, node)
        if before is None or before.parent != node.parent:
            if before is not None:
                self._do(self.adjacency.remove_node, self.adjacency.add_node, before)
            self._do(self.adjacency.add_node, self.adjacency.remove_node, node)

    def drop_node(self, node: Node) -> None:
        """Take a node away; its edges and children must be gone."""
        self.drop(self.graph.nodes, node.id)
        self._do(self.adjacency.remove_node, self.adjacency.add_node, node)

    def put_edge(self, edge: Edge) -> None:
        """Add an edge or put a new record, with the same ends, in its place."""
        before = self.graph.edges.get(edge.id)
        if before is not None:
            self._do(self.adjacency.remove_edge, self.adjacency.add_edge, before)
        self.put(self.graph.edges, edge.id, edge)
        self._do(self.adjacency.add_edge, self.adjacency.remove_edge, edge)

    def drop_edge(self, edge: Edge) -> None:
        """Take an edge away."""
        self.drop(self.graph.edges, edge.id)
        self._do(self.adjacency.remove_edge, self.adjacency.add_edge, edge)

    def mark(self) -> int:
        """This moment, for `roll_back`."""
        return len(self._undo)

    def roll_back(self, to: int = 0) -> None:
        """Undo everything since a mark (0: since the beginning), the last change first."""
        while len(self._undo) > to:
            self._undo.pop()()

    def _do(self, act: Callable[[Any], object], undo: Callable[[Any], object], thing: Any) -> None:
        act(thing)
        self._undo.append(partial(undo, thing))
