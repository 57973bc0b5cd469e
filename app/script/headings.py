"""Scene headings in many languages: whether a line is one, and what it says of place and time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import msgspec

from . import time_of_day
from .lexicon import words
from .model import Setting

_EITHER: dict[str, Setting] = {
    "EST": "exterior",
    "I/E": "mixed",
    "E/I": "mixed",
    "I./E": "mixed",
    "E./I": "mixed",
}
_FOUNTAIN = frozenset({"INT", "EXT", "EST", "I/E", "E/I", "I./E", "E./I"})
_NUMBER = r"(?:\d{1,4}[A-Z]{0,2}|[A-Z]{1,2}\d{1,4})"
_JAPANESE = re.compile(
    r"[○〇◯●]\s*(?P<place>[^（(]{1,60})(?:[（(](?P<time>[^）)]{1,20})[）)])?\s*$"
)
_MAX_HEADING_LENGTH = 200
_SETTING_SPELLINGS = {"AUßEN": "AUSSEN", "AUẞEN": "AUSSEN"}


class _Grammar(NamedTuple):
    """What the words of `words/headings.toml` become: which setting each says, and patterns."""

    settings: dict[str, Setting]
    abbreviated: frozenset[str]
    token_first: re.Pattern[str]
    place_first: re.Pattern[str]
    marker: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    interior, exterior = words("headings", "interior"), words("headings", "exterior")
    token = _alternatives([*interior, *exterior, *_EITHER])
    scene = _alternatives(words("headings", "scene"))
    token_first = re.compile(
        rf"(?:(?:(?:{scene})\s*)?#?(?P<number>{_NUMBER})\s*[.):、\-–]?\s+)?"
        rf"(?P<first>{token})(?P<dot>\.?)"
        rf"(?:\s*[/&\-–]\s*(?P<second>{token})(?P<dot2>\.?))?"
        r"(?P<end>\s*[:,\-–—/。・]|\s|(?<=\.)|$)\s*(?P<rest>.*)",
        re.IGNORECASE,
    )
    place_first = re.compile(
        rf"(?:(?P<number>{_NUMBER})\s*[.):、]?\s+)?(?P<place>\S.*?)[\s.,/–—-]+"
        rf"(?P<first>{token})\.?(?:\s*/\s*(?P<second>{token})\.?)?"
        r"(?:[\s.,/–—-]+(?P<time>\S.*))?$"
    )
    marker = re.compile(
        rf"(?:(?:{scene})\s*(?P<number>{_NUMBER}|[IVXLC]{{1,7}}|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|"
        r"EIGHT|NINE|TEN|EINS|ZWEI|DREI|VIER|FÜNF|[一二三四五六七八九十百]{1,4})"
        r"|(?P<ordinal>\d{1,4})\.\s*(?:SZENE|BILD|SCENE|KÉP|JELENET))"
        r"\s*[场場幕]?(?:\s*[.:–—\-,]\s*(?P<rest>.*)|\s*)",
        re.IGNORECASE,
    )
    settings: dict[str, Setting] = {
        **dict.fromkeys(interior, "interior"),
        **dict.fromkeys(exterior, "exterior"),
        **_EITHER,
    }
    return _Grammar(settings, words("headings", "abbreviated"), token_first, place_first, marker)


def _alternatives(tokens: Iterable[str]) -> str:
    """A pattern for any of these, the longest first."""
    return "|".join(re.escape(token) for token in sorted(tokens, key=lambda t: (-len(t), t)))


class Heading(msgspec.Struct, frozen=True):
    """What a heading says; place and time exactly as written."""

    location: str
    time_of_day: str
    setting: Setting
    number: str = ""


def read_heading(line: str) -> Heading | None:
    """What this line says as a scene heading, or None when it is none."""
    text = line.strip().strip("*_").strip()
    if not text or len(text) > _MAX_HEADING_LENGTH:
        return None
    match = _grammar().token_first.match(text)
    if match and (heading := _token_first(match)):
        return heading
    if text[0] in "○〇◯●":
        return _japanese(text)
    return _place_first(text) if text.isupper() else None


def read_forced(text: str) -> Heading:
    """What a heading says that its writer marked as one, whatever words it has."""
    found = read_heading(text)
    if found:
        return found
    location, time = time_of_day.split_time(text.strip())
    return Heading(location, time, "")


def read_marker(line: str) -> Heading | None:
    """What a line such as "Scene 2" or "SZENE 3: Die Küche" says, or None."""
    text = line.strip().strip("*_#").strip()
    if not text or len(text) > 80:
        return None
    match = _grammar().marker.fullmatch(text)
    if not match:
        return None
    rest = (match["rest"] or "").strip()
    inner = read_heading(rest) if rest else None
    number = match["number"] or match["ordinal"] or ""
    if inner:
        return Heading(inner.location, inner.time_of_day, inner.setting, number)
    location, time = time_of_day.split_time(rest)
    return Heading(location, time, "", number)


def _token_first(match: re.Match[str]) -> Heading | None:
    written = match["first"]
    token = written.upper() if written.upper() in _grammar().settings else written
    token = _SETTING_SPELLINGS.get(token, token)
    rest = match["rest"].strip()
    number = match["number"] or ""
    if number and rest.endswith(number):
        rest = rest[: -len(number)].rstrip(" \t.-")
    location, time = time_of_day.split_time(rest)
    pointed = bool(match["dot"] or match["second"] or match["end"].strip())
    if not _accept(token, written, pointed=pointed, rest=rest, time=time, numbered=bool(number)):
        return None
    setting = _grammar().settings[token]
    if match["second"]:
        other = _grammar().settings.get(match["second"].upper(), setting)
        setting = setting if other == setting else "mixed"
    return Heading(location, time, setting, number)


def _accept(
    token: str, written: str, *, pointed: bool, rest: str, time: str, numbered: bool
) -> bool:
    """Whether a line that begins with such a word is a heading and not a sentence."""
    caseless = written.upper() == written.lower()
    loud = written.isupper() or caseless
    if token in _FOUNTAIN:
        if loud:
            return bool(rest) or pointed
        if token in {"INT", "EXT"}:
            return bool(rest)
        return pointed and bool(time)
    if token in _grammar().abbreviated and not pointed and not time and not numbered:
        return False
    if not loud:
        return pointed and bool(time)
    return pointed or bool(time) or rest.isupper()


def _place_first(text: str) -> Heading | None:
    match = _grammar().place_first.match(text)
    if not match or match["first"] in _grammar().abbreviated or match["first"] == "EST":
        return None
    # KÜCHE - INNEN/TAG, but INT and EXT only with a time, lest a sign on a door be a scene.
    if match["first"] in {"INT", "EXT"} and not match["time"]:
        return None
    time = (match["time"] or "").strip()
    if time and not time_of_day.is_time(time):
        return None
    first = _SETTING_SPELLINGS.get(match["first"], match["first"])
    setting = _grammar().settings.get(first, "")
    if match["second"] and _grammar().settings.get(match["second"]) != setting:
        setting = "mixed"
    return Heading(match["place"].strip(" .,-–—/"), time, setting, match["number"] or "")


def _japanese(text: str) -> Heading | None:
    match = _JAPANESE.match(text)
    if not match:
        return None
    time = (match["time"] or "").strip()
    return Heading(match["place"].strip(), time, "")
