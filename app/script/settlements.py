"""What people decided of lines that no rule can settle, and where it holds in a later script.

A decision belongs to a line's words and to what stands around it, not to its number: a newer
version of the script, in which other lines came and went, keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from .cues import fold

Taken = Literal["cue", "action"]
MOST = 2000
_LONGEST = 200


class Settlement(msgspec.Struct, frozen=True):
    """A line was decided to be a cue or action. `before` and `after` are the lines next to it."""

    text: str
    before: str
    after: str
    taken: Taken


class Settlements:
    """The decisions of a project, to be asked line by line."""

    def __init__(self, decided: Iterable[Settlement] = ()) -> None:
        self._by_text: dict[str, list[Settlement]] = {}
        for one in decided:
            self._by_text.setdefault(one.text, []).append(one)

    def find(self, text: str, before: str, after: str) -> Taken | None:
        """What was decided of this line, where it stands as it did: between the same lines, else
        beside one of them. None where nothing was."""
        here = place_of_line(text, before, after)
        known = self._by_text.get(here[0], ())
        for whole in (True, False):
            for one in reversed(known):
                same = one.before == here[1], one.after == here[2]
                if all(same) or (not whole and any(same)):
                    return one.taken
        return None


def place_of_line(text: str, before: str, after: str) -> tuple[str, str, str]:
    """A line and its neighbours as they are compared: without case, spaces and letters that
    cannot be seen."""
    return fold(text)[:_LONGEST], fold(before)[:_LONGEST], fold(after)[:_LONGEST]


def decide(
    decided: Sequence[Settlement], text: str, before: str, after: str, taken: Taken
) -> list[Settlement]:
    """The decisions with another one, in place of an earlier one of the same line."""
    place = place_of_line(text, before, after)
    kept = [one for one in decided if (one.text, one.before, one.after) != place]
    return [*kept, Settlement(*place, taken)][-MOST:]


def read_settlements(value: Any) -> list[Settlement]:
    """The decisions that a script's node keeps; what is none is left out."""
    found: list[Settlement] = []
    for one in value if isinstance(value, list) else ():
        try:
            found.append(msgspec.convert(one, Settlement))
        except msgspec.ValidationError:
            continue
    return found
