"""Reads a CMX 3600 edit list that came back from an editor's program."""

from __future__ import annotations

import re
from fractions import Fraction

import msgspec

from node_registry import DirectorError

from ..cut import Direction, TransitionKind
from ..timecode import from_timecode
from .model import EditedClip, EditedCut
from .track import Track, bad_edit, names_of

_TIME = r"(\d{2}:\d{2}:\d{2}[:;.,]\d{2,3})"
_EVENT = re.compile(
    rf"\s*(\d{{1,7}})\s+(\S{{1,129}})\s+(\S{{1,12}})\s+([A-Z]\w{{0,4}})\s+(?:(\d{{1,6}})\s+)?"
    rf"{_TIME}\s+{_TIME}\s+{_TIME}\s+{_TIME}\s*$",
    re.ASCII | re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*\*\s*([A-Z ]{3,24}):\s*(.*)$", re.IGNORECASE)
_WIPES: dict[str, Direction] = {"001": "right", "002": "down", "101": "left", "102": "up"}
_BLACK = {"BL", "BLACK"}


class _Event(msgspec.Struct):
    number: str
    reel: str
    effect: str
    effect_frames: int
    source: int
    record: int
    frames: int
    source_frames: int
    source_name: str = ""
    to_name: str = ""
    from_name: str = ""
    effect_name: str = ""

    @property
    def is_mark(self) -> bool:
        """Whether it stands for a moment: a cut to no frames."""
        return self.effect == "C" and not self.frames

    @property
    def black(self) -> bool:
        return self.reel.upper() in _BLACK


def read_edl(text: str, rate: Fraction) -> EditedCut:
    """The events of pictures of a list. Raises `edit.unreadable`."""
    track = Track("edl")
    events = _events(text, rate, track)
    black: _Event | None = None
    position: int | None = None
    for event in events:
        if event.black:
            if event.effect == "C" and event.frames:
                track.gap(event.frames)
            black = event
            continue
        if position is not None and event.record > position and black is None:
            track.gap(event.record - position)
        position = event.record + event.frames
        if event.effect != "C":
            _join(track, event, black)
        elif black is not None and black.effect != "C" and black.effect_frames:
            track.join("fade", black.effect_frames, of_last=black.effect_frames)
        black = None
        track.clip(
            EditedClip(
                names=names_of(*_named(event)),
                start=event.source,
                end=event.source + event.frames,
                reel=event.reel,
            )
        )
    if black is not None and black.effect != "C":
        track.join("fade", black.effect_frames, of_last=black.effect_frames)
    return track.finish()


def _named(event: _Event) -> tuple[str, ...]:
    clip = event.from_name if event.effect == "C" else event.to_name
    return event.source_name, clip


def _join(track: Track, event: _Event, black: _Event | None) -> None:
    frames, kind = event.effect_frames, _kind(event)
    direction = _WIPES.get(event.effect[1:], "left")
    if black is None:
        track.join(kind, frames, of_last=frames, direction=direction)
        return
    # Through black: the first half is an event of black that dissolves, of just these frames.
    gone = black.effect_frames if black.effect != "C" else 0
    if black.frames > gone and track.length:
        track.gap(black.frames - gone)
    track.join("fade", frames + gone, of_last=frames + gone, of_next=gone)


def _kind(event: _Event) -> TransitionKind:
    words = event.effect_name.upper()
    if event.effect.startswith("W"):
        return "push" if "PUSH" in words else "wipe"
    return "fade" if words.startswith(("FADE", "DIP TO")) else "dissolve"


def _events(text: str, rate: Fraction, track: Track) -> list[_Event]:
    found: list[_Event] = []
    drop = False
    skipping = False
    for line in text.splitlines():
        if line.lstrip().upper().startswith("FCM:"):
            drop = "NON" not in line.upper()
        elif match := _EVENT.match(line):
            channels = match[3].upper()
            skipping = "V" not in channels and channels != "B"
            if skipping:
                continue
            source, until, record, end = (_frame(match[at], rate, drop) for at in (6, 7, 8, 9))
            if end < record or until < source:
                raise bad_edit(f"event {match[1]} ends before it begins")
            event = _Event(
                match[1], match[2], match[4].upper(), int(match[5] or 0), source, record,
                end - record, until - source,
            )  # fmt: skip
            before = found[-1] if found else None
            if before and before.number == event.number and before.is_mark:
                # Where the outgoing picture stands when a transition begins: nothing of its own.
                found.pop()
            found.append(event)
            if event.frames != event.source_frames and not event.black:
                track.note(f"The speed of event {match[1]} was changed, which is not read.")
        elif found and not skipping and (match := _COMMENT.match(line)):
            _comment(found[-1], " ".join(match[1].upper().split()), match[2].strip())
    if not found:
        raise bad_edit("it has no events of pictures")
    return found


def _comment(event: _Event, name: str, words: str) -> None:
    match name:
        case "FROM CLIP NAME":
            event.from_name = words
        case "TO CLIP NAME":
            event.to_name = words
        case "SOURCE FILE" | "SOURCE FILE NAME" | "MEDIA FILE":
            event.source_name = words
        case "EFFECT NAME":
            event.effect_name = words
        case _:
            pass


def _frame(written: str, rate: Fraction, drop: bool) -> int:
    head, tail = written[:8], written[9:]
    mark = ";" if drop or written[8] in ";," else ":"
    try:
        return from_timecode(f"{head}{mark}{tail}", rate)
    except DirectorError as error:
        raise bad_edit(
            f"at {float(rate):g} frames a second, {error.message.rstrip('.')}"
        ) from error
