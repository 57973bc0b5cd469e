"""The timeline: exact lengths, handles, markers, ids, and the way back to the cut."""

import json

import opentimelineio as otio
import pytest
from hypothesis import given, settings

from app.assembly import Cut, Sound, build_cut, read_timeline, write_edl, write_timeline
from app.assembly.plugin import register_exporters
from app.assembly.timeline import build_timeline
from node_registry import DirectorError, ExporterSpec
from tests.assembly.cuts import cuts, joined, shot, take

ALL = ("cut", "fade", "dissolve", "wipe", "push")


@given(cuts(kinds=ALL))
@settings(max_examples=60, deadline=None)
def test_is_as_long_as_the_cut_and_comes_back_whole(cut: Cut) -> None:
    timeline = build_timeline(cut)
    assert timeline.duration() == otio.opentime.RationalTime(cut.frames, float(cut.fraction))
    assert read_timeline(write_timeline(cut)) == cut


@given(cuts(kinds=ALL))
@settings(max_examples=60, deadline=None)
def test_transitions_reach_into_handles_that_exist(cut: Cut) -> None:
    parts = list(build_timeline(cut).video_tracks()[0])
    for index, part in enumerate(parts):
        if not isinstance(part, otio.schema.Transition):
            continue
        if index > 0:
            before = parts[index - 1]
            used = before.source_range.end_time_exclusive() + part.out_offset
            assert used <= before.available_range().end_time_exclusive()
        if index + 1 < len(parts):
            after = parts[index + 1]
            assert after.source_range.start_time - part.in_offset >= (
                after.available_range().start_time
            )


def test_the_rate_is_as_exact_as_a_float_can_be() -> None:
    timeline = build_timeline(joined(48, rate="24000/1001"))
    assert timeline.duration().rate == 24000 / 1001


def test_scenes_are_markers_on_the_whole_timeline() -> None:
    cut = build_cut([shot(1, heading="INT. TOWER"), shot(2), shot(3, scene="02")], {}, "24")
    markers = list(build_timeline(cut).tracks.markers)
    spans = [
        (m.name, int(m.marked_range.start_time.value), int(m.marked_range.duration.value))
        for m in markers
    ]
    assert spans == [("SCENE_01", 0, 96), ("SCENE_02", 96, 48)]
    assert markers[0].comment == "INT. TOWER"


def test_media_have_names_and_digests_but_no_paths() -> None:
    text = write_timeline(joined(48))
    clip = build_timeline(joined(48)).video_tracks()[0][0]
    assert clip.media_reference.target_url == "SCENE_01_SHOT-010_v01_take01.mp4"
    assert f"sha256:{1:064x}" in text
    assert "/SHOT" not in text


def test_sound_of_takes_lies_under_their_pictures() -> None:
    takes = {"shot1": take(1), "shot2": take(2, sound=True)}
    track = build_timeline(build_cut([shot(1), shot(2)], takes, "24")).audio_tracks()[0]
    assert isinstance(track[0], otio.schema.Gap)
    assert track[1].name == "SCENE_01_SHOT-020_v01_take01"
    assert track.duration().value == 96


def test_laid_tracks_begin_where_they_begin_and_end_with_the_film() -> None:
    music = Sound(name="theme", media="b" * 64, start=10, frames=1000)
    cut = build_cut([shot(1)], {"shot1": take(1)}, "24", sounds=[music])
    track = build_timeline(cut).audio_tracks()[0]
    assert track[0].duration().value == 10
    assert track[1].duration().value == 38
    assert read_timeline(write_timeline(cut)).sounds == (music,)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"OTIO_SCHEMA": "Clip.2"}', "\x00"])
def test_what_is_no_timeline_of_ours_is_refused(text: str) -> None:
    with pytest.raises(DirectorError, match=r"export\.bad_timeline"):
        read_timeline(text)


def exporters() -> dict[str, ExporterSpec]:
    return {spec.name: spec for spec in register_exporters()}


def test_the_edl_exporter_writes_what_the_cut_says() -> None:
    cut = joined(96, 48, overlap=12)
    written = exporters()["edl"].write(write_timeline(cut), "")
    assert written.decode("ascii").replace("\r\n", "\n") == write_edl(cut)
    renamed = exporters()["edl"].write(write_timeline(cut), "Other")
    assert renamed.startswith(b"TITLE: Other\r\n")


def test_the_otio_exporter_keeps_everything() -> None:
    cut = joined(96, 48, overlap=12)
    written = exporters()["otio"].write(write_timeline(cut), "Other")
    assert json.loads(written)["name"] == "Other"
    assert read_timeline(written.decode()).clips == cut.clips
