"""Derivatives: what is made of media so that a browser can show it at once, or play it as a part
of a film."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import msgspec

from .media import Facts, Media

DerivativeKind = Literal["thumbnail", "filmstrip", "proxy", "waveform"]
"""`thumbnail`: small pictures. `filmstrip`: many small frames in one picture, and their index.
`proxy`: what any browser plays, whatever the original is. `waveform`: peaks of the sound."""


class DerivedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a derivative.

    `name` is unique within it and is what the API asks for: `small.webp`, `medium.webp`,
    `large.webp` of a thumbnail; `strip.webp` and `index.json` of a filmstrip; `proxy.mp4` (or
    `proxy.m4a` of a sound); `fine.dat`, `fine.json`, `coarse.dat`, `coarse.json` of a waveform, as
    audiowaveform writes them (version 2, 8 bits). `path` lies in the folder that was given to
    `make`. `facts` are for programs (pixels, seconds).
    """

    name: str
    path: Path
    media_type: str
    facts: Facts = {}


class DerivativeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What makes one kind of derivative from media of some types.

    `make(source, media, folder)` is called in a worker, beside its runs, and never delays them
    much: heavy work belongs into a process of low priority. `source` is a local, read-only file of
    unknown origin, so it is opened under limits; `folder` is empty and removed afterwards. An empty
    answer says that the original itself serves. Cancelled, it leaves no process behind. Raises
    `DirectorError` (`media.…`) with the reason when the file cannot be shown.

    `media_types` are whole (`image/png`) or classes (`video/*`). Raise `version` when equal files
    get another derivative: it is made again when it is next asked for.
    """

    name: str
    kind: DerivativeKind
    version: str
    media_types: tuple[str, ...]
    make: Callable[[Path, Media, Path], Awaitable[list[DerivedFile]]]

    def serves(self, media_type: str) -> bool:
        """Whether it is made for media of this type."""
        return _serves(self.media_types, media_type)


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """Frames of a video, from `first` up to `end`, as a segment of a stream (CMAF).

    `rate` is frames a second (`24`, `24000/1001`); frames are counted at this rate, and pictures
    letterboxed to `width` and `height` in pixels, as in a film. With `black` the frames are
    black and silent and nothing of the media is seen. A segment without frames is the head
    (`ftyp` and `moov`), which is the same for all segments of a size and rate.
    """

    width: int
    height: int
    rate: str
    first: int = 0
    end: int = 0
    black: bool = False

    @property
    def name(self) -> str:
        """What it is called among the segments of the same media."""
        head = f"{self.width}x{self.height}-{self.rate.replace('/', '_')}"
        if self.first == self.end:
            return f"{head}.mp4"
        return f"{head}-{'black-' if self.black else ''}{self.first}-{self.end}.m4s"


class SegmentSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What makes segments of streams from media of some types.

    `make(source, media, segment, folder)` is called as `DerivativeSpec.make` is. It answers with
    one file: `moof` and `mdat` with H.264 (one key frame, the first, and no B-frames) and AAC, both
    always there, or the head. Its facts say of each track, by its id, the `timescale` and the time
    at which it starts within the segment, in ticks: `{"tracks": {"1": {"timescale": 24000,
    "start": 0}}}`. Whoever sends it writes the times of decoding (`tfdt`, 64 bits) anew, for the
    place that the segment has in its stream.
    """

    name: str
    version: str
    media_types: tuple[str, ...]
    make: Callable[[Path, Media, Segment, Path], Awaitable[DerivedFile]]

    def serves(self, media_type: str) -> bool:
        """Whether it is made for media of this type."""
        return _serves(self.media_types, media_type)


def _serves(media_types: tuple[str, ...], media_type: str) -> bool:
    group = f"{media_type.partition('/')[0]}/*"
    return media_type in media_types or group in media_types
