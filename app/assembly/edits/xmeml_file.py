"""Reads Final Cut 7 XML (`xmeml`) that came back from an editor's program."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from fractions import Fraction

import msgspec

from ..cut import Direction, TransitionKind
from .model import EditedClip, EditedCut
from .track import Track, bad_edit, kind_of, names_of

_BY_CODE: dict[str, Direction] = {"0": "up", "1": "right", "2": "down", "3": "left"}


class _Item(msgspec.Struct):
    """A clip or a transition of a track. -1 for a place that a transition hides."""

    start: int
    end: int
    clip: EditedClip | None = None
    kind: TransitionKind = "dissolve"
    direction: Direction = "left"


def read_xmeml(root: ET.Element, rate: Fraction) -> EditedCut:
    """The lowest track of pictures of the first sequence. Raises `edit.unreadable`."""
    sequence = next(root.iter("sequence"), None)
    if sequence is None:
        raise bad_edit("it has no sequence")
    tracks = [
        one for one in sequence.findall("media/video/track") if one.find("clipitem") is not None
    ]
    if not tracks:
        raise bad_edit("it has no clips in its tracks of pictures")
    track = Track("xmeml")
    if len(tracks) > 1:
        track.note(f"Only the lowest of its {len(tracks)} tracks of pictures was read.")
    own = _rate(sequence, rate)
    files = {one.get("id", ""): one for one in root.iter("file") if len(one)}
    items = [
        item for part in tracks[0] if (item := _item(part, track, rate, own, files)) is not None
    ]
    for index, item in enumerate(items):
        before = items[index - 1] if index else None
        after = items[index + 1] if index + 1 < len(items) else None
        if item.clip is not None:
            if before and before.clip and before.end >= 0 and item.start > before.end:
                track.gap(item.start - before.end)
            track.clip(item.clip)
        else:
            # Where a clip's place is hidden, its in and out hold the transition's frames already.
            last = before.end if before and before.clip and before.end >= 0 else item.end
            following = after.start if after and after.clip and after.start >= 0 else item.start
            track.join(
                item.kind,
                item.end - item.start,
                of_last=max(0, item.end - last),
                of_next=max(0, following - item.start),
                direction=item.direction,
            )
    return track.finish()


def _item(
    part: ET.Element, track: Track, rate: Fraction, own: Fraction, files: dict[str, ET.Element]
) -> _Item | None:
    if part.tag not in ("clipitem", "transitionitem"):
        return None
    start, end = (_number(part, name, own, rate) for name in ("start", "end"))
    if part.tag == "transitionitem":
        effect = part.find("effect")
        words = (effect.findtext("name") or "") if effect is not None else ""
        code = (effect.findtext("wipecode") or "") if effect is not None else ""
        return _Item(start, end, None, kind_of(words), _BY_CODE.get(code, "left"))
    name = part.findtext("name") or ""
    if (part.findtext("enabled") or "TRUE").strip().upper() == "FALSE":
        track.gap(1)
        return None
    if part.find("sequence") is not None:
        track.note(f"{name[:80] or 'A clip'} is a sequence of its own, which is not read.")
        track.gap(1)
        return None
    if any(one.text == "timeremap" for one in part.iter("effectid")):
        track.note(f"The speed of {name[:80] or 'a clip'} was changed, which is not read.")
    file = part.find("file")
    told = files.get(file.get("id", ""), file) if file is not None else None
    names = (told.findtext("pathurl"), told.findtext("name")) if told is not None else ()
    written = _rate(part, own)
    first, last = (_number(part, name, written, rate) for name in ("in", "out"))
    clip = EditedClip(names=names_of(*names, name), start=first, end=last)
    return _Item(start, end, clip)


def _number(part: ET.Element, name: str, own: Fraction, rate: Fraction) -> int:
    text = (part.findtext(name) or "0").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e12:
        raise bad_edit(f"{text[:20]!r} is no number of frames")
    return int(value) if value < 0 or own == rate else math.floor(value * rate / own + 0.5)


def _rate(part: ET.Element, default: Fraction) -> Fraction:
    text = (part.findtext("rate/timebase") or "").strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 240:
        return default
    ntsc = (part.findtext("rate/ntsc") or "").strip().upper() == "TRUE"
    return Fraction(int(text) * 1000, 1001) if ntsc else Fraction(int(text))
