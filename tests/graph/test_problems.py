"""Each problem of a graph is named at its node, with what to do; a canvas file says its faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.graph import Edge, Graph, Node, Registry, problems, read_canvas, write_canvas
from node_registry import BackendSpec, DirectorError, Needs

Uid = Callable[[int], str]


def graph_of(*things: Node | Edge) -> Graph:
    return Graph(
        nodes={n.id: n for n in things if isinstance(n, Node)},
        edges={e.id: e for e in things if isinstance(e, Edge)},
    )


def wire(name: str, path: str) -> Edge:
    source, target = (end.strip().split(".") for end in path.split(">"))
    return Edge(
        id=name,
        source=source[0],
        source_socket=source[1],
        target=target[0],
        target_socket=target[1],
    )


SHOT = Node(id="shot", type="film.shot", data={"code": "010"})
BIG = Node(id="big", type="film.upscale")
CASES: dict[str, tuple[str, list[Node | Edge]]] = {
    "unknown_type": ("x", [Node(id="x", type="acme.gone")]),
    "bad_container": ("x", [SHOT, Node(id="x", type="film.metadata", parent="shot")]),
    "bad_field": ("x", [Node(id="x", type="film.shot", data={"code": "1", "shot_type": "no"})]),
    "unknown_field": ("x", [Node(id="x", type="film.shot", data={"code": "1", "colour": 1})]),
    "input_missing": ("big", [BIG]),
    "bad_connection": ("shot", [SHOT, wire("e", "gone.video > shot.image")]),
    "incompatible": ("shot", [SHOT, BIG, wire("e", "shot.next > big.video")]),
    "occupied": (
        "big",
        [SHOT, BIG, wire("e", "shot.video > big.video"), wire("f", "shot.video > big.video")],
    ),
    "no_code": ("x", [Node(id="x", type="film.scene")]),
    "same_code": ("x", [SHOT, Node(id="x", type="film.shot", data={"code": "010"})]),
    "cycle": (
        "big",
        [BIG, Node(id="b", type="film.upscale"), wire("e", "big.video > b.video"),
         wire("f", "b.video > big.video")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_problem(code: str, registry: Registry) -> None:
    node_id, things = CASES[code]
    found = problems(graph_of(*things), registry)
    assert code in {p.code for p in found}
    if code != "incompatible":
        assert (node_id, code) in {(p.node_id, p.code) for p in found}
    assert all(p.message for p in found)


def test_a_sound_graph_has_none(registry: Registry) -> None:
    assert problems(graph_of(SHOT, BIG, wire("e", "shot.video > big.video")), registry) == []


def test_what_nobody_serves_is_named_and_a_transition_in_a_sequence_is_not(
    registry: Registry,
) -> None:
    graph = graph_of(
        SHOT, Node(id="x", type="film.transition"), Node(id="v", type="film.image_generation")
    )
    backend = BackendSpec(
        name="animatic",
        version="1",
        serves=("film.shot",),
        factory=lambda: None,  # type: ignore[arg-type, return-value]
        estimate=lambda request, capabilities: Needs(),
    )
    found = problems(graph, registry, backends=[backend])
    assert [(p.node_id, p.code) for p in found] == [("v", "unavailable")]
    assert "film.image_generation" in found[0].message


def record(uid: Uid, number: int, **more: Any) -> dict[str, Any]:
    return {"id": uid(number), "type": "film.shot", **more}


BAD_FILES: dict[str, tuple[str, Callable[[Uid], Any]]] = {
    "not json": ("canvas.bad_json", lambda u: "{"),
    "a list": ("canvas.bad_file", lambda u: "[]"),
    "of the future": ("canvas.bad_version", lambda u: {"version": "9.0"}),
    "nodes no list": ("canvas.bad_file", lambda u: {"version": "1.0", "nodes": {}}),
    "node no object": ("canvas.bad_file", lambda u: {"version": "1.0", "nodes": [1]}),
    "no id": ("canvas.bad_file", lambda u: {"version": "1.0", "nodes": [{"type": "t"}]}),
    "id no uuid": (
        "canvas.bad_file",
        lambda u: {"version": "1.0", "nodes": [{"id": "../x", "type": "t"}]},
    ),
    "id twice": (
        "canvas.bad_file",
        lambda u: {"version": "1.0", "nodes": [record(u, 1), record(u, 1)]},
    ),
    "parent not there": (
        "canvas.bad_file",
        lambda u: {"version": "1.0", "nodes": [record(u, 1, parent=u(2))]},
    ),
    "in itself": (
        "canvas.bad_file",
        lambda u: {"version": "1.0", "nodes": [record(u, 1, parent=u(1))]},
    ),
    "bad place": (
        "canvas.bad_file",
        lambda u: {"version": "1.0", "nodes": [record(u, 1, pos={"x": "left"})]},
    ),
    "bad order": (
        "canvas.bad_file",
        lambda u: {"version": "1.0", "nodes": [record(u, 1, order="first")]},
    ),
    "edge to nowhere": (
        "canvas.bad_file",
        lambda u: {
            "version": "1.0",
            "nodes": [record(u, 1)],
            "edges": [
                {"id": u(9), "source": u(1), "source_socket": "video", "target": u(2),
                 "target_socket": "video"}
            ],
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_canvas_file_says_what_is_wrong(case: str, uid: Uid) -> None:
    code, make = BAD_FILES[case]
    made = make(uid)
    with pytest.raises(DirectorError) as caught:
        read_canvas(made if isinstance(made, str) else json.dumps(made))
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


def test_a_new_canvas_file_is_what_the_folder_layout_promises() -> None:
    assert json.loads(write_canvas(Graph())) == {
        "version": "1.0",
        "nodes": [],
        "edges": [],
        "viewport": {"x": 0, "y": 0, "zoom": 1},
    }


def test_a_node_of_a_type_that_nobody_knows_is_kept(uid: Uid) -> None:
    node = Node(id=uid(1), type="acme.gone", data={"x": [1, 2.5, None]}, pos=(1.5, 2))
    text = write_canvas(graph_of(node))
    assert read_canvas(text).nodes == {uid(1): node}
    # A graph that came back from a snapshot writes its whole numbers alike.
    again = Node(id=uid(1), type="acme.gone", data={"x": [1, 2.5, None]}, pos=(1.5, 2.0))
    assert write_canvas(graph_of(again)) == text
