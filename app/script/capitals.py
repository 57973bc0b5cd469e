"""Capitals that name nobody: signs, titles, sounds, directions and times of day."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from . import time_of_day
from .lexicon import words

_TOKEN = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")


class _Words(NamedTuple):
    """The lists of `words/capitals.toml`."""

    phrases: frozenset[str]
    opening: frozenset[str]
    opening_pairs: frozenset[str]
    directions: frozenset[str]
    sounds: frozenset[str]
    small: frozenset[str]
    somebody: frozenset[str]
    verbs: frozenset[str]


@cache
def _words() -> _Words:
    return _Words._make(words("capitals", name) for name in _Words._fields)


@lru_cache(maxsize=4096)
def is_nobody(name: str) -> bool:
    """Whether words in capitals are a sign, a title, a direction or a time, and no name."""
    tokens = _TOKEN.findall(name.upper())
    if not tokens:
        return True
    known = _words()
    if "_".join(tokens) in known.phrases or tokens[-1] in known.directions:
        return True
    if len(tokens) == 1:
        return False
    if tokens[0] in known.opening or "_".join(tokens[:2]) in known.opening_pairs:
        # HE AND SHE speak together.
        return tokens[1] not in {"AND", "UND", "ET"}
    # SUNDAY and AUTUMN are names too, but THE NEXT DAY is not.
    return time_of_day.is_time(name)


def is_sound(name: str) -> bool:
    """Whether words in capitals are nothing but sounds: BANG BANG."""
    tokens = set(_TOKEN.findall(name.upper()))
    known = _words()
    return bool(tokens & known.sounds) and tokens <= known.sounds | known.small


def is_somebody(name: str) -> bool:
    """Whether a word in it is one by which people are called: MAN IN THE BACK OF THE TRAIN."""
    tokens = set(_TOKEN.findall(name.upper()))
    return bool(tokens & (_words().somebody | words("people", "roles")))


def is_sentence(name: str) -> bool:
    """Whether words in capitals say what happens: THE SHIP IS GONE."""
    tokens = _TOKEN.findall(name.upper())
    return len(tokens) > 3 and bool(_words().verbs.intersection(tokens[1:]))
