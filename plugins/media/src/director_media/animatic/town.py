"""Built places out of doors: city, street, road and village."""

from __future__ import annotations

from .landscape import draw_lighthouse
from .paint import Picture, Sheet, glow, ramp
from .palette import mix
from .scenery import Drawer, Scenery, Set, distance, draw_sky, ground, ridge
from .text import Colour


def _light_windows(
    stage: Set, sheet: Sheet, box: tuple[float, float, float, float], pitch: float, wall: Colour
) -> None:
    """Rows of windows in a wall; some are lit, most of them at night."""
    left, top, right, bottom = box
    chance = {"night": 0.4, "dusk": 0.32, "dawn": 0.16}.get(stage.place.time, 0.0)
    glass = mix(wall, stage.palette.sky[1] if not stage.palette.night else (6, 8, 18), 0.35)
    y = top + pitch * 0.7
    while y + pitch * 0.7 < bottom:
        x = left + pitch * 0.5
        while x + pitch * 0.5 < right:
            lit = stage.rng.random() < chance
            colour = mix(stage.palette.lamp, wall, stage.rng.uniform(0.05, 0.4)) if lit else glass
            sheet.box(x, y, pitch * 0.42, pitch * 0.58, colour)
            x += pitch * 0.95
        y += pitch * 1.25


def draw_city(stage: Set) -> Scenery:
    """Towers behind towers, and a roof to stand on."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    layers: list[tuple[float, Picture]] = []
    for depth, share, low, high, wide in (
        (0.15, 0.8, 0.12, 0.34, 0.07),
        (0.4, 0.5, 0.14, 0.46, 0.1),
    ):
        sheet = Sheet(field)
        foot = stage.horizon + stage.unit * 0.25 * depth
        x = field.left - stage.unit * 0.1
        while x < field.right:
            width = stage.unit * wide * rng.uniform(0.6, 1.4)
            top = foot - stage.unit * rng.uniform(low, high) * rng.uniform(0.7, 1.1)
            wall = mix(distance(palette, share), palette.shade, rng.uniform(0, 0.12))
            sheet.box(x, top, width, field.bottom - top, wall)
            if rng.random() < 0.3:
                sheet.line(
                    ((x + width / 2, top), (x + width / 2, top - width * 0.6)),
                    max(1.0, width * 0.03),
                    wall,
                )
            _light_windows(
                stage,
                sheet,
                (x, top, x + width, field.bottom),
                stage.unit * 0.03 * (0.7 + depth),
                wall,
            )
            x += width * rng.uniform(0.85, 1.3)
        picture = sheet.finish()
        ramp(picture, palette.haze, 0.0, 0.62 - depth * 0.4)
        layers.append((depth, picture))
    front = Sheet(field)
    row = stage.horizon + (field.height - stage.horizon) * 0.55
    roof = mix(palette.near, palette.shade, 0.35)
    front.box(
        field.left,
        row - stage.unit * 0.05,
        field.size[0],
        stage.unit * 0.018,
        mix(roof, palette.haze, 0.25),
    )
    x = float(field.left)
    while x < field.right:
        front.box(
            x,
            row - stage.unit * 0.05,
            stage.unit * 0.008,
            stage.unit * 0.06,
            mix(roof, palette.haze, 0.2),
        )
        x += stage.unit * 0.05
    front.box(field.left, row, field.size[0], field.bottom - row, roof)
    layers.append((0.95, front.finish()))
    return Scenery(back, tuple(layers))


def draw_street(stage: Set) -> Scenery:
    """Houses on both sides of a street that runs to the horizon, and street lamps."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    centre = field.width * rng.uniform(0.42, 0.58)
    line = stage.horizon
    sheet = Sheet(field)
    road = mix(palette.near, palette.haze, 0.22)
    sheet.box(field.left, line, field.size[0], field.bottom - line, mix(road, palette.haze, 0.25))
    reach = field.size[0] * 0.62
    deep = field.bottom - line
    sheet.shape(
        (
            (centre - 3, line),
            (centre + 3, line),
            (centre + reach, field.bottom),
            (centre - reach, field.bottom),
        ),
        road,
    )
    lamps: list[tuple[float, float, float]] = []
    for side in (-1, 1):
        far = 0.05
        while far < 1.7:
            near = far * rng.uniform(1.35, 1.7)
            high = stage.unit * rng.uniform(0.85, 1.25)
            x0, x1 = centre + side * reach * far * 1.02, centre + side * reach * near * 1.02
            wall = mix(
                distance(palette, max(0.08, 0.75 - far * 0.75)),
                palette.wall,
                0.18 * (1 - palette.dark),
            )
            wall = mix(wall, palette.shade, rng.uniform(0.0, 0.18) + (0.1 if side > 0 else 0))
            y0, y1 = line + deep * far, line + deep * near
            sheet.shape(((x0, y0), (x0, y0 - high * far), (x1, y1 - high * near), (x1, y1)), wall)
            _window_row(stage, sheet, (x0, x1), (y0, y1), (high * far, high * near), wall)
            far = near
    for far in (0.16, 0.34, 0.72):
        for side in (-1, 1):
            x, y = centre + side * reach * far * 0.86, line + deep * far
            tall = stage.unit * 0.5 * far
            dark = mix(palette.near, palette.shade, 0.5)
            sheet.line(((x, y), (x, y - tall)), max(1.0, tall * 0.025), dark)
            sheet.line(
                ((x, y - tall), (x - side * tall * 0.14, y - tall)), max(1.0, tall * 0.02), dark
            )
            head = (x - side * tall * 0.14, y - tall + tall * 0.02)
            lit = stage.place.time in ("night", "dusk")
            sheet.oval(*head, tall * 0.05, tall * 0.03, palette.lamp if lit else dark)
            if lit:
                lamps.append((*head, tall))
    picture = sheet.finish()
    ramp(picture, palette.haze, 0.14, 0.0)
    for x, y, tall in lamps:
        glow(back, field, x, y, tall * 0.9, palette.lamp, 0.35)
        glow(picture, field, x, y, tall * 0.85, palette.lamp, 0.5)
        glow(picture, field, x, y + tall, tall * 0.6, palette.lamp, 0.2)
    return Scenery(back, ((0.55, picture),))


