"""Segments of streams: their names in addresses, and where in a stream they are.

A worker makes a segment once, whatever film it is in; the API writes into it the time that it has
in the stream which asks for it. The bytes at an address never change.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from fractions import Fraction

from node_registry.film import parse_rate

from node_registry import DirectorError, Facts, Segment

LARGEST = 1280
"""Pixels of the longest side of a stream."""

MOST_FRAMES = 1200
MOST_AT = 10**8

_NAME = re.compile(
    r"(?:([0-9]{1,9})-)?([0-9]{2,4})x([0-9]{2,4})-([0-9]{1,6}(?:_[0-9]{1,5})?)"
    r"(?:\.mp4|-(black-)?([0-9]{1,8})-([0-9]{1,8})\.m4s)"
)


def address_name(segment: Segment, at: int) -> str:
    """The last part of the address of a segment whose first frame is the stream's frame `at`."""
    return f"{at}-{segment.name}" if segment.first < segment.end else segment.name


def read_address_name(name: str) -> tuple[Segment, int]:
    """A segment and its place, from the last part of an address. Raises `media.no_segment`."""
    match = _NAME.fullmatch(name)
    segment = None if match is None else _segment(match)
    if match is None or segment is None:
        raise _no_segment()
    at = int(match[1] or 0)
    if (match[1] is None) != (segment.first == segment.end) or at > MOST_AT:
        raise _no_segment()
    # One address for one segment: other spellings of the same numbers are none.
    if address_name(segment, at) != name:
        raise _no_segment()
    return segment, at


def read_variant(name: str) -> Segment:
    """A segment from its name among those of the same media. Raises `media.no_segment`."""
    match = _NAME.fullmatch(name)
    segment = None if match is None or match[1] is not None else _segment(match)
    if segment is None or segment.name != name:
        raise _no_segment()
    return segment


def _segment(match: re.Match[str]) -> Segment | None:
    width, height = int(match[2]), int(match[3])
    first, end = int(match[6] or 0), int(match[7] or 0)
    if match[7] is not None and not first < end <= first + MOST_FRAMES:
        return None
    if max(width, height) > LARGEST or min(width, height) < 16 or width % 2 or height % 2:
        return None
    rate = match[4].replace("_", "/")
    try:
        if str(parse_rate(rate)) != rate:
            return None
    except DirectorError:
        return None
    return Segment(
        width=width, height=height, rate=rate, first=first, end=end, black=match[5] is not None
    )


def placed(data: bytes, facts: Facts, at: int, rate: Fraction) -> bytes:
    """A segment's bytes with the times that it has when its first frame is frame `at`.

    `facts` says of each track its ticks a second and its start within the segment; see
    `SegmentSpec`. Raises `media.bad_segment` where the bytes are not as it says.
    """
    tracks = facts.get("tracks", {})
    written = bytearray(data)
    found = 0
    for track, place in _times(data):
        known = tracks.get(str(track))
        if known is None:
            raise _bad_segment()
        time = round(Fraction(at) / rate * known["timescale"]) + known["start"]
        struct.pack_into(">Q", written, place, time)
        found += 1
    if found != len(tracks):
        raise _bad_segment()
    return bytes(written)


def _times(data: bytes) -> Iterator[tuple[int, int]]:
    """The id of each track of the fragment, and where its time of decoding stands (64 bits)."""
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind != b"moof":
            continue
        for inner, first, last in _boxes(data, start, end):
            if inner != b"traf":
                continue
            track = None
            for box, place, _ in _boxes(data, first, last):
                if box == b"tfhd":
                    track = int.from_bytes(data[place + 4 : place + 8], "big")
                elif box == b"tfdt":
                    if track is None or data[place] != 1:
                        raise _bad_segment()
                    yield track, place + 4


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two places: kind, and where their contents begin and end."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if not 8 <= size <= end - start:
            raise _bad_segment()
        yield kind, start + 8, start + size
        start += size


def _no_segment() -> DirectorError:
    return DirectorError(
        "media.no_segment",
        "There is no such segment.",
        hint="Take the addresses of segments from the playlist of a cut.",
        status=404,
    )


def _bad_segment() -> DirectorError:
    return DirectorError(
        "media.bad_segment",
        "The plugin made a segment that cannot be placed in a stream.",
        hint="Report it to the author of the plugin; `director plugins` names it.",
        status=500,
    )
