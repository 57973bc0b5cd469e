"""Everything that a set of nodes needs, in an order in which each comes after its needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from app.graph import ASSEMBLY, SHOT, Edge, Graph, Node, Registry, cut_order, label_of
from node_registry import Converter, DirectorError, NodeType, RenderSettings, Socket

from .type_table import TypeTable

_in_order = attrgetter("target_socket", "order", "id")


class Closure:
    """The nodes that targets need, sorted; `edges` are those that carry something into each.

    `cuts` holds, for each assembly among them, the film's elements with their scenes.
    """

    def __init__(self, graph: Graph, registry: Registry, settings: RenderSettings) -> None:
        self.graph = graph
        self.order: list[str] = []
        self.edges: dict[str, Sequence[Edge]] = {}
        self.tables: dict[str, TypeTable] = {}
        self.cuts: dict[str, list[tuple[Node | None, Node]]] = {}
        self.errors: dict[str, DirectorError] = {}
        self._registry = registry
        self._settings = settings
        self._types: dict[str, TypeTable] = {}
        self._incoming = graph.adjacency.incoming

    def gather(self, targets: Iterable[str]) -> None:
        """Sort what these nodes need, and themselves: each behind its needs."""
        order, nodes = self.order, self.graph.nodes
        # False while a node waits for its needs, True once it stands in the order.
        state: dict[str, bool] = {}
        for target in targets:
            if target in state:
                continue
            needed = self._needs(nodes[target])
            if all(map(state.get, needed)):
                # All that it needs stands in the order already, as mostly.
                state[target] = True
                if target in self.tables:
                    order.append(target)
                continue
            state[target] = False
            waiting = [(target, iter(needed))]
            while waiting:
                node_id, needs = waiting[-1]
                for need in needs:
                    known = state.get(need)
                    if known is None:
                        state[need] = False
                        waiting.append((need, iter(self._needs(nodes[need]))))
                        break
                    if not known:
                        raise _cycle(self.graph, need)
                else:
                    state[node_id] = True
                    waiting.pop()
                    if node_id in self.tables:
                        order.append(node_id)

    def _needs(self, node: Node) -> list[str]:
        """Note what is to be known of a node, and give the ids of those that it needs."""
        table = self._types.get(node.type) or self._table(node)
        if table is None:
            self.errors[node.id] = _unknown_type(node)
            return []
        self.tables[node.id] = table
        arriving = self._incoming.get(node.id)
        if arriving is None:
            found: Sequence[Edge] = ()
        else:
            inputs = table.inputs
            found = [edge for edge in arriving.values() if edge.target_socket in inputs]
            if len(found) > 1:
                found.sort(key=_in_order)
        self.edges[node.id] = found
        needs = [edge.source for edge in found]
        if node.type == ASSEMBLY:
            needs += self._cut(node.id)
        return needs

    def params_of(self, node: Node) -> dict[str, Any]:
        """The params of a node that matter, also of one that is not in the plan."""
        table = self._types.get(node.type) or self._table(node)
        return table.params(node) if table else node.params

    def converting_table(self, converter: Converter) -> TypeTable:
        """The node type behind a conversion of media, whether or not anybody registered it."""
        type_id = converter.node_type or ""
        table = self._types.get(type_id)
        if table is None:
            known = self._registry.node_type(type_id) or NodeType(
                id=type_id,
                title=type_id,
                category="",
                inputs=(Socket(id=converter.source.lower(), type=converter.source, many=True),),
                outputs=(Socket(id=converter.target.lower(), type=converter.target),),
            )
            table = self._types[type_id] = TypeTable(known, self._registry, self._settings)
        return table

    def _cut(self, assembly: str) -> list[str]:
        elements = self.cuts[assembly] = cut_order(self.graph, assembly).elements
        return [node.id for _, node in elements if node.type == SHOT]

    def _table(self, node: Node) -> TypeTable | None:
        node_type = self._registry.node_type(node.type)
        if node_type is None:
            return None
        table = self._types[node.type] = TypeTable(node_type, self._registry, self._settings)
        return table


def reached(needed: Iterable[str], inputs: Callable[[str], Iterable[str]]) -> set[str]:
    """Everything that can be reached from some keys."""
    found: set[str] = set()
    waiting = list(needed)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(inputs(key))
    return found


def _unknown_type(node: Node) -> DirectorError:
    return DirectorError(
        "plan.unknown_type",
        f"Nothing here knows nodes of type {node.type}.",
        hint="Install the plugin that brings it, or take the node out.",
    )


def _cycle(graph: Graph, node_id: str) -> DirectorError:
    return DirectorError(
        "plan.cycle",
        f"{label_of(graph.nodes[node_id])} needs its own result.",
        hint="Take one of the connections in the ring away.",
    )
