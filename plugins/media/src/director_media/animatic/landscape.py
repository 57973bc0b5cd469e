"""Landscapes: sea, forest, mountains, desert, fields, rivers and space."""

from __future__ import annotations

from .paint import Picture, Sheet, glow, gradient, over, ramp
from .palette import mix
from .scenery import Drawer, Scenery, Set, distance, draw_sky, ground, ridge, strew_stars
from .text import Colour


def draw_sea(stage: Set) -> Scenery:
    """Water to the horizon with the light on it, a headland, and a shore to stand on."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    line = int(stage.horizon - field.top)
    deep = mix(palette.sky[0], palette.near, 0.45)
    bright = mix(palette.sky[-1], palette.sky[0], 0.35)
    rest = max(2, back.shape[0] - line)
    back[line:] = gradient(rest, back.shape[1], (bright, mix(bright, deep, 0.7), deep))[
        : back.shape[0] - line
    ]
    _lay_glints(stage, back)
    far = Sheet(field)
    side = 1 if palette.sun[0] < 0.5 else -1
    tone = distance(palette, 0.62)
    root = field.width * (0.5 + 0.5 * side)
    reach = field.width * 0.42
    points = [(root - side * reach * (1 - k / 8), 0.0) for k in range(9)]
    shape = [
        (x, stage.horizon - stage.unit * 0.13 * (k / 8) ** 0.7 * (0.86 + 0.14 * rng.random()))
        for k, (x, _) in enumerate(points)
    ]
    edge = field.right + 9 if side > 0 else field.left - 9
    far.shape(
        [*shape, (edge, shape[-1][1]), (edge, stage.horizon + 1), (shape[0][0], stage.horizon + 1)],
        tone,
    )
    lamp = None
    if stage.place.lighthouse:
        x = root - side * field.width * 0.28  # Clear of the slate in the corner.
        lamp = draw_lighthouse(stage, far, x, stage.horizon - stage.unit * 0.06, stage.unit * 0.3)
    distant = far.finish()
    ramp(distant, palette.haze, 0.0, 0.35)
    if lamp:
        shine = 0.9 if palette.night else 0.45
        glow(back, field, *lamp, stage.unit * 0.4, palette.lamp, shine)
        glow(distant, field, *lamp, stage.unit * 0.1, (255, 244, 210), 1.0)
    shore = Sheet(field)
    row = stage.horizon + (field.height - stage.horizon) * 0.62
    ground(
        stage,
        shore,
        row + stage.unit * 0.02,
        mix(palette.near, palette.haze, 0.28),
        stage.unit * 0.05,
    )
    ground(stage, shore, row + stage.unit * 0.1, palette.near, stage.unit * 0.05)
    near = shore.finish()
    return Scenery(back, ((0.3, distant), (0.85, near)))


def draw_lighthouse(
    stage: Set, sheet: Sheet, x: float, foot: float, height: float
) -> tuple[float, float]:
    """A lighthouse; where its lamp is."""
    palette = stage.palette
    wide = height * 0.11
    body = mix(mix(palette.haze, (250, 246, 236), 0.5), palette.shade, palette.dark)
    band = mix((176, 64, 52), palette.shade, palette.dark * 0.9)
    top = foot - height
    for part in range(5):
        low, high = part / 5, (part + 1) / 5
        a, b = wide * (1 - 0.38 * low), wide * (1 - 0.38 * high)
        y0, y1 = foot - height * 0.78 * low, foot - height * 0.78 * high
        sheet.shape(
            ((x - a, y0), (x + a, y0), (x + b, y1), (x - b, y1)), band if part % 2 else body
        )
    dark = mix(palette.near, palette.shade, 0.4)
    sheet.box(x - wide * 0.95, top + height * 0.19, wide * 1.9, height * 0.035, dark)
    sheet.box(x - wide * 0.5, top + height * 0.08, wide, height * 0.11, palette.lamp)
    sheet.shape(
        ((x - wide * 0.66, top + height * 0.08), (x + wide * 0.66, top + height * 0.08), (x, top)),
        dark,
    )
    return x, top + height * 0.135


def _lay_glints(stage: Set, picture: Picture) -> None:
    field, palette, rng = stage.field, stage.palette, stage.rng
    sheet = Sheet(field)
    depth = field.bottom - stage.horizon
    colour = mix(palette.key, palette.sky[-1], 0.35)
    sun = palette.sun[0] * field.width
    for _ in range(60):
        away = rng.random() ** 1.5
        y = stage.horizon + 3 + away * depth * 0.75
        spread = field.width * (0.03 + 0.16 * away)
        long = field.width * (0.008 + 0.035 * away) * rng.uniform(0.5, 1.6)
        thick = max(0.8, field.height * 0.0028 * (0.5 + away))
        x = sun + rng.gauss(0, 0.55) * spread
        sheet.oval(x, y, long, thick, colour)
    for _ in range(46):
        away = rng.random()
        y = stage.horizon + 4 + away * depth
        long = field.width * (0.01 + 0.06 * away)
        sheet.oval(
            rng.uniform(field.left, field.right),
            y,
            long,
            max(0.6, field.height * 0.0022 * (0.4 + away)),
            mix(palette.sky[-1], palette.sky[0], 0.55),
        )
    light = sheet.finish()
    light[..., :] = (light * 0.6).astype(light.dtype)
    over(picture, light)


def _conifer(sheet: Sheet, x: float, foot: float, height: float, colour: Colour) -> None:
    wide = height * 0.2
    sheet.box(x - height * 0.015, foot - height * 0.15, height * 0.03, height * 0.16, colour)
    for part in range(4):
        low = foot - height * (0.1 + 0.2 * part)
        reach = wide * (1 - 0.22 * part)
        sheet.shape(((x - reach, low), (x + reach, low), (x, low - height * 0.34)), colour)


def _broadleaf(stage: Set, sheet: Sheet, x: float, foot: float, height: float, c: Colour) -> None:
    sheet.line(((x, foot), (x, foot - height * 0.6)), height * 0.05, c)
    for _ in range(7):
        sheet.oval(
            x + stage.rng.gauss(0, 0.13) * height,
            foot - height * stage.rng.uniform(0.5, 0.86),
            height * stage.rng.uniform(0.12, 0.2),
            height * stage.rng.uniform(0.1, 0.16),
            c,
        )


def draw_forest(stage: Set) -> Scenery:
    """Three rows of trees that sink into the haze, a clearing, trunks near the camera."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    leafy = rng.random() < 0.35
    layers: list[tuple[float, Picture]] = []
    for depth, share, size, foot in (
        (0.2, 0.74, 0.34, 0.02),
        (0.45, 0.48, 0.52, 0.08),
        (0.8, 0.2, 0.8, 0.2),
    ):
        sheet = Sheet(field)
        colour = distance(palette, share)
        row = stage.horizon + stage.unit * foot
        ground(stage, sheet, row, colour, stage.unit * 0.05)
        x = float(field.left)
        while x < field.right + stage.unit * 0.1:
            middle = abs(x / field.width - 0.5)
            if depth < 0.7 or middle > 0.24:
                tall = stage.unit * size * rng.uniform(0.62, 1.15)
                if leafy:
                    _broadleaf(stage, sheet, x, row + stage.unit * 0.02, tall * 0.8, colour)
                else:
                    _conifer(sheet, x, row + stage.unit * 0.02, tall, colour)
            x += stage.unit * size * rng.uniform(0.1, 0.28)
        picture = sheet.finish()
        ramp(picture, palette.haze, 0.0, 0.5 - depth * 0.5)
        layers.append((depth, picture))
    front = Sheet(field)
    row = stage.horizon + (field.height - stage.horizon) * 0.55
    ground(stage, front, row, mix(palette.near, palette.shade, 0.3), stage.unit * 0.05)
    for x in (rng.uniform(-0.02, 0.07), rng.uniform(0.93, 1.02)):
        wide = stage.unit * rng.uniform(0.035, 0.06)
        front.shape(
            (
                (x * field.width - wide, field.bottom),
                (x * field.width - wide * 0.62, field.top),
                (x * field.width + wide * 0.62, field.top),
                (x * field.width + wide, field.bottom),
            ),
            mix(palette.near, palette.shade, 0.55),
        )
    layers.append((0.95, front.finish()))
    return Scenery(back, tuple(layers))


