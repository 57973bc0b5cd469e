"""Character cues: the name above a speech, and what stands behind it in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import msgspec

from . import capitals
from .lexicon import word_set
from .markup import visible

_EXTENSION = re.compile(r"[(（]([^()（）]*)[)）]?")
_OFF_SCREEN = word_set(
    "VO OS OC OFF VOICEOVER VOICE OVER OFFSCREEN OFFCAMERA HC HORSCHAMP VOIXOFF OFFSTIMME STIMME "
    "FUERACAMPO FC FUORICAMPO VOZENOFF EMOFF INOFF ЗК ЗАКАДРОМ ГОЛОСЗАКАДРОМ ONPHONE FILTERED "
    "ONRADIO ONTV VOICEMAIL"
)
_EXTENSIONS = word_set(
    "CONTD CONT CONTINUING CONTINUED PRELAP INTOPHONE INTORADIO ONSCREEN SUBTITLED WHISPERING "
    "FORTS FORTSETZUNG SUITE CONTINUA"
)
_NEVER_ENDS = re.compile(r"[,;]$|(?<!\.)\.\.$")
_TRAILS_OFF = re.compile(r"(?:…|\.\.\.)$")
_ENDS_SENTENCE = re.compile(r"[!?]$|\.$")
_BRACKETS = re.compile(r"[(（]")
_INITIALS = re.compile(r"(?:^|[\s.])[^\W\d_]{1,3}\.$")
_LONGEST = 80
_LONG_NAME = 6
# What happens, and not what is said: The board lights. He turns and runs.
_ACTION = re.compile(
    r"(?:He|She|They|It|We see|The|A|An|His|Her|Their|Its|Two|Three|Everyone|Nobody|Somebody"
    r"|[A-Z][\w'’-]+)(?:\s+[\w'’-]+){0,3}?\s+(?!(?:this|his|its|was|is|as|us|yes)\b)[a-z]+s\b"
)
_SPOKEN = re.compile(
    r"\b(?:I|you|me|my|your|we|us|our|I['’]m|don['’]t|ich|du|wir|je|tu|yo)\b|[?\"“]"
)


class Judgement(NamedTuple):
    """Whether a line is a cue, and whether a person could see it otherwise."""

    is_cue: bool
    doubtful: bool = False


class _Shape(NamedTuple):
    """A line in capitals of which it must be seen what follows. `ends` as a sentence does;
    `trails` off into dots, as action does more often than a name."""

    name: str
    colon: bool
    ends: bool
    long: bool
    trails: bool


_NO = Judgement(False)
_YES = Judgement(True)


class Cue(msgspec.Struct, frozen=True):
    """A cue taken apart: `name` as written, `extensions` without their brackets."""

    name: str
    extensions: tuple[str, ...] = ()

    @property
    def off_screen(self) -> bool:
        """Whether the speaker is heard but not seen."""
        return any(_letters(extension) in _OFF_SCREEN for extension in self.extensions)


@lru_cache(maxsize=4096)  # A script writes the same few cues over and over.
def read_cue(text: str) -> Cue:
    """The name and the extensions of a cue such as `INA (V.O.)`."""
    text = visible(text).strip().rstrip("^").strip()
    bracket = _BRACKETS.search(text)
    if not bracket or bracket.start() == 0:
        return Cue(_trim(text.strip("()（） ")))
    extensions = tuple(found.strip() for found in _EXTENSION.findall(text[bracket.start() :]))
    return Cue(_trim(text[: bracket.start()]), tuple(found for found in extensions if found))


def looks_like_cue(line: str) -> bool:
    """Whether a line is a name in capitals, as cues are written."""
    return judge(line).is_cue


def judge(
    line: str, following: str = "", times_spoken: Callable[[str], int] | None = None
) -> Judgement:
    """Whether a line is a cue, by itself and by the line that follows it.

    `times_spoken` tells how often a name (as `key_of` gives it) stands over a line in the script.
    """
    # Most lines are action, and are known by their small letters.
    if len(line) > 2 * _LONGEST or not _BRACKETS.split(line, maxsplit=1)[0].isupper():
        return _NO
    shape = _shape(line)
    if isinstance(shape, Judgement):
        return shape
    if following[:1] in {"(", "（"}:
        return _YES
    count = times_spoken or (lambda _: 0)
    if capitals.is_sound(shape.name):
        return Judgement(count(key_of(shape.name)) > 1, doubtful=True)
    if capitals.is_sentence(shape.name):
        return Judgement(False, doubtful=shape.colon or not _ACTION.match(following))
    if shape.trails:
        known = count(key_of(shape.name)) > 1
        return Judgement(known or bool(_SPOKEN.search(following)), doubtful=True)
    if (not shape.ends and not shape.long) or shape.colon or count(key_of(shape.name)) > 1:
        return _YES
    if shape.ends and not following:
        return _NO
    happens = bool(_ACTION.match(following)) and not _SPOKEN.search(following)
    return Judgement(not happens, doubtful=True)


@lru_cache(maxsize=4096)
def _shape(line: str) -> _Shape | Judgement:
    """What a line in capitals says by itself: whether it is a cue, or what else must be asked."""
    line = visible(line).rstrip().rstrip("^").rstrip()
    colon = line[-1:] in {":", "："}
    if colon:
        line = line[:-1].rstrip()
    name, bracket, rest = line.partition("(" if "(" in line else "（")
    name = name.strip()
    # IRIS (30), wet to the skin, is an introduction and no cue; IRIS (V.O. has lost a bracket.
    if bracket and rest[-1:] not in {")", "）"} and not _is_extension(rest):
        return _NO
    if not name or len(name) > _LONGEST or not name.isupper() or _NEVER_ENDS.search(name):
        return _NO
    if bracket and any(map(_is_extension, _EXTENSION.findall(f"{bracket}{rest}"))):
        return _YES
    if capitals.is_nobody(name):
        return _NO
    trails = bool(_TRAILS_OFF.search(name))
    ends = bool(_ENDS_SENTENCE.search(name)) and not _INITIALS.search(name)
    long = len(name.split()) > _LONG_NAME and not capitals.is_somebody(name)
    if trails or ends or long or capitals.is_sound(name) or capitals.is_sentence(name):
        return _Shape(name, colon, ends, long, trails)
    return _YES


def key_of(line: str) -> str:
    """By what two lines are seen to be cues of one name, whatever stands around it."""
    bracket = _BRACKETS.search(line)
    return fold(visible(line[: bracket.start()] if bracket else line).strip(" .:!?^@*_\t"))


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """What two ways of writing one name have in common."""
    name = visible(name)
    if name.isascii():
        return " ".join(name.split()).casefold()
    return unicodedata.normalize("NFC", " ".join(name.replace("’", "'").split())).casefold()


def _trim(name: str) -> str:
    return name.strip().rstrip(":：^").strip().strip("*_").strip()


def _is_extension(extension: str) -> bool:
    return _letters(extension) in _OFF_SCREEN | _EXTENSIONS


@lru_cache(maxsize=256)
def _letters(extension: str) -> str:
    return re.sub(r"[^\w]+", "", extension).replace("_", "").upper()
