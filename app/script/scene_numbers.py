"""Scene numbers as scripts write them: at one margin or both, with the stars of a revision."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .lexicon import words

NUMBER = r"(?:[A-Z]{1,2})?\d{1,4}[A-Z]{0,2}(?:\.\d{1,2})?"
# Omitted scenes are often put together: 20-22, 20 THRU 22, 20 & 21.
RANGE = rf"{NUMBER}(?:\s*(?:-|–|&|,|THRU|THROUGH|TO|BIS|À)\s*{NUMBER})?"

# Behind a CJK number no space is needed: 第1场.
_LEFT_END = r"[)\]#]?(?P<star>\*+)?\s*[.:、)\-–—]?(?:\s+|(?<=\.)|(?=[场場幕]))(?=\S)"
_RIGHT = re.compile(
    rf"(?P<gap>\s+)[#(\[]?(?P<number>{RANGE})[)\]#]?[.)]?(?P<star>\s*\*+)?$", re.IGNORECASE
)
_STAR = re.compile(r"(?<=[\w.)\]])\s*\*+$")
# What stands so far from the text is in the margin.
_WIDE = 3


@cache
def _left() -> re.Pattern[str]:
    scene = "|".join(map(re.escape, sorted(words("headings", "scene"), key=len, reverse=True)))
    start = rf"(?P<before>\*+\s*)?(?:(?:{scene})\s*)?[#(\[]?"
    return re.compile(rf"{start}(?P<number>{RANGE}){_LEFT_END}", re.IGNORECASE)


class Margins(NamedTuple):
    """A line without what stands at its margins. `revised` is true where a star stood there."""

    text: str
    number: str
    revised: bool


def strip_star(text: str) -> tuple[str, bool]:
    """A line without the star of a revision at its end, and whether there was one.

    Stars around a whole line are emphasis, and stay.
    """
    if not text.endswith("*") or (text.startswith("*") and not text[1:2].isspace()):
        return text, False
    found = _STAR.search(text)
    return (text[: found.start()], True) if found else (text, False)


def strip_margins(text: str) -> Margins:
    """A line without the scene numbers at its margins."""
    text, revised = strip_star(text.strip())
    left = _left().match(text)
    right = _RIGHT.search(text)
    if left is None:
        if right is None or len(right["gap"].expandtabs(8)) < _WIDE:
            return Margins(text, "", revised)
        return Margins(text[: right.start()], right["number"], revised or bool(right["star"]))
    number = left["number"]
    revised = revised or bool(left["before"] or left["star"])
    text = text[left.end() :]
    right = _RIGHT.search(text)
    if right is not None and right["number"].casefold() == number.casefold():
        revised = revised or bool(right["star"])
        text = text[: right.start()]
    return Margins(text, number, revised)
