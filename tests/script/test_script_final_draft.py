"""Final Draft as its program writes it: title pages, paragraphs in paragraphs, marks, no story."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.graph import Graph, cut_order
from app.script import Scene, Script, break_down, read_script
from tests.script.importing import bring_breakdown

CASES = Path(__file__).parent / "cases"


def script(content: str, rest: str = "") -> Script:
    text = f"<FinalDraft>\n<Content>\n{content}\n</Content>\n{rest}</FinalDraft>"
    return read_script(text.encode(), "a.fdx")


def paragraph(kind: str, text: str, more: str = "", **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<Paragraph Type="{kind}"{written}><Text>{text}</Text>{more}</Paragraph>\n'


HALL = paragraph("Scene Heading", "INT. HALL - DAY") + paragraph("Action", "A door creaks.")


def kinds_and_texts(found: Script) -> list[tuple[str, str]]:
    return [(element.kind, element.text) for element in found.elements]


def test_a_title_page_with_header_and_footer() -> None:
    found = read_script((CASES / "title_page_header.fdx").read_bytes(), "x.fdx")
    assert found.title == "THE FALLING JAR"
    assert "." not in found.title
    assert found.title_page["Credit"] == ["by"]


@pytest.mark.parametrize(
    ("lines", "page"),
    [
        (["", "", "THE SEA", "", "Written by", "", "Ina Merritt", "", "12 March"],
         {"Title": ["THE SEA"], "Credit": ["Written by"], "Author": ["Ina Merritt"],
          "Notes": ["12 March"]}),
        (["THE OLD", "LIGHTHOUSE", "by", "Jo"],
         {"Title": ["THE OLD", "LIGHTHOUSE"], "Credit": ["by"], "Author": ["Jo"], "Notes": []}),
        (["The Sea", "Ina Merritt"], {"Title": ["The Sea"], "Notes": ["Ina Merritt"]}),
        (["DAS MEER", "", "Drehbuch von", "Jo"],
         {"Title": ["DAS MEER"], "Credit": ["Drehbuch von"], "Author": ["Jo"], "Notes": []}),
        (["", ""], {}),
    ],
)  # fmt: skip
def test_what_stands_on_a_title_page(lines: list[str], page: dict[str, list[str]]) -> None:
    content = "".join(f"<Paragraph><Text>{line}</Text></Paragraph>" for line in lines)
    header = (
        "<HeaderAndFooter><Header><Paragraph><Text>.</Text></Paragraph></Header></HeaderAndFooter>"
    )
    found = script(HALL, f"<TitlePage>{header}<Content>{content}</Content></TitlePage>")
    assert found.title_page == page


def test_text_outside_the_content_is_nothing() -> None:
    around = (
        "<HeaderAndFooter><Header><Paragraph><Text>Blue draft</Text></Paragraph></Header>"
        "</HeaderAndFooter><SpellCheckIgnoreLists><Paragraph><Text>xyz</Text></Paragraph>"
        "</SpellCheckIgnoreLists><ScriptNotes><Paragraph><Text>later</Text></Paragraph></ScriptNotes>"
    )
    found = script(HALL, around)
    assert kinds_and_texts(found) == [("heading", "INT. HALL - DAY"), ("action", "A door creaks.")]
    assert found.title == "A"


def test_an_omitted_scene_keeps_its_number_and_makes_nothing() -> None:
    found = read_script((CASES / "omitted_scene.fdx").read_bytes(), "x.fdx")
    broken = break_down(found)
    assert [(s.code, s.number, s.heading, s.omitted) for s in broken.scenes] == [
        ("20", "20", "INT. PANTRY - NIGHT", False),
        ("21", "21", "OMITTED", True),
        ("22", "22", "INT. LANDING - DAY", False),
    ]
    assert broken.scenes[1].shots == []
    assert "LENA" not in [character.name for character in broken.characters]
    assert [place.name for place in broken.locations] == ["PANTRY", "LANDING"]
    held = next(e.text for e in found.elements if e.kind == "boneyard")
    assert "Lena picks a pear." in held


@pytest.mark.parametrize(
    "inside",
    [
        "<Text>OMITTED</Text><OmittedScene>{scene}</OmittedScene>",
        "<OmittedScene>{scene}</OmittedScene><Text>OMITTED</Text>",
        "<OmittedScene>{scene}</OmittedScene>",
        "<Text>OMITTED</Text><OmittedScene></OmittedScene>",
    ],
)
def test_an_omitted_scene_is_one_however_it_is_written(inside: str) -> None:
    scene = paragraph("Scene Heading", "EXT. ORCHARD - DUSK") + paragraph("Action", "A pear.")
    omitted = f'<Paragraph Type="Scene Heading" Number="2">{inside.format(scene=scene)}</Paragraph>'
    broken = break_down(script(HALL + omitted + HALL))
    assert [(s.heading, s.number, s.omitted, len(s.shots)) for s in broken.scenes] == [
        ("INT. HALL - DAY", "", False, 3),
        ("OMITTED", "2", True, 0),
        ("INT. HALL - DAY", "", False, 3),
    ]


def test_text_before_paragraphs_in_a_paragraph_stays() -> None:
    speeches = "".join(
        paragraph(kind, text)
        for kind, text in (
            ("Character", "ANA"), ("Dialogue", "Go."), ("Character", "BO"), ("Dialogue", "Stay."),
        )
    )  # fmt: skip
    both = (
        '<Paragraph Type="Action"><Text>They shout.</Text>'
        f"<DualDialogue>{speeches}</DualDialogue><Text>Silence.</Text></Paragraph>"
    )
    found = script(HALL + both)
    assert kinds_and_texts(found)[2:] == [
        ("action", "They shout."),
        ("character", "ANA"),
        ("dialogue", "Go."),
        ("character", "BO"),
        ("dialogue", "Stay."),
        ("action", "Silence."),
    ]
    assert [e.dual for e in found.elements if e.kind == "character"] == [False, True]


@pytest.mark.parametrize(
    "kind",
    [
        "Outline 1",
        "Outline Body",
        "Summary",
        "Note",
        "Cast List",
        "Scene Characters",
        "Chat Bubble",
    ],
)
def test_what_is_no_story_makes_no_shot(kind: str) -> None:
    plain = break_down(script(HALL))
    noted = break_down(script(HALL + paragraph(kind, "Ina is really her own mother.")))
    assert [s.prompt for s in noted.scenes[0].shots] == [s.prompt for s in plain.scenes[0].shots]
    assert noted.seconds == plain.seconds
    assert noted.scenes[0].notes == [f"{kind}: Ina is really her own mother."]
    unknown = [problem.code for problem in noted.problems]
    assert unknown == (["script.unknown_paragraph"] if kind == "Chat Bubble" else [])


@pytest.mark.parametrize("kind", ["Action", "General", "action", "SCENE HEADING", ""])
def test_what_is_story_stays_story(kind: str) -> None:
    element = script(HALL + paragraph(kind, "A dog.")).elements[-1]
    assert element.kind == ("heading" if kind == "SCENE HEADING" else "action")


MARKED = """
<Paragraph Type="Scene Heading" Number="7">
<SceneProperties Color="#FFFFA5A50000" Length="1/8" Page="1"><Summary><Paragraph>
<Text>Ina finds the lamp.</Text></Paragraph></Summary></SceneProperties>
<Text RevisionID="2">INT. LAMP ROOM - NIGHT</Text></Paragraph>
<Paragraph Type="Action"><Text>Ina lifts </Text>
<Text TagNumber="4" RevisionID="1">the lantern</Text><Text>.</Text>
<ScriptNote Name="Props"><Paragraph><Text>Must be lit.</Text></Paragraph></ScriptNote>
</Paragraph>
"""
BEHIND = """
<Revisions><Revision ID="1" Name="Blue Rev."/><Revision ID="2" Name="Pink Rev."/></Revisions>
<TagData><TagCategories><TagCategory Id="c1" Name="Props"/></TagCategories>
<TagDefinitions><TagDefinition Id="d1" CatId="c1" Label="Lantern"/></TagDefinitions>
<Tags><Tag Number="4"><DefId>d1</DefId></Tag></Tags></TagData>
"""


def test_the_writers_marks_are_on_the_scene_and_on_its_node() -> None:
    broken = break_down(script(MARKED + HALL, BEHIND))
    scene = broken.scenes[0]
    assert (scene.number, scene.color) == ("7", "#FFA500")
    assert scene.revisions == ["Pink Rev.", "Blue Rev."]
    assert scene.tags == ["Props: Lantern"]
    assert scene.notes == ["Must be lit."]
    assert scene.summary == "Ina finds the lamp."
    assert broken.scenes[1].tags == []
    node = next(
        n for n in imported(Graph(id="g"), broken.scenes).nodes.values() if n.data.get("tags")
    )
    kept = {name: node.data[name] for name in ("number", "color", "revisions", "tags", "notes")}
    assert kept == {
        "number": "7",
        "color": "#FFA500",
        "revisions": ["Pink Rev.", "Blue Rev."],
        "tags": ["Props: Lantern"],
        "notes": ["Must be lit."],
    }


def imported(graph: Graph, scenes: list[Scene]) -> Graph:
    """A graph after an import of these scenes."""
    broken = break_down(script(HALL))
    broken.scenes = scenes
    bring_breakdown(graph, broken)
    return graph


def draft(*numbers: str, omitted: str = "") -> list[Scene]:
    """Scenes of these numbers, one of them omitted."""
    content = "".join(
        f'<Paragraph Type="Scene Heading" Number="{number}"><Text>OMITTED</Text><OmittedScene/>'
        "</Paragraph>"
        if number == omitted
        else paragraph("Scene Heading", f"INT. ROOM {number} - DAY", Number=number)
        + paragraph("Action", f"Lamp {number} burns in the quiet room.")
        for number in numbers
    )
    return break_down(script(content)).scenes


def scene_nodes(graph: Graph) -> dict[str, str]:
    return {str(n.data["code"]): n.id for n in graph.nodes.values() if n.type == "film.scene"}


def film_codes(graph: Graph) -> list[str]:
    return [str(part.scene.data["code"]) for part in cut_order(graph).scenes if part.scene]


def test_a_scene_that_is_omitted_later_keeps_its_node_and_comes_back() -> None:
    graph = imported(Graph(id="g"), draft("20", "21", "22"))
    before = scene_nodes(graph)
    assert film_codes(graph) == ["20", "21", "22"]
    imported(graph, draft("20", "21", "22", omitted="21"))
    assert scene_nodes(graph) == before
    assert graph.nodes[before["21"]].data["heading"] == "OMITTED"
    assert graph.children(before["21"]) == []
    assert film_codes(graph) == ["20", "22"]
    imported(graph, draft("20", "21", "22"))
    assert scene_nodes(graph) == before
    assert film_codes(graph) == ["20", "21", "22"]
    assert len(graph.children(before["21"])) == 3
