"""A steady tone: a node with a form, and the backend that makes its sound."""

import array
import math
import wave
from typing import Annotated

import msgspec

from node_registry import (
    BackendSpec,
    Cancelled,
    Needs,
    NodeType,
    Progress,
    Socket,
    hint,
    hookimpl,
    schema_of,
    sockets,
)


class Tone(msgspec.Struct):
    """What people set in the node's form."""

    pitch: Annotated[float, hint(widget="slider", unit="Hz", ge=20, le=20_000)] = 440.0
    duration: Annotated[float, hint(widget="duration", unit="s", gt=0, le=600)] = 2.0


class ToneBackend:
    """Writes a WAV file, a second of sound at a time."""

    async def open(self):
        """Nothing lasts over several runs."""

    async def close(self):
        """So there is nothing to give back."""

    async def run(self, request, context):
        """One tone, at the film's sample rate."""
        tone = msgspec.convert(request.params, Tone)
        rate, path = request.settings.sample_rate, context.scratch / "tone.wav"
        total = round(tone.duration * rate)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            for start in range(0, total, rate):
                if context.cancelled.is_set():
                    raise Cancelled
                turn = math.tau * tone.pitch / rate
                times = range(start, min(start + rate, total))
                file.writeframes(array.array("h", (int(9830 * math.sin(turn * t)) for t in times)))
                yield Progress(min(start + rate, total) / total, "Making the tone")
        yield await context.save("audio", path, "audio/wav", duration=tone.duration)


@hookimpl
def register_node_types():
    """The node, and the form that is drawn from `Tone`."""
    audio = Socket(id="audio", type=sockets.AUDIO)
    return [
        NodeType(
            id="tone.tone",
            title="Tone",
            category="Sound",
            params=schema_of(Tone),
            outputs=(audio,),
        )
    ]


TONE = BackendSpec(
    name="tone.wave",
    version="1",
    serves=("tone.tone",),
    factory=ToneBackend,
    estimate=lambda request, capabilities: Needs(seconds=0.1),
)


@hookimpl
def register_backends():
    """The backend, as the studio knows it before it is started."""
    return [TONE]
