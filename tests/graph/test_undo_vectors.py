"""The vectors of undo that the browser runs too, so that what it shows at once is what comes.

`steps.json`: what is left of a graph when the last row of Ina is taken back. `stacks.json`: which
step is whose turn after some rows of one person (their first row and their newest one).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.collaboration.undo_stack import UndoStack
from app.graph import Graph, Operation, Registry, Transaction, apply
from app.graph.undo import UndoContext, UndoStep, undo_operations

FOLDER = Path(__file__).parent / "vectors/undo"
STEPS = json.loads((FOLDER / "steps.json").read_text("utf-8"))
STACKS = json.loads((FOLDER / "stacks.json").read_text("utf-8"))


def name_of(case: dict[str, Any]) -> str:
    return case["name"]


def run(graph: Graph, registry: Registry, user: str, ops: tuple[Operation, ...]) -> Any:
    done = apply(graph, Transaction(ops=ops), registry, user)
    assert done.rejection is None
    return done


@pytest.mark.parametrize("case", STEPS["cases"], ids=name_of)
def test_a_step_is_taken_back(case: dict[str, Any], registry: Registry) -> None:
    graph = msgspec.convert(STEPS["before"], Graph)
    version, inverse = 0, ()
    for row in case["rows"]:
        done = run(graph, registry, row["user"], msgspec.convert(row["ops"], tuple[Operation, ...]))
        if row["user"] == "ina":
            version, inverse = done.graph_version, tuple(done.inverse)
    step = UndoStep(version=version, root=version, inverse=inverse)
    ops, _ = undo_operations(graph, step, UndoContext(), registry, "ina")
    run(graph, registry, "ina", ops)
    after = json.loads(msgspec.json.encode(graph))
    assert after["settings"] == case["after"]["settings"]
    for kind in ("nodes", "edges"):
        for entity, expected in case["after"][kind].items():
            found = after[kind].get(entity)
            assert (found and {key: found[key] for key in expected or ()}) == expected


@pytest.mark.parametrize("case", STACKS, ids=name_of)
def test_whose_turn_it_is(case: dict[str, Any]) -> None:
    stack = UndoStack()
    for version, undo_of in case["rows"]:
        stack.add(version, undo_of)
    for name in ("done", "undone"):
        entries = [[entry.root, entry.top] for entry in getattr(stack, name)]
        assert entries == case[name]
