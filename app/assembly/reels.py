"""Reel names: eight characters for each take, unique in an edit list and the same in the next."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from .cut import Clip

LENGTH = 8
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Reels:
    """Gives each source its reel. The name comes from the take alone, not from its place.

    It begins with scene and shot, for people (`01010…`), and ends with at least two characters
    of a digest, since another take of the same shot is another reel.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, clip: Clip) -> str:
        """The reel of a clip: equal for two clips from the same take."""
        source = clip.media or clip.take or f"{clip.shot}/{clip.name}"
        known = self._names.get(source)
        if known is not None:
            return known
        stem = plain_letters(clip.scene)[-3:] + plain_letters(clip.code)[-3:]
        attempt = 0
        while (name := _compose(stem, f"{source}#{attempt}" if attempt else source)) in self._taken:
            attempt += 1
        self._names[source] = name
        self._taken.add(name)
        return name


def plain_letters(text: str) -> str:
    """Upper-case ASCII letters and digits of a text; accents are taken off."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKD", text).upper())


def _compose(stem: str, source: str) -> str:
    number = int.from_bytes(hashlib.sha256(source.encode()).digest()[:8])
    ending = ""
    while len(stem) + len(ending) < LENGTH:
        number, digit = divmod(number, 36)
        ending += _DIGITS[digit]
    return stem + ending
