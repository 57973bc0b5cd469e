"""What Fountain hides from the reader (boneyard and notes), cut out with line numbers kept."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .decoding import split_lines
from .model import Element

_BREAK = re.compile("\r\n|[\n\r\u2028\u2029]")
_BLANK = re.compile("(?:\r\n|[\n\r\u2028\u2029]){2}")

# Without width: byte-order marks, soft hyphens, joiners, and marks of direction.
_WITHOUT_WIDTH = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_INVISIBLE = re.compile(f"[{_WITHOUT_WIDTH}]")
_EDGES = re.compile(rf"^[\s{_WITHOUT_WIDTH}]+|[\s{_WITHOUT_WIDTH}]+$")


def visible(text: str) -> str:
    """A text as it is seen: without the characters that have no width."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def trim(text: str) -> str:
    """A text from its first to its last character that is seen."""
    text = text.strip()
    return text if text.isascii() else _EDGES.sub("", text)


class Line(NamedTuple):
    """A line left to read. `hidden` is true when only a note stood on it: it separates nothing."""

    text: str
    number: int
    end: int
    hidden: bool = False


class _Hidden(NamedTuple):
    start: int
    end: int
    kind: Literal["boneyard", "note"]


def visible_lines(text: str) -> tuple[list[Line], list[Element]]:
    """The lines of a text without its boneyard and notes, and these as elements.

    Takes time linear in the text, also when marks are never closed or stand one in another.
    """
    spans = _hidden_spans(text)
    if not spans:
        return [Line(line, n, n) for n, line in enumerate(split_lines(text), start=1)], []
    lines: list[Line] = []
    elements: list[Element] = []
    number = first = 1
    pieces: list[str] = []
    noted = False
    at = 0

    def close() -> None:
        joined = "".join(pieces)
        lines.append(Line(joined, first, number, noted and not joined.strip()))

    for span in (*spans, None):
        before = split_lines(text[at : span.start if span else len(text)])
        pieces.append(before[0])
        for line in before[1:]:
            close()
            number += 1
            first, noted = number, False
            pieces = [line]
        if span is None:
            break
        body = text[span.start + 2 : span.end - 2]
        inside = len(_BREAK.findall(body))
        elements.append(
            Element(kind=span.kind, text=body.strip(), line=number, end_line=number + inside)
        )
        number += inside
        noted = noted or span.kind == "note"
        at = span.end
    close()
    return lines, elements


def _hidden_spans(text: str) -> list[_Hidden]:
    if "/*" not in text and "[[" not in text:
        return []
    spans: list[_Hidden] = []
    boneyard, note = text.find("/*"), text.find("[[")
    boneyard_end = note_end = 0
    blank = _BLANK.search(text)
    while boneyard >= 0 or note >= 0:
        if boneyard >= 0 and (note < 0 or boneyard < note):
            boneyard_end = text.find("*/", boneyard + 2)
            if boneyard_end < 0:
                # Never closed: then it is text, as every other reader takes it.
                boneyard = -1
                continue
            at = boneyard_end + 2
            spans.append(_Hidden(boneyard, at, "boneyard"))
            boneyard = text.find("/*", at)
            if 0 <= note < at:
                note = text.find("[[", at)
            continue
        if note_end < note + 2:
            note_end = text.find("]]", note + 2)
        if note_end < 0:
            note = -1
            continue
        while blank and blank.start() < note:
            blank = _BLANK.search(text, blank.start() + 1)
        if blank and blank.start() < note_end:
            note = text.find("[[", note + 2)
            continue
        if 0 <= boneyard < note_end:
            # A boneyard inside a note goes with the note.
            boneyard = text.find("/*", note_end + 2)
        at = note_end + 2
        spans.append(_Hidden(note, at, "note"))
        note = text.find("[[", at)
    return spans


def plain_words(text: str) -> str:
    """A text without the marks of emphasis, for a subtitle or a prompt."""
    if "*" not in text and "_" not in text:
        return text.replace("\\", "") if "\\" in text else text
    text = text.replace("\\*", "\0").replace("\\_", "\1")
    text = re.sub(r"\*+(?=\S)|(?<=\S)\*+", "", text)
    text = re.sub(r"(?<!\w)_(?=\S)|(?<=\S)_(?!\w)", "", text)
    return text.replace("\0", "*").replace("\1", "_")
