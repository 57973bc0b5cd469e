"""Furniture of public rooms: office, bar, hospital, church, vehicle, control room, lamp room
and stage."""

from __future__ import annotations

from .fittings import Lamps, fill_shelves, hang_lamp, hang_window, wood_tone
from .furniture import Furnish
from .paint import Picture, Sheet, gradient, over
from .palette import mix
from .scenery import Set, distance, ridge
from .text import Colour


def _furnish_office(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    for part in range(3):
        hang_window(
            stage,
            back,
            field.width * (0.1 + 0.24 * part),
            line - unit * 0.55,
            unit * 0.3,
            unit * 0.34,
        )
    desk = wood_tone(stage, wall, 0.45)
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
    fill_shelves(
        stage, sheet, field.width * 0.02, line - unit * 0.42, unit * 0.2, unit * 0.46, wall
    )
    return [(x + unit * 0.26, line - unit * 0.22, unit * 0.3)]


def _furnish_bar(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    fill_shelves(
        stage,
        sheet,
        field.width * 0.28,
        line - unit * 0.5,
        field.width * 0.44,
        unit * 0.3,
        wall,
        bottles=True,
    )
    wood = wood_tone(stage, wall, 0.5)
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
        hang_lamp(stage, sheet, field.width * part, line - unit * 0.62, unit * 0.09, lamps)
    return lamps


def _furnish_hospital(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    field, unit = stage.field, stage.unit
    hang_window(stage, back, field.width * 0.62, line - unit * 0.5, unit * 0.3, unit * 0.3)
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
        hang_window(
            stage, back, field.width * part, line - unit * 0.42, unit * 0.17, unit * 0.3, arch=True
        )
    wood = wood_tone(stage, wall, 0.55)
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


def _furnish_lamp_room(stage: Set, back: Picture, sheet: Sheet, line: float, wall: Colour) -> Lamps:
    """The top of a lighthouse: panes all round, and the great lens on its stand."""
    field, unit, palette = stage.field, stage.unit, stage.palette
    iron = mix(wall, palette.shade, 0.55)
    top, sill = line - unit * 0.62, line - unit * 0.1
    panes = Sheet(field)
    steps = 12
    for step in range(steps):
        place = step / (steps - 1) * (len(palette.sky) - 1)
        low = min(int(place), len(palette.sky) - 2)
        colour = mix(palette.sky[low], palette.sky[low + 1], place - low)
        high = (sill - top) / steps
        panes.box(field.left, top + high * step, field.size[0], high + 1, colour)
    for bar in range(-4, 14):
        x = field.width * 0.1 * bar
        panes.line(((x, sill), (x + unit * 0.1, top)), unit * 0.008, iron)
        panes.line(((x + unit * 0.1, sill), (x, top)), unit * 0.008, iron)
    panes.box(field.left, top - unit * 0.04, field.size[0], unit * 0.04, iron)
    panes.box(field.left, sill, field.size[0], unit * 0.03, iron)
    over(back, panes.finish())

    x, middle = field.width * 0.68, line - unit * 0.28
    brass = mix((176, 132, 70), palette.shade, palette.dark * 0.5)
    glass = mix((206, 232, 220), palette.shade, palette.dark * 0.35)
    for wide, y, high in ((0.1, -0.06, 0.2), (0.2, -0.09, 0.03), (0.24, 0.12, 0.05)):
        sheet.box(x - unit * wide / 2, line + unit * y, unit * wide, unit * high, brass)
    for ring in range(7, 0, -1):
        shade = mix(glass, brass, 0.35 if ring % 2 else 0.0)
        sheet.oval(x, middle, unit * 0.0186 * ring, unit * 0.03 * ring, shade)
    sheet.oval(x, middle, unit * 0.02, unit * 0.03, mix(palette.lamp, (255, 255, 245), 0.6))
    return [(x, middle, unit * 0.7)]


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


PUBLIC: dict[str, Furnish] = {
    "office": _furnish_office,
    "bar": _furnish_bar,
    "hospital": _furnish_hospital,
    "church": _furnish_church,
    "vehicle": _furnish_vehicle,
    "control": _furnish_control,
    "lamp_room": _furnish_lamp_room,
    "stage": _furnish_stage,
}
