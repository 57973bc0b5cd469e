"""The conformance suite of exporters: what every format of the cut must do, ours and others'."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from ..errors import DirectorError
from ..exporters import ExporterSpec
from .suite import ConformanceSuite
from .timelines import SampleClip, sample_clips, sample_timeline

RATES = ("24000/1001", "24", "25", "30000/1001", "30", "50", "60")
TEXTS = (
    "", "Küste", "海と空", "\u202eThe Lamp", "The\nLamp\r\n\tx", "=1+1", '"; DROP', "../../etc/x",
    "<b>&amp;</b>", "🎬" * 40, "L" * 5000,
)  # fmt: skip
NO_TIMELINES = ("", "no JSON", "[]", "{}", '{"OTIO_SCHEMA": "Clip.2"}', "null", '"x"')
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


class ExporterSuite(ConformanceSuite):
    """What every exporter promises. Set `spec`, and write `clips_in`.

        class TestShotList(ExporterSuite):
            spec = SHOT_LIST

            def clips_in(self, data):
                return [row["shot"] for row in csv.DictReader(data.decode().splitlines())]

    `limit` is how long, in seconds, a film of 2,000 clips may take.
    """

    spec: ClassVar[ExporterSpec]
    limit: ClassVar[float] = 10.0

    def clips_in(self, data: bytes) -> Sequence[str]:
        """The names of the clips that a file of this format tells, in its order."""
        raise NotImplementedError

    def write(self, timeline: str, title: str = "Lighthouse") -> bytes | DirectorError:
        """What the exporter makes of a cut: its file, or the refusal that a person reads."""
        try:
            return self.spec.write(timeline, title)
        except DirectorError as error:
            refusal = error
        assert refusal.code.startswith("export."), f"{refusal.code} is no `export.…`"
        assert len(refusal.message) > 10, "a refusal says what is wrong"
        return refusal

    def test_has_a_sound_spec(self) -> None:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.spec.name), "a name fits into a URL"
        assert self.spec.title.strip()
        assert re.fullmatch(r"[a-z0-9]+", self.spec.extension), "the extension has no dot"
        assert MEDIA_TYPE.fullmatch(self.spec.media_type)

    def test_tells_every_clip_in_the_order_of_the_film(self) -> None:
        clips = sample_clips(12)
        data = self.write(sample_timeline(clips))
        assert isinstance(data, bytes), f"a plain cut was refused: {data}"
        assert list(self.clips_in(data)) == [clip.name for clip in clips]

    def test_a_clip_that_is_used_twice_is_told_twice(self) -> None:
        clips = [*sample_clips(2), *sample_clips(1)]
        data = self.write(sample_timeline(clips))
        assert isinstance(data, bytes), f"a plain cut was refused: {data}"
        assert list(self.clips_in(data)) == [clip.name for clip in clips]

    def test_is_pure(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        timeline = sample_timeline(sample_clips(5), dissolve=8)
        assert self.write(timeline) == self.write(timeline), "equal cuts made different files"
        assert not list(tmp_path.iterdir()), "an exporter writes no files: it returns bytes"

    def test_a_shot_without_a_take_is_told_or_refused(self) -> None:
        first, second = sample_clips(2)
        missing = SampleClip(name="SHOT-030_v01", code="030", take=False)
        written = self.write(sample_timeline([first, missing, second]))
        if isinstance(written, bytes):
            assert missing.name in self.clips_in(written), "a shot without a take was left out"
        else:
            assert missing.name in written.message, "the refusal names the clip"

    @pytest.mark.parametrize("rate", RATES)
    def test_a_frame_rate_is_written_or_refused(self, rate: str) -> None:
        clips = sample_clips(3)
        written = self.write(sample_timeline(clips, rate=rate, dissolve=6))
        if isinstance(written, bytes):
            found = set(self.clips_in(written))
            assert found == {clip.name for clip in clips}, "clips are missing beside dissolves"

    @pytest.mark.parametrize("text", TEXTS)
    def test_any_text_is_written_or_refused(self, text: str) -> None:
        clip = SampleClip(name="SHOT-010_v01_take01", heading=text, sound=True)
        written = self.write(sample_timeline([clip], title=text), text)
        if isinstance(written, bytes):
            assert list(self.clips_in(written)) == [clip.name]
        named = SampleClip(name=text or "x", heading=text)
        self.write(sample_timeline([named, *sample_clips(1)], title=text), text)

    def test_an_empty_film_is_written_or_refused(self) -> None:
        written = self.write(sample_timeline([]), "")
        if isinstance(written, bytes):
            assert list(self.clips_in(written)) == []

    @pytest.mark.parametrize("text", NO_TIMELINES)
    def test_what_is_no_timeline_is_refused(self, text: str) -> None:
        assert isinstance(self.write(text), DirectorError), f"{text!r} was written as a film"

    def test_a_long_film_is_written_soon(self) -> None:
        timeline = sample_timeline(sample_clips(2000, frames=24))
        began = time.monotonic()
        written = self.write(timeline)
        took = time.monotonic() - began
        assert took < self.limit, f"2,000 clips took {took:.1f} s"
        if isinstance(written, bytes):
            assert len(self.clips_in(written)) == 2000
