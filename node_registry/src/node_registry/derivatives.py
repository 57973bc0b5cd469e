"""Derivatives: what is made of media so that a browser can show it at once."""

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
        group = f"{media_type.partition('/')[0]}/*"
        return media_type in self.media_types or group in self.media_types
