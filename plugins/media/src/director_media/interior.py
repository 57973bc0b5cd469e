"""Rooms: a wall with its light, a floor, and what makes one room a kitchen and another a church."""

from __future__ import annotations

from collections.abc import Callable

from .paint import Picture, Sheet, glow, gradient, over, ramp
from .palette import mix
from .scenery import Scenery, Set
from .text import Colour

Lamps = list[tuple[float, float, float]]


def draw_interior(stage: Set) -> Scenery:
    """A room: the wall and its window or lamps behind, furniture before it."""
    field, palette = stage.field, stage.palette
    kind = stage.place.kind
    wall = _wall_colour(stage)
    line = stage.horizon + (field.height - stage.horizon) * 0.42
    back = gradient(
        field.size[1],
        field.size[0],
        (mix(wall, palette.shade, 0.42), wall, mix(wall, palette.shade, 0.2)),
    )
    sheet = Sheet(field)
    floor = mix(palette.floor, palette.shade, palette.dark * 0.6)
    sheet.box(field.left, line, field.size[0], field.bottom - line, floor)
    for board in range(-9, 10):
        x = field.width / 2 + board * stage.unit * 0.09
        bottom = field.width / 2 + board * stage.unit * 0.26
        sheet.line(
            ((x, line), (bottom, field.bottom)),
            max(0.6, stage.unit * 0.0016),
            mix(floor, palette.shade, 0.35),
        )
    sheet.box(
        field.left,
        line - stage.unit * 0.018,
        field.size[0],
        stage.unit * 0.018,
        mix(wall, palette.shade, 0.5),
    )
    planks = sheet.finish()
    ramp(planks, palette.shade, 0.0, 0.5)
    over(back, planks)
    furniture = Sheet(field)
    lamps = _FURNISH.get(kind, _furnish_room)(stage, back, furniture, line, wall)
    picture = furniture.finish()
    ramp(picture, palette.shade, 0.0, 0.3)
    for x, y, reach in lamps:
        power = 0.62 if palette.night or kind in _DARK else 0.3
        glow(back, field, x, y, reach * 1.5, palette.lamp, power)
        glow(picture, field, x, y, reach * 1.2, palette.lamp, power * 0.7)
    return Scenery(back, ((0.45, picture),))


_DARK = ("bar", "cellar", "church", "stage", "corridor")


def _wall_colour(stage: Set) -> Colour:
    palette, kind = stage.palette, stage.place.kind
    own: dict[str, Colour] = {
        "kitchen": (196, 198, 178),
        "hospital": (196, 214, 212),
        "bar": (112, 66, 54),
        "cellar": (104, 98, 96),
        "church": (150, 140, 130),
        "control": (84, 100, 118),
        "stage": (98, 38, 44),
        "bedroom": (168, 160, 182),
        "library": (140, 112, 88),
        "vehicle": (70, 74, 84),
        "office": (180, 186, 190),
    }
    wall = mix(own.get(kind, palette.wall), palette.wall, 0.3)
    sink = palette.dark + (0.18 if kind in _DARK else 0.0)
    return mix(wall, palette.shade, min(0.78, sink * 1.15))


