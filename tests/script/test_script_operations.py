"""From script to graph and again: the least change, and people's words stand."""

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.graph import (
    AddEdge,
    AddNode,
    Graph,
    Node,
    RemoveEdges,
    SetNode,
    chain,
)
from app.script import break_down, read_script
from tests.script.importing import bring, new_id, write

LIGHTHOUSE = (Path(__file__).parents[2] / "examples/scripts/lighthouse.fountain").read_text("utf-8")


@pytest.fixture
def graph() -> Graph:
    made = Graph()
    bring(made, LIGHTHOUSE)
    return made


def scene(graph: Graph, code: str) -> Node:
    return next(
        n for n in graph.nodes.values() if n.type == "film.scene" and n.data["code"] == code
    )


def shot(graph: Graph, scene_code: str, code: str) -> Node:
    return next(n for n in graph.children(scene(graph, scene_code).id) if n.data["code"] == code)


def cut(graph: Graph) -> list[str]:
    """The film in its order, by codes, along the sequence edges from the assembly back."""
    assembly = next(n.id for n in graph.nodes.values() if n.type == "film.assembly")
    found: list[str] = []
    at = graph.incoming(assembly, "sequence")[0].source
    while at:
        node = graph.nodes[at]
        if node.type == "film.scene":
            inside = [graph.nodes[i] for i in chain(graph, graph.children(at))]
            inside = [
                n
                for n in inside
                if graph.incoming(n.id, "previous") or graph.outgoing(n.id, "next")
            ]
            found[:0] = [f"{node.data['code']}/{n.data.get('code', n.type)}" for n in inside]
        before = graph.incoming(at, "previous")
        at = before[0].source if before else ""
    return found


def test_the_first_import_makes_a_graph_that_is_whole(graph: Graph) -> None:
    types = [node.type for node in graph.nodes.values()]
    assert types.count("film.scene") == 8
    assert types.count("film.character") == 3
    assert types.count("film.environment") == 5
    assert types.count("film.script") == types.count("film.assembly") == 1
    breakdown = break_down(read_script(LIGHTHOUSE.encode(), "a.fountain"))
    assert cut(graph) == [f"{s.code}/{x.code}" for s in breakdown.scenes for x in s.shots]
    for made in (n for n in graph.nodes.values() if n.type == "film.shot"):
        people = [graph.nodes[e.source].data["name"] for e in graph.incoming(made.id, "characters")]
        assert people == made.data["characters_in_frame"]
        place = graph.nodes[graph.incoming(made.id, "environment")[0].source]
        assert place.data["name"] == graph.nodes[made.parent].data["location"]  # type: ignore[index]


def test_nodes_do_not_lie_on_each_other(graph: Graph) -> None:
    for parent in {node.parent for node in graph.nodes.values()}:
        boxes = [node.pos for node in graph.children(parent)]
        for (ax, ay), (bx, by) in itertools.combinations(boxes, 2):
            # As large as the canvas draws them: the widest, and the highest of each level.
            assert abs(ax - bx) >= 360 or abs(ay - by) >= (460 if parent is None else 900)


def test_the_same_script_again_changes_nothing(graph: Graph) -> None:
    version = graph.version
    again = bring(graph, LIGHTHOUSE)
    assert again.operations == []
    assert again.summary.empty
    assert graph.version == version


def test_one_line_of_dialogue_is_one_operation(graph: Graph) -> None:
    found = bring(graph, LIGHTHOUSE.replace("What colour is it?", "And what colour is it?"))
    assert len(found.operations) == 1
    assert found.summary.changed == ["SHOT_080 of SCENE_03: dialogue changed"]
    assert shot(graph, "03", "080").text["dialogue_content"] == "INA: And what colour is it?"


def test_a_scene_put_in_and_taken_out_again(graph: Graph) -> None:
    before = cut(graph)
    at = LIGHTHOUSE.index("INT. HARBOUR OFFICE")
    roof = "EXT. ROOF - NIGHT\n\nA gull sleeps. INA looks up.\n\n"
    found = bring(graph, LIGHTHOUSE[:at] + roof + LIGHTHOUSE[at:])
    assert "SCENE_03A with 3 shots: EXT. ROOF - NIGHT" in found.summary.added
    assert [c for c in cut(graph) if c.startswith("03A")] == ["03A/010", "03A/020", "03A/030"]
    assert [c for c in cut(graph) if not c.startswith("03A")] == before
    found = bring(graph, LIGHTHOUSE)
    assert found.summary.removed == ["SCENE_03A with 3 shots"]
    assert cut(graph) == before


