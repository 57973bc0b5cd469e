"""What people did, told in a sentence."""

from __future__ import annotations

import pytest

from app.collaboration.change_summaries import NodeNames, describe, describe_counts
from app.graph import (
    AddEdge,
    AddNode,
    EditText,
    Graph,
    MoveNode,
    Node,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)

GRAPH = Graph(
    nodes={
        **{n: Node(id=n, type="film.shot", data={"code": f"0{n}0"}) for n in "123"},
        "s": Node(id="s", type="film.scene", data={"code": "1"}),
        "a": Node(id="a", type="film.assembly"),
        "b": Node(id="b", type="film.assembly"),
    }
)


def moves(*ids: str) -> list[SetNode]:
    return [SetNode(id=i, values={"pos": [1, 1]}) for i in ids]


@pytest.mark.parametrize(
    ("ops", "sentence"),
    [
        ([], ""),
        (moves("1"), "moved SHOT_010"),
        (moves("1", "2", "1", "3"), "moved 3 shots"),
        (moves("1", "s"), "moved 2 nodes"),
        (moves("a", "b"), "moved 2 assemblies"),
        ([MoveNode(id="1", parent="s", order="a0")], "moved SHOT_010"),
        (
            [EditText(id="1", field="negative_prompt", base=1, delta=("x",)), *moves("2")],
            "changed the negative prompt of SHOT_010 and moved SHOT_020",
        ),
        ([SetNode(id="1", values={"data.active_take": "t"})], "chose another take of SHOT_010"),
        ([SetNode(id="1", values={"locked": True})], "locked SHOT_010"),
        ([SetNode(id="1", values={"locked": False})], "unlocked SHOT_010"),
        ([AddNode(id="x", type="film.shot", data={"code": "9"}), *moves("x")], "added SHOT_9"),
        ([RemoveNodes(ids=("gone",))], "removed a node"),
        (
            [AddEdge(id="e", source="1", source_socket="next", target="2", target_socket="p")],
            "connected SHOT_020",
        ),
        ([RemoveEdges(ids=("e",))], "disconnected 1 connection"),
        ([SetEdge(id="e", strength=1), SetEdge(id="f", strength=1)], "adjusted 2 connections"),
        ([SetGraph(values={"viewport": 1})], "changed the settings of the canvas"),
        (
            [
                *moves("1"),
                RemoveNodes(ids=("2",)),
                SetGraph(values={"x": 1}),
                SetNode(id="3", values={"size": [1, 1]}),
            ],
            "moved SHOT_010, removed SHOT_020, changed the settings of the canvas and more",
        ),
    ],
)
def test_operations_are_told_as_people_would(ops, sentence) -> None:
    names = NodeNames(GRAPH)
    names.learn(ops)
    assert describe(ops, names) == sentence


def test_where_only_numbers_are_left_they_are_told() -> None:
    kinds = {"node.add": 1, "node.set": 1200, "edge.add": 2}
    assert describe_counts(kinds) == "added 1 node, changed 1,200 fields and connected 2 inputs"
