"""Cuts that come back: what every format is read as, and hostile files."""

from __future__ import annotations

import io
import zipfile

import opentimelineio as otio
import pytest
from hypothesis import assume, given, settings
from node_registry.film import parse_rate

from app.assembly import Cut, OrderedTransition, build_cut, write_timeline
from app.assembly.edits import MAX_BYTES, read_edit
from app.assembly.exporters import EXPORTERS
from node_registry import DirectorError
from tests.assembly.cuts import cuts, shot, take

FORMATS = ("otio", "edl", "fcpxml", "xmeml")
KINDS = ("cut", "dissolve", "wipe", "push", "fade")


def export(cut: Cut, form: str) -> bytes:
    spec = next(one for one in EXPORTERS if one.name == form)
    return spec.write(write_timeline(cut), "")


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, deadline=None)
@given(cut=cuts(KINDS))
def test_what_was_exported_is_read_as_it_was(form: str, cut: Cut) -> None:
    try:
        written = export(cut, form)
    except DirectorError as error:
        # 24:00:00:00, which no edit list passes.
        assume(error.code != "export.too_long")
        raise
    read = read_edit(written, cut.fraction)
    assert read.format == form
    assert [clip.names[0] for clip in read.clips] == [clip.name for clip in cut.clips]
    assert [(c.start, c.end) for c in read.clips] == [(c.start, c.end) for c in cut.clips]
    assert [(t.after, t.kind, t.frames) for t in read.transitions] == [
        (t.after, t.kind, t.frames) for t in cut.transitions
    ]
    assert [t.direction for t in read.transitions if t.kind in ("wipe", "push")] == [
        t.direction for t in cut.transitions if t.kind in ("wipe", "push")
    ]


def test_the_own_reader_and_the_library_see_the_same_timeline() -> None:
    cut = build_cut(
        [shot(1), OrderedTransition(node="t", frames=10), shot(2), shot(3, cut_in=4, cut_out=30)],
        {f"shot{n}": take(n, 60) for n in (1, 2, 3)},
        "24000/1001",
    )
    written = export(cut, "otio").decode()
    timeline = otio.adapters.read_from_string(written, "otio_json")
    again = timeline.to_json_string().encode()
    assert read_edit(again, cut.fraction) == read_edit(written.encode(), cut.fraction)


def test_a_timeline_in_an_archive_is_read_and_its_media_are_not() -> None:
    cut = build_cut([shot(1)], {"shot1": take(1)}, "24")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("content.otio", export(cut, "otio"))
        archive.writestr("../../etc/passwd", "x")
    read = read_edit(packed.getvalue(), cut.fraction)
    assert [clip.names[0] for clip in read.clips] == ["SCENE_01_SHOT-010_v01_take01"]


def test_paths_of_other_machines_are_names_and_nothing_else() -> None:
    cut = build_cut([shot(1)], {"shot1": take(1)}, "24")
    name = "SCENE_01_SHOT-010_v01_take01.mp4"
    for path in (
        f"file:///Volumes/Film/{name}", f"file://localhost/C%3a/Film/{name}", f"C:\\Film\\{name}",
        f"../../../etc/{name}", f"//server/share/{name}",
    ):  # fmt: skip
        text = export(cut, "xmeml").decode().replace(f"<pathurl>{name}", f"<pathurl>{path}")
        assert path in text
        read = read_edit(text.encode(), cut.fraction)
        assert read.clips[0].names[0] == "SCENE_01_SHOT-010_v01_take01"


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", b" " * (MAX_BYTES + 10))
    return packed.getvalue()


HOSTILE = {
    "empty": b"",
    "prose": b"Once upon a time.\n" * 40,
    "binary": b"\x00\x01\x02" * 100,
    "null": b"{}",
    "array": b"[1]",
    "deep json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nan": b'{"OTIO_SCHEMA":"Timeline.1","tracks":{"children":[{"OTIO_SCHEMA":"Track.1","children":'
    b'[{"OTIO_SCHEMA":"Clip.2","source_range":{"start_time":{"value":1e999,"rate":24}}}]}]}}',
    "strings": b'{"OTIO_SCHEMA":"Timeline.1","tracks":{"children":[{"OTIO_SCHEMA":"Track.1",'
    b'"children":[{"OTIO_SCHEMA":"Clip.2","source_range":{"duration":{"value":"9","rate":[]}}}]}]}}',
    "entities": b'<?xml version="1.0"?><!DOCTYPE xmeml [<!ENTITY a "b">]><xmeml>&a;</xmeml>',
    "external": b'<!DOCTYPE xmeml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xmeml>&a;</xmeml>',
    "deep xml": b"<xmeml>" * 100_000,
    "broken xml": b"<xmeml><sequence></xmeml>",
    "other xml": b"<svg/>",
    "no time": b'<fcpxml><spine><clip name="a" offset="1/0s" duration="x"/></spine></fcpxml>',
    "backwards": b"001  A V C 00:00:02:00 00:00:01:00 01:00:00:00 01:00:01:00\n",
    "no such time": b"001  A V C 00:99:00:00 00:99:01:00 01:00:00:00 01:00:01:00\n",
    "negative": b"<xmeml><sequence><media><video><track><clipitem><in>-9</in><out>4</out>"
    b"</clipitem></track></video></media></sequence></xmeml>",
    "bomb": bomb(),
    "not a zip": b"PK\x03\x04 and nothing behind it",
    "too large": b" " * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_reason(name: str) -> None:
    with pytest.raises(DirectorError) as raised:
        read_edit(HOSTILE[name], parse_rate("24"))
    assert raised.value.code in ("edit.unreadable", "edit.too_large")