def test_a_moved_scene_moves_the_same_node(graph: Graph) -> None:
    sea = scene(graph, "05").id
    start = LIGHTHOUSE.index("EXT. SEA")
    end = LIGHTHOUSE.index("INT. LIGHTHOUSE - LAMP ROOM - NIGHT\n\nIna runs")
    rest = LIGHTHOUSE[:start] + LIGHTHOUSE[end:]
    at = rest.index("INT. LIGHTHOUSE - STAIRS")
    moved = rest[:at] + LIGHTHOUSE[start:end] + rest[at:]
    found = bring(graph, moved)
    assert found.summary.changed == ["SCENE_05 moved"]
    assert list(dict.fromkeys(c[:2] for c in cut(graph))) == [
        "01",
        "05",
        "02",
        "03",
        "04",
        "06",
        "07",
        "08",
    ]
    assert scene(graph, "05").id == sea
    assert bring(graph, moved).operations == []
    bring(graph, LIGHTHOUSE)
    assert list(dict.fromkeys(c[:2] for c in cut(graph))) == [
        f"{number:02}" for number in range(1, 9)
    ]


def test_what_people_wrote_stands(graph: Graph) -> None:
    target = shot(graph, "03", "080")
    write(
        graph,
        SetNode(
            id=target.id,
            values={"text.dialogue_content": "INA: Which colour?", "data.shot_type": "insert"},
        ),
    )
    found = bring(graph, LIGHTHOUSE.replace("What colour is it?", "And what colour is it?"))
    assert len(found.summary.conflicts) == 1
    assert "SHOT_080 of SCENE_03: dialogue" in found.summary.conflicts[0]
    mine = graph.nodes[target.id]
    assert mine.text["dialogue_content"] == "INA: Which colour?"
    assert mine.data["shot_type"] == "insert"
    assert (
        bring(graph, LIGHTHOUSE.replace("What colour is it?", "And what colour is it?")).operations
        == []
    )


def test_another_field_of_an_edited_shot_still_follows_the_script(graph: Graph) -> None:
    target = shot(graph, "03", "080")
    write(graph, SetNode(id=target.id, values={"text.prompt": "Ina, very close."}))
    bring(graph, LIGHTHOUSE.replace("What colour is it?", "And what colour is it?"))
    mine = graph.nodes[target.id]
    assert mine.text["prompt"] == "Ina, very close."
    assert mine.text["dialogue_content"] == "INA: And what colour is it?"


@pytest.mark.parametrize("worked", ["edit", "take"])
def test_a_removed_shot_that_people_worked_on_stays_out_of_the_film(
    graph: Graph, worked: str
) -> None:
    target = shot(graph, "03", "080")
    values = {"text.prompt": "Mine."} if worked == "edit" else {"data.active_take": "01"}
    write(graph, SetNode(id=target.id, values=values), system=worked == "take")
    found = bring(graph, LIGHTHOUSE.replace("INA\nWhat colour is it?\n\n", ""))
    assert len(found.summary.retained) == 1
    assert graph.nodes[target.id].data["script"]["omitted"] is True
    assert "03/080" not in cut(graph)
    back = bring(graph, LIGHTHOUSE)
    assert "omitted" not in graph.nodes[target.id].data["script"]
    assert "03/080" in cut(graph)
    assert back.summary.added == []


def test_a_removed_scene_with_a_take_is_kept(graph: Graph) -> None:
    target = shot(graph, "05", "010")
    write(graph, SetNode(id=target.id, values={"data.active_take": "01"}), system=True)
    start = LIGHTHOUSE.index("EXT. SEA")
    end = LIGHTHOUSE.index("INT. LIGHTHOUSE - LAMP ROOM - NIGHT\n\nIna runs")
    found = bring(graph, LIGHTHOUSE[:start] + LIGHTHOUSE[end:])
    assert found.summary.retained[0].startswith("SCENE_05 ")
    assert target.id in graph.nodes
    assert not [code for code in cut(graph) if code.startswith("05")]
    bring(graph, LIGHTHOUSE)
    assert list(dict.fromkeys(c[:2] for c in cut(graph))) == [f"{n:02}" for n in range(1, 9)]


