"""Furniture of houses: living room, kitchen, bedroom, library, cellar and corridor."""

from __future__ import annotations

from collections.abc import Callable

from .fittings import Lamps, fill_shelves, hang_lamp, hang_window, wood_tone
from .paint import Picture, Sheet, over
from .palette import mix
from .scenery import Set
from .text import Colour

Furnish = Callable[[Set, Picture, Sheet, float, Colour], Lamps]
"""Draws what makes a room its kind: on the wall, and on the sheet before it."""


def _furnish_room(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit, side = stage.field, stage.unit, stage.rng.choice((0, 1))
    x = field.width * (0.16 + 0.44 * side)
    hang_window(stage, back, x, line - unit * 0.5, unit * 0.26, unit * 0.3)
    lamps: Lamps = []
    stand = field.width * (0.86 - 0.74 * side)
    dark = wood_tone(stage, wall, 0.6)
    sheet.line(((stand, line + unit * 0.05), (stand, line - unit * 0.32)), unit * 0.008, dark)
    sheet.shape(
        (
            (stand - unit * 0.035, line - unit * 0.42),
            (stand + unit * 0.035, line - unit * 0.42),
            (stand + unit * 0.065, line - unit * 0.32),
            (stand - unit * 0.065, line - unit * 0.32),
        ),
        mix(stage.palette.lamp, wall, 0.15),
    )
    lamps.append((stand, line - unit * 0.36, unit * 0.34))
    sofa = field.width * (0.62 - 0.4 * side)
    sheet.box(
        sofa - unit * 0.22,
        line - unit * 0.1,
        unit * 0.44,
        unit * 0.16,
        wood_tone(stage, wall, 0.42),
    )
    sheet.box(
        sofa - unit * 0.25,
        line - unit * 0.03,
        unit * 0.06,
        unit * 0.12,
        wood_tone(stage, wall, 0.52),
    )
    sheet.box(
        sofa + unit * 0.19,
        line - unit * 0.03,
        unit * 0.06,
        unit * 0.12,
        wood_tone(stage, wall, 0.52),
    )
    picture = field.width * (0.44 + 0.1 * side)
    sheet.box(picture, line - unit * 0.45, unit * 0.13, unit * 0.1, dark)
    sheet.box(
        picture + unit * 0.008,
        line - unit * 0.442,
        unit * 0.114,
        unit * 0.084,
        mix(wall, stage.palette.sky[1], 0.4),
    )
    return lamps


def _furnish_kitchen(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    hang_window(stage, back, field.width * 0.2, line - unit * 0.5, unit * 0.24, unit * 0.25)
    wood = wood_tone(stage, wall, 0.3)
    sheet.box(field.left, line - unit * 0.15, field.size[0], unit * 0.2, wood)
    sheet.box(
        field.left,
        line - unit * 0.165,
        field.size[0],
        unit * 0.02,
        mix(wall, (230, 224, 210), 0.3 * (1 - stage.palette.dark)),
    )
    x = float(field.left)
    while x < field.right:
        sheet.box(x, line - unit * 0.14, unit * 0.004, unit * 0.19, wood_tone(stage, wall, 0.55))
        x += unit * 0.15
    start = field.width * 0.56
    for part in range(4):
        sheet.box(
            start + part * unit * 0.15,
            line - unit * 0.52,
            unit * 0.143,
            unit * 0.18,
            wood_tone(stage, wall, 0.36),
        )
    pot = field.width * 0.64
    sheet.box(pot, line - unit * 0.225, unit * 0.08, unit * 0.06, wood_tone(stage, wall, 0.7))
    sheet.box(
        pot - unit * 0.02,
        line - unit * 0.215,
        unit * 0.12,
        unit * 0.01,
        wood_tone(stage, wall, 0.7),
    )
    lamps: Lamps = []
    hang_lamp(stage, sheet, field.width * 0.46, line - unit * 0.52, unit * 0.1, lamps)
    return lamps


def _furnish_bedroom(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    hang_window(stage, back, field.width * 0.62, line - unit * 0.52, unit * 0.26, unit * 0.34)
    linen = mix((216, 210, 204), stage.palette.shade, stage.palette.dark)
    x = field.width * 0.12
    sheet.box(x, line - unit * 0.2, unit * 0.05, unit * 0.3, wood_tone(stage, wall, 0.55))
    sheet.box(x, line - unit * 0.04, unit * 0.55, unit * 0.12, linen)
    sheet.box(
        x + unit * 0.2,
        line - unit * 0.05,
        unit * 0.37,
        unit * 0.1,
        mix(stage.palette.haze, stage.palette.shade, 0.45),
    )
    sheet.oval(
        x + unit * 0.11,
        line - unit * 0.055,
        unit * 0.07,
        unit * 0.035,
        mix(linen, (255, 255, 255), 0.2),
    )
    stand = field.width * 0.12 - unit * 0.09
    sheet.box(
        stand - unit * 0.04,
        line - unit * 0.08,
        unit * 0.08,
        unit * 0.16,
        wood_tone(stage, wall, 0.6),
    )
    sheet.shape(
        (
            (stand - unit * 0.02, line - unit * 0.2),
            (stand + unit * 0.02, line - unit * 0.2),
            (stand + unit * 0.04, line - unit * 0.13),
            (stand - unit * 0.04, line - unit * 0.13),
        ),
        stage.palette.lamp,
    )
    return [(stand, line - unit * 0.15, unit * 0.34)]


def _furnish_library(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    hang_window(stage, back, field.width * 0.42, line - unit * 0.5, unit * 0.24, unit * 0.34)
    for x in (0.02, 0.72):
        fill_shelves(
            stage, sheet, field.width * x, line - unit * 0.58, field.width * 0.26, unit * 0.6, wall
        )
    stand = field.width * 0.66
    sheet.line(
        ((stand, line + unit * 0.05), (stand, line - unit * 0.28)),
        unit * 0.008,
        wood_tone(stage, wall, 0.6),
    )
    sheet.shape(
        (
            (stand - unit * 0.03, line - unit * 0.37),
            (stand + unit * 0.03, line - unit * 0.37),
            (stand + unit * 0.06, line - unit * 0.28),
            (stand - unit * 0.06, line - unit * 0.28),
        ),
        mix(stage.palette.lamp, wall, 0.1),
    )
    return [(stand, line - unit * 0.32, unit * 0.4)]


def _furnish_cellar(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit, rng = stage.field, stage.unit, stage.rng
    bricks = Sheet(field)
    y, row = float(field.top), 0
    while y < line:
        x = field.left - (row % 2) * unit * 0.05
        while x < field.right:
            if rng.random() < 0.3:
                bricks.box(
                    x,
                    y,
                    unit * 0.095,
                    unit * 0.04,
                    mix(wall, stage.palette.shade, rng.uniform(0.05, 0.3)),
                )
            x += unit * 0.1
        y, row = y + unit * 0.045, row + 1
    over(back, bricks.finish())
    wood = wood_tone(stage, wall, 0.5)
    for part, size in ((0.1, 0.16), (0.2, 0.12), (0.82, 0.18)):
        x = field.width * part
        sheet.box(x, line + unit * 0.05 - unit * size, unit * size, unit * size, wood)
        sheet.line(
            ((x, line + unit * 0.05), (x + unit * size, line + unit * 0.05 - unit * size)),
            unit * 0.008,
            wood_tone(stage, wall, 0.65),
        )
    lamps: Lamps = []
    x, drop = field.width * 0.5, line - unit * 0.56
    sheet.line(((x, field.top), (x, drop)), max(1.0, unit * 0.004), stage.palette.shade)
    sheet.oval(
        x,
        drop + unit * 0.02,
        unit * 0.018,
        unit * 0.024,
        mix(stage.palette.lamp, (255, 255, 245), 0.5),
    )
    lamps.append((x, drop + unit * 0.02, unit * 0.55))
    return lamps


def _furnish_corridor(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    x, y = field.width * 0.5, stage.horizon - unit * 0.04
    wide, high = unit * 0.16, unit * 0.2
    near_x, near_y = field.size[0] * 0.62, field.size[1] * 0.8
    for side in (-1, 1):
        colour = mix(wall, stage.palette.shade, 0.14 if side < 0 else 0.3)
        sheet.shape(
            (
                (x + side * wide, y - high),
                (x + side * near_x, y - near_y),
                (x + side * near_x, y + near_y),
                (x + side * wide, y + high),
            ),
            colour,
        )
    floor = mix(stage.palette.floor, stage.palette.shade, 0.3 + stage.palette.dark * 0.4)
    sheet.shape(
        (
            (x - wide, y + high),
            (x + wide, y + high),
            (x + near_x, y + near_y),
            (x - near_x, y + near_y),
        ),
        floor,
    )
    sheet.shape(
        (
            (x - wide, y - high),
            (x + wide, y - high),
            (x + near_x, y - near_y),
            (x - near_x, y - near_y),
        ),
        mix(wall, stage.palette.shade, 0.42),
    )
    sheet.box(x - wide, y - high, 2 * wide, 2 * high, mix(wall, stage.palette.key, 0.2))
    sheet.box(x - wide * 0.34, y - high * 0.3, wide * 0.68, high * 1.3, wood_tone(stage, wall, 0.5))
    for side in (-1, 1):
        for near, far in ((0.2, 0.3), (0.5, 0.72)):

            def at(share: float, level: float, side: int = side) -> tuple[float, float]:
                return (
                    x + side * (wide + (near_x - wide) * share),
                    y + level * (high + (near_y - high) * share),
                )

            sheet.shape(
                (at(near, 1), at(far, 1), at(far, -0.42), at(near, -0.42)),
                wood_tone(stage, wall, 0.42),
            )
    lamps: Lamps = []
    for share in (0.1, 0.34):
        top = y - (high + (near_y - high) * share) + 2
        size = unit * (0.05 + 0.16 * share)
        sheet.oval(x, top, size, size * 0.18, mix(stage.palette.lamp, (255, 255, 245), 0.5))
        lamps.append((x, top, unit * (0.2 + 0.6 * share)))
    return lamps


HOMES: dict[str, Furnish] = {
    "room": _furnish_room,
    "kitchen": _furnish_kitchen,
    "bedroom": _furnish_bedroom,
    "library": _furnish_library,
    "cellar": _furnish_cellar,
    "corridor": _furnish_corridor,
}
