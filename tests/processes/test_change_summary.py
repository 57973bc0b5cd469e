"""What `director watch` says of a change, in words."""

from __future__ import annotations

import pytest
from director_client import (
    AddEdge,
    AddNode,
    EditText,
    Graph,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)
from director_client.events import Stored

from app.processes.watch.change_summary import Labels, summarise

SHOT = AddNode(id="s", type="film.shot", data={"code": "010"})
SCENE = AddNode(id="c", type="film.scene", data={"code": "01"})
MANY = tuple(AddNode(id=f"n{n}", type="film.shot") for n in range(5))
EDGE = AddEdge(id="e", source="s", source_socket="video", target="c", target_socket="in")


def sentences(*ops: Operation, **more: object) -> list[str]:
    """What is said of these operations on a graph with a shot, a scene and an edge."""
    graph = Graph()
    graph.apply((SHOT, SCENE, EDGE), 1)
    labels = Labels(graph)
    stored = Stored(version=2, client_id="c", seq=1, user_id="u", ops=ops, **more)  # type: ignore[arg-type]
    graph.apply(ops, 2)
    return summarise(stored, labels)


@pytest.mark.parametrize(
    ("ops", "said"),
    [
        ((SetNode(id="s", values={"data.prompt": "x"}),), "changed the prompt of SHOT_010"),
        ((EditText(id="s", field="prompt", base=1, delta=("x",)),),
         "wrote in the prompt of SHOT_010"),
        ((SetNode(id="s", values={"pos": [1, 2]}),), "moved SHOT_010"),
        ((SetNode(id="s", values={"locked": True}),), "locked SHOT_010"),
        ((SetNode(id="s", values={"data.active_take": "t"}),), "chose a take of SHOT_010"),
        ((SetNode(id="s", clear=("data.end_frame",)),), "changed the end frame of SHOT_010"),
        ((RemoveEdges(ids=("e",)), RemoveNodes(ids=("s",))), "removed SHOT_010"),
        ((RemoveEdges(ids=("e",)),), "took away 1 connection"),
        ((MoveNode(id="s", parent="c", order="a1"),), "put SHOT_010 into another place"),
        ((AddEdge(id="f", source="s", source_socket="a", target="c", target_socket="b"),),
         "connected SHOT_010 with SCENE_01"),
        ((SetEdge(id="e", strength=0.5),), "changed the connection of SHOT_010 and SCENE_01"),
        ((SetGraph(values={"grid_size": 8}),), "changed the canvas: grid size"),
        (MANY, "added 5 nodes"),
        ((SetNode(id="gone", values={"data.code": "1"}),), "changed the code of a node"),
    ],
)  # fmt: skip
def test_a_change_is_a_sentence(ops: tuple[Operation, ...], said: str) -> None:
    assert sentences(*ops) == [said]


def test_a_new_name_is_used_at_once() -> None:
    assert sentences(SetNode(id="s", values={"data.code": "020"})) == [
        "changed the code of SHOT_020"
    ]


def test_a_label_says_what_was_meant() -> None:
    move = SetNode(id="s", values={"pos": [1, 2]})
    assert sentences(move, label="Tidy up") == ["Tidy up: moved SHOT_010"]
    assert sentences(move, label="moved SHOT_010") == ["moved SHOT_010"]


def test_an_undo_says_what_it_takes_back() -> None:
    assert sentences(SetNode(id="s", values={"pos": [0, 0]}), undo_of=7) == [
        "took back version 7 (SHOT_010)"
    ]
