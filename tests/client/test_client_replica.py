"""The client's copy of a graph ends where the studio's does, whatever was done and missed."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from director_client import Graph as Copy
from director_client.events import CatchUp, FullSync, OpsStored, decode
from director_client.replica import Replica
from director_client.wire.client_events import SyncRequest

from app.graph import Graph, Transaction, apply, delta_since
from app.graph.operations import Operation
from tests.film import FILM
from tests.graph.hand import Hand

USERS = ("ina", "jo")


def sent(event: str, **payload: Any) -> Any:
    """An event as a client gets it, through JSON."""
    return decode(json.dumps(msgspec.to_builtins({"event": event, "payload": payload})))


def whole(graph: Graph) -> FullSync:
    fields = {
        "id": "g",
        "version": graph.version,
        "epoch": 1,
        "nodes": list(graph.nodes.values()),
        "edges": list(graph.edges.values()),
        "settings": graph.settings,
    }
    return sent("server:full_sync", graph=fields)


def stored(version: int, ops: list[Operation]) -> OpsStored:
    one = {"version": version, "client_id": "c", "seq": version, "user_id": "u", "ops": ops}
    return sent("server:ops", graph_id="g", epoch=1, transactions=[one])


def missed(graph: Graph, since: int) -> CatchUp:
    fields = {"graph_id": "g", "since": since, "version": graph.version, "epoch": 1}
    return sent("server:catch_up", **fields, ops=delta_since(graph, since))


def content(graph: Graph | Copy) -> Any:
    return msgspec.to_builtins((graph.version, graph.nodes, graph.edges, graph.settings))


@pytest.mark.parametrize("seed", range(60))
def test_all_copies_are_the_graph(seed: int) -> None:
    chance = random.Random(seed)
    hand, graph = Hand(chance), Graph(id="g")
    step_by_step, by_differences = Replica(), Replica()
    for replica in (step_by_step, by_differences):
        replica.full_sync(whole(graph))
    for number in range(1, 150):
        asked = hand.transaction(graph, base_version=graph.version)
        done = apply(graph, asked, FILM, chance.choice(USERS))
        if done.rejection is not None:
            continue
        assert step_by_step.ops(stored(graph.version, done.effects))
        if chance.random() < 0.1:
            assert by_differences.catch_up(missed(graph, by_differences.graph.version))
            assert content(by_differences.graph) == content(graph)
        assert content(step_by_step.graph) == content(graph), number
    assert graph.version > 20


def test_a_difference_from_further_back_fits_too() -> None:
    chance = random.Random(3)
    hand, graph, replica = Hand(chance), Graph(id="g"), Replica()
    replica.full_sync(whole(graph))
    while graph.version < 40:
        done = apply(graph, Transaction(ops=(hand.operation(graph),)), FILM, "ina")
        if done.rejection is None and graph.version <= 20:
            replica.ops(stored(graph.version, done.effects))
    # The answer to an older question: part of what it says is here already.
    assert replica.catch_up(missed(graph, 10))
    assert content(replica.graph) == content(graph)
    assert not replica.catch_up(later(graph))
    assert replica.sync_request == SyncRequest()


def later(graph: Graph) -> CatchUp:
    fields = {"graph_id": "g", "since": graph.version + 1, "version": graph.version + 2, "epoch": 1}
    return sent("server:catch_up", **fields, transactions=[])
