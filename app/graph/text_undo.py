"""The way of a letter from the step that wrote it to the text as it is now.

What somebody typed and took back again is left out of the way: letters that were deleted and
came back are the letters that they were.
"""

from __future__ import annotations

from collections.abc import Mapping

from .model import TextHistory
from .text import TextDelta, compose, length, normalise, transform

__all__ = ["TextDelta", "TextPath", "text_path"]


class TextPath:
    """Edits, in order, that lie between an old state of a text and the present one."""

    def __init__(self, edits: list[TextDelta]) -> None:
        self._edits = edits

    def carry(self, delta: TextDelta) -> TextDelta:
        """A change of the old state as it reads now; it is to be applied at once."""
        carried: list[TextDelta] = []
        for edit in self._edits:
            carried.append(transform(edit, delta, first=True))
            delta = transform(delta, edit, first=False)
        self._edits = carried
        return delta


def text_path(
    history: TextHistory | None, since: int, undone: Mapping[int, int]
) -> TextPath | None:
    """The way from a version to now; None when it is forgotten.

    `undone` says which versions took back which.
    """
    if history is None or since < history.history_start:
        return None
    edits: list[tuple[int, TextDelta]] = []
    for edit in history.edits:
        if edit.version <= since:
            continue
        if edits and edits[-1][0] == edit.version:
            edits[-1] = (edit.version, compose(edits[-1][1], edit.delta))
        else:
            edits.append((edit.version, edit.delta))
    path: list[tuple[int, TextDelta]] = []
    for version, delta in edits:
        back = undone.get(version)
        place = next((n for n, (v, _) in enumerate(path) if v == back), None)
        rest = None if place is None else _without(path[place:], delta)
        if place is None or rest is None:
            path.append((version, delta))
        else:
            path[place:] = rest
    return TextPath([delta for _, delta in path])


def _without(
    path: list[tuple[int, TextDelta]], undo: TextDelta
) -> list[tuple[int, TextDelta]] | None:
    """What follows the first edit of a path, as if neither it nor its undo had happened."""
    back = _taken_back(path[0][1])
    rest: list[tuple[int, TextDelta]] = []
    for version, delta in path[1:]:
        rest.append((version, transform(delta, back, first=True)))
        back = transform(back, delta, first=False)
    # An undo that could take back only a part is an edit like any other.
    return rest if _shape(back) == _shape(undo) else None


def _taken_back(delta: TextDelta) -> TextDelta:
    """The inverse of an edit, with any letters in the place of those that it deleted."""
    return normalise(
        -length(part) if isinstance(part, str) else part if part > 0 else "x" * -part
        for part in delta
    )


def _shape(delta: TextDelta) -> list[int | tuple[int]]:
    return [(length(part),) if isinstance(part, str) else part for part in delta]
