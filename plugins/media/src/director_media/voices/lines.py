"""The lines of a shot, spoken: each by its speaker, at one level, in its place in the shot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from ..animatic.subtitles import Speech
from ..sound.level import SILENCE, measure
from ..sound.mix import RATE, Samples, Track, decoded, mix
from .casting import Person, cast, speaker
from .engines import Check, Engine
from .languages import language_by_words

LOUDNESS = -20.0
"""LUFS of each line: a film is levelled as a whole, and its lines are equal before that."""

_CEILING = -3.0
_LEAD, _GAP, _TAIL = 0.4, 0.35, 0.5
_LONGEST_PAUSE = 1.2


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A speech as a sound: its file, how many samples it lasts, and the gain to `LOUDNESS`."""

    path: Path
    samples: int
    gain: float

    @property
    def seconds(self) -> float:
        """How long it is heard."""
        return self.samples / RATE


class Span(msgspec.Struct, frozen=True):
    """When a speech is heard, in seconds from the shot's beginning."""

    start: float
    end: float


def speak_lines(
    speeches: Sequence[Speech],
    people: Sequence[Person],
    engine: Engine,
    language: str,
    folder: Path,
    check: Check,
) -> list[Line]:
    """Each speech as a sound in `folder`. Blocks. Raises `voice.failed`."""
    spoken_in = language or language_by_words(" ".join(speech.words for speech in speeches))
    lines: list[Line] = []
    for number, speech in enumerate(speeches):
        check()
        voice = cast(speaker(speech.name, people), engine, spoken_in)
        path = folder / f"line-{number:03d}.wav"
        engine.speak(speech.words, voice, path, check)
        lines.append(measured(path, check))
    return lines


def measured(path: Path, check: Check) -> Line:
    """A spoken file with its length and the gain that levels it."""
    samples = sum(block.shape[1] for block in decoded(path, 0, "A spoken line"))
    check()
    track = Track(path=path, start=0, length=samples, label="A spoken line")
    # What is shorter than the window of the measure is padded with silence, which does not count.
    found = measure(mix([track], max(samples, RATE)))
    if found.integrated <= SILENCE:
        return Line(path=path, samples=samples, gain=0.0)
    gain = min(LOUDNESS - found.integrated, _CEILING - found.peak)
    return Line(path=path, samples=samples, gain=round(gain, 2))


def seconds_needed(lines: Sequence[Line]) -> float:
    """How long a shot must be for its lines, with the breaths around them."""
    if not lines:
        return 0.0
    return _LEAD + sum(line.seconds for line in lines) + _GAP * (len(lines) - 1) + _TAIL


def frames_needed(lines: Sequence[Line], rate: Fraction) -> int:
    """`seconds_needed` in whole frames."""
    return math.ceil(seconds_needed(lines) * rate)


def place_lines(lines: Sequence[Line], seconds: float) -> list[Span]:
    """When each line is heard in a shot of `seconds`: what is left over lies between them."""
    if not lines:
        return []
    left = max(0.0, seconds - seconds_needed(lines))
    pause = min(_LONGEST_PAUSE, left / (len(lines) + 1))
    clock = min(_LEAD, max(0.0, seconds - sum(line.seconds for line in lines))) + pause
    spans: list[Span] = []
    for line in lines:
        spans.append(Span(clock, clock + line.seconds))
        clock += line.seconds + _GAP + pause
    return spans


def mixed(lines: Sequence[Line], spans: Sequence[Span], samples: int) -> Iterator[Samples]:
    """The sound of a shot of so many samples; what would be heard after its end is cut."""
    tracks = [
        Track(
            path=line.path,
            start=round(span.start * RATE),
            length=min(line.samples, samples - round(span.start * RATE)),
            gain=line.gain,
            fade_out=RATE // 100,
            label="A spoken line",
        )
        for line, span in zip(lines, spans, strict=True)
        if round(span.start * RATE) < samples
    ]
    return mix(tracks, samples)
