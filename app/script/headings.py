"""Scene headings in many languages: whether a line is one, and what it says of place and time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import msgspec

from . import heading_parts, time_of_day
from .lexicon import words
from .markup import visible
from .model import Setting
from .scene_numbers import NUMBER, strip_margins, strip_star

# Single letters count together alone: I/E, I. / E.
_BOTH = r"[IE]\.?\s*[/\\]\s*[IE]\.?"
_FOUNTAIN = frozenset({"INT", "EXT", "EST"})
_JAPANESE = re.compile(
    r"[○〇◯●]\s*(?P<place>[^（(]{1,60})(?:[（(](?P<time>[^）)]{1,20})[）)])?\s*$"
)
_OMITTED = re.compile(
    r"(?:SCENES?\s+)?"
    r"(?:OMITTED|OMIT|DELETED|CUT OUT|ENTFÄLLT|GESTRICHEN|SUPPRIMÉE?|SUPRIMIDA|OMESSA)\.?"
)
_OMITTED_STARTS = frozenset({"SC", "OM", "DE", "CU", "EN", "GE", "SU"})
_OF_NO_PLACE = frozenset({"montage", "series_of_shots", "intercut", "split_screen"})
_MAX_HEADING_LENGTH = 200
_SETTING_SPELLINGS = {"AUßEN": "AUSSEN", "AUẞEN": "AUSSEN"}


class Heading(msgspec.Struct, frozen=True):
    """What a heading says; place and time exactly as written.

    `text` is the heading without what stands at its margins: the scene number and the star of a
    revision (`revised`). `levels` are the place and the sets in it. `marks` say what kind of
    scene it is ("flashback"), `remarks` what else follows the time of day.
    """

    location: str
    time_of_day: str
    setting: Setting
    number: str = ""
    text: str = ""
    levels: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    revised: bool = False
    omitted: bool = False


class _Grammar(NamedTuple):
    """What the words of `words/headings.toml` become: which setting each says, and patterns."""

    settings: dict[str, Setting]
    abbreviated: frozenset[str]
    starts: frozenset[str]
    begins: re.Pattern[str]
    token: re.Pattern[str]
    token_first: re.Pattern[str]
    place_first: re.Pattern[str]
    marker: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    interior, exterior = words("headings", "interior"), words("headings", "exterior")
    settings: dict[str, Setting] = {
        **dict.fromkeys(interior, "interior"),
        **dict.fromkeys(exterior, "exterior"),
        "EST": "exterior",
    }
    token = _alternatives(settings)
    joint = _alternatives(words("headings", "joined_by"))
    scene = _alternatives(words("headings", "scene"))
    further = rf"(?:\s*[/\\&+\-–—]\s*|\s+(?:{joint})\s+|(?<=\.)\s*)(?:{token})\b\.?"
    token_first = re.compile(
        rf"(?:(?P<both>{_BOTH})|(?P<first>{token})(?P<dot>\.?)(?P<more>(?:{further}){{0,3}}))"
        r"(?P<end>\s*[:,\-–—/。・]|\s|(?<=\.)|$)\s*(?P<rest>.*)",
        re.IGNORECASE,
    )
    place_first = re.compile(
        rf"(?P<place>\S.*?)[\s.,/–—-]+(?P<first>{token})\.?(?:\s*/\s*(?P<second>{token})\.?)?"
        r"(?:[\s.,/–—-]+(?P<time>\S.*))?$"
    )
    marker = re.compile(
        rf"(?:(?:{scene})\s*(?P<number>{NUMBER}|[IVXLC]{{1,7}}|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|"
        r"EIGHT|NINE|TEN|EINS|ZWEI|DREI|VIER|FÜNF|[一二三四五六七八九十百]{1,4})"
        r"|(?P<ordinal>\d{1,4})\.\s*(?:SZENE|BILD|SCENE|KÉP|JELENET))"
        r"\s*[场場幕]?(?:\s*[.:–—\-,]\s*(?P<rest>.*)|\s*)",
        re.IGNORECASE,
    )
    return _Grammar(
        settings,
        words("headings", "abbreviated"),
        # The first two letters of whatever `begins` finds: most lines have others.
        frozenset(word[:2].upper() for word in (*settings, *words("headings", "scene")))
        | frozenset("#([*○〇◯●0123456789IE"),
        re.compile(
            rf"(?P<number>[#(\[*]|[A-Z]{{0,2}}\d|(?:{scene})\s*\d)|{token}|{_BOTH}|[○〇◯●]",
            re.IGNORECASE,
        ),
        re.compile(token, re.IGNORECASE),
        token_first,
        place_first,
        marker,
    )


def _alternatives(tokens: Iterable[str]) -> str:
    """A pattern for any of these, the longest first."""
    return "|".join(re.escape(token) for token in sorted(tokens, key=lambda t: (-len(t), t)))


def read_heading(line: str, language: str = "") -> Heading | None:
    """What this line says as a scene heading, or None when it is none."""
    text = visible(line).strip()
    if not text or len(text) > _MAX_HEADING_LENGTH:
        return None
    if text[0] in "*_":
        text = _plain(text)
    known = _grammar()
    start = text[:2].upper()
    may_begin = start in known.starts or start[0] in known.starts or start[-1].isdigit()
    begins = known.begins.match(text) if may_begin else None
    if begins is None and not text.isupper():
        return None
    if (begins and begins["number"]) or "   " in text or "\t" in text:
        margins = strip_margins(text)
        if margins.number and margins.text:
            found = _read(_without_scene_word(margins.text), language)
            if found is None and _OMITTED.fullmatch(margins.text):
                found = Heading("", "", "", omitted=True)
            if found is not None:
                return _with_margins(found, margins.text, margins.number, margins.revised)
    bare, revised = strip_star(text) if text[-1] == "*" else (text, False)
    found = _read(bare, language) if begins else _read_loud(bare, language)
    return _with_margins(found, bare, "", revised) if found is not None else None


def read_forced(text: str, language: str = "") -> Heading:
    """What a heading says that its writer marked as one, whatever words it has."""
    found = read_heading(text, language)
    if found:
        return found
    bare, revised = strip_star(_plain(visible(text)))
    parts = heading_parts.split(bare, language)
    location = "" if _OF_NO_PLACE.intersection(parts.marks) else parts.location
    return Heading(
        location,
        parts.time_of_day,
        "",
        text=bare,
        levels=parts.levels if location else (),
        marks=parts.marks,
        remarks=parts.remarks,
        revised=revised,
        omitted=bool(_OMITTED.fullmatch(bare)),
    )


def is_omitted(line: str) -> bool:
    """Whether a line alone says that a scene was taken out."""
    text = visible(line).strip()
    if text[:1] in "*_":
        text = _plain(text)
    return text[:2] in _OMITTED_STARTS and bool(_OMITTED.fullmatch(text))


def read_marker(line: str, language: str = "") -> Heading | None:
    """What a line such as "Scene 2" or "SZENE 3: Die Küche" says, or None."""
    text = visible(line).strip().strip("*_#").strip()
    if not text or len(text) > 80:
        return None
    match = _grammar().marker.fullmatch(text)
    if not match:
        return None
    rest = (match["rest"] or "").strip()
    inner = read_heading(rest, language) if rest else None
    number = match["number"] or match["ordinal"] or ""
    if inner:
        return msgspec.structs.replace(inner, number=number, text=text)
    parts = heading_parts.split(rest, language)
    return Heading(parts.location, parts.time_of_day, "", number, text, parts.levels, parts.marks)


def _plain(line: str) -> str:
    """A line without the emphasis around it."""
    text = line.strip()
    while len(text) > 2 and text[0] == text[-1] and text[0] in "*_" and not text[1].isspace():
        text = text[1:-1].strip()
    return text


def _without_scene_word(text: str) -> str:
    """What follows 第1场, whose number stands between two words."""
    return text.lstrip("场場幕 ")


def _with_margins(found: Heading, text: str, number: str, revised: bool) -> Heading:
    return msgspec.structs.replace(
        found, text=text, number=number or found.number, revised=revised or found.revised
    )


def _read(text: str, language: str) -> Heading | None:
    match = _grammar().token_first.match(text)
    if match and (heading := _token_first(match, language)):
        return heading
    if text[0] in "○〇◯●":
        return _japanese(text)
    return _read_loud(text, language) if text.isupper() else None


def _read_loud(text: str, language: str) -> Heading | None:
    """What a line in capitals says that does not begin with INT or EXT."""
    return _marked_first(text, language) or _place_first(text)


def _marked_first(text: str, language: str) -> Heading | None:
    """FLASHBACK - INT. HOUSE - DAY: the mark stands before it all."""
    mark, end = heading_parts.leading_mark(text)
    if not mark:
        return None
    match = _grammar().token_first.match(text, end)
    found = _token_first(match, language) if match else None
    if found is None:
        return None
    return msgspec.structs.replace(found, marks=tuple(dict.fromkeys([mark, *found.marks])))


def _token_first(match: re.Match[str], language: str) -> Heading | None:
    rest = match["rest"].strip()
    parts = heading_parts.split(rest, language)
    if match["both"]:
        setting: Setting = "mixed"
        if not (match["both"].isupper() or (parts.location and parts.time_of_day)):
            return None
    else:
        written = match["first"]
        token = _known_token(written)
        pointed = bool(match["dot"] or match["more"] or match["end"].strip())
        if not _accept(token, written, pointed=pointed, rest=rest, time=parts.time_of_day):
            return None
        setting = _setting(token, match["more"])
    return Heading(
        parts.location,
        parts.time_of_day,
        setting,
        levels=parts.levels,
        marks=parts.marks,
        remarks=parts.remarks,
    )


def _known_token(written: str) -> str:
    known = _grammar().settings
    token = written.upper() if written.upper() in known else written
    return _SETTING_SPELLINGS.get(token, token)


def _setting(token: str, more: str) -> Setting:
    known = _grammar()
    setting = known.settings[token]
    for written in known.token.findall(more):
        if known.settings.get(_known_token(written), setting) != setting:
            return "mixed"
    return setting


def _accept(token: str, written: str, *, pointed: bool, rest: str, time: str) -> bool:
    """Whether a line that begins with such a word is a heading and not a sentence."""
    caseless = written.upper() == written.lower()
    loud = written.isupper() or caseless
    if token in _FOUNTAIN:
        if loud:
            return bool(rest) or pointed
        if token in {"INT", "EXT"}:
            return bool(rest)
        return pointed and bool(time)
    if token in _grammar().abbreviated and not pointed and not time:
        return False
    if not loud:
        return pointed and bool(time)
    return pointed or bool(time) or rest.isupper()


def _place_first(text: str) -> Heading | None:
    known = _grammar()
    match = known.place_first.match(text)
    if not match or match["first"] in known.abbreviated or match["first"] == "EST":
        return None
    # KÜCHE - INNEN/TAG, but INT and EXT only with a time, lest a sign on a door be a scene.
    if match["first"] in {"INT", "EXT"} and not match["time"]:
        return None
    time = (match["time"] or "").strip()
    if time and not time_of_day.is_time(time):
        return None
    first = _known_token(match["first"])
    setting = known.settings.get(first, "")
    if match["second"] and known.settings.get(_known_token(match["second"])) != setting:
        setting = "mixed"
    place = match["place"].strip(" .,-–—/")
    return Heading(place, time, setting, levels=heading_parts.Parts(place, "").levels)


def _japanese(text: str) -> Heading | None:
    match = _JAPANESE.match(text)
    if not match:
        return None
    place, time = match["place"].strip(), (match["time"] or "").strip()
    return Heading(place, time, "", levels=(place,))
