"""A cut as an editor's program gave it back, before anybody knows whose shots these are."""

from __future__ import annotations

import msgspec

from ..cut import Transition


class EditedClip(msgspec.Struct, frozen=True, kw_only=True):
    """Frames `start` up to, not including, `end` of some file, at the film's rate, overlaps
    included.

    `names` are what the file and the clip are called, best first, without endings. `digest`, the
    ids of `take` and `shot`, `recipe` and `reel` are there where the format has a place for them;
    a digest may be cut short. `empty` clips are gaps with a name: shots that had no take.
    """

    names: tuple[str, ...]
    start: int
    end: int
    digest: str = ""
    take: str = ""
    shot: str = ""
    recipe: str = ""
    reel: str = ""
    empty: bool = False


class EditedCut(msgspec.Struct, frozen=True, kw_only=True):
    """Clips in their order and the transitions between them; `notes` say what was not read."""

    format: str
    clips: tuple[EditedClip, ...]
    transitions: tuple[Transition, ...] = ()
    notes: tuple[str, ...] = ()
