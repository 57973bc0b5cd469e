"""People in the animatic: at the side that the composition says, as old as they are said to be."""

from __future__ import annotations

import pytest
from director_media.animatic.figures import look_of
from director_media.animatic.framing import frame_shot
from director_media.animatic.traits import GREY, WHITE, read_traits


@pytest.mark.parametrize("shot_type", ["close_up", "medium", "medium_close", "wide"])
@pytest.mark.parametrize("side", [-1, 1])
def test_who_is_alone_looks_to_the_other_side(shot_type: str, side: int) -> None:
    for seed in range(12):
        framing = frame_shot(shot_type, ["INA"], 1280, 720, seed, {"INA": side})
        (figure,) = framing.figures
        assert (figure.x - 640) * side > 0
        assert figure.facing == -side


@pytest.mark.parametrize("side", [-1, 1])
def test_two_keep_their_sides_in_every_size(side: int) -> None:
    sides = {"INA": side, "TOM": -side}
    for seed in range(12):
        both = frame_shot("two_shot", ["TOM", "INA"], 1280, 720, seed, sides).figures
        place = {figure.name: figure.x for figure in both}
        assert (place["INA"] - place["TOM"]) * side > 0
        over = frame_shot("over_the_shoulder", ["INA", "TOM"], 1280, 720, seed, sides)
        assert (over.figures[0].x - over.foreground[0].x) * side > 0
        assert over.figures[0].facing == -side


@pytest.mark.parametrize(
    ("age", "description", "years"),
    [
        ("67", "", 67), ("", "", None), ("30s", "", 35), ("mid-40s", "", 45), ("thirties", "", 35),
        ("(8)", "", 8), ("999", "", None), ("", "A little girl in a raincoat.", 9),
        ("", "An old man with a lamp.", 72), ("34", "An old man, he says.", 34),
        ("", "Eine alte Frau.", 72), ("", "Un niño.", 9),
    ],
)  # fmt: skip
def test_ages_as_scripts_write_them(age: str, description: str, years: int | None) -> None:
    assert read_traits(age, description).age == years


@pytest.mark.parametrize(
    ("description", "like"),
    [
        ("A woman with grey hair.", "grey hair"), ("red-haired, in a hurry", "red hair"),
        ("mit weißem Haar", "white hair"), ("aux cheveux gris", "grey hair"),
        ("pelo negro", "black hair"), ("Blonde. Quick.", "blonde hair"),
    ],
)  # fmt: skip
def test_hair_in_several_languages(description: str, like: str) -> None:
    assert read_traits("", description).hair == read_traits("", like).hair is not None


def test_what_is_said_of_somebody_is_drawn() -> None:
    assert look_of("INA", read_traits("67", "")).hair == GREY
    assert look_of("INA", read_traits("80", "")).hair == WHITE
    assert look_of("INA", read_traits("67", "")).lined
    assert look_of("INA", read_traits("67", "black hair")).hair != GREY
    assert look_of("TOM", read_traits("40", "a bearded man")).beard
    assert look_of("TOM", read_traits("50", "bald")).style == "bald"
    assert not look_of("TOM", read_traits("8", "a beard, painted on")).beard
    for number in range(200):
        assert look_of(f"P{number}", read_traits("30", "")).hair not in (
            GREY,
            WHITE,
            (168, 166, 164),
        )
    # Nothing is said: as before.
    assert look_of("INA") == look_of("INA", None) == look_of("INA", read_traits("", ""))


def test_a_child_is_smaller_than_others() -> None:
    for shot_type in ("wide", "full", "medium", "two_shot"):
        framing = frame_shot(shot_type, ["INA", "TOM"], 1280, 720, 5, {}, children=["TOM"])
        by_name = {figure.name: figure for figure in framing.figures}
        assert by_name["TOM"].head < by_name["INA"].head
        assert by_name["TOM"].crown > by_name["INA"].crown
