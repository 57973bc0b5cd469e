"""Two versions of a text compared: the change as a delta, and the same to be read.

Word by word where what differs is short; else as one piece, since the cost grows with its square.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from .text import TextDelta, length, normalise, replacement

LONG = 4000
CONTEXT = 60
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")

Kind = Literal["same", "removed", "added"]
_Piece = tuple[Kind, str]


class TextPart(msgspec.Struct, frozen=True):
    """A stretch of a text to be read. Of a long one that is the same, only the ends are kept."""

    kind: Kind
    text: str


def compare_texts(before: str, after: str) -> tuple[TextDelta, list[TextPart]]:
    """The change from one text to another, word by word, and the same to be read."""
    start, end = _equal_ends(before, after)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) + len(new) > LONG:
        pieces: list[_Piece] = [("removed", old), ("added", new)]
        delta = replacement(before, after)
    else:
        pieces = list(_word_by_word(old, new))
        delta = _delta([("same", before[:start]), *pieces])
    tail = before[len(before) - end :] if end else ""
    whole: list[_Piece] = [("same", before[:start]), *pieces, ("same", tail)]
    parts = [
        TextPart(kind, _shortened(text, first=n == 0, last=n == len(whole) - 1, kind=kind))
        for n, (kind, text) in enumerate(whole)
        if text
    ]
    return delta, parts


def _equal_ends(before: str, after: str) -> tuple[int, int]:
    """How many letters both texts begin and end with, whole words where there is a choice."""
    shortest = min(len(before), len(after))
    start = 0
    while start < shortest and before[start] == after[start]:
        start += 1
    while start and before[start - 1 : start].isalnum():
        start -= 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    while end and before[len(before) - end].isalnum():
        end -= 1
    return start, end


def _word_by_word(old: str, new: str) -> Iterator[_Piece]:
    ours, theirs = _WORDS.findall(old), _WORDS.findall(new)
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        removed, added = "".join(ours[a:b]), "".join(theirs[c:d])
        if removed == added:
            yield "same", removed
        else:
            yield "removed", removed
            yield "added", added


def _delta(pieces: list[_Piece]) -> TextDelta:
    steps: list[int | str] = []
    for kind, text in pieces:
        size = length(text)
        steps.append(text if kind == "added" else size if kind == "same" else -size)
    return normalise(steps)


def _shortened(text: str, *, first: bool, last: bool, kind: Kind) -> str:
    if kind != "same" or len(text) <= 2 * CONTEXT:
        return text
    head = "" if first else text[:CONTEXT] + " "
    tail = "" if last else " " + text[-CONTEXT:]
    return f"{head}…{tail}"
