"""Rooms: a wall with its light, a floor, and the furniture before them."""

from __future__ import annotations

from .furniture import HOMES
from .paint import Sheet, glow, gradient, over, ramp
from .palette import mix
from .public_rooms import PUBLIC
from .scenery import Scenery, Set
from .text import Colour

_FURNISH = {**HOMES, **PUBLIC}


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
    lamps = _FURNISH.get(kind, HOMES["room"])(stage, back, furniture, line, wall)
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
