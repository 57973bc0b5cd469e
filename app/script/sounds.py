"""What an action paragraph makes audible, and what weather it brings."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .lexicon import groups, words

_LOUD = re.compile(
    r"\b(?:BANG|BOOM|CRASH|CLICK|THUD|SLAMS?|SMASH|SPLASH|RINGS?|BUZZ(?:ES)?|BEEPS?|KNOCKS?|CREAKS?|"
    r"HOWLS?|ROARS?|HISS(?:ES)?|SNAPS?|CRACKS?|WHOOSH|SCREAMS?|EXPLOSION|GUNSHOTS?|FOGHORN|KNALL)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_MAX_SOUNDS = 5


class _Words(NamedTuple):
    """The lists of `words/sounds.toml`; `stems` are by their first three letters."""

    stems: dict[str, tuple[str, ...]]
    nouns: frozenset[str]
    skip: frozenset[str]
    weather: dict[str, str]


@cache
def _words() -> _Words:
    stems: dict[str, tuple[str, ...]] = {}
    for stem in sorted(words("sounds", "verbs")):
        stems[stem[:3]] = (*stems.get(stem[:3], ()), stem)
    weather = {word: kind for kind, row in groups("sounds", "weather").items() for word in row}
    return _Words(stems, words("sounds", "nouns"), words("sounds", "skip"), weather)


def sounds_in(text: str, names: frozenset[str] = frozenset()) -> str:
    """The sounds that a text mentions, as written, separated by "; "."""
    found: dict[str, str] = {}
    for match in _LOUD.finditer(text):
        found.setdefault(match.group().lower(), match.group())
    known = _words()
    before = ""
    for word in _WORD.findall(text):
        lower = word.lower()
        if lower in known.nouns:
            found.setdefault(lower, word)
        elif before and lower.startswith(known.stems.get(lower[:3], "\0")):
            found[before.lower()] = f"{before} {word}"
        before = "" if lower in known.skip or word in names else word
    return "; ".join(list(dict.fromkeys(found.values()))[:_MAX_SOUNDS])


def weather_in(text: str) -> list[str]:
    """The weather that a text mentions, in English words, each once, strongest first."""
    known = _words().weather
    kinds = {known[word] for word in _WORD.findall(text.lower()) if word in known}
    return [kind for kind in groups("sounds", "weather") if kind in kinds] if kinds else []
