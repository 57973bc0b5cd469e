"""Headings as people write them: abbreviations, times that no list has, margins, marks, levels."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.graph import Graph, RemoveEdges, SetNode
from app.script import break_down, read_script
from app.script.headings import Heading, read_forced, read_heading
from tests.script.importing import bring, write

CASES = Path(__file__).parent / "cases"


def read(line: str, language: str = "") -> Heading:
    found = read_heading(line, language)
    assert found is not None, line
    return found


@pytest.mark.parametrize(
    ("line", "location", "time"),
    [
        # A full stop belongs to an abbreviation, or ends the place.
        ("INT. JOE'S PIZZA CO. - NIGHT", "JOE'S PIZZA CO.", "NIGHT"),
        ("EXT. WASHINGTON D.C. - DAY", "WASHINGTON D.C.", "DAY"),
        ("INT. MOTEL RM. - DAY", "MOTEL RM.", "DAY"),
        ("INT. F.B.I. HQ. -- NIGHT", "F.B.I. HQ.", "NIGHT"),
        ("INT. KITCHEN. DAY", "KITCHEN", "DAY"),
        ("INT. KITCHEN. - DAY", "KITCHEN", "DAY"),
        ("INT. KITCHEN.", "KITCHEN", ""),
        ("INT. ST. MARY'S. NIGHT.", "ST. MARY'S", "NIGHT"),
        ("EXT. 5TH AVE. AND W. 42ND ST. - DUSK", "5TH AVE. AND W. 42ND ST.", "DUSK"),
        ("INT. U.S.S. NIMITZ - BRIDGE - DAY", "U.S.S. NIMITZ - BRIDGE", "DAY"),
        # A number before the time belongs to the place.
        ("INT. APT. 5 - DAY", "APT. 5", "DAY"),
        ("INT. APT. 6 - DAY", "APT. 6", "DAY"),
        ("INT. ROOM 1408 - NIGHT", "ROOM 1408", "NIGHT"),
        ("INT. PLATFORM 9 3/4 - DAY", "PLATFORM 9 3/4", "DAY"),
        ("EXT. HIGHWAY 61, DAY", "HIGHWAY 61", "DAY"),
        ("INT. LEVEL 4 - CORRIDOR 12 - NIGHT", "LEVEL 4 - CORRIDOR 12", "NIGHT"),
        # Times that no list has.
        ("INT. HALL - A MOMENT LATER", "HALL", "A MOMENT LATER"),
        ("INT. HALL - ANOTHER DAY", "HALL", "ANOTHER DAY"),
        ("INT. HALL - MID-AFTERNOON", "HALL", "MID-AFTERNOON"),
        ("EXT. LAKE - DAY FOR NIGHT", "LAKE", "DAY FOR NIGHT"),
        ("EXT. LAKE - LATE-NIGHT", "LAKE", "LATE-NIGHT"),
        ("EXT. LAKE - PRE-DAWN", "LAKE", "PRE-DAWN"),
        ("INT. HALL - SECONDS LATER", "HALL", "SECONDS LATER"),
        ("INT. HALL - A BEAT LATER", "HALL", "A BEAT LATER"),
        ("INT. HALL - TWO WEEKS EARLIER", "HALL", "TWO WEEKS EARLIER"),
        (
            "INT. HALL - SEVERAL HOURS AND A BOTTLE LATER",
            "HALL",
            "SEVERAL HOURS AND A BOTTLE LATER",
        ),
        ("INT. HALL - LATER THAT SAME NIGHT", "HALL", "LATER THAT SAME NIGHT"),
        ("INT. HALL - MORNING OF THE WEDDING", "HALL", "MORNING OF THE WEDDING"),
        ("INT. HALL - THE NIGHT BEFORE", "HALL", "THE NIGHT BEFORE"),
        ("INT. HALL - PRESENT DAY", "HALL", "PRESENT DAY"),
        ("INT. HALL - 1942", "HALL", "1942"),
        ("INT. HALL - 8:30 PM", "HALL", "8:30 PM"),
        ("INT. HALL - 0600 HOURS", "HALL", "0600 HOURS"),
        ("INT. HALL - FIRST LIGHT", "HALL", "FIRST LIGHT"),
        ("INT. HALL - MAGIC HOUR", "HALL", "MAGIC HOUR"),
        ("INT. HALL - CHRISTMAS EVE", "HALL", "CHRISTMAS EVE"),
        ("INT. HALL - STORMY WINTER NIGHT", "HALL", "STORMY WINTER NIGHT"),
        ("INT. HALL - DAY 2", "HALL", "DAY 2"),
        ("INT. HALL - NIGHT THREE", "HALL", "NIGHT THREE"),
        ("INT. HALL LATE NIGHT", "HALL", "LATE NIGHT"),
        ("INNEN. FLUR - EINE STUNDE SPÄTER", "FLUR", "EINE STUNDE SPÄTER"),
        # A set is no time, whatever it is called.
        ("INT. HOTEL - NIGHT CLUB", "HOTEL - NIGHT CLUB", ""),
        ("INT. CLUB - DAY ROOM", "CLUB - DAY ROOM", ""),
        ("INT. HOUSE - KITCHEN", "HOUSE - KITCHEN", ""),
        ("INT. NIGHT TRAIN - DINING CAR", "NIGHT TRAIN - DINING CAR", ""),
        # A place whose name is a time somewhere.
        ("INT. SUITE - DAY", "SUITE", "DAY"),
        ("INT. HOTEL - SUITE - NIGHT", "HOTEL - SUITE", "NIGHT"),
        ("INT. HOTEL - SUITE", "HOTEL - SUITE", ""),
        ("INT. SUITE", "SUITE", ""),
        ("EXT. ALBA - DAY", "ALBA", "DAY"),
        ("EXT. SUNSET - DAY", "SUNSET", "DAY"),
        ("EXT. SUNSET", "SUNSET", ""),
        ("EXT. SUNSET - SUNSET", "SUNSET", "SUNSET"),
        ("EXT. SUNSET BOULEVARD - DUSK", "SUNSET BOULEVARD", "DUSK"),
        ("INT. MIDNIGHT - DAY", "MIDNIGHT", "DAY"),
        ("INT. DAY", "", "DAY"),
        ("INT. NIGHT", "", "NIGHT"),
    ],
)
def test_place_and_time(line: str, location: str, time: str) -> None:
    found = read(line)
    assert (found.location, found.time_of_day) == (location, time)


def test_a_word_is_a_time_where_the_script_has_its_language() -> None:
    assert read("INT. MAISON - SUITE", "fr").time_of_day == "SUITE"
    assert read("INT. MAISON - SUITE", "en").location == "MAISON - SUITE"
    assert read("EST. SPIAGGIA - ALBA", "it").time_of_day == "ALBA"


@pytest.mark.parametrize(
    ("line", "time", "marks", "remarks"),
    [
        ("INT. HALL - DAY [STORY]", "DAY", (), ("STORY",)),
        ("INT. CAR - DAY / DRIVING", "DAY", (), ("DRIVING",)),
        ("INT. HALL - NIGHT (D3)", "NIGHT", (), ("D3",)),
        ("INT. HALL - NIGHT - D3", "NIGHT", (), ("D3",)),
        ("EXT. FIELD - DAY - RAINING", "DAY", (), ("RAINING",)),
        ("EXT. FIELD - DAY, THUNDERSTORM", "DAY", (), ("THUNDERSTORM",)),
        ("INT. HALL - DAY (1972)", "DAY", (), ("1972",)),
        ("INT. HALL (NIGHT)", "NIGHT", (), ()),
        ("INT. HALL - DUSK/NIGHT", "DUSK", (), ("NIGHT",)),
        ("INT. HALL - NIGHT - LATER", "NIGHT", (), ("LATER",)),
        ("INT. HALL - DAY (FLASHBACK)", "DAY", ("flashback",), ()),
        ("INT. HALL - DAY - FLASHBACK", "DAY", ("flashback",), ()),
        ("INT. HALL - FLASHBACK", "", ("flashback",), ()),
        ("INT. HALL - FLASHBACK - DAY", "DAY", ("flashback",), ()),
        ("FLASHBACK - INT. HALL - DAY", "DAY", ("flashback",), ()),
        ("BEGIN FLASHBACK: INT. HALL - DAY", "DAY", ("flashback",), ()),
        ("DREAM SEQUENCE - EXT. HALL - NIGHT", "NIGHT", ("dream",), ()),
        ("INT. HALL - NIGHT (DREAM) [D2]", "NIGHT", ("dream",), ("D2",)),
        ("INT. HALL - DAY - INTERCUT WITH OFFICE", "DAY", ("intercut",), ()),
        ("INT. HALL - DAY (MONTAGE)", "DAY", ("montage",), ()),
        ("EXT. HALL - DAY (STOCK)", "DAY", ("stock",), ()),
        ("INT. FLASHBACK - HALL - DAY", "DAY", ("flashback",), ()),
    ],
)
def test_what_follows_the_time_is_no_place(
    line: str, time: str, marks: tuple[str, ...], remarks: tuple[str, ...]
) -> None:
    found = read(line)
    place = found.location.removesuffix(" ()")
    assert place in {"HALL", "CAR", "FIELD"}
    assert (found.time_of_day, found.marks, found.remarks) == (time, marks, remarks)


@pytest.mark.parametrize(
    ("line", "location", "marks"),
    [
        ("MONTAGE - INA TRAVELS", "", ("montage",)),
        ("SERIES OF SHOTS", "", ("series_of_shots",)),
        ("INTERCUT PHONE CONVERSATION", "", ("intercut",)),
        ("INTERCUT - OFFICE / KITCHEN", "", ("intercut",)),
        ("END FLASHBACK", "", ("flashback",)),
        ("THE ROOF", "THE ROOF", ()),
    ],
)
def test_a_forced_heading_that_is_a_mark_names_no_place(
    line: str, location: str, marks: tuple[str, ...]
) -> None:
    found = read_forced(line)
    assert (found.location, found.marks) == (location, marks)


@pytest.mark.parametrize(
    ("prefix", "setting"),
    [
        ("INT.", "interior"), ("INT", "interior"), ("EXT.", "exterior"), ("EST.", "exterior"),
        ("INT:", "interior"), ("INT -", "interior"), ("INT. -", "interior"),
        ("INT./EXT.", "mixed"), ("INT/EXT", "mixed"), ("INT/EXT.", "mixed"),
        ("INT. / EXT.", "mixed"),
        ("INT.\\EXT.", "mixed"), ("EXT/INT/EXT", "mixed"), ("EXT. TO INT.", "mixed"),
        ("INT. & EXT.", "mixed"), ("INT. AND EXT.", "mixed"), ("INT.-EXT.", "mixed"),
        ("INT - EXT", "mixed"), ("EXT+INT", "mixed"), ("INT.EXT.", "mixed"),
        ("EXT./EXT.", "exterior"),
        ("I/E", "mixed"), ("I/E.", "mixed"), ("I / E", "mixed"), ("I. / E.", "mixed"),
        ("I./E.", "mixed"), ("E/I", "mixed"), ("I\\E", "mixed"), ("INNEN UND AUSSEN", "mixed"),
        ("INT. ET EXT.", "mixed"),
    ],
)  # fmt: skip
def test_every_spelling_of_the_prefix(prefix: str, setting: str) -> None:
    found = read(f"{prefix} HALL - DAY")
    assert (found.location, found.time_of_day, found.setting) == ("HALL", "DAY", setting)


@pytest.mark.parametrize(
    ("line", "text", "number", "revised"),
    [
        ("12. INT. HALL - DAY 12.", "INT. HALL - DAY", "12", False),
        ("13 EXT. HALL - DAY 13", "EXT. HALL - DAY", "13", False),
        ("14A. INT. HALL - DAY 14A.", "INT. HALL - DAY", "14A", False),
        ("15 INT. HALL - DAY *", "INT. HALL - DAY", "15", True),
        ("16* EXT. HALL - DAY 16*", "EXT. HALL - DAY", "16", True),
        ("* 17 EXT. HALL - DAY 17 *", "EXT. HALL - DAY", "17", True),
        ("18 INT. HALL - DAY", "INT. HALL - DAY", "18", False),
        ("INT. HALL - DAY          19", "INT. HALL - DAY", "19", False),
        ("INT. HALL - DAY\t20\t", "INT. HALL - DAY", "20", False),
        ("A21 INT. HALL - DAY A21", "INT. HALL - DAY", "A21", False),
        ("22) INT. HALL - DAY", "INT. HALL - DAY", "22", False),
        ("(23) INT. HALL - DAY (23)", "INT. HALL - DAY", "23", False),
        ("24 - INT. HALL - DAY", "INT. HALL - DAY", "24", False),
        ("25: INT. HALL - DAY", "INT. HALL - DAY", "25", False),
        ("26aa INT. HALL - DAY 26AA", "INT. HALL - DAY", "26aa", False),
        ("SCENE 27 INT. HALL - DAY", "INT. HALL - DAY", "27", False),
        ("28.INT. HALL - DAY", "INT. HALL - DAY", "28", False),
        ("**29 INT. HALL - DAY 29**", "INT. HALL - DAY", "29", False),
        ("INT. HALL - DAY *", "INT. HALL - DAY", "", True),
        ("INT. HALL - DAY**", "INT. HALL - DAY", "", True),
        ("**INT. HALL - DAY**", "INT. HALL - DAY", "", False),
        ("INT. HALL 30 - DAY", "INT. HALL 30 - DAY", "", False),
    ],
)
def test_what_stands_at_the_margins(line: str, text: str, number: str, revised: bool) -> None:
    found = read(line)
    assert (found.text, found.number, found.revised) == (text, number, revised)
    assert found.time_of_day == "DAY"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("21 OMITTED 21", "21"), ("21. OMITTED", "21"), ("20-22 OMITTED 20-22", "20-22"),
        ("20 THRU 22 OMITTED", "20 THRU 22"), ("SCENE 21 OMITTED", "21"), ("21A OMIT", "21A"),
        ("21 SCENE OMITTED 21", "21"), ("21 SCENE DELETED", "21"), ("21* OMITTED 21*", "21"),
    ],
)  # fmt: skip
def test_an_omitted_scene_at_its_number(line: str, number: str) -> None:
    found = read(line)
    assert found.omitted
    assert found.number == number


@pytest.mark.parametrize("line", ["OMITTED FROM THE LIST", "12 MEN OMITTED TO SALUTE", "OMITTED"])
def test_a_sentence_omits_no_scene(line: str) -> None:
    assert read_heading(line) is None


def test_the_levels_of_a_place() -> None:
    assert read("INT. LIGHTHOUSE - LAMP ROOM - NIGHT").levels == ("LIGHTHOUSE", "LAMP ROOM")
    assert read("INT. SHIP – DECK 3 – CABIN – DAY").levels == ("SHIP", "DECK 3", "CABIN")
    assert read("EXT. ROSTOV-ON-DON - DAY").levels == ("ROSTOV-ON-DON",)
    assert read("EXT. PARIS, FRANCE - DAY").levels == ("PARIS, FRANCE",)


def scenes_of(name: str) -> list[tuple[str, str, str, str]]:
    found = break_down(read_script((CASES / name).read_bytes(), name))
    return [(s.number, s.heading, s.location, s.time_of_day) for s in found.scenes]


@pytest.mark.parametrize("name", ["a.fountain", "a.txt"])
def test_numbers_at_the_margins_of_a_script(name: str) -> None:
    found = break_down(read_script((CASES / "margin_numbers.fountain").read_bytes(), name))
    assert [(s.code, s.number, s.heading, s.location, s.time_of_day) for s in found.scenes] == [
        ("12", "12", "INT. STREET - DAY", "STREET", "DAY"),
        ("13", "13", "EXT. BEACH - DAY", "BEACH", "DAY"),
        ("14A", "14A", "INT. HUT - NIGHT", "HUT", "NIGHT"),
        ("15", "15", "INT. HUT - NIGHT", "HUT", "NIGHT"),
        ("16", "16", "EXT. DUNE - DAY", "DUNE", "DAY"),
    ]
    assert [scene.revisions for scene in found.scenes] == [[], [], [], ["*"], ["*"]]
    assert [scene.line for scene in found.scenes] == [3, 7, 11, 15, 19]
    assert not [s for scene in found.scenes for s in scene.shots if "*" in s.prompt]


def test_places_with_abbreviations_and_numbers_are_told_apart() -> None:
    name = "heading_abbreviation.fountain"
    found = break_down(read_script((CASES / name).read_bytes(), name))
    assert [(place.name, place.scenes) for place in found.locations] == [
        ("JOE'S PIZZA CO.", 1),
        ("WASHINGTON D.C.", 1),
        ("MOTEL RM.", 1),
        ("F.B.I. HQ.", 1),
        ("KITCHEN", 2),
        ("ST. MARY'S", 1),
        ("APT. 5", 1),
    ]
    assert {scene.time_of_day for scene in found.scenes} == {"DAY", "NIGHT"}


def test_an_omitted_scene_in_plain_text_makes_nothing() -> None:
    text = (
        "20 INT. HALL - DAY 20\n\nA door creaks.\n\n21 OMITTED 21\n\n22-23 OMITTED\n\n"
        "24 INT. YARD - DAY 24\n\nA dog barks.\n"
    )
    for name in ("a.fountain", "a.txt"):
        found = break_down(read_script(text.encode(), name))
        assert [(s.code, s.omitted, len(s.shots)) for s in found.scenes] == [
            ("20", False, 3),
            ("21", True, 0),
            ("22", True, 0),
            ("24", False, 3),
        ]


STAIRS = "INT. LIGHTHOUSE - STAIRS - NIGHT\n\nIna climbs.\n\n"
LAMP = "INT. LIGHTHOUSE - LAMP ROOM - NIGHT\n\nThe lamp is dark.\n\n"
CELLAR = "INT. LIGHTHOUSE - CELLAR - NIGHT\n\nWater drips.\n\n"


def brought(graph: Graph, text: str) -> Graph:
    """A graph after the import of a script."""
    bring(graph, text)
    return graph


def places_of(graph: Graph) -> dict[str, str]:
    """The environment that each scene's shots are connected with, by scene."""
    found: dict[str, str] = {}
    for scene in (node for node in graph.nodes.values() if node.type == "film.scene"):
        names = {
            str(graph.nodes[edge.source].data["name"])
            for shot in graph.children(scene.id)
            for edge in graph.incoming(shot.id, "environment")
        }
        found[str(scene.data["location"])] = " + ".join(sorted(names))
    return found


