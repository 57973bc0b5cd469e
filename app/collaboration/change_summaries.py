"""What people did, in a sentence: “moved 3 shots and changed the prompt of SHOT_010”."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from app.graph import (
    AddEdge,
    AddNode,
    EditText,
    Graph,
    MoveNode,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
    label_of,
)

MAX_PHRASES = 3

# How operations of each kind are counted where nothing but their number is known.
_COUNTED = {
    "node.add": ("added", "node"),
    "node.remove": ("removed", "node"),
    "node.set": ("changed", "field"),
    "node.move": ("moved", "node"),
    "text.edit": ("edited", "text"),
    "edge.add": ("connected", "input"),
    "edge.set": ("adjusted", "connection"),
    "edge.remove": ("disconnected", "input"),
    "graph.set": ("changed", "setting"),
}


class NodeNames:
    """What nodes are called, also those that a stretch of history added or removed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._gone: dict[str, Node] = {}

    def learn(self, operations: Iterable[Operation]) -> None:
        """Know the nodes that these operations hold whole."""
        for operation in operations:
            if isinstance(operation, AddNode):
                self._gone[operation.id] = Node(
                    id=operation.id, type=operation.type, data=operation.data
                )

    def node(self, node_id: str) -> Node | None:
        return self._graph.nodes.get(node_id) or self._gone.get(node_id)

    def one(self, node_id: str) -> str:
        node = self.node(node_id)
        return label_of(node) if node else "a node"

    def several(self, ids: Mapping[str, None]) -> str:
        """“SHOT_010”, or “3 shots”, or “4 nodes” where they are of several kinds."""
        if len(ids) == 1:
            return self.one(next(iter(ids)))
        types = {node.type if (node := self.node(i)) else "" for i in ids}
        kind = types.pop().rsplit(".", 1)[-1].replace("_", " ") if len(types) == 1 else ""
        return f"{len(ids)} {_plural(kind or 'node')}"


def describe(operations: Iterable[Operation], names: NodeNames) -> str:
    """A sentence without a subject; empty where nothing happened."""
    entities: dict[str, dict[str, None]] = {}

    def note(what: str, entity: str) -> None:
        entities.setdefault(what, {})[entity] = None

    for operation in operations:
        _note(operation, note)
    added = entities.get("added", {})
    for what in list(entities):
        # What happened to a node in the same breath as its making is part of its making.
        if what not in ("added", "removed", "settings", "disconnected"):
            entities[what] = {i: None for i in entities[what] if i not in added}
    phrases = [_phrase(what, ids, names) for what, ids in entities.items() if ids]
    return _joined(phrases)


def describe_counts(kinds: Mapping[str, int]) -> str:
    """The same, where only the number of operations of each kind is known."""
    phrases: list[str] = []
    for kind, count in kinds.items():
        verb, noun = _COUNTED.get(kind, ("changed", "thing"))
        phrases.append(f"{verb} {count:,} {noun if count == 1 else _plural(noun)}")
    return _joined(phrases)


def _note(operation: Operation, note: Callable[[str, str], None]) -> None:
    match operation:
        case AddNode():
            note("added", operation.id)
        case RemoveNodes():
            for node_id in operation.ids:
                note("removed", node_id)
        case MoveNode():
            note("moved", operation.id)
        case EditText():
            note(f"field {operation.field}", operation.id)
        case AddEdge():
            note("connected", operation.target)
        case RemoveEdges():
            for edge_id in operation.ids:
                note("disconnected", edge_id)
        case SetEdge():
            note("adjusted", operation.id)
        case SetGraph():
            for key in (*operation.values, *operation.clear):
                note("settings", key)
        case SetNode():
            for path in (*operation.values, *operation.clear):
                note(_set(path, operation.values.get(path)), operation.id)


def _set(path: str, value: object) -> str:
    if path == "pos":
        return "moved"
    if path == "size":
        return "resized"
    if path == "locked":
        return "locked" if value else "unlocked"
    if path == "data.active_take":
        return "take"
    return f"field {path.partition('.')[2]}"


def _phrase(what: str, ids: Mapping[str, None], names: NodeNames) -> str:
    count = len(ids)
    if what.startswith("field "):
        return f"changed the {what[6:].replace('_', ' ')} of {names.several(ids)}"
    if what == "take":
        return f"chose {'another take' if count == 1 else 'other takes'} of {names.several(ids)}"
    if what == "settings":
        return "changed the settings of the canvas"
    if what in ("disconnected", "adjusted"):
        return f"{what} {count} {'connection' if count == 1 else 'connections'}"
    return f"{what} {names.several(ids)}"


def _joined(phrases: list[str]) -> str:
    if len(phrases) > MAX_PHRASES:
        phrases = [*phrases[:MAX_PHRASES], "more"]
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
