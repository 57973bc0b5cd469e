"""Character cues: the name above a speech, and what stands behind it in brackets."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from .lexicon import word_set

_EXTENSION = re.compile(r"[(（]([^()（）]*)[)）]?")
_OFF_SCREEN = word_set(
    "VO OS OC OFF VOICEOVER VOICE OVER OFFSCREEN OFFCAMERA HC HORSCHAMP VOIXOFF OFFSTIMME STIMME "
    "FUERACAMPO FC FUORICAMPO VOZENOFF EMOFF INOFF ЗК ЗАКАДРОМ ГОЛОСЗАКАДРОМ ONPHONE FILTERED "
    "ONRADIO ONTV VOICEMAIL"
)
_ENDS_SENTENCE = re.compile(r"[!?…,;]$|(?<![A-ZÀ-Þ])\.$|\.\.\.?$")


class Cue(msgspec.Struct, frozen=True):
    """A cue taken apart: `name` as written, `extensions` without their brackets."""

    name: str
    extensions: tuple[str, ...] = ()

    @property
    def off_screen(self) -> bool:
        """Whether the speaker is heard but not seen."""
        return any(_letters(extension) in _OFF_SCREEN for extension in self.extensions)


def read_cue(text: str) -> Cue:
    """The name and the extensions of a cue such as `INA (V.O.)`."""
    text = text.strip().rstrip("^").strip()
    bracket = re.search(r"[(（]", text)
    if not bracket or bracket.start() == 0:
        return Cue(_trim(text.strip("()（） ")))
    extensions = tuple(found.strip() for found in _EXTENSION.findall(text[bracket.start() :]))
    return Cue(_trim(text[: bracket.start()]), tuple(found for found in extensions if found))


def looks_like_cue(line: str) -> bool:
    """Whether a line is a name in capitals, as cues are written."""
    if len(line) > 80:
        return False
    line = line.rstrip().rstrip("^").rstrip()
    name, bracket, rest = line.partition("(" if "(" in line else "（")
    name = name.strip()
    # IRIS (30), wet to the skin, is an introduction and no cue.
    if bracket and rest[-1:] not in {")", "）"}:
        return False
    if not name or not name.isupper() or len(name.split()) > 6:
        return False
    return not _ENDS_SENTENCE.search(name)


def fold(name: str) -> str:
    """What two ways of writing one name have in common."""
    if name.isascii():
        return " ".join(name.split()).casefold()
    return unicodedata.normalize("NFC", " ".join(name.replace("’", "'").split())).casefold()


def _trim(name: str) -> str:
    return name.strip().rstrip(":：^").strip().strip("*_").strip()


def _letters(extension: str) -> str:
    return re.sub(r"[^\w]+", "", extension).replace("_", "").upper()
