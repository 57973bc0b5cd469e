"""Subtitles: a shot's dialogue as cues, each in its time, and how they look.

A speech is `NAME: words` or `NAME (softly): words`, one a line. Each speech takes its share of
the shot by the length of its words; a long one becomes several cues of at most two lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .text import Board, Colour, Stamp, balance, clean, font, measure, shorten, wrap

CHARACTERS, LINES = 42, 2

_SPEECH = re.compile(r"^\s*([^:\n()]{1,60}?)\s*(?:\(([^)\n]*)\))?\s*:\s*(.*)$")
_PACE = 15.0  # Characters a second that a person reads and speaks with ease.
_BREATH = 0.35  # Seconds before, between and after speeches, where the shot has them.


@dataclass(frozen=True, slots=True)
class Speech:
    """Who says what, and how (the parenthetical)."""

    name: str
    words: str
    manner: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that stand from frame `first` up to, not including, `last`."""

    first: int
    last: int
    name: str
    lines: tuple[str, ...]


def read_dialogue(text: str) -> list[Speech]:
    """The speeches of a dialogue; a line without a name goes on with the speech before it."""
    speeches: list[Speech] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _SPEECH.match(line)
        if found and found[3].strip():
            speeches.append(Speech(clean(found[1]), clean(found[3]), clean(found[2] or "")))
        elif speeches and not found:
            last = speeches[-1]
            speeches[-1] = Speech(last.name, f"{last.words} {clean(line)}", last.manner)
        elif not found:
            speeches.append(Speech("", clean(line)))
    return [speech for speech in speeches if speech.words]


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands at once of a speech: its lines, how long they are read, whether it ends here."""

    name: str
    lines: tuple[str, ...]
    seconds: float
    ends: bool


def time_cues(speeches: list[Speech], frames: int, rate: float, size: int, width: int) -> list[Cue]:
    """Cues for a shot of `frames` frames: at an easy pace where there is time, faster where not."""
    parts = [part for speech in speeches for part in _parts(speech, size, width)]
    if not parts:
        return []
    total = frames / rate
    breaths = sum(part.ends for part in parts) + 1
    breath = min(_BREATH, total / (4 * breaths))
    spoken = sum(part.seconds for part in parts)
    stretch = min(1.25, (total - breath * breaths) / spoken)
    # Nobody breathes in the middle of a speech: its cues follow each other at once.
    pause = (total - spoken * stretch) / breaths
    cues: list[Cue] = []
    clock = min(pause, 0.8)
    for part in parts:
        last = clock + part.seconds * stretch
        cues.append(_cue(part, clock, last, frames, rate))
        clock = last + (min(pause, 1.2) if part.ends else 0)
    return cues


def spoken_cues(
    speeches: list[Speech],
    spans: Sequence[tuple[float, float]],
    frames: int,
    rate: float,
    size: int,
    width: int,
) -> list[Cue]:
    """Cues in time with voices: each speech from its span's first second to its last."""
    cues: list[Cue] = []
    for speech, (start, end) in zip(speeches, spans, strict=True):
        parts = _parts(speech, size, width)
        share = (end - start) / max(0.001, sum(part.seconds for part in parts))
        clock = start
        for part in parts:
            cues.append(_cue(part, clock, clock + part.seconds * share, frames, rate))
            clock += part.seconds * share
    return [cue for cue in cues if cue.first < frames - 1 or cue is cues[0]]


def _parts(speech: Speech, size: int, width: int) -> list[_Part]:
    words = f"({speech.manner}) {speech.words}" if speech.manner else speech.words
    lines = wrap(words, size, width, CHARACTERS)
    parts: list[_Part] = []
    for place in range(0, len(lines), LINES):
        shown = " ".join(lines[place : place + LINES])
        fitted = tuple(balance(shown, size, width, CHARACTERS)[:LINES])
        ends = place + LINES >= len(lines)
        parts.append(_Part(speech.name, fitted, 0.4 + len(shown) / _PACE, ends))
    return parts


def _cue(part: _Part, start: float, end: float, frames: int, rate: float) -> Cue:
    first = min(frames - 1, round(start * rate))
    return Cue(first, min(frames, max(first + 1, round(end * rate))), part.name, part.lines)


def text_size(width: int, height: int) -> int:
    """The height of the letters for a picture: a twenty-fourth, also for an upright one."""
    return max(9, round(min(height / 24, width / 22)))


def text_width(width: int) -> int:
    """The widest that a line may become."""
    return round(width * 0.86)


def set_cue(cue: Cue, width: int, height: int, colour: Colour) -> Stamp | None:
    """A cue as a stamp: white words on a soft plate above the lower edge, the name above them."""
    size = text_size(width, height)
    small = max(8, round(size * 0.62))
    step = round(size * 1.32)
    ascent = font(size).getmetrics()[0]
    name = shorten(cue.name, small, text_width(width), "Bold") if cue.name else ""
    widest = max([measure(line, size) for line in cue.lines] + [measure(name, small, "Bold")])
    pad_x, pad_y = round(size * 0.62), round(size * 0.34)
    header = round(small * 1.45) if name else 0
    box_width = min(width, widest + 2 * pad_x)
    box_height = header + step * len(cue.lines) + 2 * pad_y
    board = Board(box_width, box_height)
    board.plate((0, 0, box_width, box_height), (8, 9, 14), 0.58, size * 0.28)
    middle = box_width / 2
    base = pad_y + small
    if name:
        board.write((middle, base), name, small, colour, "Bold", "ms")
    base = pad_y + header + round(ascent * 0.92)
    shadow = max(1, round(size / 18))
    for line in cue.lines:
        board.write((middle, base + shadow), line, size, (0, 0, 0), anchor="ms", opacity=0.7)
        board.write((middle, base), line, size, (250, 250, 246), anchor="ms")
        base += step
    bottom = height - max(round(height * 0.055), 2 * max(4, height // 90))
    return board.stamp((width - box_width) // 2, bottom - box_height)
