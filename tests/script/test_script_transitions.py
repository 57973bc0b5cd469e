"""Written transitions become nodes of the cut, with usual lengths, and stay people's own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from app.assembly.task import cut_of
from app.graph import Graph, Node, RemoveNodes, SetNode, cut_order
from app.script import break_down, read_script
from app.script.joins import linked_joins
from app.script.transitions import read_transition
from node_registry import RenderSettings
from tests.script.importing import bring, write

CASES = Path(__file__).parent / "cases"
QUAY = "EXT. QUAY - DAY\n\nA rope creaks in the wind.\n\n"
PIER = "EXT. PIER - NIGHT\n\nA lamp swings.\n\n"
YARD = "EXT. YARD - DAY\n\nRain on tin.\n\n"


def joins_of(graph: Graph) -> list[Node]:
    return [node for _, node in cut_order(graph).elements if node.type == "film.transition"]


def said(graph: Graph) -> list[tuple[str, int]]:
    return [(str(one.params["kind"]), int(one.params["frames"])) for one in joins_of(graph)]


def order(graph: Graph) -> list[str]:
    """Scenes by the first word of their place, transitions by their kind, in the film's order."""
    found: list[str] = []
    for scene, node in cut_order(graph).elements:
        name = str(scene.params["location"]) if scene else str(node.params["kind"])
        if node.type == "film.transition":
            name = str(node.params["kind"])
        if not found or found[-1] != name or node.type == "film.transition":
            found.append(name)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "seconds", "direction"),
    [
        ("DISSOLVE TO:", "dissolve", 1.0, "left"),
        ("SLOW DISSOLVE TO:", "dissolve", 2.0, "left"),
        ("QUICK DISSOLVE TO:", "dissolve", 0.5, "left"),
        ("MATCH DISSOLVE TO:", "dissolve", 1.0, "left"),
        ("RIPPLE DISSOLVE TO:", "dissolve", 1.0, "left"),
        ("LAP DISSOLVE:", "dissolve", 1.0, "left"),
        ("CROSSFADE TO:", "dissolve", 1.0, "left"),
        ("CROSS-FADE TO:", "dissolve", 1.0, "left"),
        ("FADE TO:", "dissolve", 1.0, "left"),
        ("FADE IN:", "fade", 1.0, "left"),
        ("FADE UP:", "fade", 1.0, "left"),
        ("FADE OUT.", "fade", 1.0, "left"),
        ("SLOW FADE OUT.", "fade", 2.0, "left"),
        ("FADE TO BLACK.", "fade", 1.0, "left"),
        ("FADE TO WHITE:", "fade", 1.0, "left"),
        ("DIP TO BLACK:", "fade", 1.0, "left"),
        ("IRIS OUT.", "fade", 1.0, "left"),
        ("WIPE TO:", "wipe", 1.0, "left"),
        ("WIPE RIGHT TO:", "wipe", 1.0, "right"),
        ("WIPE UP TO:", "wipe", 1.0, "up"),
        ("PUSH TO:", "push", 0.5, "left"),
        ("WHIP PAN TO:", "push", 0.25, "left"),
        ("MATCH CUT TO:", "cut", 0.0, "left"),
        ("SMASH CUT TO:", "cut", 0.0, "left"),
        ("JUMP CUT TO:", "cut", 0.0, "left"),
        ("CUT TO BLACK.", "cut", 0.0, "left"),
        ("ÜBERBLENDE ZU:", "dissolve", 1.0, "left"),
        ("AUFBLENDE:", "fade", 1.0, "left"),
        ("ABBLENDE.", "fade", 1.0, "left"),
        ("FONDU AU NOIR.", "fade", 1.0, "left"),
        ("FONDU ENCHAÎNÉ:", "dissolve", 1.0, "left"),
        ("FUNDIDO A NEGRO.", "fade", 1.0, "left"),
        ("DISSOLVENZA:", "dissolve", 1.0, "left"),
    ],
)
def test_what_is_written_says_kind_length_and_way(
    text: str, kind: str, seconds: float, direction: str
) -> None:
    found = read_transition(text)
    assert found is not None
    assert (found.kind, found.seconds, found.direction) == (kind, seconds, direction)


