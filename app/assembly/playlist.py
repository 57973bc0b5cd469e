"""The cut as an HTTP Live Streaming playlist, to be watched before anything is rendered.

One rendition of fragmented MP4. The segments of all takes share one head, and their times go on
through the whole film, so that no player has to deal with a discontinuity: frame n of the cut is
at n frames' time. A take is divided at the same of its frames wherever the cut begins and ends, so
that a trim changes the segments at its own end only.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import msgspec

from app.media import LARGEST_STREAM, segment_address
from node_registry import DirectorError, RenderSettings, Segment

from .cut import Clip, Cut

MEDIA_TYPE = "application/vnd.apple.mpegurl"
LINES = 720
SECONDS = 4
"""About how long a segment is."""


class ShownClip(msgspec.Struct, frozen=True):
    """Frames `first` up to `end` of a clip's take, seen from the film's frame `at` on."""

    clip: Clip
    first: int
    end: int
    at: int


def shown_clips(cut: Cut) -> Iterator[ShownClip]:
    """What of each clip a cut without transitions shows, at the frames of the film that has them.

    In the middle of what two clips share, the one goes over to the other at once.
    """
    before = 0
    for clip, start, shared in zip(cut.clips, cut.starts, cut.overlaps, strict=True):
        hidden = before // 2
        first, end = clip.start + hidden, clip.end - (shared - shared // 2)
        if first < end:
            yield ShownClip(clip, first, end, start + hidden)
        before = shared


def stream_size(settings: RenderSettings) -> tuple[int, int]:
    """Pixels of the stream: those of the film, and at most 720 lines (1280 pixels)."""
    sides = settings.width, settings.height
    scale = min(Fraction(1), Fraction(LINES, min(sides)), Fraction(LARGEST_STREAM, max(sides)))
    width, height = (max(16, round(side * scale / 2) * 2) for side in sides)
    return width, height


def write_playlist(cut: Cut, settings: RenderSettings, query: str = "") -> str:
    """The playlist. Addresses lead from `…/cut/` to `…/media/`, whatever stands before them, and
    end with this query.

    A shot without a take is black for its planned length. Raises `cut.no_takes` for a film in which
    no shot has one.
    """
    head = next((clip.media for clip in cut.clips if clip.media), None)
    if head is None:
        raise DirectorError(
            "cut.no_takes",
            "No shot of the film has a take yet, so there is nothing to watch.",
            hint="Generate one first.",
            status=409,
        )
    rate = cut.fraction
    width, height = stream_size(settings)
    whole = Segment(width=width, height=height, rate=str(rate))
    grid = max(1, round(rate * SECONDS))
    lines: list[str] = []
    longest = 1
    for shown in shown_clips(cut):
        clip = shown.clip
        label = clip.label if clip.media else f"{clip.label} (no take yet)"
        label = " ".join("".join(c if c.isprintable() else " " for c in label).split())[:100]
        # Black is as long as it has to be, and the same wherever it stands.
        shift = 0 if clip.media else shown.first
        for first, end in _runs(shown.first - shift, shown.end - shift, grid):
            segment = msgspec.structs.replace(whole, first=first, end=end, black=clip.media is None)
            longest = max(longest, end - first)
            at = shown.at + first + shift - shown.first
            lines += [
                f"#EXTINF:{_seconds(at, at + end - first, rate)},{label}",
                _address(clip.media or head, segment, at, query),
            ]
    return "\n".join(
        [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{ceil(longest / rate)}",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f'#EXT-X-MAP:URI="{_address(head, whole, 0, query)}"',
            *lines,
            "#EXT-X-ENDLIST",
            "",
        ]
    )


def _runs(first: int, end: int, grid: int) -> Iterator[tuple[int, int]]:
    """The frames `first` up to `end`, divided at multiples of `grid`."""
    while first < end:
        following = min(end, (first // grid + 1) * grid)
        yield first, following
        first = following


def _seconds(begin: int, end: int, rate: Fraction) -> str:
    """How long these frames are, in microseconds that add up over the film without a drift."""
    length = round(end / rate * 1_000_000) - round(begin / rate * 1_000_000)
    return f"{length // 1_000_000}.{length % 1_000_000:06d}"


def _address(digest: str, segment: Segment, at: int, query: str) -> str:
    address = f"../media/{digest}/segments/{segment_address(segment, at)}"
    return f"{address}?{query}" if query else address
