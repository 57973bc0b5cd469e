"""The formats that come with the studio keep the contract of exporters."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Sequence

import opentimelineio as otio
import pytest
from node_registry.testing import ExporterSuite, SampleClip, sample_timeline

from app.assembly import read_timeline
from app.assembly.exporters import EXPORTERS

EDL, OTIO, FCPXML, XMEML, EDL_999, SHOTS = EXPORTERS


class TestEdl(ExporterSuite):
    spec = EDL

    def clips_in(self, data: bytes) -> Sequence[str]:
        # The incoming clip of a transition is its second name; that of a cut its only one.
        names: dict[str, str] = {}
        number = ""
        for line in data.decode("ascii").splitlines():
            if event := re.match(r"(\d{3,}) ", line):
                number = event[1]
            if name := re.match(r"\* (?:FROM|TO) CLIP NAME:  (.*)", line):
                names[number] = name[1]
        return list(names.values())


class TestOtio(ExporterSuite):
    spec = OTIO

    def clips_in(self, data: bytes) -> Sequence[str]:
        timeline = otio.adapters.read_from_string(data.decode(), "otio_json")
        (track,) = timeline.video_tracks()
        return [part.name for part in track if isinstance(part, otio.schema.Clip)]


class TestFcpxml(ExporterSuite):
    spec = FCPXML

    def clips_in(self, data: bytes) -> Sequence[str]:
        spine = next(ET.fromstring(data).iter("spine"))
        return [part.get("name") or "" for part in spine if part.tag != "transition"]


class TestXmeml(ExporterSuite):
    spec = XMEML

    def clips_in(self, data: bytes) -> Sequence[str]:
        clips = ET.fromstring(data).findall("sequence/media/video/track/clipitem")
        return [clip.findtext("name") or "" for clip in clips]


class TestEdlOf999(TestEdl):
    spec = EDL_999

    def clips_in(self, data: bytes) -> Sequence[str]:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
        return [name for part in parts for name in super(TestEdlOf999, self).clips_in(part)]


class TestShotList(ExporterSuite):
    spec = SHOTS

    def clips_in(self, data: bytes) -> Sequence[str]:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return [row["shot"] for row in rows]


@pytest.mark.parametrize("rate", ["24", "24000/1001", "60"])
def test_the_suite_tries_exporters_with_cuts_as_the_studio_writes_them(rate: str) -> None:
    clips = [
        SampleClip(name="SHOT-010_v01_take01", frames=60, sound=True),
        SampleClip(name="SHOT-020_v01", code="020", take=False),
    ]
    text = sample_timeline(clips, rate=rate, dissolve=13, title="Küste")
    cut = read_timeline(text)
    assert (cut.title, cut.rate, cut.frames) == ("Küste", rate, 60 + 48 - 13)
    assert [clip.name for clip in cut.clips] == [clip.name for clip in clips]
    assert [clip.media is None for clip in cut.clips] == [False, True]
    timeline = otio.adapters.read_from_string(text, "otio_json")
    assert timeline.duration().value == cut.frames
    # Written by the studio itself, this cut is the same.
    from app.assembly.timeline import build_timeline

    written = build_timeline(cut)
    for ours, sample in zip(written.video_tracks()[0], timeline.video_tracks()[0], strict=True):
        assert ours.is_equivalent_to(sample)
