"""How long a page plays: lines as a typewritten script counts them, and time to read aloud."""

from __future__ import annotations

import re
from fractions import Fraction

LINES_PER_PAGE = 55
ACTION_WIDTH = 60
DIALOGUE_WIDTH = 35
PARENTHETICAL_WIDTH = 25
# An empty line before the heading, one after it, and the heading itself.
HEADING_LINES = 3
MIN_SHOT_SECONDS = 1.5
MAX_SPEECH_SECONDS = 9.0
# Natural speech on film, and what a subtitle asks of a reader.
WORDS_PER_SECOND = 3.0
LETTERS_PER_SECOND = 17.0

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def lines_of(text: str, width: int) -> int:
    """How many typewritten lines a text fills at this width."""
    if "\n" not in text and len(text) <= width:
        return 1
    # Words do not break, so a line loses about half a word.
    usable = width - 3
    return sum(max(1, -(-len(line.strip()) // usable)) for line in text.split("\n"))


def action_lines(text: str) -> int:
    """Lines of an action paragraph with the empty line after it."""
    return lines_of(text, ACTION_WIDTH) + 1


def speaking_seconds(text: str) -> float:
    """The least time in which a speech can be spoken and its subtitle read."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    if wide:
        return max(wide / 5.0, 1.0)
    return max(len(_WORD.findall(text)) / WORDS_PER_SECOND, len(text) / LETTERS_PER_SECOND)


def eighths(pages: float) -> str:
    """A length in pages as a schedule writes it: "1 3/8"; never less than 1/8."""
    count = max(1, round(pages * 8))
    whole, rest = divmod(count, 8)
    if not rest:
        return str(whole)
    part = Fraction(rest, 8)
    return f"{whole} {rest}/8" if whole else f"{part.numerator * (8 // part.denominator)}/8"
