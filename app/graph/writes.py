"""Which fields an operation writes, by the names under which the graph keeps their writers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

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

WHOLE = "*"


def written_fields(operation: Operation) -> Iterator[tuple[str, str]]:
    """The fields that an operation writes, as id and path; `*` is a whole record."""
    match operation:
        case AddNode() | AddEdge():
            yield operation.id, WHOLE
        case RemoveNodes() | RemoveEdges():
            for entity in operation.ids:
                yield entity, WHOLE
        case SetNode():
            for path in (*operation.values, *operation.clear):
                yield operation.id, path
        case MoveNode():
            yield operation.id, "parent"
        case EditText():
            yield operation.id, f"text.{operation.field}"
        case SetEdge():
            for path in given(operation):
                yield operation.id, path
        case SetGraph():
            for key in (*operation.values, *operation.clear):
                yield "", key


def given(operation: SetEdge) -> dict[str, Any]:
    """What an `edge.set` writes."""
    fields = {name: getattr(operation, name) for name in ("strength", "label", "order")}
    return {name: value for name, value in fields.items() if value is not msgspec.UNSET}
