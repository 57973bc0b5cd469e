"""Graphs that scripts are brought into, as the studio and as people change them."""

from __future__ import annotations

import itertools

from app.graph import Graph, Transaction, apply
from app.script import Breakdown, Import, break_down, read_script, to_operations
from tests.film import FILM

# In rising order, and below those that tests make themselves.
_numbers = itertools.count(1)


def new_id() -> str:
    return f"01900000-0000-7000-8000-{next(_numbers):012x}"


def write(graph: Graph, *operations, user: str = "ina", system: bool = False) -> None:
    """Change a graph as a person does, or as the studio itself."""
    applied = apply(graph, Transaction(ops=operations), FILM, user, system=system)
    assert applied.rejection is None, applied.rejection


def bring(graph: Graph, text: str | bytes, name: str = "a.fountain") -> Import:
    """Import a script into a graph, for the first time or again."""
    data = text.encode() if isinstance(text, str) else text
    return bring_breakdown(graph, break_down(read_script(data, name)))


def bring_breakdown(graph: Graph, breakdown: Breakdown) -> Import:
    """Import what was found in a script."""
    found = to_operations(breakdown, graph, title="Film", media=None, new_id=new_id)
    if found.operations:
        write(graph, *found.operations, user="importer", system=True)
    return found
