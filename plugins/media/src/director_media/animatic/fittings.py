"""Fittings: windows, lamps and shelves, which rooms of many kinds have."""

from __future__ import annotations

from .paint import Picture, Sheet, glow, over
from .palette import mix
from .scenery import Set
from .text import Colour

Lamps = list[tuple[float, float, float]]
"""Where lamps are, in pixels, and how far they shine."""


def hang_window(
    stage: Set, back: Picture, x: float, y: float, wide: float, high: float, *, arch: bool = False
) -> None:
    """A window in the back wall: the sky in it, light around it and on the floor below."""
    field, palette = stage.field, stage.palette
    frame = mix(stage.palette.wall, (240, 236, 226), 0.35)
    frame = mix(frame, palette.shade, palette.dark)
    sheet = Sheet(field)
    edge = wide * 0.05
    if arch:
        sheet.oval(x + wide / 2, y, wide / 2 + edge, wide / 2 + edge, frame)
    sheet.box(x - edge, y - edge * (0 if arch else 1), wide + 2 * edge, high + 2 * edge, frame)
    steps = 14
    for part in range(steps):
        share = part / (steps - 1)
        place = share * (len(palette.sky) - 1)
        low = min(int(place), len(palette.sky) - 2)
        colour = mix(palette.sky[low], palette.sky[low + 1], place - low)
        sheet.box(x, y + high * part / steps, wide, high / steps + 1, colour)
    if arch:
        sheet.oval(x + wide / 2, y, wide / 2, wide / 2, palette.sky[0])
    else:
        sheet.box(x, y + high * 0.47, wide, edge * 0.6, frame)
    sheet.box(
        x + wide / 2 - edge * 0.3,
        y - (wide / 2 if arch else 0),
        edge * 0.6,
        high + (wide / 2 if arch else 0),
        frame,
    )
    sheet.box(x - edge * 2, y + high, wide + 4 * edge, edge * 1.2, frame)
    over(back, sheet.finish())
    power = 0.22 if palette.night else 0.42
    tint = palette.key
    glow(back, field, x + wide / 2, y + high * 0.5, max(wide, high) * 1.7, tint, power)
    shaft = Sheet(field)
    drop = stage.unit * 0.42
    shaft.shape(
        (
            (x, y + high),
            (x + wide, y + high),
            (x + wide * 1.7, y + high + drop),
            (x + wide * 0.35, y + high + drop),
        ),
        mix(tint, palette.wall, 0.3),
    )
    light = shaft.finish()
    weight = 0.06 if palette.night else 0.13
    over(back, (light * weight).astype(light.dtype))


def wood_tone(stage: Set, wall: Colour, share: float) -> Colour:
    """The colour of furniture before a wall, `share` of it in the shade."""
    return mix(mix(wall, (96, 66, 48), 0.4), stage.palette.shade, share)


def hang_lamp(stage: Set, sheet: Sheet, x: float, drop: float, size: float, lamps: Lamps) -> None:
    """A lamp on its cord, added to the lamps that are lit."""
    dark = mix(stage.palette.shade, (20, 18, 22), 0.4)
    sheet.line(((x, stage.field.top), (x, drop)), max(1.0, size * 0.05), dark)
    sheet.oval(
        x, drop + size * 0.36, size * 0.2, size * 0.2, mix(stage.palette.lamp, (255, 255, 245), 0.4)
    )
    sheet.shape(
        (
            (x - size * 0.16, drop),
            (x + size * 0.16, drop),
            (x + size * 0.5, drop + size * 0.42),
            (x - size * 0.5, drop + size * 0.42),
        ),
        dark,
    )
    lamps.append((x, drop + size * 0.5, size * 4.2))


def fill_shelves(
    stage: Set,
    sheet: Sheet,
    x: float,
    y: float,
    wide: float,
    high: float,
    wall: Colour,
    *,
    bottles: bool = False,
) -> None:
    """A case of shelves full of books, or of bottles."""
    rng, wood = stage.rng, wood_tone(stage, wall, 0.45)
    sheet.box(x, y, wide, high, mix(wood, stage.palette.shade, 0.35))
    rows = 4
    for row in range(rows):
        foot = y + high * (row + 1) / rows
        place = x + wide * 0.03
        while place < x + wide * 0.94:
            own = wide * rng.uniform(0.025, 0.05)
            tall = high / rows * rng.uniform(0.5, 0.82)
            hue: Colour = rng.choice(
                ((176, 92, 70), (86, 120, 128), (196, 164, 98), (104, 120, 84), (150, 142, 132))
            )
            colour = mix(hue, stage.palette.shade, 0.25 + stage.palette.dark * 0.7)
            sheet.box(place, foot - tall, own, tall, colour)
            if bottles:
                sheet.box(place + own * 0.3, foot - tall * 1.28, own * 0.4, tall * 0.3, colour)
            place += own * (1.5 if bottles else rng.uniform(1.02, 1.3))
        sheet.box(x, foot - high * 0.015, wide, high * 0.03, wood)