def draw_mountain(stage: Set) -> Scenery:
    """Ranges behind ranges, and a slope to stand on."""
    palette = stage.palette
    back = draw_sky(stage)
    layers: list[tuple[float, Picture]] = []
    for depth, share, height, low in (
        (0.08, 0.86, 0.42, 0.0),
        (0.25, 0.6, 0.26, 0.05),
        (0.5, 0.34, 0.15, 0.13),
    ):
        sheet = Sheet(stage.field)
        ridge(
            stage,
            sheet,
            stage.horizon + stage.unit * low,
            stage.unit * height,
            1.0,
            distance(palette, share),
        )
        picture = sheet.finish()
        ramp(picture, palette.haze, 0.0, 0.6)
        layers.append((depth, picture))
    return Scenery(back, (*layers, (0.9, _front(stage, 0.5, 0.08))))


def draw_desert(stage: Set) -> Scenery:
    """Dunes, one after the other."""
    palette = stage.palette
    sand: Colour = mix((216, 168, 108), palette.shade, palette.dark)
    back = draw_sky(stage)
    layers: list[tuple[float, Picture]] = []
    for depth, share, low in ((0.2, 0.55, 0.0), (0.45, 0.3, 0.09), (0.7, 0.12, 0.2)):
        sheet = Sheet(stage.field)
        colour = mix(sand, palette.haze, share)
        ridge(stage, sheet, stage.horizon + stage.unit * low, stage.unit * 0.12, 0.1, colour)
        picture = sheet.finish()
        ramp(picture, mix(sand, palette.near, 0.4), 0.0, 0.5)
        layers.append((depth, picture))
    front = Sheet(stage.field)
    row = stage.horizon + (stage.field.height - stage.horizon) * 0.6
    ground(stage, front, row, mix(sand, palette.near, 0.35), stage.unit * 0.09)
    return Scenery(back, (*layers, (0.95, front.finish())))


