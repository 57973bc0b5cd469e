"""The edit list, read back event by event with OpenTimelineIO's own adapter."""

import io

import opentimelineio as otio
import pycmx
import pytest
from hypothesis import given, settings

from app.assembly import Cut, OrderedTransition, SourceTake, build_cut, write_edl
from app.assembly.edl import Event, events
from app.assembly.timecode import to_timecode
from node_registry import DirectorError
from tests.assembly.cuts import cuts, joined, shot, take

SCHEMA = otio.schema


def read(cut: Cut) -> list:
    timeline = otio.adapters.read_from_string(write_edl(cut), "cmx_3600", rate=float(cut.fraction))
    assert len(timeline.tracks) == 1
    return list(timeline.tracks[0])


def seen_source(cut: Cut) -> list:
    """What the film shows at each of its frames: (take, frame) of all that are on the screen."""
    film: list[list] = [[] for _ in range(cut.frames)]
    for clip, start in zip(cut.clips, cut.starts, strict=True):
        for offset in range(clip.length):
            film[start + offset].append((clip.name, clip.start + offset))
    return film


def read_source(cut: Cut) -> list:
    """The same, from what the adapter read: a transition brings the clip before it along."""
    film: list[list] = []
    before = None
    overlap = 0
    for part in read(cut):
        if isinstance(part, SCHEMA.Transition):
            overlap = int(part.out_offset.value)
            continue
        span = part.source_range
        first, length = int(span.start_time.value), int(span.duration.value)
        for offset in range(length):
            frame = [(part.name, first + offset)]
            if offset < overlap and before is not None:
                name, end = before
                frame.insert(0, (name, end + offset))
            film.append(frame)
        before, overlap = (part.name, first + length), 0
    return film


@given(cuts())
@settings(max_examples=150, deadline=None)
def test_reads_back_frame_by_frame(cut: Cut) -> None:
    ends = [t for t in cut.transitions if t.after in (-1, len(cut.clips) - 1)]
    if ends:
        return  # Fades at the film's ends go through black: their own test follows.
    assert read_source(cut) == seen_source(cut)


@given(cuts(kinds=("cut", "fade", "dissolve", "wipe", "push")))
@settings(max_examples=100, deadline=None)
def test_every_event_reads_back_as_written(cut: Cut) -> None:
    written = list(events(cut))
    parts = read(cut)
    clips = [part for part in parts if not isinstance(part, SCHEMA.Transition)]
    assert len(clips) == len(written)
    position = 0
    for event, clip in zip(written, clips, strict=True):
        assert event.record == position
        assert int(clip.source_range.start_time.value) == event.source
        assert int(clip.source_range.duration.value) == event.frames
        if event.clip is None:
            assert isinstance(clip.media_reference, SCHEMA.GeneratorReference)
        position += event.frames
    assert position == cut.frames
    joins = [part for part in parts if isinstance(part, SCHEMA.Transition)]
    effects = [event for event in written if event.effect != "C"]
    assert [int(join.out_offset.value) for join in joins] == [e.effect_frames for e in effects]


@given(cuts(kinds=("cut", "fade", "dissolve", "wipe", "push")))
@settings(max_examples=50, deadline=None)
def test_is_plain_and_keeps_its_columns(cut: Cut) -> None:
    text = write_edl(cut)
    lines = text.splitlines()
    assert text.isascii()
    assert lines[0].startswith("TITLE: ")
    assert len(lines[0]) <= 70
    assert lines[1] == ("FCM: DROP FRAME" if cut.drop_frame else "FCM: NON-DROP FRAME")
    for line in lines[2:]:
        if line[0].isdigit():
            assert len(line) == 76
            assert line[4:13] == " " + line[5:13]
            assert (";" in line) == cut.drop_frame
        else:
            assert line.startswith("* ")


