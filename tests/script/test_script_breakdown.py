"""Breakdown: scenes, people and places that are found, and shots that a crew could shoot."""

from pathlib import Path
from typing import get_args

import pytest

from app.script import break_down, read_script, to_json
from app.script.headings import read_heading
from app.script.page_timing import eighths
from app.vocabulary.generation import CameraMovement, ShotType

EXAMPLES = Path(__file__).parents[2] / "examples" / "scripts"
SHOT_TYPES = get_args(ShotType)
MOVEMENTS = get_args(CameraMovement)

# For each script what a script supervisor would mark: headings, people, places.
LABELS = {
    "lighthouse.fountain": (
        8,
        {"INA", "TOM", "VIK"},
        {"SKERRY", "LIGHTHOUSE - STAIRS", "LIGHTHOUSE - LAMP ROOM", "HARBOUR OFFICE", "SEA"},
    ),
    "the_long_table.fountain": (
        17,
        {
            "NOOR",
            "AUGUST",
            "PILAR",
            "FENWICK",
            "TEODOR",
            "SLOAN",
            "OLD CONDUCTOR",
            "BAKER",
            "WIDOW",
            "FIRST REMOVAL MAN",
            "SECOND REMOVAL MAN",
        },
        {
            "MARKET STREET",
            "RESTAURANT - KITCHEN",
            "RESTAURANT - DINING ROOM",
            "SCHOOL YARD",
            "BANK - OFFICE",
            "TRAM",
        },
    ),
    "goodnight_satellite.fdx": (
        3,
        {"MIRA", "JONAS"},
        {"GROUND STATION - CONTROL ROOM", "ORBIT"},
    ),
    "the_umbrella.txt": (3, {"IRIS", "MR. KOVACS", "SAM"}, {"TRAM", "PARK"}),
    "der_letzte_zug.fountain": (5, {"HENRIETTE", "ÖZGÜR"}, {"BAHNHOF", "WARTESAAL"}),
    "two_radios.fountain": (2, {"CELESTE", "BRAM"}, {"APARTMENT HOUSE - STAIRWELL"}),
    "le_phare_de_papier.fountain": (
        3,
        {"ÉLOÏSE", "MATHÉO", "JEANNE"},
        {"CHAMBRE D'ENFANT", "MER"},
    ),
    "the_snail_post.txt": (1, set(), set()),
    "one_line.txt": (1, set(), set()),
}


def breakdown_of(text: str, name: str = "a.fountain"):
    return break_down(read_script(text.encode(), name))


def example(name: str):
    return break_down(read_script((EXAMPLES / name).read_bytes(), name))


def test_every_example_is_labelled() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == set(LABELS)


def test_scenes_characters_and_places_are_found() -> None:
    found = {"scenes": [0, 0, 0], "characters": [0, 0, 0], "locations": [0, 0, 0]}
    for name, (scenes, characters, locations) in LABELS.items():
        got = to_json(example(name))
        for key, wanted, have in (
            ("characters", characters, {one["name"] for one in got["characters"]}),
            ("locations", locations, set(got["locations"])),
        ):
            found[key][0] += len(wanted & have)
            found[key][1] += len(wanted)
            found[key][2] += len(have)
        found["scenes"][0] += min(scenes, len(got["scenes"]))
        found["scenes"][1] += scenes
        found["scenes"][2] += len(got["scenes"])
    for key, least in (("scenes", 0.95), ("characters", 0.92), ("locations", 0.88)):
        hit, wanted, have = found[key]
        assert hit / wanted > least, (key, found)
        assert hit / have > least, (key, found)


@pytest.mark.parametrize("name", sorted(LABELS))
def test_shots_of_the_examples(name: str) -> None:
    found = example(name)
    for scene in found.scenes:
        speakers = {s.dialogue_content.split(":")[0].split(" (")[0] for s in scene.shots}
        talking = len(speakers - {""}) > 1
        assert len(scene.shots) >= (4 if talking else 3), scene.heading
        assert scene.seconds == pytest.approx(
            sum(s.duration_estimate for s in scene.shots), abs=0.01
        )
        assert len({s.code for s in scene.shots}) == len(scene.shots)
        for shot in scene.shots:
            assert shot.shot_type in SHOT_TYPES
            assert shot.camera_movement in MOVEMENTS
            assert 1.45 <= shot.duration_estimate <= 12, shot
            assert shot.prompt
            assert shot.composition_notes
            words = len(shot.dialogue_content.split(":", 1)[-1].split())
            assert words / shot.duration_estimate < 3.7, shot.dialogue_content
            assert set(shot.characters_in_frame) <= {one.name for one in found.characters}
    if found.pages > 0.2:
        assert found.seconds == pytest.approx(found.pages * 60, rel=0.1)


