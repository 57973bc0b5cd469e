"""Summaries of graph changes in words: "Ina changed the prompt of SHOT_010"."""

from __future__ import annotations

from collections.abc import Iterable

from director_client import (
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
)
from director_client.events import Stored

MAX_NAMED = 3


class Labels:
    """What nodes are called, also those that have just been removed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, str] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take in the names as they are now; those of nodes that are gone are kept."""
        if len(self._known) > 2 * len(self._graph.nodes) + 1000:
            self._known.clear()
        self._known.update((node.id, node.label) for node in self._graph.nodes.values())

    def note(self, ids: Iterable[str]) -> None:
        """Take in the names of these nodes."""
        for node_id in ids:
            if node := self._graph.nodes.get(node_id):
                self._known[node_id] = node.label

    def of(self, node_id: str) -> str:
        """The name of one node."""
        return self._known.get(node_id, "a node")

    def of_all(self, node_ids: Iterable[str]) -> str:
        """The names of several, or their number where they are many."""
        ids = list(dict.fromkeys(node_ids))
        if len(ids) > MAX_NAMED:
            return f"{len(ids)} nodes"
        return ", ".join(self.of(node_id) for node_id in ids)

    def ends(self, edge_id: str) -> str | None:
        """The names of what an edge connects."""
        edge = self._graph.edges.get(edge_id)
        return f"{self.of(edge.source)} and {self.of(edge.target)}" if edge else None


def summarise(stored: Stored, labels: Labels) -> list[str]:
    """What a transaction did: each a sentence without its subject."""
    labels.note(_ids(stored.ops))
    if stored.undo_of is not None:
        about = labels.of_all(i for op in stored.ops for i in _ids([op]))
        return [f"took back version {stored.undo_of}" + (f" ({about})" if about else "")]
    done = _actions(stored.ops, labels)
    if stored.label and stored.label not in done:
        return [f"{stored.label}: {'; '.join(done)}" if done else stored.label]
    return done


def _actions(ops: tuple[Operation, ...], labels: Labels) -> list[str]:
    added = [op.id for op in ops if isinstance(op, AddNode)]
    removed = [i for op in ops if isinstance(op, RemoveNodes) for i in op.ids]
    moved = [op.id for op in ops if isinstance(op, SetNode) and set(op.values) == {"pos"}]
    placed = [op.id for op in ops if isinstance(op, MoveNode)]
    joined = [op for op in ops if isinstance(op, AddEdge)]
    cut = [i for op in ops if isinstance(op, RemoveEdges) for i in op.ids]
    actions: list[str] = []
    if added:
        actions.append(f"added {labels.of_all(added)}")
    if removed:
        actions.append(f"removed {labels.of_all(removed)}")
    if moved:
        actions.append(f"moved {labels.of_all(moved)}")
    if placed:
        actions.append(f"put {labels.of_all(placed)} into another place")
    if len(joined) == 1:
        actions.append(
            f"connected {labels.of(joined[0].source)} with {labels.of(joined[0].target)}"
        )
    elif joined:
        actions.append(f"made {len(joined)} connections")
    # What goes with a removed node goes without saying.
    if cut and not removed:
        actions.append(f"took away {len(cut)} connection{'s' * (len(cut) > 1)}")
    actions += dict.fromkeys(_edits(ops, labels))
    return actions


def _edits(ops: tuple[Operation, ...], labels: Labels) -> Iterable[str]:
    for op in ops:
        match op:
            case SetNode() if set(op.values) != {"pos"}:
                yield _edit(op, labels)
            case EditText():
                yield f"wrote in the {_plain(op.field)} of {labels.of(op.id)}"
            case SetEdge():
                yield f"changed the connection of {labels.ends(op.id) or 'two nodes'}"
            case SetGraph():
                names = ", ".join(_plain(name) for name in (*op.values, *op.clear))
                yield f"changed the canvas: {names}"
            case _:
                pass


def _edit(op: SetNode, labels: Labels) -> str:
    label = labels.of(op.id)
    names = [path.partition(".")[2] or path for path in (*op.values, *op.clear)]
    if names == ["active_take"]:
        return f"chose a take of {label}"
    if names == ["locked"]:
        return f"{'locked' if op.values['locked'] else 'unlocked'} {label}"
    shown = [_plain(name) for name in names if name not in ("pos", "size")][:MAX_NAMED] or ["size"]
    more = " and more" if len(names) > MAX_NAMED else ""
    return f"changed the {', '.join(shown)}{more} of {label}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _ids(ops: Iterable[Operation]) -> Iterable[str]:
    """The nodes that operations are about."""
    for op in ops:
        match op:
            case RemoveNodes():
                yield from op.ids
            case AddNode() | SetNode() | MoveNode() | EditText():
                yield op.id
            case AddEdge():
                yield op.source
                yield op.target
            case _:
                pass