def test_a_place_has_sets_with_environments_of_their_own() -> None:
    graph = brought(Graph(), STAIRS + LAMP)
    kept = {n.data["name"]: n.data["place"] for n in graph.nodes.values() if "place" in n.data}
    assert kept == {"LIGHTHOUSE - STAIRS": "LIGHTHOUSE", "LIGHTHOUSE - LAMP ROOM": "LIGHTHOUSE"}
    assert places_of(graph) == {name: name for name in kept}


def test_one_environment_serves_all_sets_of_a_place_if_people_want_it() -> None:
    graph = brought(Graph(), STAIRS + LAMP)
    stairs = next(n for n in graph.nodes.values() if n.data.get("name") == "LIGHTHOUSE - STAIRS")
    write(graph, SetNode(id=stairs.id, values={"data.whole_place": True}))
    own = next(
        edge
        for shot in graph.nodes.values()
        if shot.type == "film.shot"
        for edge in graph.incoming(shot.id, "environment")
        if edge.source != stairs.id
    )
    write(graph, RemoveEdges(ids=(own.id,)))
    brought(graph, STAIRS + LAMP + CELLAR)
    assert places_of(graph) == {
        "LIGHTHOUSE - STAIRS": "LIGHTHOUSE - STAIRS",
        "LIGHTHOUSE - LAMP ROOM": "LIGHTHOUSE - STAIRS",
        "LIGHTHOUSE - CELLAR": "LIGHTHOUSE - STAIRS",
    }
    # An edge that somebody took away does not come back.
    assert graph.incoming(own.target, "environment") == []
    names = [n.data["name"] for n in graph.nodes.values() if n.type == "film.environment"]
    assert sorted(names) == ["LIGHTHOUSE - LAMP ROOM", "LIGHTHOUSE - STAIRS"]
