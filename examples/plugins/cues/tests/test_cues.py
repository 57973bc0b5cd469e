"""The parts of the plugin keep their contracts, and do what they are for."""

import array
import csv
import io
import wave

import pytest
from director_cues.click_track import CLICK_TRACK
from director_cues.cue_list import CUES_TO_TEXT, TEXT_TO_CUES
from director_cues.shot_list import SHOT_LIST
from node_registry.testing import BackendSuite, ConverterSuite, ExporterSuite

from node_registry import BackendError, Input, Output, Request

CUES = [{"at": 0.5, "text": "A door slams"}, {"at": 1.0, "text": "Steps"}]


def tone(seconds, level=1_000, channels=1):
    """A WAV file of one level."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((channels, 2, 48_000, 0, "NONE", ""))
        file.writeframes(array.array("h", [level] * int(seconds * 48_000 * channels)))
    return written.getvalue()


class TestClickTrack(BackendSuite):
    spec = CLICK_TRACK
    serverless = True
    outputs = ("audio",)

    def make_request(self, context, sound=None):
        sound = context.keep(sound or tone(2), "audio/wav")
        return Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type="cues.click_track",
            inputs={
                "cues": [Input(node_id="text", value=CUES)],
                "sounds": [Input(node_id="tone", label="Tone", media=sound, strength=0.5)],
            },
        )

    async def test_it_clicks_over_the_sound(self, tmp_path):
        request, context = self.prepare(tmp_path)
        output = next(e for e in await self.collect(request, context) if isinstance(e, Output))
        with wave.open(str(context.path(output.media))) as file:
            samples = array.array("h", file.readframes(file.getnframes()))
        assert len(samples) == 96_000
        assert samples[0] == 500
        assert max(samples[24_000:26_400]) > 12_000
        assert output.media.facts["duration"] == 2.0

    async def test_another_kind_of_sound_is_refused_by_its_name(self, tmp_path):
        request, context = self.prepare(tmp_path)
        stereo = context.keep(tone(1, channels=2), "audio/wav")
        request.inputs["sounds"][0] = Input(node_id="x", label="Stereo", media=stereo)
        context.inputs["sounds"] = [stereo]
        with pytest.raises(BackendError, match="Stereo is not a mono WAV"):
            await self.collect(request, context)


class TestTextToCues(ConverterSuite):
    converter = TEXT_TO_CUES
    back = CUES_TO_TEXT
    examples = (
        ("0:00.5 A door slams\n\n0:01 Steps", CUES),
        ("61:02 Late\n3 Early", [{"at": 3.0, "text": "Early"}, {"at": 3662.0, "text": "Late"}]),
        ("", []),
    )
    refused = ("A door slams", "0:01", "9999:00 Past the end of the day")


class TestCuesToText(ConverterSuite):
    converter = CUES_TO_TEXT
    examples = ((CUES, "0:0.5 A door slams\n0:1 Steps"),)
    refused = ("text", [{"at": -1, "text": "x"}], [{"text": "no time"}])


class TestShotList(ExporterSuite):
    spec = SHOT_LIST

    def clips_in(self, data):
        return [row["shot"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]
