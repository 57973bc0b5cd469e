"""A client's transactions that are not answered yet, and its text edits carried over others'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from app.graph import (
    AddEdge,
    AddNode,
    Edge,
    EditText,
    Graph,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetNode,
    Transaction,
    apply,
    replay,
)
from app.graph.text import TextDelta, apply_delta, replacement, transform

from .hand import REGISTRY

Key = tuple[str, str]


class Pending:
    """One transaction. `live` are its text edits as they read on what is confirmed now.

    `exact` says that the server has to come to the same edits: nothing that it does not know
    of stood in between.
    """

    def __init__(self, label: str, ops: tuple[Operation, ...], event: str = "client:ops") -> None:
        self.label = label
        self.ops = ops
        self.event = event
        self.seq = 0
        self.payload: dict[str, Any] | None = None
        self.sent_at = 0.0
        self.stored_at: int | None = None
        self.exact = True
        self.live: dict[int, TextDelta] = {
            place: tuple(op.delta) for place, op in enumerate(ops) if isinstance(op, EditText)
        }

    def typed_in(self) -> set[Key]:
        """The texts that it writes."""
        return {key for op in self.ops for key in texts_of(op)}

    def operations(self, base: int) -> tuple[Operation, ...]:
        """Its operations on top of what is confirmed now."""
        return tuple(
            msgspec.structs.replace(op, base=base, delta=self.live[place])
            if isinstance(op, EditText)
            else op
            for place, op in enumerate(self.ops)
        )

    def freeze(self, seq: int, version: int) -> None:
        """Give it its number and the form in which it is sent, now and whenever again."""
        self.seq = seq
        ops = self.operations(version)
        if self.event == "client:ops":
            self.payload = {
                "seq": seq,
                "ops": msgspec.to_builtins(ops),
                "base_version": version,
                "label": self.label,
            }
        else:
            self.payload = {"seq": seq}

    def carry(self, key: Key, delta: TextDelta) -> TextDelta:
        """Take somebody else's edit of a text in; gives that edit as it reads after this one."""
        for place, op in enumerate(self.ops):
            if isinstance(op, EditText):
                if (op.id, op.field) == key:
                    mine = self.live[place]
                    self.live[place] = transform(mine, delta, first=False)
                    delta = transform(delta, mine, first=True)
            elif key in texts_of(op):
                return ()
        return delta


def _remakes(op: Operation, node: str) -> bool:
    """Whether a node is gone with an operation, or another one comes under its id."""
    if isinstance(op, RemoveNodes):
        return node in op.ids
    return isinstance(op, AddNode) and op.id == node


def texts_of(op: Operation) -> Iterator[Key]:
    """The texts that an operation writes."""
    if isinstance(op, EditText):
        yield op.id, op.field
    elif isinstance(op, SetNode):
        for path in (*op.values, *op.clear):
            if path.startswith("text."):
                yield op.id, path[5:]


def rebase(waiting: list[Pending], confirmed: Graph, ops: tuple[Operation, ...]) -> None:
    """Somebody else's transaction is about to be confirmed: carry one's own edits over it.

    `confirmed` is the graph before it.
    """
    texts: dict[Key, str] = {}
    for op in ops:
        if isinstance(op, AddNode | RemoveNodes):
            gone = {op.id} if isinstance(op, AddNode) else set(op.ids)
            for mine in waiting:
                if any(node in gone for node, _ in mine.typed_in()):
                    mine.exact = False
            if isinstance(op, AddNode):
                texts.update({(op.id, name): text for name, text in op.text.items()})
            continue
        for key in texts_of(op):
            node = confirmed.nodes.get(key[0])
            before = texts.get(key, node.text.get(key[1], "") if node else "")
            if isinstance(op, EditText):
                delta = tuple(op.delta)
                texts[key] = apply_delta(before, delta)
            else:
                assert isinstance(op, SetNode)
                texts[key] = op.values.get(f"text.{key[1]}", "")
                delta = replacement(before, texts[key])
            remade = False
            for mine in waiting:
                # Whether its own removal is let through is not known yet.
                remade = remade or any(_remakes(op, key[0]) for op in mine.ops)
                mine.exact = mine.exact and not (remade and key in mine.typed_in())
                delta = mine.carry(key, delta)


def doubt(waiting: list[Pending], keys: set[Key] | None = None) -> None:
    """What is known of these texts is not enough to say what the server makes of the edits."""
    for mine in waiting:
        if keys is None or mine.typed_in() & keys:
            mine.exact = False


def view(confirmed: Graph, waiting: list[Pending]) -> Graph:
    """What the client's screen shows: what is confirmed, with its own work on top."""
    shown = confirmed.snapshot()
    for mine in waiting:
        # Each edit counts on the text before it, so the transaction is applied in its own place.
        ops = mine.operations(shown.version)
        apply(shown, Transaction(client_id="me", ops=ops), REGISTRY, "me")
    return shown


def put(graph: Graph, ops: tuple[Operation, ...], version: int) -> Graph:
    """Take a difference in: what is added replaces what has its id, what is gone may be."""
    bare = Graph(id=graph.id, nodes=graph.nodes, edges=graph.edges, settings=graph.settings)
    for op in ops:
        if isinstance(op, RemoveEdges | RemoveNodes):
            for entity in op.ids:
                bare.edges.pop(entity, None)
                bare.nodes.pop(entity, None)
        elif isinstance(op, AddNode):
            bare.nodes[op.id] = msgspec.convert(msgspec.structs.asdict(op), Node)
        elif isinstance(op, AddEdge):
            fields = msgspec.structs.asdict(op)
            del fields["replace"]
            bare.edges[op.id] = msgspec.convert(fields, Edge)
        else:
            vars(bare).clear()
            done = replay(bare, Transaction(ops=(op,)), REGISTRY, "")
            assert done.rejection is None, done.rejection
    return Graph(
        id=graph.id, version=version, nodes=bare.nodes, edges=bare.edges, settings=bare.settings
    )
