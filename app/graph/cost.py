"""What a change costs, counted and not timed: the same on every machine, in every replay.

A unit is about 0.4 µs on the machine that it was measured on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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
OPERATION_COST = 40
# A field that is written, one that comes with a new node, a setting, an id of what goes.
FIELD_COST = 20
DETAIL_COST = 5
SETTING_COST = 10
ID_COST = 2
# What goes with a node or an edge that is removed.
REMOVAL_COST = 25
# A node that a search through the graph comes to.
VISIT_COST = 4
# So many neighbours are looked at for one unit, so many parts of a value, so many letters.
NEIGHBOURS_PER_UNIT = 5
PARTS_PER_UNIT = 2
LETTERS_PER_UNIT = 100
# A text that is set anew is compared with what it was: for so many letters one.
COMPARED_PER_UNIT = 15
REWRITE_COST = 50
# To carry a part of an edit over one later edit.
REBASE_COST = 3


class CostExceeded(Exception):
    """A change costs more than it may; what was done of it is taken back. `place`: where it was."""

    place = 0


class CostMeter:
    """Counts what a change costs, and stops it when that is more than `limit` (None: never)."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self.spent = 0

    def add(self, amount: int) -> None:
        """Do so much more. Raises `CostExceeded`."""
        self.spent += amount
        if self.limit is not None and self.spent > self.limit:
            raise CostExceeded


def minimum_cost(operations: Sequence[Operation]) -> int:
    """What operations cost at least, where all that they remove is there."""
    total = 0
    for operation in operations:
        total += cost_of(operation)
        if type(operation) in _REMOVALS:
            total += REMOVAL_COST * len(operation.ids)  # type: ignore[union-attr]
    return total


def cost_of(operation: Operation) -> int:
    """What one operation costs at least; the rules add what depends on the graph."""
    return _COSTS[type(operation)](operation)


_REMOVALS = (RemoveNodes, RemoveEdges)
_COSTS: dict[type[Operation], Callable[[Any], int]] = {
    AddNode: lambda op: OPERATION_COST + DETAIL_COST * (len(op.data) + len(op.text)),
    SetNode: lambda op: FIELD_COST * max(1, len(op.values) + len(op.clear)),
    MoveNode: lambda _: FIELD_COST,
    RemoveNodes: lambda op: FIELD_COST + ID_COST * len(op.ids),
    AddEdge: lambda _: OPERATION_COST,
    SetEdge: lambda _: FIELD_COST,
    RemoveEdges: lambda op: FIELD_COST + ID_COST * len(op.ids),
    EditText: lambda _: OPERATION_COST,
    SetGraph: lambda op: SETTING_COST * (len(op.values) + len(op.clear)),
}
