"""Who is connected to whom, and who lies in whom: lookups kept beside the document.

Derived from nodes and edges alone; never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Edge, Node


class Adjacency:
    """Edges by their ends and nodes by their container, kept current with each change."""

    __slots__ = ("children", "incoming", "outgoing")

    def __init__(self, nodes: Mapping[str, Node], edges: Mapping[str, Edge]) -> None:
        self.children: dict[str | None, dict[str, None]] = {}
        self.incoming: dict[str, dict[str, Edge]] = {}
        self.outgoing: dict[str, dict[str, Edge]] = {}
        for node in nodes.values():
            self.add_node(node)
        for edge in edges.values():
            self.add_edge(edge)

    def add_node(self, node: Node) -> None:
        self.children.setdefault(node.parent, {})[node.id] = None

    def remove_node(self, node: Node) -> None:
        siblings = self.children[node.parent]
        del siblings[node.id]
        if not siblings:
            del self.children[node.parent]

    def add_edge(self, edge: Edge) -> None:
        self.incoming.setdefault(edge.target, {})[edge.id] = edge
        self.outgoing.setdefault(edge.source, {})[edge.id] = edge

    def remove_edge(self, edge: Edge) -> None:
        for table, end in ((self.incoming, edge.target), (self.outgoing, edge.source)):
            edges = table[end]
            del edges[edge.id]
            if not edges:
                del table[end]

    def after(self, node_id: str, nodes: Mapping[str, Node]) -> Iterator[str]:
        """What needs this node: where its edges end, and the container that it lies in."""
        for edge in self.outgoing.get(node_id, {}).values():
            yield edge.target
        node = nodes.get(node_id)
        if node is not None and node.parent is not None:
            yield node.parent

    def before(self, node_id: str) -> Iterator[str]:
        """What this node needs: where its edges begin, and all that lies in it."""
        for edge in self.incoming.get(node_id, {}).values():
            yield edge.source
        yield from self.children.get(node_id, ())

    def reaches(self, start: str, goal: str, nodes: Mapping[str, Node]) -> bool:
        """Whether a way leads from `start` to `goal`, along edges and from parts to containers.

        Searched from both ends in turn, so that the cost is that of the smaller side: a new node
        at the end of a long sequence is settled in one step.
        """
        if start == goal:
            return True
        ahead: set[str] = {start}
        behind: set[str] = {goal}
        forward: list[Iterable[str]] = [self.after(start, nodes)]
        backward: list[Iterable[str]] = [self.before(goal)]
        while forward and backward:
            for found in forward.pop():
                if found in behind:
                    return True
                if found not in ahead:
                    ahead.add(found)
                    forward.append(self.after(found, nodes))
            for found in backward.pop():
                if found in ahead:
                    return True
                if found not in behind:
                    behind.add(found)
                    backward.append(self.before(found))
        return False
