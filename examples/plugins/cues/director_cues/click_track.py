"""The click track: a click at each cue, mixed with the sounds that are connected."""

import array
import math
import wave
from typing import Annotated

import msgspec

from node_registry import (
    BackendError,
    BackendSpec,
    Cancelled,
    Needs,
    NodeType,
    Progress,
    Socket,
    hint,
    schema_of,
    sockets,
)

from .cue_list import CUE_LIST, read_cues

LOUD = 12_000


class Clicks(msgspec.Struct):
    """What people set in the node's form."""

    pitch: Annotated[float, hint(widget="slider", unit="Hz", ge=100, le=8_000)] = 1_000.0
    length: Annotated[float, hint(unit="s", ge=0.005, le=1)] = 0.05


CLICK_TRACK_NODE = NodeType(
    id="cues.click_track",
    title="Click track",
    category="Sound",
    params=schema_of(Clicks),
    inputs=(
        Socket(id="cues", type=CUE_LIST.id, title="Cues", required=True),
        Socket(id="sounds", type=sockets.AUDIO, title="Sounds", many=True),
    ),
    outputs=(Socket(id="audio", type=sockets.AUDIO, title="Audio"),),
)


class ClickTrackBackend:
    """Mixes in memory and writes a WAV file."""

    async def open(self):
        """Nothing lasts over several runs."""

    async def close(self):
        """So there is nothing to give back."""

    async def run(self, request, context):
        """One mono track at the film's sample rate, as long as its longest part."""
        clicks = msgspec.convert(request.params, Clicks)
        rate = request.settings.sample_rate
        # A value that is JSON lies in the request.
        cues = read_cues(request.inputs["cues"][0].value)
        click = _click(clicks, rate)
        mix = array.array("d", [0.0] * len(click))
        # Media are fetched: local files, in the order of the connections.
        connected = request.inputs.get("sounds", [])
        paths = await context.input("sounds")
        for number, (source, path) in enumerate(zip(connected, paths, strict=True), 1):
            if context.cancelled.is_set():
                raise Cancelled
            _add(mix, _read(path, rate, source.label), 0, source.strength)
            yield Progress(0.8 * number / len(paths), f"Mixing {source.label or 'a sound'}")
        for cue in cues:
            _add(mix, click, round(cue.at * rate), 1.0)
        if context.cancelled.is_set():
            raise Cancelled
        path = context.scratch / "clicks.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            loud = (max(-32_768, min(32_767, round(sample))) for sample in mix)
            file.writeframes(array.array("h", loud))
        yield Progress(1.0, "Written")
        yield await context.save("audio", path, "audio/wav", duration=len(mix) / rate)


def _click(clicks, rate):
    turn = math.tau * clicks.pitch / rate
    return [LOUD * math.sin(turn * step) for step in range(round(clicks.length * rate))]


def _add(mix, samples, start, gain):
    missing = start + len(samples) - len(mix)
    if missing > 0:
        mix.extend([0.0] * missing)
    for place, sample in enumerate(samples, start):
        mix[place] += gain * sample


def _read(path, rate, label):
    """The samples of a mono WAV file of 16 bits. Other sounds are refused with what to do."""
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, rate):
                return array.array("h", file.readframes(file.getnframes()))
    except (wave.Error, EOFError):
        pass
    raise BackendError(
        "cues.not_mono",
        f"{label or 'A sound'} is not a mono WAV of 16 bits at {rate} Hz.",
        hint="Connect the output of a Tone node, or another sound of that kind.",
    )


def estimate(request, capabilities):
    """About a second for each minute of sound."""
    minutes = 1 + sum(len(parts) for parts in request.inputs.values())
    return Needs(seconds=float(minutes))


CLICK_TRACK = BackendSpec(
    name="cues.click_track",
    version="1",
    serves=(CLICK_TRACK_NODE.id,),
    factory=ClickTrackBackend,
    estimate=estimate,
)
