"""What the animatic is made of: subtitles in their time, places from words, eased moves, layers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from director_media.animatic import layers, subtitles, text
from director_media.animatic.camera import MOVEMENTS, Camera, ease
from director_media.animatic.framing import frame_shot
from director_media.animatic.paint import over, ramp
from director_media.animatic.places import read_place
from director_media.animatic.shot import read_shot
from director_media.animatic.slate import SHOT_NAMES, describe, timecode
from hypothesis import given, settings
from hypothesis import strategies as st

from node_registry import Input, RenderSettings, Request


@pytest.mark.parametrize(
    ("words", "kind", "inside", "time"),
    [
        ("EXT. HARBOUR - DUSK", "sea", False, "dusk"),
        ("INT. KITCHEN - NIGHT", "kitchen", True, "night"),
        ("INNEN. KÜCHE - NACHT", "kitchen", True, "night"),
        ("AUSSEN. LEUCHTTURM - ABEND", "sea", False, "dusk"),
        ("EXTÉRIEUR. FORÊT - JOUR", "forest", False, "day"),
        ("ESTERNO. SPIAGGIA - ALBA", "sea", False, "dawn"),
        ("INT. CAR - DAY", "vehicle", True, "day"),
        ("interior, TRAM, MORNING", "vehicle", True, "dawn"),
        ("EXT. CALLE - NOCHE", "street", False, "night"),
        ("", "field", False, "day"),
        ("INT. NOWHERE", "room", True, "day"),
        ("A girl lets a paper boat go in a flooded street", "street", False, "day"),
        ("EXT. FISHING BOAT - DAWN", "sea", False, "dawn"),
        ("interior, LIGHTHOUSE - LAMP ROOM, NIGHT", "lamp_room", True, "night"),
        ("INT. CONTROL ROOM - NIGHT", "control", True, "night"),
    ],
)
def test_places_are_read_in_many_languages(words: str, kind: str, inside: bool, time: str) -> None:
    place = read_place(words)
    assert (place.kind, place.inside, place.time) == (kind, inside, time)


def test_a_place_with_nobody_before_it_is_in_focus() -> None:
    assert frame_shot("medium", [], 1280, 720, 3).blur == 0
    assert frame_shot("medium", ["ANNA"], 1280, 720, 3).blur > 0
    assert frame_shot("insert", [], 1280, 720, 3).blur > 0


def test_what_a_place_says_of_itself_wins() -> None:
    place = read_place("a house", setting="interior", time="night", weather="rain")
    assert (place.inside, place.time, place.weather) == (True, "night", "rain")


def test_dialogue_is_read_as_it_is_written() -> None:
    speeches = subtitles.read_dialogue("INA: Yes.\nTOM (softly): No: never.\n and more\n\n")
    assert [(s.name, s.manner, s.words) for s in speeches] == [
        ("INA", "", "Yes."),
        ("TOM", "softly", "No: never. and more"),
    ]


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.text("abcdefgh ÄÖ.", min_size=1, max_size=200), min_size=1, max_size=5),
    frames=st.integers(1, 400),
)
def test_cues_keep_order_and_stay_in_the_shot(words: list[str], frames: int) -> None:
    dialogue = "\n".join(f"N{n}: {part}" for n, part in enumerate(words))
    cues = subtitles.time_cues(subtitles.read_dialogue(dialogue), frames, 24.0, 12, 300)
    assert [cue.first for cue in cues] == sorted(cue.first for cue in cues)
    for cue in cues:
        assert 0 <= cue.first < cue.last <= frames
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= 42 and text.measure(line, 12) <= 300 for line in cue.lines)


def test_cues_of_a_long_shot_do_not_overlap() -> None:
    speeches = subtitles.read_dialogue("A: " + "word " * 60 + "\nB: Indeed.\nA: Quite.")
    cues = subtitles.time_cues(speeches, 600, 24.0, 30, 1100)
    assert len(cues) > 3
    assert all(a.last <= b.first + 1 for a, b in pairwise(cues))


def test_a_long_word_is_broken_with_a_hyphen_and_nothing_lost() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitän"
    lines = text.wrap(word, 30, 300)
    assert len(lines) > 1
    assert "".join(line.removesuffix("-") for line in lines) == word


@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize("depth", [0.12, 0.75, 1.0, 1.5])
def test_a_move_never_shows_more_than_the_margins(movement: str, depth: float) -> None:
    camera = Camera(movement, 1.0, 640, 360)
    across, down = camera.margins(depth)
    for place in np.linspace(0, 1, 97):
        view = camera.view(float(place), float(place) * 9, depth)
        assert abs(view.dx) <= across
        assert abs(view.dy) <= down
        assert view.scale >= 1


def test_a_move_starts_and_stops_at_rest() -> None:
    assert ease(0) == 0
    assert ease(1) == 1
    assert ease(0.02) == 0
    steps = np.diff([ease(place) for place in np.linspace(0, 1, 200)])
    assert (steps >= 0).all()
    assert steps.max() < 0.015


def test_what_is_near_moves_more_on_a_truck_and_alike_on_a_pan() -> None:
    truck, pan = (Camera(name, 0.5, 640, 360) for name in ("truck_left", "pan_left"))
    assert truck.view(1, 1, 1.5).dx > truck.view(1, 1, 1.0).dx > truck.view(1, 1, 0.1).dx > 0
    assert pan.view(1, 1, 1.5) == pan.view(1, 1, 0.1)


def test_a_layer_at_rest_is_put_exactly_where_it_lies() -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[10:20, 16:36] = (255, 255, 255, 255)
    layer = layers.cut_out(rgba, 4, 2, 1.0)
    assert layer is not None
    target = (np.full((60, 80), 16, np.uint8), *(np.full((30, 40), 128, np.uint8) for _ in "uv"))
    layers.put(layer, layers.STILL, target)
    bright = target[0] > 200
    assert bright[12:22, 20:40].all()
    assert bright.sum() == 200


def test_half_a_pixel_shares_an_edge_between_two() -> None:
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[10:20, 16:36] = (255, 255, 255, 255)
    layer = layers.cut_out(rgba, 0, 0, 1.0)
    assert layer is not None
    target = (np.full((60, 80), 16, np.uint8), *(np.full((30, 40), 128, np.uint8) for _ in "uv"))
    layers.put(layer, layers.View(dx=0.5), target)
    assert abs(int(target[0][15, 16]) - 125) <= 4
    assert abs(int(target[0][15, 36]) - 125) <= 4


def test_laying_over_weighs_by_alpha() -> None:
    below = np.full((2, 2, 3), 100, np.uint8)
    above = np.full((2, 2, 4), 64, np.uint8)
    above[..., 3] = 128
    over(below, above)
    assert np.abs(below.astype(int) - (64 + 50)).max() <= 1
    faded = np.full((3, 1, 4), 200, np.uint8)
    faded[..., 3] = 255
    ramp(faded, (0, 0, 0), 0.0, 1.0)
    assert faded[0, 0, 0] >= 198
    assert faded[2, 0, 0] <= 2


@pytest.mark.parametrize("shot_type", [*SHOT_NAMES, "unheard_of"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (160, 90)])
def test_figures_stand_in_the_frame(shot_type: str, width: int, height: int) -> None:
    for count in range(9):
        framing = frame_shot(shot_type, [f"P{n}" for n in range(count)], width, height, 3)
        assert len(framing.figures) <= 6
        for figure in framing.figures:
            assert 0 < figure.x < width
            assert figure.crown + figure.head > 0


def test_the_slate_speaks_the_trade() -> None:
    from fractions import Fraction

    assert describe("medium_close", "dolly_in") == "MCU · dolly in"
    assert timecode(49, Fraction(24)) == "00:00:02:01"
    assert timecode(30, Fraction(30000, 1001)) == "00:00:01:00"


def test_a_shot_inside_is_drawn_inside_though_its_place_is_seen_from_both_sides() -> None:
    place = {"name": "WARTESAAL", "setting": "exterior", "description": "Ein Ofen, eine Bank."}
    request = Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.shot",
        params={"environment_context": "interior, WARTESAAL, NACHT (night); snow"},
        inputs={"environment": [Input(node_id="e", value=place)]},
        seed=1,
        tier="low",
        settings=RenderSettings(width=320, height=180, rate="24"),
    )
    assert read_shot(request).place.inside


@pytest.mark.parametrize("heard", ["; rain, wind", "; rain, wind; wind", "; rain; a bell"])
def test_what_is_heard_in_a_shot_makes_no_other_place_of_it(heard: str) -> None:
    park = "exterior, PARK, DAY"
    keys = {
        read_shot(
            Request(
                task_id="t",
                attempt=1,
                node_id="n",
                node_type="film.shot",
                params={"environment_context": context},
                inputs={},
                seed=1,
                tier="low",
                settings=RenderSettings(width=320, height=180, rate="24"),
            )
        ).place_key
        for context in (park, park + heard)
    }
    assert keys == {park}
