"""A graph, three people and their log, without a database; and a hand that makes changes."""

from __future__ import annotations

import random

import msgspec

from app.collaboration.undo_stack import UndoStack
from app.graph import (
    AddEdge,
    AddNode,
    EditText,
    Graph,
    LastWrite,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
    Transaction,
    apply,
)
from app.graph.undo import Skipped, UndoContext, UndoStep, overwritten, undo_operations
from app.graph.validation import rings
from app.graph.writes import written_fields
from tests.film import FILM
from tests.graph.hand import everything

KINDS = [
    "add",
    "add",
    "edge",
    "edge",
    "set",
    "set",
    "set",
    "move",
    "text",
    "text",
    "remove",
    "cut",
    "strength",
    "graph",
]
PEOPLE = ["ina", "tom", "eva"]
LETTERS = dict(zip(PEOPLE, "itv", strict=True))


class Row(msgspec.Struct):
    version: int
    user: str
    undo_of: int | None
    ops: list[Operation]
    inverse: list[Operation]
    touched: list[str]


class World:
    """A graph, its log, and each person's stack, as the studio keeps them."""

    def __init__(self) -> None:
        self.graph = Graph(id="g")
        self.rows: dict[int, Row] = {}
        self.stacks = {person: UndoStack() for person in PEOPLE}

    def act(self, person: str, *ops: Operation, undo_of: int | None = None) -> bool:
        sent = Transaction(ops=ops, undo_of=undo_of, client_id=person)
        done = apply(self.graph, sent, FILM, person, system=undo_of is not None)
        if done.rejection is not None:
            assert undo_of is None, done.rejection
            return False
        version = done.graph_version
        self.rows[version] = Row(
            version, person, undo_of, list(done.effects), list(done.inverse), list(done.touched)
        )
        if done.effects:
            self.stacks[person].add(version, undo_of)
        return bool(done.effects)

    def undo(self, person: str, *, redo: bool = False) -> tuple[int, list[Skipped]] | None:
        """The row that was taken back, and what of it was skipped."""
        stack = self.stacks[person]
        entry = stack.next(redo=redo)
        if entry is None:
            return None
        row = self.rows[entry.top]
        step = UndoStep(version=row.version, root=entry.root, inverse=tuple(row.inverse))
        removers = {v: r.user for v, r in self.rows.items()}
        context = UndoContext(undone=stack.rows, roots=stack.roots, removers=removers)
        upto = overwritten(self.graph, step, person, context)
        others: dict[tuple[str, str], list[LastWrite]] = {}
        for other in self.rows.values():
            if row.version < other.version < upto and other.user != person:
                for op in other.ops:
                    for field in written_fields(op):
                        others.setdefault(field, []).append(LastWrite(other.version, other.user))
        context = msgspec.structs.replace(context, others=others)
        before = everything(self.graph)
        ops, skipped = undo_operations(self.graph, step, context, FILM, person)
        assert everything(self.graph) == before
        if ops:
            self.act(person, *ops, undo_of=row.version)
        else:
            stack.discard(entry)
        return row.version, skipped


def assert_sound(graph: Graph) -> None:
    assert not rings(graph)
    for node in graph.nodes.values():
        assert node.parent is None or node.parent in graph.nodes
    for edge in graph.edges.values():
        assert edge.source in graph.nodes
        assert edge.target in graph.nodes


class Hand:
    def __init__(self, chance: random.Random, nodes: int = 7) -> None:
        self.chance = chance
        self.ids = [f"{n:08x}-0000-7000-8000-000000000000" for n in range(nodes)]
        self.edge_ids = [f"{n:08x}-0000-7000-9000-000000000000" for n in range(6)]

    def operation(self, graph: Graph, person: str) -> Operation:
        pick = self.chance.choice
        node = pick(self.ids)
        kind = pick(KINDS)
        letter = LETTERS[person]
        if kind == "add":
            return AddNode(
                id=node,
                type=pick(["film.scene", "film.shot", "film.shot"]),
                parent=pick([None, None, *self.ids]),
                data=pick([{}, {"code": "010"}]),
            )
        if kind == "edge":
            ends = self.chance.sample(self.ids, 2)
            socket = pick([("next", "previous"), ("character", "characters")])
            return AddEdge(id=pick(self.edge_ids), source=ends[0], source_socket=socket[0],
                           target=ends[1], target_socket=socket[1], replace=True)  # fmt: skip
        if kind == "set":
            values = pick([{"pos": [pick([1, 2, 3]), 0]}, {"data.code": pick(["010", "020"])}])
            return SetNode(id=node, values=values)
        if kind == "move":
            return MoveNode(id=node, parent=pick([None, *self.ids]), order=pick(["a0", "a1"]))
        if kind == "text":
            size = len(graph.nodes[node].text.get("prompt", "")) if node in graph.nodes else 0
            at = self.chance.randint(0, size)
            gone = min(size - at, pick([0, 0, 1, 2]))
            delta = tuple(part for part in (at, pick([letter, letter * 2]), -gone) if part)
            return EditText(id=node, field="prompt", base=graph.version, delta=delta)
        if kind == "remove":
            return RemoveNodes(ids=(node,))
        if kind == "cut":
            return RemoveEdges(ids=(pick(self.edge_ids),))
        if kind == "strength":
            return SetEdge(id=pick(self.edge_ids), strength=pick([0, 0.25, 0.5]))
        return SetGraph(values={"theme": pick(["day", "night"])})

    def act(self, world: World, person: str) -> bool:
        count = self.chance.choice([1, 1, 1, 2, 3])
        return world.act(person, *(self.operation(world.graph, person) for _ in range(count)))


def uid(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"
