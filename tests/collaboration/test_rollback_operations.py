"""Bringing a graph, a subflow or a node back, without a database."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph import AddEdge, AddNode, Graph, MoveNode, RemoveNodes, SetNode
from app.graph.restore import restore_operations, subflow
from tests.collaboration.world import (
    PEOPLE,
    Hand,
    World,
    assert_sound,
    uid,
)
from tests.film import FILM
from tests.graph.hand import content, everything


def restore(world: World, then: Graph, ids: set[str] | None = None) -> list[str]:
    """Bring it back as ina; the reasons of what stays."""
    before = everything(world.graph)
    ops, skipped = restore_operations(world.graph, then, FILM, "ina", ids)
    assert everything(world.graph) == before
    if ops:
        assert world.act("ina", *ops)
    return [one.reason for one in skipped]


def wired(world: World, number: int, source: int, target: int, person: str = "eva") -> None:
    edge = AddEdge(
        id=uid(number).replace("-8000-", "-9000-"),
        source=uid(source),
        source_socket="next",
        target=uid(target),
        target_socket="previous",
    )
    assert world.act(person, edge)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32).map(random.Random))
def test_a_graph_comes_back_whole_and_the_way_back_can_be_undone(chance: random.Random) -> None:
    world, hand = World(), Hand(chance)
    versions = [world.graph.snapshot()]
    for _ in range(25):
        hand.act(world, chance.choice(PEOPLE))
        versions.append(world.graph.snapshot())
    for _ in range(4):
        then, now = chance.choice(versions), content(world.graph)
        changed = content(then) != now
        assert restore(world, then) == []
        assert content(world.graph) == content(then)
        assert_sound(world.graph)
        if changed and chance.random() < 0.7:
            outcome = world.undo("ina")
            assert outcome is not None
            assert outcome[1] == []
            assert content(world.graph) == now


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32).map(random.Random))
def test_a_part_comes_back_and_the_rest_stays(chance: random.Random) -> None:
    world, hand = World(), Hand(chance)
    versions = [world.graph.snapshot()]
    for _ in range(25):
        hand.act(world, chance.choice(PEOPLE))
        versions.append(world.graph.snapshot())
    then, node = chance.choice(versions), chance.choice(hand.ids)
    ids = subflow(then, node) | subflow(world.graph, node)
    others = {n: world.graph.nodes[n] for n in world.graph.nodes if n not in ids}
    restore(world, then, ids)
    assert_sound(world.graph)
    assert {n: world.graph.nodes[n] for n in others} == others


def test_two_containers_that_changed_places_change_back() -> None:
    world = World()
    for number in (1, 2):
        world.act("eva", AddNode(id=uid(number), type="film.scene", data={"code": str(number)}))
    world.act("eva", MoveNode(id=uid(1), parent=uid(2), order="a0"))
    then = world.graph.snapshot()
    world.act("eva", MoveNode(id=uid(1), parent=None, order="a0"))
    world.act("eva", MoveNode(id=uid(2), parent=uid(1), order="a0"))
    assert restore(world, then) == []
    assert content(world.graph) == content(then)


def test_a_subflow_comes_back_with_its_edges_to_the_outside_where_they_fit() -> None:
    world = World()
    world.act("eva", AddNode(id=uid(9), type="film.scene", data={"code": "1"}))
    for number in (1, 2):
        world.act("eva", AddNode(id=uid(number), type="film.shot", parent=uid(9)))
    for number in (3, 4, 5):
        world.act("eva", AddNode(id=uid(number), type="film.shot"))
    wired(world, 11, 3, 1)
    wired(world, 12, 1, 2)
    wired(world, 13, 2, 4)
    then = world.graph.snapshot()
    world.act("tom", RemoveNodes(ids=(uid(9),)))
    world.act("tom", RemoveNodes(ids=(uid(3),)))
    wired(world, 14, 5, 4, "tom")
    world.act("tom", SetNode(id=uid(4), values={"data.code": "040"}))
    ops, skipped = restore_operations(world.graph, then, FILM, "ina", subflow(then, uid(9)))
    world.act("ina", *ops)
    assert {(s.reason, s.user_id) for s in skipped} == {("endpoint_gone", ""), ("occupied", "tom")}
    assert {uid(9), uid(1), uid(2)} <= world.graph.nodes.keys()
    ends = {(edge.source, edge.target) for edge in world.graph.edges.values()}
    assert ends == {(uid(1), uid(2)), (uid(5), uid(4))}
    assert world.graph.nodes[uid(4)].data["code"] == "040"


def test_a_node_that_somebody_else_locked_stays() -> None:
    world = World()
    world.act("eva", AddNode(id=uid(1), type="film.shot"))
    then = world.graph.snapshot()
    world.act("tom", SetNode(id=uid(1), values={"pos": [4, 4]}))
    world.act("tom", SetNode(id=uid(1), values={"locked": True}))
    assert restore(world, then) == ["locked"]
    assert world.graph.nodes[uid(1)].pos == (4, 4)


def test_a_field_that_no_longer_fits_does_not_hold_the_others_back() -> None:
    world = World()
    world.act("eva", AddNode(id=uid(1), type="film.shot", data={"code": "010"}))
    then = world.graph.snapshot()
    node = then.nodes[uid(1)]
    then.nodes[uid(1)] = type(node)(id=node.id, type=node.type, pos=(7, 7),
                                    data={"code": "020", "no_such_field": 1})  # fmt: skip
    assert restore(world, then, {uid(1)}) == ["invalid"]
    assert world.graph.nodes[uid(1)].data == {"code": "020"}
    assert world.graph.nodes[uid(1)].pos == (7, 7)
