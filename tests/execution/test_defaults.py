"""A default changes no basis: a new field of a node type leaves the takes of a film as they are.

What a backend reads has it all the same, and so has the recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.vocabulary as vocabulary
from app.execution.plan import ActiveTake, Plan, compile_plan, stale
from app.execution.plan.digests import encode, value_digest
from app.graph import Graph, Node, Registry
from node_registry import NodeType

NUMBERS = st.integers(-3, 3) | st.floats(-2, 2).filter(lambda number: not number.is_integer())
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)


@cache
def registered() -> tuple[tuple[NodeType, ...], tuple[Any, ...], tuple[Any, ...]]:
    return (
        tuple(vocabulary.register_node_types()),
        tuple(vocabulary.register_socket_types()),
        tuple(vocabulary.register_converters()),
    )


def released(type_id: str, **defaults: Any) -> Registry:
    """The vocabulary as a later release might have it: a type with more fields."""
    types, sockets, converters = registered()
    more = {name: {"default": value} for name, value in defaults.items()}
    changed = [
        msgspec.structs.replace(
            one, params={**one.params, "properties": {**one.params["properties"], **more}}
        )
        if one.id == type_id
        else one
        for one in types
    ]
    return Registry(changed, sockets, converters)


def all_of(graph: Graph, registry: Registry, takes: Mapping[Any, ActiveTake] | None = None) -> Plan:
    tasks = [node.id for node in graph.nodes.values() if node.type != "film.transition"]
    return compile_plan(graph.snapshot(), registry, tasks, takes=takes, tolerant=True)


def bases(plan: Plan) -> dict[str, str]:
    return {step.key: step.basis for step in plan.steps}


TYPES = ["film.shot", "film.character", "film.assembly", "film.transition", "film.scene"]


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize("type_id", TYPES)
def test_a_new_field_of_a_node_type_makes_nothing_stale(sketch: Any, type_id: str) -> None:
    before = all_of(sketch.graph, released(type_id))

    @settings(max_examples=20)
    @given(VALUES)
    def no_default_counts(value: Any) -> None:
        after = all_of(sketch.graph, released(type_id, grain=value))
        assert bases(after) == bases(before)
        assert [step.made_from for step in after.steps] == [step.made_from for step in before.steps]

    no_default_counts()


@pytest.mark.usefixtures("film")
def test_what_a_backend_reads_has_the_new_field(sketch: Any) -> None:
    shot = all_of(sketch.graph, released("film.shot", grain=3)).step("a")
    assert shot is not None
    assert shot.params["grain"] == 3
    character = all_of(sketch.graph, released("film.character", grain=3)).step("a")
    assert character is not None
    assert character.inputs["characters"][0].value["grain"] == 3


@settings(max_examples=40)
@given(default=VALUES, value=VALUES)
def test_a_field_counts_exactly_when_it_differs_from_its_default(default: Any, value: Any) -> None:
    registry = released("film.shot", grain=default)
    graph = Graph(id="g")
    graph.nodes["a"] = Node(id="a", type="film.shot", order="a0", data={"code": "010"})
    untouched = bases(all_of(graph, registry))
    graph.nodes["a"] = Node(
        id="a", type="film.shot", order="a0", data={"code": "010", "grain": value}
    )
    same = encode(value) == encode(default)
    assert (bases(all_of(graph, registry)) == untouched) == same


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize(("node", "whose"), [("a", "Its"), ("ina", "Ina's")])
def test_a_new_field_that_somebody_sets_makes_stale_and_says_so(
    sketch: Any, node: str, whose: str
) -> None:
    type_id = sketch.graph.nodes[node].type
    takes: dict[Any, ActiveTake] = {}
    for _ in range(3):
        takes = {
            step.key: ActiveTake(
                basis=step.basis, output=f"{number:064x}", made_from=step.made_from
            )
            for number, step in enumerate(all_of(sketch.graph, released(type_id), takes).steps)
        }
    later = released(type_id, grain=0)
    assert stale(all_of(sketch.graph, later, takes)) == {}
    sketch.set(node, grain=4)
    found = stale(all_of(sketch.graph, later, takes))
    assert [reason.sentence for reason in found["a"]] == [f"{whose} grain changed."]


def test_untouched_values_of_two_types_are_not_the_same() -> None:
    """Nothing is left of either in the basis, but their defaults may differ."""
    assert value_digest("acme.lens", {"focus": 1}, ("focus",)) != value_digest(
        "acme.light", {"focus": 2}, ("focus",)
    )
