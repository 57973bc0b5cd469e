"""Text in pictures: set with Pillow in the bundled Inter, wrapped, and laid over planes as stamps.

Inter holds Latin, Greek and Cyrillic; other scripts (Chinese, Japanese, Arabic …) show as boxes.
FFmpeg's own text filters are not in PyAV's build, so that no text depends on the machine's fonts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from .layers import Layer, Plane, Planes, blend, cut_out

Weight = Literal["Medium", "Bold"]
Colour = tuple[int, int, int]

_FOLDER = Path(__file__).parent.parent / "fonts"


@lru_cache(maxsize=64)
def font(size: int, weight: Weight = "Medium") -> ImageFont.FreeTypeFont:
    """The bundled face at a size in pixels, laid out by Pillow's basic engine everywhere."""
    path = str(_FOLDER / f"Inter-{weight}.otf")
    return ImageFont.truetype(path, max(6, size), layout_engine=ImageFont.Layout.BASIC)


def clean(text: str) -> str:
    """One line of printable characters: control characters and runs of spaces are gone."""
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def measure(text: str, size: int, weight: Weight = "Medium") -> int:
    """The width of a line in pixels."""
    return round(font(size, weight).getlength(text))


def wrap(text: str, size: int, width: int, characters: int = 42) -> list[str]:
    """Lines that are at most `width` pixels and `characters` long; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in clean(text).split(" "):
        while word:
            trial = f"{line} {word}" if line else word
            if len(trial) <= characters and measure(trial, size) <= width:
                line, word = trial, ""
            elif line:
                lines.append(line)
                line = ""
            else:
                fits = _fitting(word, size, width, characters)
                hyphen = "-" if fits > 2 and word[fits - 2 : fits].isalpha() else ""
                fits -= len(hyphen)
                lines.append(word[:fits] + hyphen)
                word = word[fits:]
    return [*lines, line] if line else lines


def _fitting(word: str, size: int, width: int, characters: int) -> int:
    count = min(len(word), characters)
    while count > 1 and measure(word[:count], size) > width:
        count -= 1
    return max(1, count)


def balance(text: str, size: int, width: int, characters: int = 42) -> list[str]:
    """As `wrap`, with two lines of about equal length instead of a long and a short one."""
    lines = wrap(text, size, width, characters)
    if len(lines) != 2:
        return lines
    words = " ".join(lines).split(" ")
    pairs = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    fitting = [
        pair
        for pair in pairs
        if all(len(part) <= characters and measure(part, size) <= width for part in pair)
    ]
    return (
        list(min(fitting, key=lambda pair: abs(len(pair[0]) - len(pair[1])))) if fitting else lines
    )


def shorten(text: str, size: int, width: int, weight: Weight = "Medium") -> str:
    """A line that fits into `width` pixels, with an ellipsis where it was cut."""
    text = clean(text)
    if measure(text, size, weight) <= width:
        return text
    while text and measure(text + "…", size, weight) > width:
        text = text[:-1]
    return text.rstrip() + "…"


class Board:
    """A transparent picture to set text and plates on, weighed by its alpha at the end."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGBA", (_even(width), _even(height)), (0, 0, 0, 0))

    def plate(
        self, box: tuple[float, float, float, float], colour: Colour, opacity: float, radius: float
    ) -> None:
        """A rectangle with round corners, drawn four times as large and reduced."""
        left, top, right, bottom = (round(4 * edge) for edge in box)
        mask = Image.new("L", (self.image.width * 4, self.image.height * 4), 0)
        ImageDraw.Draw(mask).rounded_rectangle(
            (left, top, right - 1, bottom - 1), round(4 * radius), fill=round(255 * opacity)
        )
        self._ink(mask.reduce(4), colour)

    def write(
        self,
        position: tuple[float, float],
        text: str,
        size: int,
        colour: Colour,
        weight: Weight = "Medium",
        anchor: str = "ls",
        opacity: float = 1.0,
    ) -> None:
        """Set a line; `anchor` as Pillow's, by default the left end of its base line."""
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).text(
            position, text, fill=round(255 * opacity), font=font(size, weight), anchor=anchor
        )
        self._ink(mask, colour)

    def _ink(self, mask: Image.Image, colour: Colour) -> None:
        ink = Image.new("RGBA", self.image.size, (*colour, 255))
        ink.putalpha(mask)
        self.image.alpha_composite(ink)

    def weighed(self) -> npt.NDArray[np.uint8]:
        """The picture as an array whose colours are weighed by its alpha."""
        return weigh(np.asarray(self.image))

    def stamp(self, x: int, y: int) -> Stamp | None:
        """What was set, ready to be laid on frames at `x`, `y` (even)."""
        layer = cut_out(self.weighed(), x & ~1, y & ~1, 1.0)
        return None if layer is None else Stamp(layer)


def weigh(rgba: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Straight RGBA with its colours weighed by its alpha."""
    weighed = rgba.copy()
    alpha = rgba[..., 3:].astype(np.uint16)
    weighed[..., :3] = (rgba[..., :3] * alpha + 127) // 255
    return weighed


@dataclass(frozen=True, slots=True)
class Stamp:
    """A small picture that is laid at a fixed place on many frames."""

    layer: Layer

    def put(self, target: Planes) -> None:
        """Lay it on a frame."""
        for number in range(3):
            share = 1 if number == 0 else 2
            self.put_plane(target[number], number, self.layer.x // share, self.layer.y // share)

    def put_plane(self, plane: Plane, number: int, x: int, y: int) -> None:
        """Lay plane `number` with its top left at `x`, `y` of that plane."""
        picture = self.layer.planes[number]
        assert self.layer.gaps is not None
        gap = self.layer.gaps[0 if number == 0 else 1]
        left, top = max(0, -x), max(0, -y)
        right = min(picture.shape[1], plane.shape[1] - x)
        bottom = min(picture.shape[0], plane.shape[0] - y)
        if right <= left or bottom <= top:
            return
        area = plane[y + top : y + bottom, x + left : x + right]
        blend(area, picture[top:bottom, left:right], gap[top:bottom, left:right])


def _even(pixels: float) -> int:
    return (int(pixels) + 1) & ~1