def draw_field(stage: Set) -> Scenery:
    """Rolling land with a few trees."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = draw_sky(stage)
    layers: list[tuple[float, Picture]] = []
    for depth, share, low, height in (
        (0.15, 0.8, 0.0, 0.12),
        (0.4, 0.5, 0.06, 0.1),
        (0.65, 0.24, 0.15, 0.08),
    ):
        sheet = Sheet(field)
        colour = distance(palette, share)
        row = stage.horizon + stage.unit * low
        for _ in range(rng.randint(2, 4)):
            x = rng.uniform(field.left, field.right)
            tall = stage.unit * (0.06 + 0.16 * depth)
            _broadleaf(
                stage,
                sheet,
                x,
                row - stage.unit * height * 0.2,
                tall,
                mix(colour, palette.near, 0.3),
            )
        ridge(stage, sheet, row, stage.unit * height, 0.3, colour)
        picture = sheet.finish()
        ramp(picture, palette.haze, 0.0, 0.3)
        layers.append((depth, picture))
    return Scenery(back, (*layers, (0.95, _front(stage, 0.55, 0.05, grass=True))))


def draw_river(stage: Set) -> Scenery:
    """Hills, still water that holds the sky, a bank with reeds."""
    field, palette = stage.field, stage.palette
    back = draw_sky(stage)
    hills = Sheet(field)
    ridge(stage, hills, stage.horizon, stage.unit * 0.16, 0.6, distance(palette, 0.75))
    ridge(
        stage,
        hills,
        stage.horizon + stage.unit * 0.02,
        stage.unit * 0.07,
        0.8,
        distance(palette, 0.5),
    )
    line = int(stage.horizon - field.top + stage.unit * 0.02)
    far = hills.finish()
    far[line:] = 0
    rest = max(2, back.shape[0] - line)
    water = gradient(
        rest,
        back.shape[1],
        (palette.sky[-1], palette.sky[1], mix(palette.sky[0], palette.near, 0.4)),
    )
    back[line:] = water[: back.shape[0] - line]
    _lay_glints(stage, back)
    return Scenery(back, ((0.25, far), (0.95, _front(stage, 0.62, 0.06, grass=True))))


def draw_space(stage: Set) -> Scenery:
    """Stars and a planet."""
    field, palette, rng = stage.field, stage.palette, stage.rng
    back = gradient(field.size[1], field.size[0], ((6, 8, 20), (14, 16, 38), (26, 24, 52)))
    for _ in range(3):
        strew_stars(stage, back, back.shape[0])
    sheet = Sheet(field)
    x, y = field.width * palette.sun[0], field.height * 0.42
    size = min(field.width, field.height) * 0.26
    hue: Colour = rng.choice(((196, 128, 92), (96, 142, 186), (168, 140, 190)))
    glow(back, field, x - size * 0.3, y - size * 0.2, size * 2.1, hue, 0.5)
    sheet.oval(x, y, size, size, mix(hue, (10, 10, 24), 0.62))
    sheet.oval(
        x - size * 0.12, y - size * 0.08, size * 0.86, size * 0.86, mix(hue, (10, 10, 24), 0.3)
    )
    sheet.oval(x - size * 0.2, y - size * 0.14, size * 0.68, size * 0.7, hue)
    return Scenery(back, ((0.2, sheet.finish()),))


def _front(stage: Set, share: float, bump: float, *, grass: bool = False) -> Picture:
    field, palette, rng = stage.field, stage.palette, stage.rng
    sheet = Sheet(field)
    row = stage.horizon + (field.height - stage.horizon) * share
    colour = mix(palette.near, palette.shade, 0.2)
    if stage.place.weather == "snow":
        colour = mix(palette.haze, (244, 246, 250), 0.35)
    if grass:
        for _ in range(90):
            x = rng.uniform(field.left, field.right)
            tall = stage.unit * rng.uniform(0.03, 0.08)
            lean = rng.uniform(-0.4, 0.4) * tall
            sheet.shape(
                ((x - tall * 0.07, row + 3), (x + tall * 0.07, row + 3), (x + lean, row - tall)),
                colour,
            )
    ground(stage, sheet, row, colour, stage.unit * bump)
    picture = sheet.finish()
    ramp(picture, mix(palette.near, palette.shade, 0.6), 0.0, 0.5)
    return picture


DRAWERS: dict[str, Drawer] = {
    "sea": draw_sea,
    "forest": draw_forest,
    "mountain": draw_mountain,
    "desert": draw_desert,
    "field": draw_field,
    "river": draw_river,
    "space": draw_space,
}
