"""A hand that changes a graph by chance, and what of a graph is compared afterwards."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from app.graph import (
    AddEdge,
    AddNode,
    EditText,
    Graph,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
    Transaction,
)

TYPES = ["film.scene", "film.shot", "film.shot", "film.character", "film.composite", "film.loop"]
SOCKETS = ["video", "next", "character", "index", "images"]
INPUTS = ["previous", "characters", "layers", "image", "count", "prompt", "control"]
ORDERS = ["a0", "a1", "a0V", "bad order"]


class Hand:
    """Makes operations, sound and unsound ones, from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.ids = [f"{n:08x}-0000-7000-8000-000000000000" for n in range(14)]
        self.edge_ids = [f"{n:08x}-0000-7000-9000-000000000000" for n in range(14)]

    def operation(self, graph: Graph) -> Operation:
        pick, some = self.chance.choice, self.chance.sample
        kind = pick(["add", "add", "edge", "edge", "edge", "set", "move", "text", "text", "remove",
                     "cut", "strength", "graph"])  # fmt: skip
        node = pick(self.ids)
        if kind == "add":
            return AddNode(
                id=node,
                type=pick(TYPES),
                parent=pick([None, None, *self.ids]),
                order=pick(ORDERS),
                data=pick([{}, {"code": "010"}, {"seed": 4.0}, {"name": "x"}]),
                text=pick([{}, {"prompt": "sea \U0001f30a"}]),
            )
        if kind == "edge":
            return AddEdge(
                id=pick(self.edge_ids),
                source=node,
                source_socket=pick(SOCKETS),
                target=pick(self.ids),
                target_socket=pick(INPUTS),
                order=pick(ORDERS[:3]),
                strength=pick([1, 0.5]),
                replace=pick([True, False]),
            )
        if kind == "set":
            values: dict[str, Any] = pick(
                [
                    {"pos": [1, 2.5]},
                    {"data.code": "020", "size": [3, 4]},
                    {"text.prompt": "a new prompt"},
                    {"locked": self.chance.random() < 0.3},
                    {"data.nothing": 1},
                ]
            )
            clear = ("data.code",) if "data.code" not in values and pick([True, False]) else ()
            return SetNode(id=node, values=values, clear=clear)
        if kind == "move":
            return MoveNode(id=node, parent=pick([None, *self.ids]), order=pick(ORDERS))
        if kind == "text":
            return EditText(
                id=node,
                field=pick(["prompt", "dialogue_content"]),
                base=max(0, graph.version - pick([0, 0, 1, 3])),
                delta=pick([("hi ",), (2, "\U0001f30a"), (-1,), (1, -2, "x")]),
            )
        if kind == "remove":
            return RemoveNodes(ids=tuple(some(self.ids, 2)))
        if kind == "cut":
            return RemoveEdges(ids=tuple(some(self.edge_ids, 2)))
        if kind == "strength":
            return SetEdge(id=pick(self.edge_ids), strength=pick([0, 0.25, 2]), label="key")
        return SetGraph(values={"viewport": {"zoom": pick([1, 2])}}, clear=("theme",))

    def transaction(self, graph: Graph, **how: Any) -> Transaction:
        ops = tuple(self.operation(graph) for _ in range(self.chance.choice([1, 1, 2, 4])))
        return Transaction(ops=ops, **how)


def content(graph: Graph) -> Any:
    """What people see of a graph: all but who wrote it when; an empty text is no text."""
    nodes = {
        node_id: msgspec.structs.replace(node, text={k: v for k, v in node.text.items() if v})
        for node_id, node in graph.nodes.items()
    }
    return msgspec.to_builtins((nodes, graph.edges, graph.settings))


def everything(graph: Graph) -> Any:
    return msgspec.to_builtins(graph)
