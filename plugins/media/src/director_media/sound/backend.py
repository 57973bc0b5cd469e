"""The backend of the Audio node: one sound, trimmed, faded, turned up or down, levelled."""

from __future__ import annotations

import math
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from node_registry import (
    BackendError,
    BackendSpec,
    Cancelled,
    Capabilities,
    Media,
    Needs,
    Request,
    RunContext,
    RunEvent,
)

_DAY = 86_400
_AS_IT_IS = -math.inf

# Bytes of a sample of both channels: in the WAV that is given, and in the mix that is measured.
WAV_BYTES, FLOAT_BYTES = 6, 8
# Bytes that are to be free afterwards.
SPARE = 64 * 1024 * 1024


class AudioBackend:
    """Serves `film.audio`: `gain` in dB, `start`, `duration` and fades in seconds, `loudness` in
    LUFS or None; the sound is what is connected, else `media`. Gives a WAV of 48 kHz in
    stereo, 24 bits. With `socket` "video" it serves `media.video_sound`: the sound of a video.
    """

    def __init__(self, socket: str = "audio") -> None:
        self._socket = socket

    async def open(self) -> None:
        """Nothing lasts over runs."""

    async def close(self) -> None:
        """Nothing was taken."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Work the sound over and give it."""
        from ..job import run_job
        from .mix import RATE

        sources = await context.input(self._socket) or await _own_file(request, context)
        if not sources:
            raise BackendError(
                "audio.no_input",
                "The Audio node has no sound."
                if self._socket == "audio"
                else "Nothing is connected to the input Video.",
                hint="Connect one to it, or drop a file on it.",
            )
        path = context.scratch / "sound.wav"
        job = Shaping(sources[0], path, request.params)
        progress: Any = run_job(job, context, "Working the sound over")
        async with aclosing(progress):
            async for event in progress:
                yield event
        yield await context.save(
            "audio", path, "audio/wav", duration=job.length / RATE, sample_rate=RATE
        )


async def _own_file(request: Request, context: RunContext) -> list[Path]:
    """The node's own file, where it has one."""
    held = request.params.get("media")
    if not isinstance(held, dict):
        return []
    try:
        media = msgspec.convert(held, Media)
    except msgspec.ValidationError as error:
        raise _bad("media", held) from error
    return [await context.fetch(media)]


class Shaping:
    """The blocking part: reads the sound, works it over and writes the WAV."""

    def __init__(self, source: Path, path: Path, params: dict[str, Any]) -> None:
        self.source, self.path = source, path
        self.gain = _number(params, "gain", 0.0, -100, 60)
        self.start = _number(params, "start", 0.0, 0, _DAY)
        self.fade_in = _number(params, "fade_in", 0.0, 0, _DAY)
        self.fade_out = _number(params, "fade_out", 0.0, 0, _DAY)
        self.duration = _number(params, "duration", _DAY, 0, _DAY)
        self.loudness = _number(params, "loudness", _AS_IT_IS, -70, 0)
        self.length = 0

    def __call__(self, advance: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        """Write the sound; `length` then says how many samples it has."""
        from .level import keep_and_measure, kept, levelled
        from .mix import RATE, Track, mix
        from .wav import write_wav

        def check() -> None:
            if cancelled():
                raise Cancelled

        skip = round(self.start * RATE)
        self.length = min(_samples(self.source, skip, check), round(self.duration * RATE))
        if self.length < 1:
            raise BackendError(
                "audio.empty",
                "Nothing of the sound is left after trimming.",
                hint="Begin earlier, or make the duration longer.",
            )
        levels = self.loudness > _AS_IT_IS
        _check_room(self.path.parent, self.length * (WAV_BYTES + levels * FLOAT_BYTES))
        advance(0.3)
        track = Track(
            path=self.source,
            start=0,
            length=self.length,
            skip=skip,
            gain=self.gain,
            fade_in=round(self.fade_in * RATE),
            fade_out=round(self.fade_out * RATE),
            label="The sound",
        )
        blocks = mix([track], self.length, check)
        raw = self.path.with_suffix(".f32")
        try:
            if levels:
                found = keep_and_measure(blocks, raw)
                advance(0.6)
                blocks = levelled(kept(raw), found, self.loudness, check)
            write_wav(self.path, blocks)
        finally:
            raw.unlink(missing_ok=True)


def _check_room(folder: Path, size: int) -> None:
    """Refuse before anything is written what the disk has no room for."""
    from ..job import disk_full

    if size + SPARE > shutil.disk_usage(folder).free:
        raise disk_full()


def _samples(source: Path, skip: int, check: Callable[[], None]) -> int:
    """How long the sound is, counted by decoding it: lengths in headers are often estimates."""
    from .mix import decoded

    count = 0
    for block in decoded(source, skip, "The sound"):
        check()
        count += block.shape[1]
    return count


def _number(params: dict[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = params.get(name)
    if value is None:
        return default
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise _bad(name, value)
    if not low <= value <= high:
        raise _bad(name, value)
    return float(value)


def _bad(name: str, value: object) -> BackendError:
    return BackendError(
        "audio.bad_params",
        f"The Audio node's {name} cannot be {str(value)[:40]}.",
        hint="Correct it in the node's form.",
    )


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    """A sound takes about a hundredth of its length."""
    given = request.inputs.get("audio", [])
    seconds = 60.0
    if given and given[0].media:
        found = given[0].media.facts.get("duration")
        seconds = float(found) if isinstance(found, int | float) else seconds
    return Needs(device="cpu", seconds=max(0.5, seconds / 100))


VIDEO_SOUND_SPEC = BackendSpec(
    name="media.video_sound",
    version="1.0.0",
    title="Sound of a video",
    serves=("media.video_sound",),
    factory=partial(AudioBackend, "video"),
    estimate=estimate,
)
SPEC = BackendSpec(
    name="media.audio",
    version="1.0.0",
    title="Audio on the CPU",
    serves=("film.audio",),
    factory=AudioBackend,
    estimate=estimate,
)
