"""Reads FCPXML that came back from an editor's program."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from fractions import Fraction

from ..cut import Direction, TransitionKind
from .model import EditedClip, EditedCut
from .track import Track, bad_edit, kind_of, names_of

_TIME = re.compile(r"(-?\d{1,15})(?:/(\d{1,12}))?s", re.ASCII)
_DIRECTIONS: dict[str, Direction] = {one: one for one in ("left", "right", "up", "down")}
_CLIPS = frozenset({"asset-clip", "clip", "video", "gap"})
_SPEED = ("timeMap", "conform-rate")


def read_fcpxml(root: ET.Element, rate: Fraction) -> EditedCut:
    """The spine of the first sequence. Raises `edit.unreadable`."""
    spine = next(root.iter("spine"), None)
    if spine is None:
        raise bad_edit("it has no sequence with a spine")
    assets = {one.get("id", ""): one for one in root.iter("asset")}
    track = Track("fcpxml")
    # Where the next clip begins, by which a transition knows its middle.
    position: int | None = None
    for part in spine:
        if part.tag == "transition":
            offset, frames = _frames(part, "offset", rate), _frames(part, "duration", rate)
            middle = offset + frames // 2 if position is None else position
            before = min(max(middle - offset, 0), frames)
            kind, direction = _kind(part)
            track.join(kind, frames, of_last=frames - before, of_next=before, direction=direction)
        elif part.tag in _CLIPS:
            offset, frames = _frames(part, "offset", rate), _frames(part, "duration", rate)
            position = offset + frames
            _read_clip(part, track, assets, frames, rate)
        else:
            track.note(f"A <{part.tag[:40]}> is not read.")
            track.gap(1)
    return track.finish()


def _read_clip(
    part: ET.Element, track: Track, assets: dict[str, ET.Element], frames: int, rate: Fraction
) -> None:
    name = part.get("name") or ""
    if part.get("enabled") == "0" or (part.tag == "gap" and name.casefold() in ("", "gap")):
        track.gap(frames)
        return
    if any(part.find(tag) is not None for tag in _SPEED):
        track.note(f"The speed of {name[:80] or 'a clip'} was changed, which is not read.")
    inner = part.find("video") if part.tag == "clip" else None
    asset = assets.get((part if inner is None else inner).get("ref", ""))
    media = asset.find("media-rep") if asset is not None else None
    source = media.get("src") if media is not None else None
    if asset is not None and source is None:
        source = asset.get("src")
    first = _frames(asset, "start", rate) if asset is not None else 0
    start = _frames(part, "start", rate) if part.get("start") else first
    track.clip(
        EditedClip(
            names=names_of(source, asset.get("name") if asset is not None else None, name),
            start=start - first,
            end=start - first + frames,
            digest=(asset.get("uid") or "").lower() if asset is not None else "",
            empty=part.tag == "gap",
        )
    )


def _kind(part: ET.Element) -> tuple[TransitionKind, Direction]:
    kind = kind_of(part.get("name") or "")
    written = next(
        (one.get("value") or "" for one in part.iter("param") if one.get("name") == "Direction"), ""
    )
    return kind, _DIRECTIONS.get(written.casefold(), "left")


def _frames(part: ET.Element, name: str, rate: Fraction) -> int:
    text = (part.get(name) or "0s").strip()
    match = _TIME.fullmatch(text)
    if match is None or match[2] == "0" or (match[2] and not int(match[2])):
        raise bad_edit(f"{text[:40]!r} is no time")
    return math.floor(Fraction(int(match[1]), int(match[2] or 1)) * rate + Fraction(1, 2))
