"""Each rule of each operation, and each reason to refuse, one example of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.graph import (
    AddEdge,
    AddNode,
    Applied,
    EditText,
    Graph,
    MoveNode,
    Operation,
    Registry,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
    Transaction,
    apply,
    trim_history,
)
from app.graph.values import MAX_FIELD
from node_registry import NodeType

Act = Callable[..., Applied]
Uid = Callable[[int], str]


@pytest.fixture
def scene(act: Act, uid: Uid) -> None:
    """A scene with two shots in sequence, a character in the first, a lone composite."""
    done = act(
        AddNode(id=uid(1), type="film.scene", data={"code": "01"}),
        AddNode(id=uid(2), type="film.shot", parent=uid(1), data={"code": "010"}),
        AddNode(id=uid(3), type="film.shot", parent=uid(1), order="a1", data={"code": "020"}),
        AddNode(id=uid(4), type="film.character", data={"name": "Ina"}),
        AddNode(id=uid(5), type="film.composite"),
        AddEdge(
            id=uid(10), source=uid(2), source_socket="next", target=uid(3), target_socket="previous"
        ),
        AddEdge(
            id=uid(11),
            source=uid(4),
            source_socket="character",
            target=uid(2),
            target_socket="characters",
        ),
    )
    assert done.rejection is None


def edge(
    uid: Uid, number: int, source: int, out: str, target: int, into: str, **how: Any
) -> AddEdge:
    return AddEdge(
        id=uid(number),
        source=uid(source),
        source_socket=out,
        target=uid(target),
        target_socket=into,
        **how,
    )


def refusals(uid: Uid) -> dict[str, tuple[str, Operation]]:
    """For each case: the reason, and an operation on `scene` that is refused for it."""
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    shot = uid(2)
    return {
        "id taken": ("id_exists", AddNode(id=shot, type="film.shot")),
        "id of an edge": ("id_exists", AddNode(id=uid(10), type="film.shot")),
        "no uuid": ("invalid", AddNode(id="../../etc", type="film.shot")),
        "upper-case uuid": ("invalid", AddNode(id=uid(0xABC).upper(), type="film.shot")),
        "unknown type": ("invalid", AddNode(id=uid(20), type="acme.nothing")),
        "no such parent": ("parent_gone", AddNode(id=uid(20), type="film.shot", parent=uid(99))),
        "parent is a shot": ("not_container", AddNode(id=uid(20), type="film.shot", parent=shot)),
        "bad order": ("invalid", AddNode(id=uid(20), type="film.shot", order="0001")),
        "bad value": ("invalid", SetNode(id=shot, values={"data.shot_type": "sideways"})),
        "unknown field": ("invalid", SetNode(id=shot, values={"data.colour": "red"})),
        "unknown register": ("invalid", SetNode(id=shot, values={"type": "film.scene"})),
        "text under data": ("invalid", SetNode(id=shot, values={"data.prompt": "x"})),
        "not a number": ("invalid", SetNode(id=shot, values={"pos": [float("nan"), 0]})),
        "infinite param": (
            "invalid",
            SetNode(id=shot, values={"data.duration_estimate": float("inf")}),
        ),
        "half a character": ("invalid", SetNode(id=shot, values={"text.prompt": "\ud800"})),
        "half a character in a list": (
            "invalid",
            SetNode(id=shot, values={"data.characters_in_frame": ["\udc00"]}),
        ),
        "no size": ("invalid", SetNode(id=shot, values={"size": [0, 10]})),
        "out of reach": ("invalid", SetNode(id=shot, values={"pos": [1e300, 0]})),
        "locked must be a truth": ("invalid", SetNode(id=shot, values={"locked": 1})),
        "too large": (
            "too_large",
            SetNode(id=shot, values={"data.audio_requirements": "x" * (MAX_FIELD + 1)}),
        ),
        "too deep": ("too_large", SetGraph(values={"deep": deep})),
        "text too large": ("too_large", SetNode(id=shot, values={"text.prompt": "x" * 1_048_577})),
        "system field": ("forbidden", SetNode(id=shot, values={"data.active_take": "t"})),
        "system field in a new node": (
            "forbidden",
            AddNode(id=uid(20), type="film.shot", data={"active_take": "t"}),
        ),
        "into itself": ("cycle", MoveNode(id=uid(1), parent=uid(1), order="a0")),
        "cycle": ("cycle", edge(uid, 20, 3, "next", 2, "previous")),
        "self loop": ("cycle", edge(uid, 20, 5, "video", 5, "layers")),
        "source gone": ("endpoint_gone", edge(uid, 20, 99, "video", 5, "layers")),
        "no such socket": ("endpoint_gone", edge(uid, 20, 2, "sound", 5, "layers")),
        "types do not fit": ("incompatible", edge(uid, 20, 4, "character", 5, "layers")),
        "sequence carries nothing": ("incompatible", edge(uid, 20, 2, "next", 5, "layers")),
        "input is taken": ("occupied", edge(uid, 20, 4, "character", 2, "characters")),
        "strength above one": ("invalid", SetEdge(id=uid(11), strength=1.5)),
        "strength is no number": ("invalid", SetEdge(id=uid(11), strength=float("nan"))),
        "label too long": ("too_large", SetEdge(id=uid(11), label="x" * 201)),
        "text of a removed node": ("stale", EditText(id=uid(99), field="prompt", base=0, delta=())),
        "no such text": ("invalid", EditText(id=shot, field="code", base=1, delta=("x",))),
        "future base": ("invalid", EditText(id=shot, field="prompt", base=99, delta=("x",))),
        "past the end": ("invalid", EditText(id=shot, field="prompt", base=1, delta=(5, "x"))),
        "bad setting": ("invalid", SetGraph(values={"": 1})),
        "date": ("invalid", SetGraph(values={"x": object()})),
    }


CASES = list(refusals(lambda number: f"{number:08x}-0000-7000-8000-000000000000"))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("scene")
def test_refused(case: str, act: Act, uid: Uid, graph: Graph) -> None:
    reason, operation = refusals(uid)[case]
    before = graph.snapshot()
    # What was right in the same step is taken back too.
    done = act(SetNode(id=uid(5), values={"pos": [7, 7]}), operation)
    assert done.rejection is not None
    assert (done.rejection.reason, done.rejection.operation) == (reason, 1)
    assert done.rejection.message.endswith(".")
    assert graph == before
    assert done.rejection.error().code == f"graph.{reason}"


@pytest.mark.usefixtures("scene")
def test_a_locked_node_is_left_alone(act: Act, uid: Uid) -> None:
    assert act(SetNode(id=uid(2), values={"locked": True})).rejection is None
    for operation in (
        SetNode(id=uid(2), values={"pos": [1, 1]}),
        MoveNode(id=uid(2), parent=None, order="a0"),
        RemoveNodes(ids=(uid(2),)),
        RemoveNodes(ids=(uid(1),)),
        RemoveEdges(ids=(uid(11),)),
        SetEdge(id=uid(11), strength=0),
        EditText(id=uid(2), field="prompt", base=1, delta=("x",)),
    ):
        done = act(operation)
        assert done.rejection is not None
        assert done.rejection.reason == "locked"
    assert act(SetNode(id=uid(2), values={"locked": False, "data.code": "9"})).rejection is not None
    assert act(SetNode(id=uid(2), values={"locked": False})).rejection is None
    assert act(SetNode(id=uid(2), values={"data.active_take": "t"}), system=True).rejection is None


@pytest.mark.usefixtures("scene")
def test_a_scene_goes_with_its_shots_and_comes_back_whole(act: Act, uid: Uid, graph: Graph) -> None:
    before = (graph.nodes.copy(), graph.edges.copy())
    done = act(RemoveNodes(ids=(uid(1),)))
    assert set(graph.nodes) == {uid(4), uid(5)}
    assert graph.edges == {}
    assert set(done.touched) >= {uid(1), uid(2), uid(3), uid(10), uid(11)}
    assert isinstance(done.inverse[0], AddNode)
    assert act(*done.inverse, undo_of=done.graph_version, system=True).rejection is None
    assert (graph.nodes, graph.edges) == before


@pytest.mark.usefixtures("scene")
def test_a_change_to_a_node_that_is_gone_is_dropped(act: Act, uid: Uid, graph: Graph) -> None:
    act(RemoveNodes(ids=(uid(5),)))
    done = act(
        SetNode(id=uid(5), values={"pos": [1, 1]}),
        MoveNode(id=uid(5), parent=None, order="a0"),
        RemoveNodes(ids=(uid(5),)),
        SetNode(id=uid(2), values={"pos": [4.0, 2.5]}),
    )
    assert done.rejection is None
    assert done.dropped == [uid(5)]
    assert done.touched == [uid(2)]
    assert graph.nodes[uid(2)].pos == (4, 2.5)
    assert isinstance(graph.nodes[uid(2)].pos[0], int)


@pytest.mark.usefixtures("scene")
def test_replace_takes_the_old_connection_away(act: Act, uid: Uid, graph: Graph) -> None:
    act(AddNode(id=uid(6), type="film.shot", data={"code": "005"}))
    assert act(edge(uid, 20, 6, "next", 3, "previous")).rejection is not None
    done = act(edge(uid, 20, 6, "next", 3, "previous", replace=True))
    assert done.rejection is None
    assert uid(10) not in graph.edges
    act(*done.inverse, undo_of=done.graph_version, system=True)
    assert uid(10) in graph.edges
    assert uid(20) not in graph.edges


@pytest.mark.usefixtures("scene")
def test_replace_that_makes_a_ring_leaves_all_as_it_was(act: Act, uid: Uid, graph: Graph) -> None:
    act(edge(uid, 20, 2, "video", 5, "layers"))
    act(AddNode(id=uid(6), type="film.upscale"), edge(uid, 21, 5, "video", 6, "video"))
    before = graph.edges.copy()
    act(AddNode(id=uid(7), type="film.upscale"), edge(uid, 22, 6, "video", 7, "video"))
    done = act(edge(uid, 23, 7, "video", 6, "video", replace=True))
    assert done.rejection is not None
    assert done.rejection.reason == "cycle"
    assert before.items() <= graph.edges.items()
    assert next(iter(graph.incoming(uid(6)))).id == uid(21)


@pytest.mark.usefixtures("scene")
def test_a_film_may_not_flow_back_into_its_own_scenes(act: Act, uid: Uid) -> None:
    """The shots of a scene come before whatever the scene comes before."""
    done = act(
        AddNode(id=uid(6), type="film.assembly"),
        edge(uid, 20, 1, "next", 6, "sequence"),
        AddNode(id=uid(7), type="film.composite", parent=uid(1)),
        edge(uid, 21, 6, "film", 7, "layers"),
    )
    assert done.rejection is not None
    assert done.rejection.reason == "cycle"
    assert done.rejection.operation == 3


@pytest.mark.usefixtures("scene")
def test_the_last_write_wins_and_tells_of_the_other(act: Act, uid: Uid, graph: Graph) -> None:
    seen = graph.version
    act(SetNode(id=uid(2), values={"data.shot_type": "wide"}), user="tom")
    done = act(SetNode(id=uid(2), values={"data.shot_type": "insert"}), base_version=seen)
    assert done.rejection is None
    assert graph.nodes[uid(2)].data["shot_type"] == "insert"
    (conflict,) = done.conflicts
    assert (conflict.path, conflict.user, conflict.value) == ("data.shot_type", "tom", "wide")
    assert (
        act(SetNode(id=uid(2), values={"data.shot_type": "pov"}), base_version=seen).conflicts == []
    )


def test_a_compared_field_is_refused_as_stale(act: Act, uid: Uid, graph: Graph) -> None:
    act(AddNode(id=uid(1), type="film.pipeline"))
    seen = graph.version
    act(SetNode(id=uid(1), values={"data.pipeline_id": "flux"}), user="tom")
    late = SetNode(id=uid(1), values={"data.pipeline_id": "sdxl"})
    done = act(late, base_version=seen)
    assert done.rejection is not None
    assert done.rejection.reason == "stale"
    assert act(late).rejection is None


@pytest.mark.usefixtures("scene")
def test_clearing_a_field_gives_its_default_back(act: Act, uid: Uid, graph: Graph) -> None:
    done = act(SetNode(id=uid(2), values={"data.seed": 5}, clear=("data.code",)))
    assert graph.nodes[uid(2)].data == {"seed": 5}
    act(*done.inverse, undo_of=done.graph_version, system=True)
    assert graph.nodes[uid(2)].data == {"code": "010"}


def test_text_edits_are_carried_over_what_others_typed(act: Act, uid: Uid, graph: Graph) -> None:
    act(AddNode(id=uid(1), type="film.shot", text={"prompt": "the sea"}), client_id="a", seq=1)
    base = graph.version
    act(EditText(id=uid(1), field="prompt", base=base, delta=(4, "wild ")), client_id="a", seq=2)
    done = act(
        EditText(id=uid(1), field="prompt", base=base, delta=(7, " at night \U0001f319")),
        client_id="b",
        seq=1,
        user="tom",
    )
    assert graph.nodes[uid(1)].text["prompt"] == "the wild sea at night \U0001f319"
    assert done.effects == [
        EditText(id=uid(1), field="prompt", base=base + 1, delta=(12, " at night \U0001f319"))
    ]


def test_an_undo_keeps_what_was_typed_since(act: Act, uid: Uid, graph: Graph) -> None:
    act(AddNode(id=uid(1), type="film.shot", text={"prompt": "sea"}))
    base = graph.version
    first = act(EditText(id=uid(1), field="prompt", base=base, delta=("wild ",)), client_id="a")
    act(EditText(id=uid(1), field="prompt", base=base + 1, delta=(8, "!")), client_id="a")
    act(*first.inverse, undo_of=first.graph_version, system=True, client_id="a")
    assert graph.nodes[uid(1)].text["prompt"] == "sea!"


def test_an_edit_of_a_forgotten_past_is_too_old(act: Act, uid: Uid, graph: Graph) -> None:
    act(AddNode(id=uid(1), type="film.shot"), client_id="a")
    for _ in range(300):
        edit = EditText(id=uid(1), field="prompt", base=graph.version, delta=("x",))
        assert act(edit, client_id="a").rejection is None
    done = act(EditText(id=uid(1), field="prompt", base=1, delta=("y",)), client_id="b")
    assert done.rejection is not None
    assert done.rejection.reason == "too_old"


def test_a_snapshot_does_not_change_under_its_reader(act: Act, uid: Uid, graph: Graph) -> None:
    act(AddNode(id=uid(1), type="film.shot", text={"prompt": "sea"}))
    seen = graph.snapshot()
    assert seen.adjacency.children == {None: {uid(1): None}}
    act(
        SetNode(id=uid(1), values={"data.code": "010", "text.prompt": "land"}),
        AddNode(id=uid(2), type="film.shot"),
        SetGraph(values={"viewport": {"zoom": 2}}),
    )
    assert list(seen.nodes) == [uid(1)]
    assert seen.nodes[uid(1)].params == {"prompt": "sea"}
    assert seen.settings == {}
    assert len(graph.children(None)) == 2


def test_cost_grows_with_the_operations_not_with_the_graph(
    act: Act, uid: Uid, graph: Graph
) -> None:
    """In a chain of 5,000 shots a new one at its end touches its neighbour only."""
    chain: list[Operation] = [AddNode(id=uid(n), type="film.shot") for n in range(5000)]
    chain += [edge(uid, 100_000 + n, n, "next", n + 1, "previous") for n in range(4999)]
    assert act(*chain).rejection is None
    adjacency = graph.adjacency
    asked: list[str] = []
    original = adjacency.before
    adjacency.before = lambda node_id: asked.append(node_id) or original(node_id)  # type: ignore[method-assign]
    act(AddNode(id=uid(6000), type="film.shot"), edge(uid, 200_000, 4999, "next", 6000, "previous"))
    assert len(asked) <= 2


def test_an_untouched_text_is_edited_as_it_is_shown(graph: Graph, uid: Uid) -> None:
    letter = {"type": "string", "x-collab": "text", "default": "Dear Ina"}
    params = {"type": "object", "properties": {"letter": letter}}
    registry = Registry([NodeType(id="acme.letter", title="L", category="A", params=params)], [])
    add = Transaction(ops=(AddNode(id=uid(1), type="acme.letter"),))
    assert apply(graph, add, registry, "ina").rejection is None
    edit = EditText(id=uid(1), field="letter", base=1, delta=(8, ","))
    assert apply(graph, Transaction(ops=(edit,)), registry, "ina").rejection is None
    assert graph.nodes[uid(1)].text["letter"] == "Dear Ina,"


def test_an_edit_of_a_text_that_shows_its_default_says_the_default_first(uid: Uid) -> None:
    prompt = {"type": "string", "default": "A lamp", "x-collab": "text"}
    kind = NodeType(
        id="test.poem",
        version="1.0.0",
        title="Poem",
        category="test",
        kind="value",
        params={"type": "object", "properties": {"prompt": prompt}},
    )
    registry, graph = Registry([kind], []), Graph(id="g")
    apply(graph, Transaction(ops=(AddNode(id=uid(1), type="test.poem"),)), registry, "ina")
    edit = EditText(id=uid(1), field="prompt", base=1, delta=(6, " burns"))
    done = apply(graph, Transaction(ops=(edit,)), registry, "ina")
    assert graph.nodes[uid(1)].text == {"prompt": "A lamp burns"}
    first, second = done.effects
    assert first == SetNode(id=uid(1), values={"text.prompt": "A lamp"})
    assert isinstance(second, EditText)
    apply(graph, Transaction(ops=tuple(done.inverse)), registry, "ina")
    assert graph.nodes[uid(1)].text == {}


def test_what_comes_back_has_to_fit_what_is_there_now(act, graph, uid) -> None:
    act(AddNode(id=uid(1), type="film.shot"), AddNode(id=uid(2), type="film.shot"))
    wire = AddEdge(id=uid(3), source=uid(1), source_socket="next",
                   target=uid(2), target_socket="previous")  # fmt: skip
    act(wire)
    gone = act(RemoveNodes(ids=(uid(1),)))
    act(AddNode(id=uid(1), type="film.character"))
    back = tuple(op for op in gone.inverse if isinstance(op, AddEdge))
    refused = act(*back, system=True, undo_of=gone.graph_version).rejection
    assert refused is not None
    assert refused.reason == "endpoint_gone"
    assert not graph.edges


def test_a_text_that_is_written_whole_again_and_again_does_not_grow_the_graph(
    act: Act, graph: Graph, uid: Uid
) -> None:
    act(AddNode(id=uid(1), type="film.shot"))
    for number in range(40):
        act(SetNode(id=uid(1), values={"text.prompt": str(number) * 30_000}))
    history = graph.texts[f"{uid(1)}/prompt"]
    assert len(history.edits) < 6
    assert history.history_start == history.edits[0].version - 1
    late = EditText(id=uid(1), field="prompt", base=5, delta=("x",))
    refused = act(late, client_id="late", seq=1).rejection
    assert refused is not None
    assert refused.reason == "too_old"


def test_clients_that_wrote_long_ago_are_forgotten_with_the_rest(graph: Graph) -> None:
    graph.seqs.update({f"tab{number}": 1 for number in range(5000)})
    trim_history(graph, 1)
    assert len(graph.seqs) == 2000
    assert "tab4999" in graph.seqs
