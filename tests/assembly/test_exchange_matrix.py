"""The exchange matrix: every format, at every rate, read back frame by frame by a reader that is
not ours. The table that it prints is the one in docs/cut.md."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import opentimelineio as otio
import pycmx
import pytest

from app.assembly import (
    Cut,
    OrderedTransition,
    Sound,
    SoundMark,
    SourceTake,
    build_cut,
    write_timeline,
)
from app.assembly.exporters import EXPORTERS
from app.assembly.timecode import from_timecode
from app.assembly.timeline import visible_ranges
from tests.assembly.cuts import shot, take

RATES = {
    "23.976": ("24000/1001", False),
    "24": ("24", False),
    "25": ("25", False),
    "29.97 NDF": ("30000/1001", False),
    "29.97 DF": ("30000/1001", True),
    "59.94 NDF": ("60000/1001", False),
    "59.94 DF": ("60000/1001", True),
    "60": ("60", False),
}
FEATURES = ("cut", "dissolve", "wipe", "handles", "sound", "markers")
DOCUMENT = Path(__file__).parents[2] / "docs" / "cut.md"


class Read(NamedTuple):
    """What a reader finds: pictures as (name, first frame of the take, frames, first frame in the
    film), transitions as (first frame, frames, kind), sounds and markers as (first frame, name).
    None is what a format does not carry."""

    pictures: list[tuple[str, int, int, int]]
    transitions: list[tuple[int, int, str]]
    sounds: list[tuple[int, int, str]] | None
    markers: list[tuple[int, str]] | None
    handles: list[int] | None


@cache
def film(rate: str, drop: bool) -> Cut:
    order: list[Any] = [
        shot(1, heading="INT. LAMP ROOM - NIGHT", notes=("A lens is wanted.",)),
        shot(2, cut_in=10, cut_out=70),
        OrderedTransition(node="t1", kind="dissolve", frames=13),
        shot(3),
        OrderedTransition(node="t2", kind="wipe", frames=8, direction="right"),
        shot(4, scene="02", heading="EXT. QUAY - DAY"),
        shot(5, scene="02"),
    ]
    takes: dict[str, SourceTake] = {
        f"shot{n}": take(n, 90 + n, sound=n in (2, 3)) for n in range(1, 6)
    }
    music = Sound(
        name="music", media="f" * 64, start=7, frames=200, gain=-6, marks=(SoundMark(12, "hit"),)
    )
    return build_cut(
        order, takes, rate, title="Lighthouse", drop_frame=drop, sounds=[music],
        start_timecode="00:59:58:00",
    )  # fmt: skip


def expected(cut: Cut) -> Read:
    pictures, position = [], 0
    for clip, (start, end) in zip(cut.clips, visible_ranges(cut), strict=True):
        pictures.append((clip.name, start, end - start, position))
        position += end - start
    starts = cut.starts
    transitions = [(starts[t.after + 1], t.frames, t.kind) for t in cut.transitions]
    sounds = [
        (at, frames, name)
        for (name, _, frames, at), clip in zip(pictures, cut.clips, strict=True)
        if clip.sound
    ]
    markers = [(0, "SCENE_01"), (0, "A lens is wanted."), (pictures[3][3], "SCENE_02")]
    handles = [clip.frames for clip in cut.clips]
    return Read(pictures, transitions, [*sounds, (7, 200, "music")], markers, handles)


def read_otio(data: bytes, cut: Cut) -> Read:
    timeline = otio.adapters.read_from_string(data.decode(), "otio_json")
    assert int(timeline.global_start_time.value) == cut.start_frame
    found = _of_timeline(timeline)
    markers = [
        (int(one.marked_range.start_time.value), one.comment if one.name == "Note" else one.name)
        for one in timeline.tracks.markers
    ]
    handles = [
        int(part.available_range().duration.value)
        for part in timeline.video_tracks()[0]
        if isinstance(part, otio.schema.Clip)
    ]
    return found._replace(markers=markers, handles=handles)


def _of_timeline(timeline: otio.schema.Timeline) -> Read:
    (track,) = timeline.video_tracks()
    pictures, transitions = [], []
    for part in track:
        if isinstance(part, otio.schema.Clip):
            span, place = part.source_range, track.range_of_child(part)
            pictures.append(
                (
                    part.name,
                    int(span.start_time.value),
                    int(span.duration.value),
                    int(place.start_time.value),
                )
            )
        elif isinstance(part, otio.schema.Transition):
            cut_at = pictures[-1][3] + pictures[-1][2]
            before, after = int(part.in_offset.value), int(part.out_offset.value)
            kind = {"Cross Dissolve": "dissolve", "Edge Wipe": "wipe"}.get(part.name, part.name)
            transitions.append((cut_at - before, before + after, kind))
    sounds = []
    for one in timeline.audio_tracks():
        for part in one:
            if isinstance(part, otio.schema.Clip):
                place = one.range_of_child(part)
                sounds.append((int(place.start_time.value), int(place.duration.value), part.name))
    return Read(pictures, transitions, sounds, None, None)


def read_xmeml(data: bytes, cut: Cut) -> Read:
    found = _of_timeline(otio.adapters.read_from_string(data.decode(), "fcp_xml"))
    sequence = ET.fromstring(data).find("sequence")
    assert sequence is not None
    assert int(sequence.findtext("timecode/frame") or -1) == cut.start_frame
    markers = []
    for marker in sequence.findall("marker"):
        name = marker.findtext("name") or ""
        words = marker.findtext("comment") or "" if name == "Note" else name
        markers.append((int(marker.findtext("in") or 0), words))
    clips = sequence.findall("media/video/track/clipitem")
    handles = [int(one.findtext("duration") or 0) for one in clips]
    return found._replace(markers=markers, handles=handles)


def read_fcpxml(data: bytes, cut: Cut) -> Read:
    root = ET.fromstring(data)
    lengths = {one.get("id"): one.get("duration") for one in root.iter("asset")}
    sequence = next(root.iter("sequence"))
    base = _frames(sequence.get("tcStart"), cut)
    assert base == cut.start_frame
    pictures, transitions, sounds, markers, handles = [], [], [], [], []
    for part in sequence.find("spine") or ():
        at = _frames(part.get("offset"), cut) - base
        frames = _frames(part.get("duration"), cut)
        name = part.get("name") or ""
        if part.tag == "transition":
            kind = {"Cross Dissolve": "dissolve", "Wipe": "wipe"}[name]
            transitions.append((at, frames, kind))
            continue
        start = _frames(part.get("start"), cut)
        pictures.append((name, start, frames, at))
        handles.append(_frames(lengths[part.get("ref")], cut))
        if part.get("audioRole"):
            sounds.append((at, frames, name))
        for marker in part.findall("marker"):
            value = marker.get("value") or ""
            words = value if marker.get("note") else value.split(" ")[0]
            markers.append((at + _frames(marker.get("start"), cut) - start, words))
        for laid in part.findall("asset-clip"):
            place = at + _frames(laid.get("offset"), cut) - start
            sounds.append((place, _frames(laid.get("duration"), cut), laid.get("name") or ""))
    sounds.sort(key=lambda one: one[2] == "music")
    if cut.fraction.denominator == 1:
        # The adapter rounds its rate down to whole frames, so it can be asked at these alone.
        told = otio.adapters.read_from_string(data.decode(), "fcpx_xml")[0]
        clips = [part for track in told.tracks for part in track]
        spans = [
            (
                part.name,
                int(part.source_range.start_time.value),
                int(part.source_range.duration.value),
            )
            for part in clips
            if isinstance(part, otio.schema.Clip) and part.name != "music"
        ]
        assert spans == [picture[:3] for picture in pictures]
    return Read(pictures, transitions, sounds, markers, handles)


def _frames(time: str | None, cut: Cut) -> int:
    assert time is not None
    frames = Fraction(time.rstrip("s")) * cut.fraction
    assert frames.denominator == 1, f"{time} lies between two frames"
    return int(frames)


def read_edl(data: bytes, cut: Cut) -> Read:
    """The list knows no middle of a transition: it says where the incoming clip begins."""
    text = data.decode("ascii").replace("\r\n", "\n")
    listed = pycmx.parse_cmx3600(io.StringIO(text))
    edits = [event.edits[-1] for event in listed.events]
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(cut.fraction))
    names = [part.name for part in timeline.tracks[0] if isinstance(part, otio.schema.Clip)]
    visible = visible_ranges(cut)
    pictures, transitions = [], []
    for index, (edit, name) in enumerate(zip(edits, names, strict=True)):
        first, last = (_number(tc, cut) for tc in (edit.source_in, edit.source_out))
        at, end = (_number(tc, cut) - cut.start_frame for tc in (edit.record_in, edit.record_out))
        assert last - first == end - at
        shared = 0
        if edit.transition.kind != "C":
            shared = int(edit.transition.operand)
            kind = "dissolve" if edit.transition.kind == "D" else "wipe"
            transitions.append((at, shared, kind))
        # Where an editor's program would draw the cut: in the middle of what both share.
        begin = first + shared // 2
        following = edits[index + 1] if index + 1 < len(edits) else None
        rest = 0
        if following is not None and following.transition.kind != "C":
            rest = int(following.transition.operand) // 2
        pictures.append((name, begin, last - begin + rest, at + shared // 2))
        assert visible[index][0] == begin
    markers = [
        (_number(line.split()[2], cut) - cut.start_frame, line.split()[4])
        for line in text.splitlines()
        if line.startswith("* LOC:")
    ]
    return Read(pictures, transitions, None, markers, None)


def _number(tc: str, cut: Cut) -> int:
    return from_timecode(tc, cut.fraction)


def read_edl_zip(data: bytes, cut: Cut) -> Read:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = archive.namelist()
        return read_edl(archive.read(name), cut)


READERS: dict[str, Callable[[bytes, Cut], Read]] = {
    "otio": read_otio,
    "edl": read_edl,
    "edl-999": read_edl_zip,
    "fcpxml": read_fcpxml,
    "xmeml": read_xmeml,
}


@cache
def check(name: str, rate: str) -> dict[str, str]:
    """For each feature: `exact`, `—` where the format has no place for it, or what is wrong."""
    cut = film(*RATES[rate])
    spec = next(one for one in EXPORTERS if one.name == name)
    found = READERS[name](spec.write(write_timeline(cut), ""), cut)
    wanted = expected(cut)
    marks = wanted.markers
    if name.startswith("edl") and marks is not None:
        # An edit list has places for scenes and none for notes; a scene begins where it is first
        # seen, which in a transition is before its middle.
        marks = [(0, "SCENE_01"), (cut.starts[3], "SCENE_02")]
    pairs = {
        "cut": (found.pictures, wanted.pictures),
        "dissolve": _of_kind(found, wanted, "dissolve"),
        "wipe": _of_kind(found, wanted, "wipe"),
        "handles": (found.handles, wanted.handles),
        "sound": (found.sounds, wanted.sounds),
        "markers": (
            sorted(found.markers) if found.markers is not None else None,
            sorted(marks or []),
        ),
    }
    return {
        feature: "—" if is_ is None else "exact" if is_ == should else f"{is_} for {should}"
        for feature, (is_, should) in pairs.items()
    }


def _of_kind(found: Read, wanted: Read, kind: str) -> tuple[Any, Any]:
    return (
        [one for one in found.transitions if one[2] == kind],
        [one for one in wanted.transitions if one[2] == kind],
    )


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", READERS)
def test_what_is_written_is_read_frame_by_frame(name: str, rate: str) -> None:
    wrong = {k: v for k, v in check(name, rate).items() if v not in ("exact", "—")}
    assert not wrong


def test_the_table_is_the_one_in_the_document() -> None:
    lines = [f"| format | rates | {' | '.join(FEATURES)} |", "|---" * (len(FEATURES) + 2) + "|"]
    for name in READERS:
        rows = [check(name, rate) for rate in RATES]
        assert all(row == rows[0] for row in rows), f"{name} differs from rate to rate"
        cells = " | ".join(rows[0][feature] for feature in FEATURES)
        lines.append(f"| `{name}` | all {len(RATES)} | {cells} |")
    table = "\n".join(lines)
    print(table)
    assert table in DOCUMENT.read_text(encoding="utf-8")


def test_lists_of_999_events_are_whole_and_begin_with_cuts() -> None:
    order: list[Any] = []
    for number in range(1, 1206):
        if number % 3 == 0:
            order.append(OrderedTransition(node=f"t{number}", frames=6))
        order.append(shot(number, 24, scene=f"{number // 100:02d}"))
    takes = {f"shot{n}": take(n, 24) for n in range(1, 1206)}
    cut = build_cut(order, takes, "25", title="Long")
    spec = next(one for one in EXPORTERS if one.name == "edl-999")
    with zipfile.ZipFile(io.BytesIO(spec.write(write_timeline(cut), ""))) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]
    assert len(parts) == 2
    at = cut.start_frame
    for text in parts:
        listed = pycmx.parse_cmx3600(io.StringIO(text.replace("\r\n", "\n")))
        events = list(listed.events)
        assert [int(event.number) for event in events] == list(range(1, len(events) + 1))
        assert len(events) <= 999
        assert events[0].edits[0].transition.kind == "C"
        assert _number(events[0].edits[0].record_in, cut) == at
        at = _number(events[-1].edits[-1].record_out, cut)
    assert at == cut.start_frame + cut.frames


def test_the_list_of_shots_says_where_each_stands_and_is_no_formula() -> None:
    cut = build_cut([shot(1, heading='=HYPERLINK("x")'), shot(2)], {"shot1": take(1, 48)}, "24")
    spec = next(one for one in EXPORTERS if one.name == "shots")
    text = spec.write(write_timeline(cut), "").decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert first["heading"].startswith("'=")
    assert (first["record_in"], first["record_out"]) == ("01:00:00:00", "01:00:02:00")
    assert (first["file"], first["state"]) == ("SCENE_01_SHOT-010_v01_take01.mp4", "taken")
    assert (second["file"], second["state"]) == ("", "missing")


def test_takes_of_two_scenes_and_copies_of_one_shot_have_names_of_their_own() -> None:
    order = [
        msgspec.structs.replace(shot(1, scene=scene), node=node)
        for node, scene in (("a", "01"), ("b", "02"), ("c", "02"))
    ]
    takes = {
        node: SourceTake(id=node, media=f"{index:064x}", frames=24, name="SHOT-010_v01_take01")
        for index, node in enumerate("abc")
    }
    names = [clip.name for clip in build_cut(order, takes, "24").clips]
    assert names[0] == "SCENE_01_SHOT-010_v01_take01"
    assert names[1].startswith("SCENE_02_SHOT-010_v01_take01_")
    assert len(set(names)) == 3


def test_sync_marks_and_levels_go_with_the_sounds() -> None:
    cut = film("25", False)
    written = {spec.name: spec.write(write_timeline(cut), "") for spec in EXPORTERS}
    timeline = otio.adapters.read_from_string(written["otio"].decode(), "otio_json")
    (laid,) = (part for part in timeline.audio_tracks()[-1] if part.name == "music")
    assert [(one.name, int(one.marked_range.start_time.value)) for one in laid.markers] == [
        ("hit", 12)
    ]
    sound = next(
        one for one in ET.fromstring(written["fcpxml"]).iter("asset-clip") if one.get("lane")
    )
    assert sound.find("adjust-volume").get("amount") == "-6dB"  # type: ignore[union-attr]
    assert [_frames(one.get("start"), cut) for one in sound.findall("marker")] == [12]
    item = ET.fromstring(written["xmeml"]).findall("sequence/media/audio/track/clipitem")[-1]
    assert [(one.findtext("name"), one.findtext("in")) for one in item.findall("marker")] == [
        ("hit", "12")
    ]
    level = float(item.findtext("filter/effect/parameter/value") or 0)
    assert level == pytest.approx(0.50119, abs=1e-5)
