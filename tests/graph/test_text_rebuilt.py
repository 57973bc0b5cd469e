"""Typing that was under way when its graph was loaded from the log again."""

from __future__ import annotations

import pytest

from app.graph import (
    AddNode,
    EditText,
    Graph,
    SetNode,
    Transaction,
    apply,
    replay,
    text_history,
)


@pytest.fixture
def both(registry, uid):
    """A graph that lived on and one that was made from its log, and a hand that changes both."""
    alive, loaded = Graph(id="g"), Graph(id="g")

    def act(client: str, op) -> None:
        done = apply(alive, Transaction(client_id=client, ops=(op,)), registry, client)
        assert done.rejection is None
        logged = Transaction(client_id=client, ops=tuple(done.effects))
        assert replay(loaded, logged, registry, client).rejection is None

    act("a", AddNode(id=uid(1), type="film.shot", text={"prompt": "sea"}))
    return alive, loaded, act


def typed(uid, base: int, *delta: int | str) -> EditText:
    return EditText(id=uid(1), field="prompt", base=base, delta=delta)


def test_what_cannot_be_placed_is_refused_and_not_guessed(both, registry, uid) -> None:
    alive, loaded, act = both
    act("b", typed(uid, 1, "the "))
    act("a", typed(uid, 1, 3, " and"))
    # Typed behind " and", before the other's word was seen; on its way when the server fell.
    late = Transaction(client_id="a", ops=(typed(uid, 1, 7, " fog"),))
    assert apply(alive, late, registry, "a").rejection is None
    assert alive.nodes[uid(1)].text["prompt"] == "the sea and fog"
    refused = apply(loaded, late, registry, "a").rejection
    assert refused is not None
    assert refused.reason == "too_old"


def test_what_nobody_came_between_goes_on(both, registry, uid) -> None:
    alive, loaded, act = both
    act("b", SetNode(id=uid(1), values={"pos": [1, 2]}))
    act("a", typed(uid, 1, 3, " and"))
    late = Transaction(client_id="a", ops=(typed(uid, 1, 7, " fog"),))
    later = Transaction(client_id="a", ops=(typed(uid, 1, 11, "."),))
    for graph in (alive, loaded):
        assert apply(graph, late, registry, "a").rejection is None
        assert apply(graph, later, registry, "a").rejection is None
        assert graph.nodes[uid(1)].text["prompt"] == "sea and fog."


def test_what_came_between_may_be_forgotten(both, registry, uid, monkeypatch) -> None:
    """So many edits later nothing tells any more whether others typed between these two."""
    monkeypatch.setattr(text_history, "KEPT_EDITS", 2)
    _, loaded, act = both
    act("b", typed(uid, 1, "the "))
    act("a", typed(uid, 1, 3, " and"))
    act("b", typed(uid, 3, "at "))
    assert loaded.texts[f"{uid(1)}/prompt"].history_start == 2
    late = Transaction(client_id="a", ops=(typed(uid, 1, 7, " fog"),))
    refused = apply(loaded, late, registry, "a").rejection
    assert refused is not None
    assert refused.reason == "too_old"
