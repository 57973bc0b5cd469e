"""The vectors that the graph's twin in the browser runs too: both must give what is written here.

Each case holds a graph, a transaction, who sends it, and what comes of it. Where the rules of
an operation change, the vectors are changed by hand, with the change seen.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.graph import Graph, Registry, Transaction, apply
from app.graph.text import apply_delta, compose, invert, transform

FOLDER = Path(__file__).parent / "vectors"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(FOLDER.glob("*.json"))
    if file.stem != "deltas"
    for case in json.loads(file.read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_transaction(case: dict[str, Any], registry: Registry) -> None:
    graph = msgspec.convert(case["before"], Graph)
    transaction = msgspec.convert(case["transaction"], Transaction)
    expected = case["expected"]
    done = apply(graph, transaction, registry, case["user"], system=case["system"])
    if expected["rejection"] is not None:
        assert done.rejection is not None
        assert done.rejection.reason == expected["rejection"]["reason"]
        assert done.rejection.operation == expected["rejection"]["operation"]
        assert graph == msgspec.convert(case["before"], Graph)
        return
    assert done.rejection is None
    plain = json.loads(msgspec.json.encode(done))
    for part in ("effects", "inverse", "touched", "dropped"):
        assert plain[part] == expected[part]
    assert plain["conflicts"] == expected.get("conflicts", plain["conflicts"])
    after = msgspec.to_builtins(msgspec.convert(expected["after"], Graph))
    stored = msgspec.to_builtins(graph)
    for part in expected["after"]:
        assert stored[part] == after[part]


@pytest.mark.parametrize("case", json.loads((FOLDER / "deltas.json").read_text("utf-8")))
def test_delta(case: dict[str, Any]) -> None:
    text, mine, theirs = case["text"], tuple(case["mine"]), tuple(case["theirs"])
    assert list(transform(mine, theirs, first=True)) == case["mine_first"]
    assert list(transform(mine, theirs, first=False)) == case["mine_second"]
    assert list(invert(mine, text)) == case["inverse_of_mine"]
    assert apply_delta(text, mine) == case["after_mine"]
    after = transform(theirs, mine, first=False)
    assert list(compose(mine, after)) == case["composed"]
    assert apply_delta(text, compose(mine, after)) == case["both"]
