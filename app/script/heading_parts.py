"""What stands behind INT and EXT in a heading: place, set, time of day, marks and remarks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from . import time_of_day
from .lexicon import groups, words

_SEPARATOR = re.compile(
    r"\s*(?:--+|[–—]+)\s*|\s+-\s*|\s*-\s+|\s*[/|;・·•]\s*|,\s+|\.\s+|:\s+|\s*、\s*"
)
_LEVEL = re.compile(r"\s*(?:--+|[–—]+)\s*|\s+-\s+")
_BRACKET = re.compile(r"\s*[(\[（【]([^()\[\]（）【】]*)[)\]）】]?\.?$")
_EDGES = " \t-–—,;:/"
_INNER_PREFIX = re.compile(r"(?<=/)(\s*)(?:INT|EXT)\.?\s+", re.IGNORECASE)
_LAST_WORD = re.compile(r"\s+(?=[^\W\d_]+$)")
_PLAIN_ENDS = frozenset({"day", "night"})


class Parts(NamedTuple):
    """The parts of a heading, each as written. `marks` are the words of `words/marks.toml` that
    say what kind of scene it is; `remarks` whatever else follows the time of day."""

    location: str
    time_of_day: str
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The place, and the sets in it: LIGHTHOUSE, LAMP ROOM."""
        return tuple(filter(None, (part.strip() for part in _LEVEL.split(self.location))))


class _Piece(NamedTuple):
    text: str
    start: int
    end: int


@lru_cache(maxsize=2048)
def split(text: str, language: str = "") -> Parts:
    """Take apart what follows INT or EXT. `language` settles words that are times in one
    language and places in others."""
    marks: list[str] = []
    brackets: list[str] = []
    rest = text.strip().rstrip(_EDGES)
    while (found := _BRACKET.search(rest)) and found.start() > 0:
        brackets.insert(0, found[1].strip())
        rest = rest[: found.start()].rstrip(_EDGES)
    pieces = _pieces(rest)
    while len(pieces) > 1 and (mark := mark_of(pieces[0].text)):
        marks.append(mark)
        pieces = pieces[1:]
    first, last, time, others = _find_time(pieces, language)
    if not time and len(pieces) == 1:
        return _unseparated(pieces[0].text, brackets, marks, language)
    remarks = others
    for piece in pieces[last:]:
        _note(piece.text, marks, remarks)
    begin = pieces[0].start if pieces else 0
    if first == 0 and time:
        # Spanish and Portuguese scripts may write INT. NOCHE - COCINA.
        location = rest[pieces[last].start :] if last < len(pieces) else ""
        remarks = []
    else:
        end = pieces[first - 1].end if first else len(rest)
        limit = first or len(pieces)
        while limit > 1 and (mark := mark_of(pieces[limit - 1].text)):
            marks.append(mark)
            limit -= 1
            end = pieces[limit - 1].end
        location = rest[begin:end]
    return _finish(location, time, brackets, marks, remarks, language)


def mark_of(text: str) -> str:
    """The kind of scene that these words say: FLASHBACK is "flashback"; "" of other words."""
    found = _marks().pattern.fullmatch(text)
    if found is None:
        return ""
    return _marks().names[" ".join(found[1].upper().replace("-", " ").split())]


def leading_mark(text: str) -> tuple[str, int]:
    """The kind of scene that stands before everything else, as in FLASHBACK - INT. HALL, and where
    the rest begins; ("", 0) where none does."""
    known = _marks()
    found = known.leading.match(text) if text[:2].upper() in known.starts else None
    return (mark_of(found[1]), found.end()) if found else ("", 0)


class _Marks(NamedTuple):
    starts: frozenset[str]
    leading: re.Pattern[str]
    pattern: re.Pattern[str]
    names: dict[str, str]


@cache
def _marks() -> _Marks:
    names = {
        word.replace("_", " "): mark
        for mark, row in groups("marks", "marks").items()
        for word in row
    }
    before, marks = _spaced(words("marks", "before")), _spaced(names)
    # INTERCUT WITH THE OFFICE is one too.
    pattern = (
        rf"[\s.:(\[]*(?:(?:{before})[\s-]+)*({marks})(?:[\s.:)\]]*|(?<=INTERCUT)(?:TING)?\s.*)"
    )
    leading = rf"((?:(?:{before})[\s-]+)*(?:{marks}))\s*[-–—:(]+\s*(?=\S)"
    return _Marks(
        frozenset(phrase[:2] for phrase in (*names, *words("marks", "before"))),
        re.compile(leading, re.IGNORECASE),
        re.compile(pattern, re.IGNORECASE),
        names,
    )


