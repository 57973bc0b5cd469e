"""Three-way merging of graphs: what each side changed is there, and what both did is a conflict."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.graph import Edge, Graph, Node, merge_graphs

A, B, C = ("0192f0c1-0000-7000-8000-00000000000" + last for last in "abc")


def graph(*nodes: Node, edges: tuple[Edge, ...] = (), **settings: Any) -> Graph:
    return Graph(
        nodes={node.id: node for node in nodes},
        edges={edge.id: edge for edge in edges},
        settings=settings,
    )


def shot(node_id: str = A, prompt: str = "", **data: Any) -> Node:
    text = {"prompt": prompt} if prompt else {}
    return Node(id=node_id, type="film.shot", data={"code": "010", **data}, text=text)


def test_changes_of_both_sides_come_together() -> None:
    base = graph(shot(prompt="fog", frames=3), shot(B))
    ours = graph(shot(prompt="rain", frames=3), shot(B), shot(C))
    theirs = graph(shot(prompt="fog", frames=9))
    merged = merge_graphs(base, ours, theirs, {})
    assert merged.conflicts == []
    assert merged.graph.nodes == {A: shot(prompt="rain", frames=9), C: shot(C)}


def test_one_field_changed_on_both_sides_is_a_conflict_with_both() -> None:
    base, ours, theirs = (graph(shot(prompt=text)) for text in ("fog", "rain", "sun"))
    (found,) = merge_graphs(base, ours, theirs, {}).conflicts
    assert (found.base, found.ours, found.theirs) == ("fog", "rain", "sun")
    assert (found.name, found.path, found.reason) == ("SHOT_010", "text.prompt", "both_changed")
    for choice, wanted in (("ours", "rain"), ("theirs", "sun")):
        merged = merge_graphs(base, ours, theirs, {found.key: choice})
        assert merged.conflicts == []
        assert merged.graph.nodes[A].text["prompt"] == wanted


def test_removed_here_and_changed_there_is_a_conflict() -> None:
    base, changed, gone = graph(shot()), graph(shot(prompt="rain")), graph()
    (found,) = merge_graphs(base, gone, changed, {}).conflicts
    assert found.reason == "removed_by_us"
    assert merge_graphs(base, gone, changed, {found.key: "theirs"}).graph.nodes == changed.nodes
    (found,) = merge_graphs(base, changed, gone, {}).conflicts
    assert found.reason == "removed_by_them"
    assert merge_graphs(base, changed, gone, {found.key: "theirs"}).graph.nodes == {}


def test_where_a_node_lies_is_no_conflict() -> None:
    def at(x: float) -> Graph:
        return graph(Node(id=A, type="film.shot", pos=(x, 0)))

    merged = merge_graphs(at(0), at(1), at(2), {})
    assert merged.conflicts == []
    assert merged.graph.nodes[A].pos == (1, 0)
    assert merge_graphs(at(0), at(0), at(2), {}).graph.nodes[A].pos == (2, 0)


fields = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4)
nodes = st.dictionaries(st.sampled_from((A, B, C)), fields, max_size=3)
graphs = nodes.map(
    lambda found: graph(*(Node(id=i, type="film.note", data=data) for i, data in found.items()))
)


@given(graphs, graphs)
def test_a_side_that_changed_nothing_takes_the_other(base: Graph, theirs: Graph) -> None:
    merged = merge_graphs(base, base, theirs, {})
    assert merged.conflicts == []
    assert merged.graph.nodes == theirs.nodes
    back = merge_graphs(base, theirs, base, {})
    assert back.graph.nodes == theirs.nodes


@given(graphs, graphs, graphs)
def test_choosing_ends_every_conflict(base: Graph, ours: Graph, theirs: Graph) -> None:
    found = merge_graphs(base, ours, theirs, {}).conflicts
    assert len({one.key for one in found}) == len(found)
    for choice in ("ours", "theirs"):
        merged = merge_graphs(base, ours, theirs, {one.key: choice for one in found})
        assert merged.conflicts == []
    assert merge_graphs(base, ours, ours, {}).graph.nodes == ours.nodes
