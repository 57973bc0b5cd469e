"""Who is connected to whom, and who lies in whom: lookups kept beside the document.

Derived from nodes and edges alone; never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from .cost import NEIGHBOURS_PER_UNIT, VISIT_COST, CostMeter
from .elements import Edge, Node

EdgeTable = dict[str, dict[str, Edge]]


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

    def after(self, node_id: str) -> list[str]:
        """What needs this node: where its edges end, and the container that it lies in."""
        edges = self.outgoing.get(node_id)
        found = [edge.target for edge in edges.values()] if edges else []
        node = self._nodes.get(node_id)
        if node is not None and node.parent is not None:
            found.append(node.parent)
        return found

    def before(self, node_id: str) -> list[str]:
        """What this node needs: where its edges begin, and all that lies in it."""
        edges, parts = self.incoming.get(node_id), self.children.get(node_id)
        found = [edge.source for edge in edges.values()] if edges else []
        if parts:
            found.extend(parts)
        return found

    def _many_before(self, node_id: str) -> int:
        return len(self.incoming.get(node_id, ())) + len(self.children.get(node_id, ()))

    def reaches(self, start: str, goal: str, cost: CostMeter) -> bool:
        """Whether a way leads from `start` to `goal`, along edges and from parts to containers.

        Searched from both ends, always where less was looked at, so that the cost is that of the
        smaller side: a new node at the end of a long sequence, or in a full container, is settled
        in one step.
        """
        if start == goal:
            return True
        ahead, behind = {start}, {goal}
        forward, backward = [start], [goal]
        # What each side has looked at, with all that its next node leads to.
        there = len(self.outgoing.get(start, ())) + 1
        here = self._many_before(goal) + 1
        while True:
            if there <= here:
                many = self.after(forward.pop())
                cost.add(VISIT_COST + len(many) // NEIGHBOURS_PER_UNIT)
                for found in many:
                    if found in behind:
                        return True
                    if found not in ahead:
                        ahead.add(found)
                        forward.append(found)
                if not forward:
                    return False
                there += len(self.outgoing.get(forward[-1], ())) + 1
            else:
                many = self.before(backward.pop())
                cost.add(VISIT_COST + len(many) // NEIGHBOURS_PER_UNIT)
                for found in many:
                    if found in ahead:
                        return True
                    if found not in behind:
                        behind.add(found)
                        backward.append(found)
                if not backward:
                    return False
                here += self._many_before(backward[-1]) + 1


def _forget(table: EdgeTable, node_id: str, edge_id: str) -> None:
    edges = table[node_id]
    del edges[edge_id]
    if not edges:
        del table[node_id]
