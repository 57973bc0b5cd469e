"""Scenery: what the picture behind the figures is drawn from, and what many places have in it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .paint import Field, Picture, Point, Sheet, glow, gradient
from .palette import Palette, mix
from .places import Place
from .text import Colour


@dataclass(frozen=True, slots=True)
class Set:
    """What scenery is drawn from.

    `horizon` is its row in pixels; `unit` the size of a person's surroundings in pixels (about
    the frame's height for a wide shot, more when the camera is close). `field` is the largest
    that any layer needs.
    """

    field: Field
    place: Place
    palette: Palette
    horizon: float
    unit: float
    rng: random.Random


@dataclass(frozen=True, slots=True)
class Scenery:
    """The layers of a place: `back` is opaque, the others lie before it at their depths."""

    back: Picture
    layers: tuple[tuple[float, Picture], ...] = ()


Drawer = Callable[[Set], Scenery]


def draw_sky(stage: Set, *, below: Colour | None = None) -> Picture:
    """Sky down to the horizon, with sun or moon, stars and clouds; `below` it a colour."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    width, height = field.size
    line = int(min(height, max(2, stage.horizon - field.top)))
    picture = gradient(height, width, palette.sky)
    picture[:line] = gradient(line, width, palette.sky)
    picture[line:] = below or palette.haze
    clear = stage.place.weather == "clear"
    sun_x, sun_y = palette.sun[0] * field.width, palette.sun[1] * stage.horizon / 0.6
    sun_y = min(sun_y, stage.horizon - 0.02 * field.height)
    size = min(field.width, field.height)
    if palette.night and clear:
        strew_stars(stage, picture, line)
    power = 0.55 if clear else 0.25
    glow(picture, field, sun_x, sun_y, size * 0.95, palette.key, power * 0.8)
    if clear:
        glow(picture, field, sun_x, sun_y, size * 0.22, palette.key, power)
        _set_disc(stage, picture, sun_x, sun_y, size * (0.042 if palette.night else 0.05))
    _draw_clouds(stage, picture, rng.randint(3, 5) if clear else 7)
    return picture


def _set_disc(stage: Set, picture: Picture, x: float, y: float, radius: float) -> None:
    left = int(x - radius * 1.2) + stage.field.margin_x
    top = int(y - radius * 1.2) + stage.field.margin_y
    side = int(radius * 2.4)
    if left < 0 or top < 0 or left + side > picture.shape[1] or top + side > picture.shape[0]:
        return
    across = np.arange(side) - radius * 1.2
    away = np.sqrt(across[None, :] ** 2 + across[:, None] ** 2)
    cover = np.clip(radius - away, 0, 1)[..., None]
    if stage.palette.night:
        shifted = across - radius * 0.45
        bitten = np.sqrt(shifted[None, :] ** 2 + (across[:, None] + radius * 0.25) ** 2)
        cover = cover * np.clip(bitten - radius * 0.9, 0, 1)[..., None]
    disc = np.array(mix(stage.palette.key, (255, 255, 250), 0.75), np.float32)
    area = picture[top : top + side, left : left + side]
    area[...] = (area * (1 - cover) + disc * cover).astype(np.uint8)


def strew_stars(stage: Set, picture: Picture, line: int) -> None:
    """Stars over the picture's first `line` rows."""
    rng = stage.rng
    big = max(1, round(stage.field.height / 540))
    for _ in range(140):
        x = rng.randrange(max(1, picture.shape[1] - big))
        y = int(rng.random() ** 1.6 * line * 0.9)
        light = rng.choice((60, 90, 120, 190))
        side = big if light < 150 else big + (big > 1)
        area = picture[y : y + side, x : x + side]
        area[...] = np.minimum(area.astype(np.int16) + light, 255).astype(np.uint8)


def _draw_clouds(stage: Set, picture: Picture, count: int) -> None:
    """Long soft banks of cloud, drawn small and laid over the sky enlarged."""
    from PIL import Image, ImageDraw, ImageFilter

    field, rng, palette = stage.field, stage.rng, stage.palette
    height, width = picture.shape[:2]
    small = Image.new("L", (max(8, width // 6), max(8, height // 6)), 0)
    pen = ImageDraw.Draw(small)
    line = (stage.horizon - field.top) / 6
    for _ in range(count):
        x, y = rng.uniform(-0.1, 1.1) * small.width, rng.uniform(0.12, 0.86) * line
        long = rng.uniform(0.1, 0.24) * small.width
        tall = max(1.0, long * rng.uniform(0.05, 0.11))
        for _ in range(9):
            cx, cy = x + rng.gauss(0, 0.45) * long, y - abs(rng.gauss(0, 0.8)) * tall
            rx = long * rng.uniform(0.16, 0.42)
            ry = tall * rng.uniform(0.6, 1.5)
            pen.ellipse((cx - rx, cy - ry, cx + rx, min(cy + ry, y + tall * 0.6)), fill=255)
    small = small.filter(ImageFilter.GaussianBlur(max(1.0, small.height / 110)))
    mask = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.float32)
    last = max(1, int(stage.horizon - field.top))
    strength = 0.26 if palette.night else 0.5
    colour = np.array(mix(palette.sky[-1], palette.key, 0.45), np.float32)
    if palette.night:
        colour = np.array(mix(palette.sky[-1], palette.haze, 0.5), np.float32)
    share = mask[:last, :, None] / 255 * strength
    picture[:last] = (picture[:last] * (1 - share) + colour * share).astype(np.uint8)


def wave(rng: random.Random, left: float, right: float, step: float, rough: float) -> list[Point]:
    """A skyline from sums of sines, between -1 and 1: points from left to right."""
    parts = [
        (rng.uniform(0.6, 1.4) * turns, rng.uniform(0, math.tau), share)
        for turns, share in ((1.3, 0.5), (3.1, 0.28), (7.3, 0.15 * rough), (17.0, 0.1 * rough))
    ]
    span = max(1.0, right - left)
    points: list[Point] = []
    x = left
    while x <= right + step:
        place = (x - left) / span * math.tau
        points.append((x, sum(s * math.sin(t * place + p) for t, p, s in parts)))
        x += step
    return points


def ridge(stage: Set, sheet: Sheet, base: float, height: float, rough: float, c: Colour) -> None:
    """A chain of hills or mountains whose mean line is `base`, filled down to the bottom."""
    field = stage.field
    step = max(2.0, field.width / (160 if rough > 0.5 else 90))
    line = wave(stage.rng, field.left - 2, field.right + 2, step, rough)
    points = [(x, base - height * (0.5 + 0.5 * y)) for x, y in line]
    sheet.shape(
        [*points, (field.right + 4, field.bottom + 4), (field.left - 4, field.bottom + 4)], c
    )


def ground(stage: Set, sheet: Sheet, row: float, colour: Colour, bump: float = 0.0) -> None:
    """The ground from `row` down to the bottom, flat or a little uneven."""
    ridge(stage, sheet, row, bump, 0.4, colour)


def distance(palette: Palette, share: float) -> Colour:
    """The colour of land at a share of the way from here (0) to the horizon (1)."""
    return mix(palette.near, palette.haze, share)
