"""Times of day in the languages of screenplays, and the English word each one means."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .lexicon import groups, words

_WORD = re.compile(r"[^\W_]+(?:[.'’\-][^\W_]+)*")
_CUT = re.compile(r"\s*[-–—]+\s*|\s*/\s*|[,;.]\s*|\s*[(（]|\s*・\s*|——|\s+(?=[^\W\d_]+\s*$)")
_SEGMENT = re.compile(r"\s+[-–—]+\s+|\s*[–—/;,()（）]\s*|--+")
_CLOCK = re.compile(r"\d{1,2}([:.h]\d{2})?(AM|PM|A\.M|P\.M|H|UHR)?|\d{4}S?|\d+(ST|ND|RD|TH)")
_LOW_SUN = re.compile(r"(?:MAGIC|GOLDEN) HOUR", re.I)
_PLAIN_ENDS = frozenset({"day", "night"})


class _Words(NamedTuple):
    """The lists of `words/times.toml`: what each word means in English, and what says when a
    scene plays only by the scene before, or only beside another word."""

    meaning: dict[str, str]
    relative: frozenset[str]
    modifiers: frozenset[str]


@cache
def _words() -> _Words:
    meaning = {word: english for english, row in groups("times", "meaning").items() for word in row}
    return _Words(meaning, words("times", "relative"), words("times", "modifiers"))


def meaning(text: str) -> str:
    """The English word for a time of day ("NACHT" is "night"), or "" when it says none."""
    found = ""
    known = _words().meaning
    for word in _WORD.findall(text.upper()):
        found = known.get(word, found)
    return found or ("dusk" if _LOW_SUN.search(text) else "")


def is_time(text: str) -> bool:
    """Whether these words say a time of day and nothing else."""
    said = _WORD.findall(text.upper())
    if not said or len(said) > 8:
        return False
    known = _words()
    says = False
    for word in said:
        if word in known.meaning or word in known.relative:
            says = True
        elif word not in known.modifiers and not _CLOCK.fullmatch(word):
            return False
    return says or bool(_CLOCK.fullmatch(said[0]) and len(said) > 1 and _clock_end(said[-1]))


def split_time(place: str) -> tuple[str, str]:
    """A heading's words after INT or EXT, as (place, time of day), both as written."""
    if is_time(place):
        return "", _first_time(place)
    for cut in _CUT.finditer(place):
        tail = place[cut.end() :].strip(" )）")
        if not tail or not is_time(tail):
            continue
        separator = cut.group().strip()
        if not separator and meaning(tail) not in _PLAIN_ENDS:
            continue
        before = place[: cut.start()].rstrip(" \t.,-–—/")
        if before:
            return before, _first_time(tail)
    return _leading_time(place)


def _leading_time(place: str) -> tuple[str, str]:
    # Spanish and Portuguese scripts may write INT. NOCHE - COCINA.
    cut = _SEGMENT.search(place) or re.search(r"\.\s+", place)
    if cut and is_time(place[: cut.start()]) and meaning(place[: cut.start()]):
        rest = place[cut.end() :].strip(" .-–—")
        if rest:
            return rest, place[: cut.start()].strip()
    return place.strip(" \t.-–—,"), ""


def _first_time(tail: str) -> str:
    pieces = [_without_stop(piece.strip(" )）")) for piece in _SEGMENT.split(tail)]
    for piece in pieces:
        if meaning(piece):
            return piece
    return next((piece for piece in pieces if piece), "")


def _without_stop(piece: str) -> str:
    """A full stop ends the heading, but belongs to "3 A.M."."""
    return piece if re.search(r"\.\w\.$", piece) else piece.rstrip(".")


def _clock_end(word: str) -> bool:
    return word in {"AM", "PM", "A.M", "P.M", "UHR", "O'CLOCK", "H"}
