"""Two versions laid over each other: what differs, by whom, and texts that can be read."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph import AddEdge, AddNode, EditText, Graph, MoveNode, RemoveNodes, SetGraph, SetNode
from app.graph.diff import diff
from app.graph.text import apply_delta
from app.graph.text_diff import compare_texts


def test_equal_versions_do_not_differ(graph, act, uid) -> None:
    act(AddNode(id=uid(1), type="film.shot", data={"code": "010"}))
    found = diff(graph.snapshot(), graph)
    assert (found.nodes, found.edges, found.settings) == ([], [], [])


def test_what_differs_is_told_field_by_field_with_who_wrote_it(graph, act, uid) -> None:
    act(
        AddNode(id=uid(1), type="film.shot", data={"code": "010"}, text={"prompt": "a calm sea"}),
        AddNode(id=uid(2), type="film.shot", data={"code": "020"}),
        AddNode(id=uid(9), type="film.scene", data={"code": "1"}),
    )
    before = graph.snapshot()
    act(SetNode(id=uid(1), values={"pos": [5, 6], "data.code": "015"}), user="tom")
    act(EditText(id=uid(1), field="prompt", base=2, delta=(2, "wild", -4)), user="eva")
    act(RemoveNodes(ids=(uid(2),)), user="tom")
    act(AddNode(id=uid(3), type="film.shot", data={"code": "030"}), user="eva")
    edge = AddEdge(id=uid(50), source=uid(1), source_socket="next", target=uid(3),
                   target_socket="previous")  # fmt: skip
    act(edge, SetGraph(values={"theme": "night"}), user="tom")
    act(MoveNode(id=uid(3), parent=uid(9), order="a1"))
    found = diff(before, graph)
    assert (found.from_version, found.to_version) == (1, 7)
    changed, gone, added = found.nodes
    assert (changed.kind, changed.name, changed.moved) == ("changed", "SHOT_015", True)
    result = {f.path: (f.before, f.after, f.user_id, f.version) for f in changed.fields}
    assert result["pos"] == ([0, 0], [5, 6], "tom", 2)
    assert result["data.code"] == ("010", "015", "tom", 2)
    (text,) = (f for f in changed.fields if f.path == "text.prompt")
    assert (text.user_id, text.delta) == ("eva", (2, "wild", -4))
    assert [(p.kind, p.text) for p in text.parts or ()] == [
        ("same", "a "), ("removed", "calm"), ("added", "wild"), ("same", " sea")
    ]  # fmt: skip
    assert (gone.kind, gone.name, gone.version) == ("removed", "SHOT_020", 4)
    assert (added.kind, added.name, added.user_id) == ("added", "SHOT_030", "eva")
    assert [(e.kind, e.user_id) for e in found.edges] == [("added", "tom")]
    assert [(s.path, s.after, s.user_id) for s in found.settings] == [("theme", "night", "tom")]


def test_the_other_way_round_the_newer_value_still_has_its_writer(graph, act, uid) -> None:
    act(AddNode(id=uid(1), type="film.shot", data={"code": "010"}))
    old = graph.snapshot()
    act(SetNode(id=uid(1), values={"data.code": "020"}), user="tom")
    (node,) = diff(graph, old).nodes
    (field,) = node.fields
    assert (field.before, field.after, field.user_id) == ("020", "010", "tom")


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="ab \n\U0001f30aé", max_size=30),
    st.text(alphabet="ab \n\U0001f30aé", max_size=30),
)
def test_a_text_delta_leads_from_one_to_the_other(before: str, after: str) -> None:
    delta, parts = compare_texts(before, after)
    assert apply_delta(before, delta) == after
    assert "".join(p.text for p in parts if p.kind != "added") == before
    assert "".join(p.text for p in parts if p.kind != "removed") == after


def test_of_a_long_text_only_what_differs_is_shown() -> None:
    before = "word " * 100_000
    delta, parts = compare_texts(before, f"{before}end")
    assert delta == (500_000, "end")
    assert sum(len(p.text) for p in parts) < 300
    started = time.perf_counter()
    compare_texts("a b " * 60_000, "b c " * 60_000)
    assert time.perf_counter() - started < 2


def test_ten_thousand_nodes_are_compared_at_once(graph, act, uid) -> None:
    act(*(AddNode(id=uid(n), type="film.shot", data={"code": str(n)}) for n in range(10_000)))
    before = graph.snapshot()
    act(*(SetNode(id=uid(n), values={"pos": [n, 1]}) for n in range(0, 10_000, 2)))
    started = time.perf_counter()
    found = diff(before, graph)
    assert time.perf_counter() - started < 2
    assert len(found.nodes) == 5_000
    assert diff(Graph(), graph).nodes[0].kind == "added"