@pytest.mark.parametrize("text", ["CUT TO:", "BACK TO:", "INTERCUT WITH:", "SCHNITT:", "LATER TO:"])
def test_a_plain_cut_needs_no_node(text: str) -> None:
    assert read_transition(text) is None


def test_the_case_becomes_the_transitions_of_the_cut() -> None:
    graph = Graph()
    found = bring(graph, (CASES / "written_transitions.fountain").read_bytes())
    assert order(graph) == ["fade", "QUAY", "dissolve", "PIER", "fade"]
    assert said(graph) == [("fade", 24), ("dissolve", 24), ("fade", 24)]
    assert "Transition “DISSOLVE TO:”" in found.summary.added
    cut = cut_of(graph, {}, RenderSettings())
    last = len(cut.clips) - 1
    assert [(one.after, one.kind, one.frames) for one in cut.transitions] == [
        (-1, "fade", 24),
        (2, "dissolve", 24),
        (last, "fade", 24),
    ]
    assert not cut.notes


@pytest.mark.parametrize(("rate", "frames"), [("25", 25), ("30000/1001", 30), ("60", 60)])
def test_lengths_are_frames_of_the_films_own_rate(rate: str, frames: int) -> None:
    from app.script.joins import join_fields

    join = read_transition("DISSOLVE TO:")
    assert join is not None
    assert join_fields(join, Fraction(rate))["frames"] == frames


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("FADE OUT.\n\nFADE IN:\n\n", [("fade", 48)]),
        ("FADE OUT.\n\n", [("fade", 24)]),
        ("FADE IN:\n\n", [("fade", 24)]),
        ("FADE IN:\n", [("fade", 24)]),
        ("FADE TO BLACK\n\n", [("fade", 24)]),
        ("Dissolve to:\n\n", [("dissolve", 24)]),
        ("> Slow burn wipe\n\n", [("wipe", 48)]),
        ("MATCH CUT TO:\n\n", [("cut", 0)]),
        ("CUT TO:\n\n", []),
        ("!DISSOLVE TO:\n\n", []),
        ("\u200bDISSOLVE\u00ad TO:\n\n", [("dissolve", 24)]),
    ],
)
def test_what_stands_between_two_scenes_is_one_transition(
    between: str, expected: list[tuple[str, int]]
) -> None:
    graph = Graph()
    bring(graph, QUAY + between + PIER)
    assert said(graph) == expected


def test_a_scene_of_a_heading_alone_is_left_by_its_transition() -> None:
    heading = "EXT. FIELD - DAY\n\n"
    graph = Graph()
    bring(graph, QUAY + "WIPE TO:\n\n" + heading + "DISSOLVE TO:\n\n" + PIER)
    assert said(graph) == [("wipe", 24), ("dissolve", 24)]
    graph = Graph()
    bring(graph, QUAY + heading + "DISSOLVE TO:\n\n" + PIER)
    assert order(graph) == ["QUAY", "FIELD", "dissolve", "PIER"]


def test_a_transition_within_a_scene_stands_between_its_shots() -> None:
    graph = Graph()
    bring(graph, QUAY + "DISSOLVE TO:\n\nThe rope has come loose. A boat drifts.\n\n" + PIER)
    (join,) = joins_of(graph)
    scene = graph.nodes[join.parent or ""]
    assert scene.params["location"] == "QUAY"
    shots = [node.type for node in cut_order(graph).scenes[0].elements]
    assert shots.count("film.transition") == 1
    assert shots[0] == shots[-1] == "film.shot"


