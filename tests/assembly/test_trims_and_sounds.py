"""Trims of a shot and the sounds under the film, from the graph to the cut."""

from __future__ import annotations

from app.assembly.task import cut_of, film_order
from app.graph import AddEdge, AddNode, Graph, SetNode
from node_registry import RenderSettings
from tests.assembly.cuts import shot, take
from tests.film import FILM
from tests.script.importing import bring, new_id, write

SETTINGS = RenderSettings(rate="25")


def film() -> Graph:
    graph = Graph()
    bring(graph, "INT. HALL - DAY\n\n[[Ask for the key.]]\n\nA lamp goes out. A door shuts.\n")
    return graph


def first(graph: Graph, kind: str) -> str:
    return next(node.id for node in graph.nodes.values() if node.type == kind)


def test_a_trim_is_a_field_of_the_shot_that_enters_no_digest() -> None:
    node_type = FILM.node_type("film.shot")
    assert node_type is not None
    fields = node_type.params["properties"]
    assert fields["cut_in"]["x-digest"] is False
    assert fields["cut_out"]["x-digest"] is False


def test_a_trim_moves_the_cut_and_what_nobody_trimmed_stays_as_it_was_told() -> None:
    graph = film()
    assembly = graph.nodes[first(graph, "film.assembly")]
    before = film_order(graph, assembly, SETTINGS)["order"]
    assert all("cut_in" not in entry and "notes" not in entry for entry in before)
    plain = cut_of(graph, {}, SETTINGS)
    trimmed = plain.clips[0].shot
    write(graph, SetNode(id=trimmed, values={"data.cut_in": 5, "data.cut_out": 30}))
    cut = cut_of(graph, {}, SETTINGS)
    assert (cut.clips[0].start, cut.clips[0].end) == (5, 30)
    assert cut.frames == plain.frames - plain.clips[0].length + 25
    told = film_order(graph, assembly, SETTINGS)["order"]
    assert (told[0]["cut_in"], told[0]["cut_out"]) == (5, 30)
    assert told[1:] == before[1:]


def test_a_trim_that_the_take_is_too_short_for_says_so() -> None:
    from app.assembly import build_cut

    cut = build_cut([shot(1, cut_in=10, cut_out=90)], {"shot1": take(1, 48)}, "24")
    assert (cut.clips[0].start, cut.clips[0].end) == (10, 48)
    assert cut.notes == ("SCENE_01/SHOT_010 is trimmed to frame 90, but its take has only 48.",)
    late = build_cut([shot(1, cut_in=500, cut_out=900)], {"shot1": take(1, 48)}, "24")
    assert late.clips[0].length == 1


def test_connected_sounds_and_notes_are_in_the_cut() -> None:
    graph = film()
    sound = new_id()
    media = {
        "digest": "a" * 64,
        "size": 9,
        "media_type": "audio/wav",
        "name": "waves.wav",
        "facts": {"duration": 4.0},
    }
    write(
        graph,
        AddNode(id=sound, type="film.audio_import", order="b00", data={"media": media}),
        AddEdge(
            id=new_id(),
            source=sound,
            source_socket="audio",
            target=first(graph, "film.assembly"),
            target_socket="audio",
            order="a0",
        ),
    )
    cut = cut_of(graph, {}, SETTINGS)
    assert [(one.name, one.extension, one.frames) for one in cut.sounds] == [("waves", "wav", 100)]
    assert cut.clips[0].notes == ("Ask for the key.",)
    assert all(not clip.notes for clip in cut.clips[1:])
