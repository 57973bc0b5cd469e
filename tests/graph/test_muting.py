"""What is muted gives nothing, what is bypassed gives on what it gets; the film goes around it."""

from __future__ import annotations

from typing import Any

import pytest

from app.graph import Edge, Graph, Node, Registry, cut_order, in_effect, is_off


def node(name: str, type: str, **rest: Any) -> Node:
    return Node(id=name, type=type, **rest)


def edge(name: str, source: str, output: str, target: str, at: str) -> Edge:
    return Edge(id=name, source=source, source_socket=output, target=target, target_socket=at)


@pytest.fixture
def film() -> Graph:
    """Three shots in a row, and a video that is enlarged and then laid over another."""
    nodes = [
        node("scene", "film.scene"),
        *(node(name, "film.shot", parent="scene", order=f"a{i}") for i, name in enumerate("abc")),
        node("video", "film.video_import"),
        node("large", "film.upscale"),
        node("style", "film.style"),
        node("comp", "film.composite"),
        node("end", "film.assembly"),
    ]
    edges = [
        edge("ab", "a", "next", "b", "previous"),
        edge("bc", "b", "next", "c", "previous"),
        edge("vl", "video", "video", "large", "video"),
        edge("lc", "large", "video", "comp", "layers"),
        edge("sb", "style", "style", "b", "style"),
    ]
    return Graph(id="g", nodes={n.id: n for n in nodes}, edges={e.id: e for e in edges})


def switch(graph: Graph, node_id: str, how: str) -> Graph:
    found = graph.nodes[node_id]
    graph.nodes[node_id] = node(
        node_id, found.type, parent=found.parent, order=found.order, data={"switch": how}
    )
    return graph


def shots(graph: Graph) -> list[str]:
    return [shot.id for shot in cut_order(graph).shots]


def test_a_graph_in_which_all_is_on_is_left_as_it_is(film: Graph, registry: Registry) -> None:
    assert in_effect(film, registry) is film
    assert in_effect(switch(film, "a", "on"), registry) is film


@pytest.mark.parametrize("how", ["muted", "bypassed"])
def test_a_shot_that_is_off_is_left_out_of_the_film(
    film: Graph, registry: Registry, how: str
) -> None:
    seen = in_effect(switch(film, "b", how), registry)
    assert shots(seen) == ["a", "c"]
    assert [(e.source, e.target) for e in seen.edges.values() if e.target == "c"] == [("a", "c")]


def test_a_muted_node_gives_nothing_on(film: Graph, registry: Registry) -> None:
    seen = in_effect(switch(film, "large", "muted"), registry)
    assert "large" not in seen.nodes
    assert seen.incoming("comp") == []


def test_a_bypassed_node_gives_on_what_it_gets(film: Graph, registry: Registry) -> None:
    seen = in_effect(switch(film, "large", "bypassed"), registry)
    (led,) = seen.incoming("comp")
    assert (led.source, led.source_socket, led.target_socket) == ("video", "video", "layers")
    assert in_effect(switch(film, "video", "muted"), registry).incoming("comp") == []


def test_a_bypassed_node_without_such_an_input_gives_nothing(
    film: Graph, registry: Registry
) -> None:
    assert in_effect(switch(film, "style", "bypassed"), registry).incoming("b", "style") == []


def test_a_muted_scene_mutes_all_that_lies_in_it(film: Graph, registry: Registry) -> None:
    switch(film, "scene", "muted")
    assert shots(in_effect(film, registry)) == []
    assert is_off(film, film.nodes["b"])
    assert not is_off(film, film.nodes["end"])
