"""Reads the JSON of an OpenTimelineIO file that came back from an editor's program.

The library's own reader is native code that follows the references of a file; what comes from
outside is read as plain data instead. The tests compare both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, cast

import msgspec

from ..cut import Direction, TransitionKind
from .model import EditedClip, EditedCut
from .track import Track, bad_edit, kind_of, names_of

_KINDS: tuple[TransitionKind, ...] = ("fade", "dissolve", "wipe", "push")
_DIRECTIONS: tuple[Direction, ...] = ("left", "right", "up", "down")
_NAMESPACE = "movie_director"
_MAX_DEPTH = 60

Part = dict[str, Any]


def read_otio(data: bytes, rate: Fraction) -> EditedCut:
    """The lowest track of pictures of a timeline. Raises `edit.unreadable`."""
    try:
        root = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_edit("it is no JSON of OpenTimelineIO, or is nested without end") from None
    timeline = _timeline(root)
    tracks = [
        track
        for track in _children(timeline.get("tracks"))
        if _schema(track) == "Track" and track.get("kind", "Video") == "Video"
    ]
    filled = [one for one in tracks if any(_schema(part) == "Clip" for part in _children(one))]
    if not filled:
        raise bad_edit("it has no clips in its tracks of pictures")
    track = Track("otio")
    if len(filled) > 1:
        track.note(f"Only the lowest of its {len(filled)} tracks of pictures was read.")
    for part in _children(filled[0]):
        _read(part, track, rate)
    return track.finish()


def _read(part: Part, track: Track, rate: Fraction) -> None:
    match _schema(part):
        case "Clip" if part.get("enabled", True) is not False:
            _read_clip(part, track, rate)
        case "Transition":
            before, after = (_time(part.get(name), rate) for name in ("in_offset", "out_offset"))
            about = _about(part)
            kind, direction = about.get("kind"), about.get("direction")
            track.join(
                kind if kind in _KINDS else _kind(part),
                before + after,
                of_last=after,
                of_next=before,
                direction=direction if direction in _DIRECTIONS else "left",
            )
        case "Gap" | "Clip":
            track.gap(_span(part.get("source_range"), rate)[1])
        case other:
            track.note(f"A {other or 'part without a kind'} is not read.")
            track.gap(1)


def _kind(part: Part) -> TransitionKind:
    words = f"{part.get('name')} {part.get('transition_type')}"
    return kind_of(words)


def _read_clip(part: Part, track: Track, rate: Fraction) -> None:
    reference = _reference(part)
    available = reference.get("available_range")
    first = _time(_part(available).get("start_time"), rate) if available else 0
    if part.get("source_range"):
        start, frames = _span(part["source_range"], rate)
        start -= first
    else:
        start, frames = 0, _span(available, rate)[1]
    name = str(part.get("name") or "")
    if any("TimeWarp" in _schema(one) or "FreezeFrame" in _schema(one) for one in _effects(part)):
        track.note(f"The speed of {name or 'a clip'} was changed, which is not read.")
    about, of_file = _about(part), _about(reference)
    track.clip(
        EditedClip(
            names=names_of(_text(reference.get("target_url")), name),
            start=start,
            end=start + frames,
            digest=_text(of_file.get("digest")).removeprefix("sha256:")
            or _text(about.get("media")),
            take=_text(about.get("take")),
            shot=_text(about.get("shot")),
            recipe=_text(about.get("recipe")),
        )
    )


def _reference(part: Part) -> Part:
    """The media of a clip, as version 1 of its schema has it and as version 2 does."""
    if isinstance(part.get("media_references"), dict):
        key = part.get("active_media_reference_key") or "DEFAULT_MEDIA"
        return _part(part["media_references"].get(key))
    return _part(part.get("media_reference"))


def _timeline(root: Any) -> Part:
    at, depth = _part(root), 0
    while _schema(at) == "SerializableCollection" and depth < _MAX_DEPTH:
        inside = [one for one in _children(at) if _schema(one) in ("Timeline", _schema(at))]
        at, depth = inside[0] if inside else {}, depth + 1
    if _schema(at) != "Timeline":
        raise bad_edit("it is JSON, but no timeline of OpenTimelineIO")
    return at


def _span(span: Any, rate: Fraction) -> tuple[int, int]:
    span = _part(span)
    return _time(span.get("start_time"), rate), _time(span.get("duration"), rate)


def _time(time: Any, rate: Fraction) -> int:
    """A time in frames of the film. Programs keep rates as decimal numbers, not as fractions."""
    time = _part(time)
    value, own = time.get("value", 0), time.get("rate", 0)
    if not all(isinstance(one, int | float) for one in (value, own)):
        raise bad_edit("one of its times is no number")
    if not math.isfinite(value) or not math.isfinite(own) or abs(value) > 1e12:
        raise bad_edit("one of its times is no number")
    if own > 0 and abs(own - float(rate)) > 0.006:
        value = value * float(rate) / own
    return math.floor(value + 0.5)


def _children(part: Any) -> Iterator[Part]:
    inside = _part(part).get("children")
    for one in cast("list[Any]", inside) if isinstance(inside, list) else ():
        yield _part(one)


def _effects(part: Part) -> list[Part]:
    found = part.get("effects")
    return [_part(one) for one in cast("list[Any]", found)] if isinstance(found, list) else []


def _about(part: Part) -> Part:
    return _part(_part(part.get("metadata")).get(_NAMESPACE))


def _part(value: Any) -> Part:
    return cast("Part", value) if isinstance(value, dict) else {}


def _schema(part: Part) -> str:
    return _text(part.get("OTIO_SCHEMA")).partition(".")[0]


def _text(value: Any) -> str:
    return value[:2000] if isinstance(value, str) else ""