def test_final_draft_calls_a_fade_action() -> None:
    body = "".join(
        f'<Paragraph Type="{kind}"><Text>{text}</Text></Paragraph>'
        for kind, text in (
            ("Action", "FADE IN:"),
            ("Scene Heading", "EXT. QUAY - DAY"),
            ("Action", "A rope creaks."),
            ("Transition", "DISSOLVE TO:"),
            ("Scene Heading", "EXT. PIER - DAY"),
            ("General", "A lamp swings."),
        )
    )
    graph = Graph()
    bring(graph, f"<FinalDraft><Content>{body}</Content></FinalDraft>", "a.fdx")
    assert said(graph) == [("fade", 24), ("dissolve", 24)]


def test_the_same_script_again_changes_nothing() -> None:
    graph = Graph()
    text = f"FADE IN:\n\n{QUAY}DISSOLVE TO:\n\n{PIER}FADE OUT.\n"
    bring(graph, text)
    again = bring(graph, text)
    assert again.summary.empty
    assert not again.operations


def test_people_change_a_transition_and_keep_it() -> None:
    graph = Graph()
    bring(graph, f"{QUAY}DISSOLVE TO:\n\n{PIER}")
    (join,) = joins_of(graph)
    write(graph, SetNode(id=join.id, values={"data.frames": 40}))
    found = bring(graph, f"{QUAY}WIPE TO:\n\n{PIER}")
    assert said(graph) == [("wipe", 40)]
    assert found.summary.changed == ["Transition “WIPE TO:”: kind changed"]
    # One that somebody changed does not leave with its words.
    bring(graph, f"{QUAY}{PIER}")
    assert said(graph) == [("wipe", 40)]


def test_a_transition_leaves_and_comes_with_its_words() -> None:
    graph = Graph()
    bring(graph, f"{QUAY}DISSOLVE TO:\n\n{PIER}")
    found = bring(graph, f"{QUAY}{PIER}")
    assert found.summary.removed == ["Transition “DISSOLVE TO:”"]
    assert order(graph) == ["QUAY", "PIER"]
    bring(graph, f"{QUAY}{PIER}FADE OUT.\n")
    assert order(graph) == ["QUAY", "PIER", "fade"]
    bring(graph, f"{QUAY}DISSOLVE TO:\n\n{PIER}FADE OUT.\n")
    assert order(graph) == ["QUAY", "dissolve", "PIER", "fade"]


def test_one_that_people_took_away_does_not_come_back() -> None:
    graph = Graph()
    text = f"{QUAY}DISSOLVE TO:\n\n{PIER}"
    bring(graph, text)
    (join,) = joins_of(graph)
    write(graph, RemoveNodes(ids=(join.id,)))
    bring(graph, text)
    assert joins_of(graph) == []
    bring(graph, text + YARD)
    assert joins_of(graph) == []


def test_a_scene_put_in_between_leaves_the_transition_with_the_one_that_it_ends() -> None:
    graph = Graph()
    bring(graph, f"{QUAY}DISSOLVE TO:\n\n{PIER}")
    bring(graph, f"{QUAY}DISSOLVE TO:\n\n{YARD}{PIER}")
    assert order(graph) == ["QUAY", "dissolve", "YARD", "PIER"]
    bring(graph, f"{QUAY}{YARD}WIPE TO:\n\n{PIER}")
    assert order(graph) == ["QUAY", "YARD", "wipe", "PIER"]
    assert len(linked_joins(list(graph.nodes.values()))) == 1


def test_the_breakdown_tells_the_transitions_of_each_scene() -> None:
    text = f"FADE IN:\n\n{QUAY}DISSOLVE TO:\n\n{PIER}"
    first, second = break_down(read_script(text.encode(), "a.fountain")).scenes
    assert [(one.text, one.after) for one in first.joins] == [("FADE IN:", -1), ("DISSOLVE TO:", 2)]
    assert second.joins == []
