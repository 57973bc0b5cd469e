"""The cut: lengths, overlaps, ends, and what is said when a wish does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assembly import OrderedTransition, build_cut, conform_list
from app.assembly.overlaps import fit_overlaps
from node_registry import DirectorError
from tests.assembly.cuts import cuts, joined, shot, take


def transition(kind: str = "dissolve", frames: int = 12, **more: object) -> OrderedTransition:
    return OrderedTransition(node="t", kind=kind, frames=frames, **more)


def test_the_film_is_the_sum_of_the_shots_less_the_overlaps() -> None:
    cut = joined(96, 37, 48, overlap=12)
    assert cut.frames == 96 + 37 + 48 - 24
    assert cut.starts == [0, 84, 109]


@given(cuts(kinds=("cut", "fade", "dissolve", "wipe", "push")))
def test_overlaps_never_meet_inside_a_shot(cut) -> None:
    used = {t.after: t.frames for t in cut.transitions}
    for index, clip in enumerate(cut.clips):
        assert used.get(index - 1, 0) + used.get(index, 0) <= clip.length
        assert 0 <= clip.start < clip.end <= clip.frames
    assert cut.frames == cut.starts[-1] + cut.clips[-1].length
    assert all(t.frames > 0 for t in cut.transitions)


@given(st.lists(st.integers(1, 50), min_size=1), st.dictionaries(st.integers(-1, 20),
                                                               st.integers(0, 90)))  # fmt: skip
def test_what_fits_is_left_alone(lengths, wished) -> None:
    fitted = fit_overlaps(lengths, wished)
    assert fit_overlaps(lengths, fitted) == fitted
    assert all(0 <= fitted[after] <= frames for after, frames in wished.items())


def test_a_transition_too_long_is_shortened_and_said() -> None:
    cut = joined(96, 10, 96, overlap=12)
    assert [t.frames for t in cut.transitions] == [5, 5]
    assert len(cut.notes) == 2
    assert "SCENE_01/SHOT_010 and SCENE_01/SHOT_020 was shortened from 12 to 5" in cut.notes[0]


def test_a_transition_at_an_end_is_a_fade_that_costs_no_frames() -> None:
    order = [transition(), shot(1), shot(2), transition("fade", 24)]
    cut = build_cut(order, {}, "24")
    assert [(t.after, t.kind, t.frames) for t in cut.transitions] == [
        (-1, "fade", 12),
        (1, "fade", 24),
    ]
    assert cut.frames == 96


def test_a_wipe_at_an_end_is_a_cut_and_said() -> None:
    cut = build_cut([shot(1), transition("wipe")], {}, "24")
    assert not cut.transitions
    assert "needs a shot on both sides" in cut.notes[0]


def test_the_last_of_two_transitions_counts() -> None:
    cut = build_cut([shot(1), transition("wipe"), transition("push"), shot(2)], {}, "24")
    assert [t.kind for t in cut.transitions] == ["push"]
    assert cut.notes


def test_a_person_s_number_of_frames_trims_a_longer_take() -> None:
    takes = {"shot1": take(1, 120), "shot2": take(2, 120)}
    cut = build_cut([shot(1, 96, fixed=True), shot(2, 96)], takes, "24")
    assert [clip.length for clip in cut.clips] == [96, 120]
    assert cut.clips[0].frames == 120


def test_a_take_shorter_than_wished_is_said() -> None:
    cut = build_cut([shot(1, 96, fixed=True)], {"shot1": take(1, 80)}, "24")
    assert cut.frames == 80
    assert "only 80" in cut.notes[0]


@pytest.mark.parametrize(
    ("order", "more", "code"),
    [
        ([], {}, "cut.empty"),
        ([transition()], {}, "cut.empty"),
        ([shot(1, 0)], {}, "cut.empty_shot"),
        ([shot(1)], {"drop_frame": True}, "cut.no_drop"),
        ([shot(1)], {"start_timecode": "25:00:00:00"}, "timecode.bad"),
        ([shot(1)], {"start_timecode": ""}, "timecode.bad"),
    ],
)
def test_what_cannot_be_cut_is_refused(order, more, code) -> None:
    with pytest.raises(DirectorError) as caught:
        build_cut(order, {}, "24", **more)
    assert caught.value.code == code


def test_a_film_with_holes_is_not_rendered() -> None:
    cut = build_cut([shot(1), shot(2)], {"shot1": take(1)}, "24")
    with pytest.raises(DirectorError, match="SCENE_01/SHOT_020") as caught:
        conform_list(cut, 1280, 720)
    assert caught.value.fields == {"nodes": ["shot2"]}


def test_the_conform_list_names_digests_and_no_paths() -> None:
    wanted = conform_list(joined(96, 48, overlap=12), 1280, 720)
    assert wanted["frames"] == 132
    assert wanted["clips"][1]["media"] == f"{2:064x}"
    assert wanted["transitions"] == [
        {"after": 0, "kind": "dissolve", "frames": 12, "direction": "left"}
    ]