def _hang_window(
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


def _tone(stage: Set, wall: Colour, share: float) -> Colour:
    return mix(mix(wall, (96, 66, 48), 0.4), stage.palette.shade, share)


def _hang_lamp(stage: Set, sheet: Sheet, x: float, drop: float, size: float, lamps: Lamps) -> None:
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


def _shelves(
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
    rng, wood = stage.rng, _tone(stage, wall, 0.45)
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


def _furnish_room(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit, side = stage.field, stage.unit, stage.rng.choice((0, 1))
    x = field.width * (0.16 + 0.44 * side)
    _hang_window(stage, back, x, line - unit * 0.5, unit * 0.26, unit * 0.3)
    lamps: Lamps = []
    stand = field.width * (0.86 - 0.74 * side)
    dark = _tone(stage, wall, 0.6)
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
        sofa - unit * 0.22, line - unit * 0.1, unit * 0.44, unit * 0.16, _tone(stage, wall, 0.42)
    )
    sheet.box(
        sofa - unit * 0.25, line - unit * 0.03, unit * 0.06, unit * 0.12, _tone(stage, wall, 0.52)
    )
    sheet.box(
        sofa + unit * 0.19, line - unit * 0.03, unit * 0.06, unit * 0.12, _tone(stage, wall, 0.52)
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
    _hang_window(stage, back, field.width * 0.2, line - unit * 0.5, unit * 0.24, unit * 0.25)
    wood = _tone(stage, wall, 0.3)
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
        sheet.box(x, line - unit * 0.14, unit * 0.004, unit * 0.19, _tone(stage, wall, 0.55))
        x += unit * 0.15
    start = field.width * 0.56
    for part in range(4):
        sheet.box(
            start + part * unit * 0.15,
            line - unit * 0.52,
            unit * 0.143,
            unit * 0.18,
            _tone(stage, wall, 0.36),
        )
    pot = field.width * 0.64
    sheet.box(pot, line - unit * 0.225, unit * 0.08, unit * 0.06, _tone(stage, wall, 0.7))
    sheet.box(
        pot - unit * 0.02, line - unit * 0.215, unit * 0.12, unit * 0.01, _tone(stage, wall, 0.7)
    )
    lamps: Lamps = []
    _hang_lamp(stage, sheet, field.width * 0.46, line - unit * 0.52, unit * 0.1, lamps)
    return lamps


def _furnish_bedroom(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    _hang_window(stage, back, field.width * 0.62, line - unit * 0.52, unit * 0.26, unit * 0.34)
    linen = mix((216, 210, 204), stage.palette.shade, stage.palette.dark)
    x = field.width * 0.12
    sheet.box(x, line - unit * 0.2, unit * 0.05, unit * 0.3, _tone(stage, wall, 0.55))
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
        stand - unit * 0.04, line - unit * 0.08, unit * 0.08, unit * 0.16, _tone(stage, wall, 0.6)
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


def _furnish_office(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    for part in range(3):
        _hang_window(
            stage,
            back,
            field.width * (0.1 + 0.24 * part),
            line - unit * 0.55,
            unit * 0.3,
            unit * 0.34,
        )
    desk = _tone(stage, wall, 0.45)
    x = field.width * 0.56
    sheet.box(x, line - unit * 0.13, unit * 0.5, unit * 0.02, desk)
    for leg in (0.02, 0.46):
        sheet.box(x + unit * leg, line - unit * 0.12, unit * 0.02, unit * 0.19, desk)
    dark = mix(stage.palette.shade, (14, 16, 20), 0.4)
    sheet.box(x + unit * 0.16, line - unit * 0.29, unit * 0.2, unit * 0.13, dark)
    sheet.box(
        x + unit * 0.168,
        line - unit * 0.282,
        unit * 0.184,
        unit * 0.114,
        mix(stage.palette.sky[1], (200, 226, 240), 0.4),
    )
    sheet.box(x + unit * 0.25, line - unit * 0.16, unit * 0.02, unit * 0.03, dark)
    _shelves(stage, sheet, field.width * 0.02, line - unit * 0.42, unit * 0.2, unit * 0.46, wall)
    return [(x + unit * 0.26, line - unit * 0.22, unit * 0.3)]


def _furnish_bar(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    _shelves(
        stage,
        sheet,
        field.width * 0.28,
        line - unit * 0.5,
        field.width * 0.44,
        unit * 0.3,
        wall,
        bottles=True,
    )
    wood = _tone(stage, wall, 0.5)
    sheet.box(field.left, line - unit * 0.12, field.size[0], unit * 0.24, wood)
    sheet.box(
        field.left,
        line - unit * 0.14,
        field.size[0],
        unit * 0.025,
        mix(wood, stage.palette.lamp, 0.25),
    )
    lamps: Lamps = []
    for part in (0.2, 0.5, 0.8):
        _hang_lamp(stage, sheet, field.width * part, line - unit * 0.62, unit * 0.09, lamps)
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
    sheet.box(x - wide * 0.34, y - high * 0.3, wide * 0.68, high * 1.3, _tone(stage, wall, 0.5))
    for side in (-1, 1):
        for near, far in ((0.2, 0.3), (0.5, 0.72)):

            def at(share: float, level: float, side: int = side) -> tuple[float, float]:
                return (
                    x + side * (wide + (near_x - wide) * share),
                    y + level * (high + (near_y - high) * share),
                )

            sheet.shape(
                (at(near, 1), at(far, 1), at(far, -0.42), at(near, -0.42)), _tone(stage, wall, 0.42)
            )
    lamps: Lamps = []
    for share in (0.1, 0.34):
        top = y - (high + (near_y - high) * share) + 2
        size = unit * (0.05 + 0.16 * share)
        sheet.oval(x, top, size, size * 0.18, mix(stage.palette.lamp, (255, 255, 245), 0.5))
        lamps.append((x, top, unit * (0.2 + 0.6 * share)))
    return lamps


def _furnish_hospital(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    _hang_window(stage, back, field.width * 0.62, line - unit * 0.5, unit * 0.3, unit * 0.3)
    linen = mix((226, 232, 232), stage.palette.shade, stage.palette.dark)
    metal = mix((140, 150, 156), stage.palette.shade, 0.2 + stage.palette.dark * 0.6)
    x = field.width * 0.12
    sheet.box(x, line - unit * 0.08, unit * 0.56, unit * 0.07, linen)
    sheet.oval(
        x + unit * 0.08,
        line - unit * 0.09,
        unit * 0.07,
        unit * 0.03,
        mix(linen, (255, 255, 255), 0.3),
    )
    for end in (0.0, 0.55):
        sheet.line(
            ((x + unit * end, line - unit * 0.17), (x + unit * end, line + unit * 0.07)),
            unit * 0.012,
            metal,
        )
    sheet.box(x, line - unit * 0.01, unit * 0.56, unit * 0.015, metal)
    stand = x - unit * 0.07
    sheet.line(((stand, line + unit * 0.06), (stand, line - unit * 0.4)), unit * 0.006, metal)
    sheet.box(stand - unit * 0.02, line - unit * 0.4, unit * 0.04, unit * 0.07, linen)
    return [(x + unit * 0.1, line - unit * 0.34, unit * 0.3)]


def _furnish_church(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    for part in (0.16, 0.43, 0.7):
        _hang_window(
            stage, back, field.width * part, line - unit * 0.42, unit * 0.17, unit * 0.3, arch=True
        )
    wood = _tone(stage, wall, 0.55)
    for row, share in enumerate((0.0, 0.12, 0.27)):
        y = line + unit * share
        for side in (-1, 1):
            inner, outer = (
                field.width / 2 + side * unit * (0.1 + 0.06 * row),
                field.width / 2 + side * field.size[0],
            )
            left = min(inner, outer)
            sheet.box(
                left,
                y,
                abs(outer - inner),
                unit * (0.06 + 0.02 * row),
                mix(wood, stage.palette.shade, 0.12 * row),
            )
    return [(field.width * 0.5, line - unit * 0.1, unit * 0.3)]


def _furnish_vehicle(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, palette, unit = stage.field, stage.palette, stage.unit
    width, height = field.size
    back[...] = gradient(height, width, (*palette.sky, palette.haze, palette.near))
    hills = Sheet(field)
    from .scenery import distance, ridge

    ridge(stage, hills, field.height * 0.56, unit * 0.1, 0.6, distance(palette, 0.5))
    over(back, hills.finish())
    dark = mix(palette.shade, (16, 16, 20), 0.5)
    trim = mix(dark, palette.wall, 0.12)
    sheet.box(field.left, field.top, width, field.height * 0.1 - field.top, dark)
    sheet.box(field.left, field.height * 0.66, width, field.bottom, dark)
    sheet.box(field.left, field.height * 0.655, width, field.height * 0.012, trim)
    for x in (0.02, 0.5, 0.98):
        wide = unit * 0.035
        sheet.box(x * field.width - wide / 2, field.top, wide, field.size[1], dark)
    return []


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
    wood = _tone(stage, wall, 0.5)
    for part, size in ((0.1, 0.16), (0.2, 0.12), (0.82, 0.18)):
        x = field.width * part
        sheet.box(x, line + unit * 0.05 - unit * size, unit * size, unit * size, wood)
        sheet.line(
            ((x, line + unit * 0.05), (x + unit * size, line + unit * 0.05 - unit * size)),
            unit * 0.008,
            _tone(stage, wall, 0.65),
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


def _furnish_library(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    _hang_window(stage, back, field.width * 0.42, line - unit * 0.5, unit * 0.24, unit * 0.34)
    for x in (0.02, 0.72):
        _shelves(
            stage, sheet, field.width * x, line - unit * 0.58, field.width * 0.26, unit * 0.6, wall
        )
    stand = field.width * 0.66
    sheet.line(
        ((stand, line + unit * 0.05), (stand, line - unit * 0.28)),
        unit * 0.008,
        _tone(stage, wall, 0.6),
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


def _furnish_control(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit, rng = stage.field, stage.unit, stage.rng
    dark = mix(stage.palette.shade, (12, 16, 22), 0.5)
    screen: Colour = (96, 190, 196)
    lamps: Lamps = []
    for part in range(4):
        x = field.width * (0.06 + 0.235 * part)
        sheet.box(x, line - unit * 0.5, field.width * 0.2, unit * 0.24, dark)
        sheet.box(
            x + unit * 0.01,
            line - unit * 0.49,
            field.width * 0.2 - unit * 0.02,
            unit * 0.22,
            mix(screen, dark, rng.uniform(0.35, 0.75)),
        )
        for row in range(4):
            sheet.box(
                x + unit * 0.025,
                line - unit * (0.46 - 0.045 * row),
                unit * rng.uniform(0.05, 0.2),
                unit * 0.01,
                mix(screen, (240, 255, 250), 0.4),
            )
        lamps.append((x + field.width * 0.1, line - unit * 0.38, unit * 0.2))
    sheet.shape(
        (
            (field.left, line - unit * 0.02),
            (field.right, line - unit * 0.02),
            (field.right, line + unit * 0.16),
            (field.left, line + unit * 0.16),
        ),
        dark,
    )
    for _ in range(34):
        colour: Colour = rng.choice(((230, 110, 84), (240, 206, 120), screen, (120, 200, 130)))
        sheet.box(
            rng.uniform(field.left, field.right),
            line + unit * rng.uniform(0.01, 0.11),
            unit * 0.012,
            unit * 0.008,
            colour,
        )
    return lamps[1:3]


def _furnish_stage(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    for side in (0, 1):
        for fold in range(7):
            wide = field.width * 0.035
            x = field.left + fold * wide if side == 0 else field.right - (fold + 1) * wide
            sheet.box(
                x,
                field.top,
                wide + 1,
                field.size[1],
                mix((150, 40, 46), stage.palette.shade, 0.25 + 0.3 * (fold % 2)),
            )
    for part in range(9):
        x = field.left + part * field.size[0] / 8
        sheet.oval(
            x,
            field.height * 0.02,
            field.size[0] / 14,
            unit * 0.1,
            mix((150, 40, 46), stage.palette.shade, 0.4),
        )
    return [
        (field.width * 0.5, line, unit * 0.5),
        (field.width * 0.5, line - unit * 0.4, unit * 0.4),
    ]


_FURNISH: dict[str, Callable[[Set, Picture, Sheet, float, Colour], Lamps]] = {
    "room": _furnish_room,
    "kitchen": _furnish_kitchen,
    "bedroom": _furnish_bedroom,
    "office": _furnish_office,
    "bar": _furnish_bar,
    "corridor": _furnish_corridor,
    "hospital": _furnish_hospital,
    "church": _furnish_church,
    "vehicle": _furnish_vehicle,
    "cellar": _furnish_cellar,
    "library": _furnish_library,
    "control": _furnish_control,
    "stage": _furnish_stage,
}