def test_json_has_exactly_these_keys_and_words_as_written() -> None:
    got = to_json(example("lighthouse.fountain"))
    assert set(got) == {"scenes", "characters", "locations"}
    for scene in got["scenes"]:
        assert set(scene) == {
            "heading",
            "location",
            "time_of_day",
            "line",
            "characters",
            "shots",
        }
    lines = (EXAMPLES / "lighthouse.fountain").read_text("utf-8").split("\n")
    assert all(lines[scene["line"] - 1] == scene["heading"] for scene in got["scenes"])
    ina = next(one for one in got["characters"] if one["name"] == "INA")
    assert set(ina) == {"name", "aliases"}
    assert {"INA (V.O.)", "INA (CONT'D)"} <= set(ina["aliases"])


@pytest.mark.parametrize(
    ("line", "location", "time", "setting"),
    [
        ("INT. LIGHTHOUSE - LAMP ROOM - NIGHT", "LIGHTHOUSE - LAMP ROOM", "NIGHT", "interior"),
        ("int. house - day", "house", "day", "interior"),
        ("INT./EXT. CAR - NIGHT (FLASHBACK)", "CAR", "NIGHT", "mixed"),
        ("I/E VAN - MOMENTS LATER", "VAN", "MOMENTS LATER", "mixed"),
        ("EST. CITY - DAWN", "CITY", "DAWN", "exterior"),
        ("EXT. BEACH, SUNSET", "BEACH", "SUNSET", "exterior"),
        ("INT. KITCHEN. 3 A.M.", "KITCHEN", "3 A.M.", "interior"),
        ("INT. NIGHT CLUB", "NIGHT CLUB", "", "interior"),
        ("EXT. DAY'S END FARM - DAY", "DAY'S END FARM", "DAY", "exterior"),
        ("12A INT. HOUSE - DAY 12A", "HOUSE", "DAY", "interior"),
        ("INNEN. KÜCHE - NACHT", "KÜCHE", "NACHT", "interior"),
        ("INNEN/AUSSEN AUTO – TAG", "AUTO", "TAG", "mixed"),
        ("12. INNEN. KÜCHE / TAG", "KÜCHE", "TAG", "interior"),
        ("KÜCHE - INNEN/TAG", "KÜCHE", "TAG", "interior"),
        ("INTÉRIEUR - CUISINE - JOUR", "CUISINE", "JOUR", "interior"),
        ("EXTÉRIEUR RUE – NUIT", "RUE", "NUIT", "exterior"),
        ("ESTERNO. STRADA - NOTTE", "STRADA", "NOTTE", "exterior"),
        ("INTERIOR. CASA - DÍA", "CASA", "DÍA", "interior"),
        ("INT. NOCHE - COCINA", "COCINA", "NOCHE", "interior"),
        ("BINNEN. KEUKEN - AVOND", "KEUKEN", "AVOND", "interior"),
        ("WN. KUCHNIA - DZIEŃ", "KUCHNIA", "DZIEŃ", "interior"),
        ("BELSŐ. KONYHA – NAPPAL", "KONYHA", "NAPPAL", "interior"),
        ("ИНТ. КВАРТИРА – ДЕНЬ", "КВАРТИРА", "ДЕНЬ", "interior"),
        ("НАТ. УЛИЦА. НОЧЬ", "УЛИЦА", "НОЧЬ", "exterior"),
        ("İÇ. EV - GECE", "EV", "GECE", "interior"),
        ("内景 客厅 日", "客厅", "日", "interior"),
        ("○リビング（夜）", "リビング", "夜", ""),
    ],
)
def test_headings_in_many_languages(line: str, location: str, time: str, setting: str) -> None:
    found = read_heading(line)
    assert found is not None
    assert (found.location, found.time_of_day, found.setting) == (location, time, setting)


@pytest.mark.parametrize(
    "line",
    [
        "INTO THE HOUSE",
        "Innen war es dunkel.",
        "Est. 1920 reads the sign.",
        "EXTRA! EXTRA!",
        "Interior walls crumble.",
        "PLEASE WAIT",
        "Dis-moi la vérité.",
        "INTERNATIONAL AIRPORT",
        "INNEN",
    ],
)
def test_sentences_are_no_headings(line: str) -> None:
    assert read_heading(line) is None


