"""Times of day in the languages of screenplays, and the English word each one means."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .lexicon import groups, words

_WORD = re.compile(r"[^\W_]+(?:[.'’\-][^\W_]+)*")
# 8 PM, 8:30, 8.30 UHR, 23H, 0600 HOURS, 1942, THE 1980S, 3RD
_CLOCK = re.compile(
    r"\d{1,2}([:.H]\d{2})?(AM|PM|A\.M|P\.M|H|UHR)?|\d{4}'?S?|'?\d0'?S|\d+(ST|ND|RD|TH)"
)
_HOURS = re.compile(r"\d{1,2}[:.H]\d{2}|\d{1,2}(?:AM|PM|A\.M|P\.M|H|UHR)|\d{4}'?S?|'?\d0'?S")
_AFTER_HOURS = frozenset({"AM", "PM", "A.M", "P.M", "UHR", "O'CLOCK", "H", "HOURS", "HRS"})
# D3, N2: the day and the night of the story.
_STORY_DAY = re.compile(r"[DN]\d{1,2}")
_LOW_SUN = re.compile(r"(?:MAGIC|GOLDEN) HOUR|(?:FIRST|LAST) LIGHT", re.I)
# NIGHT OF THE PARTY, TWO DAYS AFTER THE FIRE, A FEW BEERS LATER
_OF_AN_EVENT = re.compile(
    r"(?:.*\s)?(?P<time>\S+)\s+(?:OF|AFTER|BEFORE|BY|DURING|FOLLOWING)\s+\S.*"
)
_ENDS_LATER = re.compile(
    r"\S.*\s(?:LATER|EARLIER|AGO|SPÄTER|FRÜHER|ZUVOR|PLUS TARD|PLUS TÔT|MÁS TARDE|DESPUÉS|ANTES|"
    r"DOPO|PRIMA|DEPOIS|SENERE|SENARE)"
)
_LONGEST = 8


class _Words(NamedTuple):
    """The lists of `words/times.toml`: what each word means in English, what says when a scene
    plays only by another, and what says something only beside another word."""

    meaning: dict[str, str]
    relative: frozenset[str]
    dates: frozenset[str]
    modifiers: frozenset[str]
    units: frozenset[str]
    places: frozenset[str]
    languages: dict[str, frozenset[str]]


@cache
def _words() -> _Words:
    return _Words(
        meaning={word: time for time, row in groups("times", "meaning").items() for word in row},
        relative=words("times", "relative"),
        dates=words("times", "dates"),
        modifiers=words("times", "modifiers") | words("times", "leading"),
        units=words("times", "units"),
        places=words("times", "places"),
        languages={
            language: frozenset(row) for language, row in groups("times", "only_in").items()
        },
    )


def meaning(text: str) -> str:
    """The English word for a time of day ("NACHT" is "night"), or "" when it says none."""
    found = ""
    known = _words().meaning
    for word in _parts(text.upper()):
        found = known.get(word, found)
    return found or ("dusk" if _LOW_SUN.search(text) else "")


def is_time(text: str, language: str = "") -> bool:
    """Whether these words say when a scene plays, and nothing else.

    A word that is a time in one language and a place in others (SUITE) counts where the script
    is in that language.
    """
    plain = " ".join(text.upper().strip(" .").split())
    parts = _parts(plain)
    if not parts or len(parts) > _LONGEST:
        return False
    known = _words()
    if any(parts == [word] for row in known.languages.values() for word in row):
        return any(parts[0] in row for name, row in known.languages.items() if name == language)
    if _LOW_SUN.fullmatch(plain) or _STORY_DAY.fullmatch(plain):
        return True
    names_a_time = False
    for word in parts:
        if word in known.meaning or word in known.relative or word in known.dates:
            names_a_time = True
        elif word not in known.modifiers and word not in known.units and not _CLOCK.fullmatch(word):
            break
    else:
        return names_a_time or bool(_HOURS.fullmatch(parts[0])) or _is_hour(parts)
    if len(parts) > 1 and _ENDS_LATER.fullmatch(plain):
        return bool(known.units.intersection(parts) or known.meaning.keys() & set(parts))
    event = _OF_AN_EVENT.fullmatch(plain)
    return bool(event and event["time"] in known.meaning)


def is_time_alone(text: str, language: str = "") -> bool:
    """Whether these words say a time also where nothing else is in the heading.

    EXT. SUNSET is a place that is called so; INT. NIGHT has no place.
    """
    parts = _parts(text.upper())
    return is_time(text, language) and not (len(parts) == 1 and parts[0] in _words().places)


def _is_hour(parts: list[str]) -> bool:
    """Whether these are a clock's words: 3 A.M., 8 O'CLOCK, 0600 HOURS."""
    return parts[-1] in _AFTER_HOURS and bool(_CLOCK.fullmatch(parts[0])) and len(parts) > 1


def _parts(text: str) -> list[str]:
    """The words of a text; one with hyphens (MID-AFTERNOON) is several, unless it is known."""
    known = _words()
    found: list[str] = []
    for word in _WORD.findall(text):
        word = word.replace("’", "'")
        if "-" not in word or word in known.meaning or word in known.modifiers:
            found.append(word)
        else:
            found.extend(word.split("-"))
    return found
