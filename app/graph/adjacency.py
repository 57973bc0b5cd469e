"""Who is connected to whom, and who lies in whom: lookups kept beside the document.

Derived from nodes and edges alone; never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Edge, Node

EdgeTable = dict[str, dict[str, "Edge"]]


class Adjacency:
    """Edges by their ends and nodes by their container.

    Each table is made when it is first read, and kept current from then on.
    """

    def __init__(self, nodes: Mapping[str, Node], edges: Mapping[str, Edge]) -> None:
        self._nodes = nodes
        self._edges = edges

    @cached_property
    def children(self) -> dict[str | None, dict[str, None]]:
        """The ids of the nodes in each container; None holds those at the root."""
        found: dict[str | None, dict[str, None]] = {}
        for node in self._nodes.values():
            found.setdefault(node.parent, {})[node.id] = None
        return found

    @cached_property
    def incoming(self) -> EdgeTable:
        """The edges that end at each node, by their ids."""
        found: EdgeTable = {}
        for edge_id, edge in self._edges.items():
            edges = found.get(edge.target)
            if edges is None:
                found[edge.target] = {edge_id: edge}
            else:
                edges[edge_id] = edge
        return found

    @cached_property
    def outgoing(self) -> EdgeTable:
        """The edges that begin at each node, by their ids."""
        found: EdgeTable = {}
        for edge_id, edge in self._edges.items():
            edges = found.get(edge.source)
            if edges is None:
                found[edge.source] = {edge_id: edge}
            else:
                edges[edge_id] = edge
        return found

    def add_node(self, node: Node) -> None:
        if "children" in vars(self):
            self.children.setdefault(node.parent, {})[node.id] = None

    def remove_node(self, node: Node) -> None:
        if "children" in vars(self):
            siblings = self.children[node.parent]
            del siblings[node.id]
            if not siblings:
                del self.children[node.parent]

    def add_edge(self, edge: Edge) -> None:
        if "incoming" in vars(self):
            self.incoming.setdefault(edge.target, {})[edge.id] = edge
        if "outgoing" in vars(self):
            self.outgoing.setdefault(edge.source, {})[edge.id] = edge

    def remove_edge(self, edge: Edge) -> None:
        if "incoming" in vars(self):
            _forget(self.incoming, edge.target, edge.id)
        if "outgoing" in vars(self):
            _forget(self.outgoing, edge.source, edge.id)

    def after(self, node_id: str) -> Iterator[str]:
        """What needs this node: where its edges end, and the container that it lies in."""
        for edge in self.outgoing.get(node_id, {}).values():
            yield edge.target
        node = self._nodes.get(node_id)
        if node is not None and node.parent is not None:
            yield node.parent

    def before(self, node_id: str) -> Iterator[str]:
        """What this node needs: where its edges begin, and all that lies in it."""
        for edge in self.incoming.get(node_id, {}).values():
            yield edge.source
        yield from self.children.get(node_id, ())

    def reaches(self, start: str, goal: str) -> bool:
        """Whether a way leads from `start` to `goal`, along edges and from parts to containers.

        Searched from both ends in turn, so that the cost is that of the smaller side: a new node
        at the end of a long sequence is settled in one step.
        """
        if start == goal:
            return True
        ahead: set[str] = {start}
        behind: set[str] = {goal}
        forward: list[Iterable[str]] = [self.after(start)]
        backward: list[Iterable[str]] = [self.before(goal)]
        while forward and backward:
            for found in forward.pop():
                if found in behind:
                    return True
                if found not in ahead:
                    ahead.add(found)
                    forward.append(self.after(found))
            for found in backward.pop():
                if found in ahead:
                    return True
                if found not in behind:
                    behind.add(found)
                    backward.append(self.before(found))
        return False


def _forget(table: EdgeTable, node_id: str, edge_id: str) -> None:
    edges = table[node_id]
    del edges[edge_id]
    if not edges:
        del table[node_id]