def _window_row(
    stage: Set,
    sheet: Sheet,
    x: tuple[float, float],
    y: tuple[float, float],
    high: tuple[float, float],
    wall: Colour,
) -> None:
    chance = {"night": 0.34, "dusk": 0.3, "dawn": 0.15}.get(stage.place.time, 0.0)
    glass = mix(wall, stage.palette.shade, 0.45)
    for floor in (0.18, 0.45, 0.71):
        for place in (0.16, 0.44, 0.72):
            lit = stage.rng.random() < chance
            colour = mix(stage.palette.lamp, wall, 0.15) if lit else glass
            a, b = place, place + 0.14

            def at(share: float, level: float) -> tuple[float, float]:
                return (
                    x[0] + (x[1] - x[0]) * share,
                    y[0] + (y[1] - y[0]) * share - (high[0] + (high[1] - high[0]) * share) * level,
                )

            sheet.shape(
                (at(a, floor), at(b, floor), at(b, floor + 0.15), at(a, floor + 0.15)), colour
            )


def draw_road(stage: Set) -> Scenery:
    """A country road to the horizon, poles beside it."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    far = Sheet(field)
    ridge(stage, far, stage.horizon + 2, stage.unit * 0.13, 0.7, distance(palette, 0.72))
    distant = far.finish()
    ramp(distant, palette.haze, 0.0, 0.4)
    sheet = Sheet(field)
    line = stage.horizon + stage.unit * 0.015
    sheet.box(field.left, line, field.size[0], field.bottom - line, distance(palette, 0.3))
    centre = field.width * rng.uniform(0.44, 0.56)
    deep, reach = field.bottom - line, field.size[0] * 0.36
    tar = mix(palette.near, palette.shade, 0.3)
    sheet.shape(
        (
            (centre - 2, line),
            (centre + 2, line),
            (centre + reach, field.bottom),
            (centre - reach, field.bottom),
        ),
        tar,
    )
    far_end = 0.03
    while far_end < 1:
        near_end = far_end * 1.28
        a, b = reach * far_end * 0.035, reach * near_end * 0.035
        y0, y1 = line + deep * far_end, line + deep * near_end
        sheet.shape(
            ((centre - a, y0), (centre + a, y0), (centre + b, y1), (centre - b, y1)),
            mix(palette.key, tar, 0.4),
        )
        far_end = near_end * 1.3
    side = rng.choice((-1, 1))
    for share in (0.06, 0.11, 0.2, 0.37, 0.7):
        x, y = centre + side * (reach * share * 1.5 + 3), line + deep * share
        tall = stage.unit * 0.85 * share
        pole = mix(palette.near, palette.haze, max(0.0, 0.4 - share))
        sheet.line(((x, y), (x, y - tall)), max(1.0, tall * 0.03), pole)
        sheet.line(
            ((x - tall * 0.12, y - tall * 0.9), (x + tall * 0.12, y - tall * 0.9)),
            max(1.0, tall * 0.025),
            pole,
        )
    picture = sheet.finish()
    ramp(picture, palette.haze, 0.35, 0.0)
    return Scenery(back, ((0.2, distant), (0.8, picture)))


def draw_village(stage: Set) -> Scenery:
    """Roofs and a steeple before the hills, lit windows in the evening."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    hills = Sheet(field)
    ridge(stage, hills, stage.horizon, stage.unit * 0.16, 0.5, distance(palette, 0.78))
    far = hills.finish()
    ramp(far, palette.haze, 0.0, 0.35)
    layers: list[tuple[float, Picture]] = [(0.15, far)]
    for depth, share, size, low in ((0.4, 0.5, 0.12, 0.05), (0.7, 0.22, 0.22, 0.16)):
        sheet = Sheet(field)
        foot = stage.horizon + stage.unit * low
        x = field.left - stage.unit * 0.1
        steeple = rng.uniform(0.25, 0.75) * field.width if depth < 0.5 else None
        ground(stage, sheet, foot + stage.unit * 0.01, distance(palette, share), stage.unit * 0.03)
        while x < field.right:
            width = stage.unit * size * rng.uniform(0.9, 1.5)
            skip = depth > 0.6 and 0.24 < (x + width / 2) / field.width < 0.72
            if not skip:
                _house(stage, sheet, x, foot, width, share)
            x += width * rng.uniform(1.05, 1.9)
        if steeple is not None:
            colour = mix(distance(palette, share), palette.shade, 0.12)
            tall = stage.unit * 0.3
            sheet.box(steeple - tall * 0.07, foot - tall * 0.62, tall * 0.14, tall * 0.62, colour)
            sheet.shape(
                (
                    (steeple - tall * 0.09, foot - tall * 0.62),
                    (steeple + tall * 0.09, foot - tall * 0.62),
                    (steeple, foot - tall),
                ),
                colour,
            )
        if depth < 0.5 and stage.place.lighthouse:
            draw_lighthouse(stage, sheet, field.width * 0.84, foot, stage.unit * 0.36)
        picture = sheet.finish()
        ramp(picture, palette.haze, 0.0, 0.25)
        layers.append((depth, picture))
    front = Sheet(field)
    row = stage.horizon + (field.height - stage.horizon) * 0.6
    ground(stage, front, row, mix(palette.near, palette.shade, 0.15), stage.unit * 0.04)
    layers.append((0.95, front.finish()))
    return Scenery(back, tuple(layers))


def _house(stage: Set, sheet: Sheet, x: float, foot: float, width: float, share: float) -> None:
    palette, rng = stage.palette, stage.rng
    wall = mix(distance(palette, share), palette.wall, 0.3 * (1 - palette.dark))
    wall = mix(wall, palette.shade, rng.uniform(0.0, 0.2))
    roof = mix(
        mix(distance(palette, share), (140, 70, 56), 0.3 * (1 - palette.dark)), palette.shade, 0.3
    )
    high = width * rng.uniform(0.42, 0.6)
    top = foot - high
    sheet.box(x, top, width, high + width * 0.2, wall)
    sheet.shape(
        (
            (x - width * 0.06, top),
            (x + width * 1.06, top),
            (x + width * 0.8, top - high * 0.7),
            (x + width * 0.2, top - high * 0.7),
        ),
        roof,
    )
    sheet.box(x + width * 0.68, top - high * 0.95, width * 0.09, high * 0.5, roof)
    _light_windows(
        stage, sheet, (x + width * 0.08, top, x + width * 0.95, foot), width * 0.24, wall
    )


DRAWERS: dict[str, Drawer] = {
    "city": draw_city,
    "street": draw_street,
    "road": draw_road,
    "village": draw_village,
}
