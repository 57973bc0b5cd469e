"""Paint: sheets to draw flat shapes on, twice as large as they are shown, and light over them.

Coordinates are pixels of the frame at rest; a sheet reaches beyond the frame by its margins, for
the camera to move over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from .text import Colour

Point = tuple[float, float]
Picture = npt.NDArray[np.uint8]

SCALE = 2
"""How much larger shapes are drawn before they are reduced: their edges become smooth."""


@dataclass(frozen=True, slots=True)
class Field:
    """A frame of `width` × `height` pixels and its margins on each side, all even."""

    width: int
    height: int
    margin_x: int = 0
    margin_y: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height with the margins."""
        return self.width + 2 * self.margin_x, self.height + 2 * self.margin_y

    @property
    def left(self) -> int:
        """The first column, outside the frame."""
        return -self.margin_x

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.width + self.margin_x

    @property
    def top(self) -> int:
        """The first row, above the frame."""
        return -self.margin_y

    @property
    def bottom(self) -> int:
        """The row after the last."""
        return self.height + self.margin_y

    def reduce(self, share: int) -> Field:
        """The same frame drawn `share` times smaller; its margins still reach at least as far."""
        if share == 1:
            return self
        width, height = (max(2, -(-edge // share) & ~1) for edge in self.size)
        scale_x, scale_y = width / self.size[0], height / self.size[1]
        margin_x, margin_y = round(self.margin_x * scale_x), round(self.margin_y * scale_y)
        return Field(width - 2 * margin_x, height - 2 * margin_y, margin_x, margin_y)


class Sheet:
    """A transparent sheet for flat shapes; what is drawn later covers what was drawn before."""

    def __init__(self, field: Field) -> None:
        self.field = field
        width, height = field.size
        # Pillow divides the colours of an RGBA picture by its alpha when it resizes. Four plain
        # channels, which it calls CMYK, stay weighed.
        self.image = Image.new("CMYK", (width * SCALE, height * SCALE), (0, 0, 0, 0))
        self.pen = ImageDraw.Draw(self.image)

    def _at(self, points: Sequence[Point]) -> list[Point]:
        shift_x, shift_y = self.field.margin_x, self.field.margin_y
        return [((x + shift_x) * SCALE, (y + shift_y) * SCALE) for x, y in points]

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled polygon."""
        self.pen.polygon(self._at(points), fill=(*colour, 255))

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.shape(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), colour)

    def oval(self, x: float, y: float, across: float, down: float, colour: Colour) -> None:
        """A filled ellipse about its centre, with these radii."""
        (corner, other) = self._at(((x - across, y - down), (x + across, y + down)))
        self.pen.ellipse((*corner, *other), fill=(*colour, 255))

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line with round joints and ends."""
        path = self._at(points)
        wide = max(1, round(width * SCALE))
        self.pen.line(path, fill=(*colour, 255), width=wide, joint="curve")
        radius = wide / 2
        for x, y in (path[0], path[-1]):
            self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, 255))

    def finish(self) -> Picture:
        """The sheet at the frame's scale, its colours weighed by its alpha.

        Drawn pixels are either empty (all zero) or full, so that reducing weighs them by itself.
        """
        return np.asarray(self.image.reduce(SCALE)).copy()


def over(below: Picture, above: Picture) -> None:
    """Lay a weighed picture over another of the same size, in place; either may be opaque RGB."""
    rows = np.flatnonzero(above[..., 3].max(axis=1))
    if not len(rows):
        return
    part = slice(int(rows[0]), int(rows[-1]) + 1)
    cover = above[part, :, 3]
    gap = np.subtract(256, cover, dtype=np.uint16) - (cover > 127)
    mixed = below[part] * gap[..., None]
    mixed >>= 8
    mixed += above[part, :, : below.shape[2]]
    below[part] = np.minimum(mixed, 255)


def glow(
    picture: Picture, field: Field, x: float, y: float, radius: float, colour: Colour, power: float
) -> None:
    """Add a soft light about a point; a weighed picture is lit only where it is."""
    centre_x, centre_y = x + field.margin_x, y + field.margin_y
    left, right = max(0, int(centre_x - radius)), min(picture.shape[1], int(centre_x + radius) + 1)
    top, bottom = max(0, int(centre_y - radius)), min(picture.shape[0], int(centre_y + radius) + 1)
    if left >= right or top >= bottom:
        return
    across = ((np.arange(left, right, dtype=np.float32) - centre_x) / radius) ** 2
    down = ((np.arange(top, bottom, dtype=np.float32) - centre_y) / radius) ** 2
    light = np.clip(1 - np.sqrt(across[None, :] + down[:, None]), 0, 1) ** 2 * power
    area = picture[top:bottom, left:right]
    room = area[..., 3:].astype(np.float32) if area.shape[2] == 4 else np.float32(255)
    tint = np.array(colour, np.float32) / 255
    lit = area[..., :3] + (room - area[..., :3]) * (light[..., None] * tint)
    area[..., :3] = np.clip(lit, 0, 255).astype(np.uint8)


def ramp(picture: Picture, colour: Colour, top: float, bottom: float) -> None:
    """Fade a weighed picture towards a colour: by the share `top` above, `bottom` below."""
    rows = np.flatnonzero(picture[..., 3].max(axis=1))
    if not len(rows):
        return
    first, last = int(rows[0]), int(rows[-1]) + 1
    share = (np.linspace(top, bottom, last - first) * 256).astype(np.uint16)[:, None]
    part = picture[first:last]
    cover = part[..., 3].astype(np.uint16)
    for channel in range(3):
        weighed = cover * np.uint16(colour[channel])
        weighed >>= 8
        weighed *= share
        weighed += part[..., channel] * (256 - share)
        weighed >>= 8
        part[..., channel] = weighed


def gradient(height: int, width: int, stops: Sequence[Colour]) -> Picture:
    """A picture that runs through colours from top to bottom, dithered against bands."""
    places = np.linspace(0, 1, len(stops))
    rows = np.linspace(0, 1, height)
    colours = np.array(stops, np.float32)
    column = np.stack([np.interp(rows, places, colours[:, part]) for part in range(3)], axis=1)
    noise = np.random.default_rng(7).random((height, 64, 1), dtype=np.float32)
    tile = np.repeat(column[:, None, :], 64, axis=1) + noise
    picture = np.tile(tile.astype(np.uint8), (1, width // 64 + 1, 1))
    return np.ascontiguousarray(picture[:, :width])


def soften(picture: Picture, radius: float) -> Picture:
    """A picture out of focus; weighed pictures stay weighed."""
    if radius < 0.5:
        return picture
    image = Image.fromarray(picture, "RGB" if picture.shape[2] == 3 else "CMYK")
    return np.asarray(
        image.filter(ImageFilter.BoxBlur(radius * 0.8)).filter(ImageFilter.BoxBlur(radius * 0.6))
    ).copy()


def enlarge(picture: Picture, width: int, height: int) -> Picture:
    """A soft picture at a larger size; weighed pictures stay weighed."""
    if picture.shape[:2] == (height, width):
        return picture
    image = Image.fromarray(picture, "RGB" if picture.shape[2] == 3 else "CMYK")
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)).copy()