def test_peoples_own_order_and_shots_stay(graph: Graph) -> None:
    """A person puts a shot of their own between two of the script's."""
    first, second = shot(graph, "07", "040"), shot(graph, "07", "050")
    edge = next(e for e in graph.outgoing(first.id, "next"))
    own = new_id()
    write(
        graph,
        RemoveEdges(ids=(edge.id,)),
        AddNode(id=own, type="film.shot", parent=first.parent, data={"code": "X1"}),
        AddEdge(
            id=new_id(), source=first.id, source_socket="next", target=own, target_socket="previous"
        ),
        AddEdge(
            id=new_id(),
            source=own,
            source_socket="next",
            target=second.id,
            target_socket="previous",
        ),
    )
    found = bring(
        graph, LIGHTHOUSE.replace("It is not stuck.", "It is not stuck.\n\nTOM\nVery stuck.")
    )
    assert found.summary.added == ["SHOT_055 of SCENE_07"]
    inside = [c[3:] for c in cut(graph) if c.startswith("07")]
    assert inside == ["010", "020", "030", "040", "X1", "050", "055", "060", "070", "080"]


def test_a_copy_of_a_shot_is_peoples_own(graph: Graph) -> None:
    target = shot(graph, "03", "080")
    copy = AddNode(
        id=new_id(),
        type="film.shot",
        parent=target.parent,
        data={**target.data},
        text=dict(target.text),
    )
    write(graph, copy, system=True)
    bring(graph, LIGHTHOUSE.replace("What colour is it?", "And what colour is it?"))
    assert graph.nodes[copy.id].text["dialogue_content"] == "INA: What colour is it?"


def test_a_place_that_is_renamed_in_the_script(graph: Graph) -> None:
    found = bring(graph, LIGHTHOUSE.replace("EXT. SEA - NIGHT", "EXT. OPEN SEA - NIGHT"))
    assert "Place OPEN SEA" in found.summary.added
    for made in graph.children(scene(graph, "05").id):
        edge = graph.incoming(made.id, "environment")[0]
        assert graph.nodes[edge.source].data["name"] == "OPEN SEA"


def test_a_graph_where_people_already_work_gets_the_script_beside() -> None:
    graph = Graph()
    own = new_id()
    write(graph, AddNode(id=own, type="film.style", data={"name": "Etching"}))
    assembly = new_id()
    write(graph, AddNode(id=assembly, type="film.assembly", order="a1", data={"title": "Mine"}))
    bring(graph, LIGHTHOUSE)
    assert [n.id for n in graph.nodes.values() if n.type == "film.assembly"] == [assembly]
    assert len(cut(graph)) > 40


WORDS = st.sampled_from(["salt", "lamp", "tide", "bell", "rope", "gull", "oil", "brass"])
SCRIPTS = st.lists(
    st.tuples(
        WORDS,
        st.lists(
            st.tuples(st.sampled_from(["ANNA", "BEN"]), st.lists(WORDS, min_size=1, max_size=5)),
            min_size=1,
            max_size=3,
        ),
    ),
    min_size=1,
    max_size=5,
)


ONE = [("salt", [("ANNA", ["salt", "salt"]), ("ANNA", ["salt"])])]
TURNED = [("salt", [("ANNA", ["salt"]), ("ANNA", ["salt", "salt"])])]


@settings(max_examples=60, deadline=None)
@example([ONE, TURNED, ONE])
@given(st.lists(SCRIPTS, min_size=2, max_size=4))
def test_any_script_after_any_other_gives_its_own_film(scripts) -> None:
    graph = Graph()
    for scenes in scripts:
        text = "\n".join(
            f"INT. {place.upper()} ROOM - DAY\n\n"
            + "\n".join(f"{name}\n{' '.join(words)}.\n" for name, words in block)
            for place, block in scenes
        )
        bring(graph, text)
        breakdown = break_down(read_script(text.encode(), "a.fountain"))
        wanted = [x.dialogue_content for s in breakdown.scenes for x in s.shots]
        by_place = {}
        for node in graph.nodes.values():
            if node.type == "film.shot":
                by_place[f"{graph.nodes[node.parent or ''].data['code']}/{node.data['code']}"] = (
                    node
                )
        assert [by_place[c].text.get("dialogue_content", "") for c in cut(graph)] == wanted
        assert bring(graph, text).operations == []
