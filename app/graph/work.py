"""What a change costs, counted and not timed: the same on every machine, and for every replay.

A unit is about 0.4 µs on the machine that it was measured on.
"""

from __future__ import annotations

from collections.abc import Sequence

from .operations import (
    AddEdge,
    AddNode,
    EditText,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)

# An operation that makes a node, an edge or an edit of a text.
OPERATION = 40
# A field that is written, one that comes with a new node, a setting, an id of what goes.
FIELD = 20
DETAIL = 5
SETTING = 10
NAMED = 2
# What goes with a node or an edge that is removed.
REMOVED = 25
# A node that a search through the graph comes to.
STEP = 4
# So many neighbours are looked at for one unit, so many parts of a value, so many letters.
LOOKED = 5
PARTS = 2
LETTERS = 100
# A text that is set anew is compared with what it was: for so many letters one.
COMPARED = 15
REWRITTEN = 50
# To carry a part of an edit over one later edit.
CARRIED = 3


class TooMuch(Exception):
    """The work is more than it may be; what was done of it is taken back. `place`: where it was."""

    place = 0


class Work:
    """Counts what a change costs, and stops it when that is more than `most` (None: never)."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.done = 0

    def add(self, amount: int) -> None:
        """Do so much more. Raises `TooMuch`."""
        self.done += amount
        if self.most is not None and self.done > self.most:
            raise TooMuch


def least_work(operations: Sequence[Operation]) -> int:
    """What operations cost at least, where all that they remove is there."""
    removed = sum(len(op.ids) for op in operations if isinstance(op, RemoveNodes | RemoveEdges))
    return sum(map(cost_of, operations)) + REMOVED * removed


def cost_of(operation: Operation) -> int:
    """What one operation costs at least; the rules add what depends on the graph."""
    match operation:
        case AddNode():
            return OPERATION + DETAIL * (len(operation.data) + len(operation.text))
        case SetNode():
            return FIELD * max(1, len(operation.values) + len(operation.clear))
        case RemoveNodes() | RemoveEdges():
            return FIELD + NAMED * len(operation.ids)
        case SetGraph():
            return SETTING * (len(operation.values) + len(operation.clear))
        case MoveNode() | SetEdge():
            return FIELD
        case AddEdge() | EditText():
            return OPERATION