def _spaced(phrases: Iterable[str]) -> str:
    """A pattern for any of these phrases, the longest first."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(r"[\s-]+".join(re.split("[_ ]", phrase)) for phrase in ordered)


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    start = 0
    for cut in _SEPARATOR.finditer(text):
        if cut.start() > start:
            end = cut.start() + (
                1 if cut.group().startswith(".") and _abbreviated(text[start : cut.start()]) else 0
            )
            found.append(_Piece(text[start : cut.start()], start, end))
        start = cut.end()
    if start < len(text):
        found.append(_Piece(text[start:], start, len(text)))
    return found


def _find_time(pieces: list[_Piece], language: str) -> tuple[int, int, str, list[str]]:
    """Where the run of times of day begins and ends, the one that says most, and the others.

    The last run counts: what follows it are remarks. One that stands first is the place itself
    where its word can be one.
    """
    for at in range(len(pieces) - 1, -1, -1):
        if not time_of_day.is_time(pieces[at].text, language):
            continue
        first = at
        while first > 1 and time_of_day.is_time(pieces[first - 1].text, language):
            first -= 1
        if first == 0 and not time_of_day.is_time_alone(pieces[0].text, language):
            continue
        run = [_without_stop(piece.text) for piece in pieces[first : at + 1]]
        time = next((piece for piece in run if time_of_day.meaning(piece)), run[0])
        return first, at + 1, time, [piece for piece in run if piece != time]
    return 0, len(pieces), "", []


def _unseparated(text: str, brackets: list[str], marks: list[str], language: str) -> Parts:
    """A heading without separators: its last words may be the time of day all the same."""
    if time_of_day.is_time_alone(text, language):
        return _finish("", text, brackets, marks, [], language)
    cut = _LAST_WORD.search(text)
    if cut is not None:
        tail = text[cut.end() :]
        plain = time_of_day.meaning(tail)
        if plain in _PLAIN_ENDS or (plain and tail.upper() == tail.lower()):
            start = cut.start()
            while (before := _last_modifier(text[:start])) is not None:
                start = before
            if text[:start].strip():
                return _finish(text[:start], text[start:].strip(), brackets, marks, [], language)
    return _finish(text, "", brackets, marks, [], language)


def _last_modifier(text: str) -> int | None:
    cut = _LAST_WORD.search(text)
    if cut is None or text[cut.end() :].upper() not in words("times", "leading"):
        return None
    return cut.start()


def _finish(
    location: str,
    time: str,
    brackets: list[str],
    marks: list[str],
    remarks: list[str],
    language: str,
) -> Parts:
    left: list[str] = []
    for inside in brackets:
        if not time and time_of_day.is_time(inside, language):
            time = inside
        else:
            _note(inside, marks, left)
    location = _INNER_PREFIX.sub(r"\1", _without_last_stop(location.strip(_EDGES)))
    if left and not time and not remarks:
        # INT. HOUSE (KITCHEN): nothing says that it is a remark.
        location = " ".join([location, *(f"({inside})" for inside in left)]).strip()
        left = []
    if mark := mark_of(location):
        marks.append(mark)
        location = ""
    return Parts(
        location,
        _without_stop(time.strip(_EDGES)),
        tuple(dict.fromkeys(marks)),
        tuple(dict.fromkeys([*remarks, *left])),
    )


def _note(text: str, marks: list[str], remarks: list[str]) -> None:
    if mark := mark_of(text):
        marks.append(mark)
    elif text.strip(" .*"):
        remarks.append(_without_last_stop(text.strip()))


def _without_stop(piece: str) -> str:
    """A full stop ends the heading, but belongs to "3 A.M."."""
    piece = piece.strip()
    return piece if re.search(r"\.\w\.$", piece) else piece.rstrip(".")


def _without_last_stop(text: str) -> str:
    """A full stop ends a place, but belongs to MOTEL RM. and to WASHINGTON D.C."""
    if text.endswith(".") and not _abbreviated(text[:-1]):
        return text.rstrip(".")
    return text


def _abbreviated(text: str) -> bool:
    word = re.split(r"[\s(/]", text)[-1].upper()
    return bool(re.fullmatch(r"(?:\w\.)+\w", word)) or word in words("headings", "abbreviations")