def test_aliases_crowds_and_joint_cues() -> None:
    found = breakdown_of(
        "INT. HALL - DAY\n\nA DOOR SLAMS. THUNDER rolls. A SIGN reads WELCOME HOME.\n\n"
        "JOHN (V.O.)\nOne.\n\nMARY-ANN O'DEA\nTwo.\n\nJOHN (CONT’D)\nThree.\n\nYOUNG JOHN\nFour."
        "\n\nJOHN AND MARY-ANN O'DEA\nFive.\n\nBOTH\nSix.\n\nGUARD 2\nSeven.\n\n"
        "JOHN'S VOICE\nEight.\n\nCROWD\nNine.\n\n@McRae (O.S.)\nTen.\n"
    )
    got = {one.name: one for one in found.characters}
    assert list(got) == ["JOHN", "MARY-ANN O'DEA", "YOUNG JOHN", "GUARD 2", "McRae"]
    assert got["JOHN"].speeches == 4
    assert got["JOHN"].aliases == ["JOHN (V.O.)", "JOHN (CONT’D)", "JOHN'S VOICE"]
    assert got["MARY-ANN O'DEA"].speeches == 2


def test_people_who_are_only_seen() -> None:
    found = breakdown_of(
        "EXT. PIER - DAY\n\nMARTA (50) mends a net. A POSTMAN waves. The GUN glints. BANG! A "
        "RED CAR stops.\n\nMarta looks up. Ole Lund (20s) runs past her.\n"
    )
    assert [one.name for one in found.characters] == ["MARTA", "POSTMAN", "Ole Lund"]
    assert found.characters[0].age == "50"
    running = next(s for s in found.scenes[0].shots if "Ole" in s.prompt)
    assert running.characters_in_frame == ["MARTA", "Ole Lund"]


def test_the_least_number_of_shots() -> None:
    assert len(breakdown_of("A boat drifts home.", "a.txt").scenes[0].shots) == 3
    bare = breakdown_of("INT. HALL - DAY\n\nEXT. SEA - DAY\n\nWaves.\n")
    assert [len(scene.shots) for scene in bare.scenes] == [3, 3]
    two = breakdown_of("INT. HALL - DAY\n\nANNA\nYes?\n\nBEN\nNo.\n")
    assert len(two.scenes[0].shots) == 4
    assert "two_shot" in {shot.shot_type for shot in two.scenes[0].shots}


def test_voices_off_are_not_in_the_frame() -> None:
    found = breakdown_of(
        "INT. HALL - DAY\n\nANNA waits.\n\nBEN (V.O.)\nI am far away.\n\nANNA\nYes.\n"
    )
    voice = next(s for s in found.scenes[0].shots if "far away" in s.dialogue_content)
    assert voice.characters_in_frame == ["ANNA"]
    assert voice.dialogue_content == "BEN (V.O.): I am far away."


def test_dual_dialogue_is_one_shot_of_two() -> None:
    shot = next(
        s for s in example("two_radios.fountain").scenes[0].shots if "\n" in s.dialogue_content
    )
    assert shot.dialogue_content == "CELESTE: Turn that down!\nBRAM: Turn that down!"
    assert shot.shot_type == "two_shot"
    assert shot.characters_in_frame == ["CELESTE", "BRAM"]


def test_action_decides_camera_and_sound() -> None:
    found = breakdown_of(
        "INT. HALL - NIGHT\n\nRain. A storm outside.\n\nA door slams. ANNA runs down the hall.\n\n"
        "Anna looks around the room.\n\nCLOSE ON a key in the lock.\n"
    )
    shots = found.scenes[0].shots
    run = next(s for s in shots if "runs" in s.prompt)
    assert run.camera_movement == "handheld"
    assert "door slams" in run.audio_requirements
    assert next(s for s in shots if "around" in s.prompt).camera_movement.startswith("pan_")
    assert next(s for s in shots if "CLOSE ON" in s.prompt).shot_type == "close_up"
    assert "storm" in shots[0].environment_context
    assert found.locations[0].weather == "storm"


def test_the_writers_own_scene_numbers_become_codes() -> None:
    numbered = "INT. A - DAY #1#\n\nX walks.\n\nINT. B - DAY #2A#\n\nY walks.\n"
    assert [scene.code for scene in breakdown_of(numbered).scenes] == ["01", "02A"]
    falling = numbered.replace("#1#", "#9#")
    assert [scene.code for scene in breakdown_of(falling).scenes] == ["01", "02"]


def test_a_long_speech_is_cut_into_shots_that_can_be_read() -> None:
    words = "This is a sentence of eight words exactly. " * 30
    found = breakdown_of(f"INT. HALL - DAY\n\nANNA\n{words}\n\nBEN\nOh.\n")
    spoken = [s for s in found.scenes[0].shots if s.dialogue_content.startswith("ANNA")]
    assert len(spoken) > 5
    assert " ".join(s.dialogue_content[6:] for s in spoken) == words.strip()


@pytest.mark.parametrize(("pages", "says"), [(0.01, "1/8"), (0.5, "4/8"), (1.4, "1 3/8"), (2, "2")])
def test_eighths(pages: float, says: str) -> None:
    assert eighths(pages) == says