def test_a_dissolve_as_editors_write_it() -> None:
    assert write_edl(joined(96, 48, overlap=12)).splitlines()[2:] == [
        "001  01010MR5 V     C        00:00:00:00 00:00:03:12 01:00:00:00 01:00:03:12",
        "* FROM CLIP NAME:  SCENE_01_SHOT-010_v01_take01",
        "* SOURCE FILE: SCENE_01_SHOT-010_v01_take01.mp4",
        "* FRAME RATE: 24",
        "* LOC: 01:00:00:00 GREEN   SCENE_01",
        "002  01010MR5 V     C        00:00:03:12 00:00:03:12 01:00:03:12 01:00:03:12",
        "002  01020QE8 V     D    012 00:00:00:00 00:00:02:00 01:00:03:12 01:00:05:12",
        "* FROM CLIP NAME:  SCENE_01_SHOT-010_v01_take01",
        "* TO CLIP NAME:  SCENE_01_SHOT-020_v01_take01",
        "* SOURCE FILE: SCENE_01_SHOT-020_v01_take01.mp4",
    ]


def test_a_fade_goes_through_black() -> None:
    cut = joined(48, 48, overlap=13, kind="fade")
    black = list(events(cut))[1]
    assert black == Event(
        clip=None, source=0, record=35, frames=6, effect="D", effect_frames=6,
        transition=cut.transitions[0],
    )  # fmt: skip
    after = list(events(cut))[2]
    assert (after.source, after.record, after.effect_frames) == (6, 41, 7)


def test_wipes_and_pushes_say_their_direction() -> None:
    order = [shot(1), OrderedTransition(node="t", kind="push", direction="up"), shot(2)]
    text = write_edl(build_cut(order, {}, "24"))
    assert " V     W102 012 " in text
    assert "* EFFECT NAME: PUSH UP" in text


def test_more_than_999_events_are_read_whole_by_two_readers() -> None:
    takes = {f"shot{n}": take(n, 24) for n in range(1, 1103)}
    cut = build_cut([shot(n, 24) for n in range(1, 1103)], takes, "25")
    assert len(read(cut)) == 1102
    text = write_edl(cut)
    found = pycmx.parse_cmx3600(io.StringIO(text))
    edits = [edit for event in found.events for edit in event.edits]
    assert [int(event.number) for event in found.events] == list(range(1, 1103))
    assert [edit.clip_name for edit in edits] == [clip.name for clip in cut.clips]
    assert edits[-1].record_out == to_timecode(cut.start_frame + cut.frames, cut.fraction)
    line = next(line for line in text.splitlines() if line.startswith("1000 "))
    assert len(line) == 77


def test_reels_are_unique_and_stay_with_their_take() -> None:
    def reels(cut: Cut) -> dict[str, str]:
        lines = write_edl(cut).splitlines()
        return {
            lines[i + 1].split(":  ")[1]: line[5:13]
            for i, line in enumerate(lines)
            if line[0].isdigit() and " C  " in line
        }

    takes = {f"shot{n}": take(n) for n in range(1, 300)}
    first = reels(build_cut([shot(n) for n in range(1, 300)], takes, "24"))
    assert len(set(first.values())) == 299
    second = reels(build_cut([shot(n) for n in range(200, 100, -1)], takes, "24"))
    assert all(first[name] == reel for name, reel in second.items())


def test_the_same_take_twice_is_one_reel() -> None:
    same = take(1)
    cut = build_cut([shot(1), shot(1)], {"shot1": same}, "24")
    reels = {line[5:13] for line in write_edl(cut).splitlines() if line[0].isdigit()}
    assert len(reels) == 1


def test_names_cannot_break_out_of_their_line() -> None:
    hostile = "x\n002  AX V C 0 0 0 0\r\nFCM: DROP FRAME\u2028y\x00"
    named = SourceTake(id="t", media="0" * 64, frames=48, name=hostile)
    cut = build_cut([shot(1, scene="\n9", heading=hostile)], {"shot1": named}, "24", title=hostile)
    assert len(read(cut)) == 1
    assert sum(line[0].isdigit() for line in write_edl(cut).splitlines()) == 1


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        (joined(100, rate="120"), "export.rate"),
        (joined(100, start_timecode="23:59:59:00"), "export.too_long"),
        (joined(3000, 3000, overlap=1000), "export.transition_too_long"),
    ],
)
def test_what_the_format_cannot_say_is_refused(cut: Cut, code: str) -> None:
    with pytest.raises(DirectorError) as caught:
        write_edl(cut)
    assert caught.value.code == code
