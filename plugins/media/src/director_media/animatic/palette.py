"""Palettes: the colours of a place by its time and weather, and the colour of each character."""

from __future__ import annotations

import colorsys
import hashlib
import random
from dataclasses import dataclass, replace

from .text import Colour


@dataclass(frozen=True, slots=True)
class Palette:
    """What a picture is coloured with.

    `sky` runs from the top to the horizon. `haze` is the colour that distance fades into, `near`
    that of the nearest ground, `shade` what shadows tend to, `key` the light, `lamp` artificial
    light; `dark` says how much figures sink into `shade` (0 to 1). `sun` is the place of sun or
    moon as shares of the frame, `wall` and `floor` are for rooms.
    """

    sky: tuple[Colour, ...]
    haze: Colour
    near: Colour
    shade: Colour
    key: Colour
    lamp: Colour
    dark: float
    sun: tuple[float, float]
    wall: Colour
    floor: Colour
    night: bool


_LAMP = (255, 206, 132)
_PALETTES: dict[str, list[Palette]] = {
    "day": [
        Palette(
            ((74, 142, 198), (142, 194, 222), (226, 232, 220)),
            (190, 208, 210),
            (58, 84, 72),
            (58, 72, 92),
            (255, 244, 214),
            _LAMP,
            0.12,
            (0.72, 0.18),
            (206, 192, 168),
            (124, 98, 76),
            False,
        ),
        Palette(
            ((92, 150, 188), (164, 204, 216), (240, 232, 206)),
            (204, 212, 200),
            (76, 88, 62),
            (66, 74, 84),
            (255, 240, 204),
            _LAMP,
            0.12,
            (0.26, 0.2),
            (186, 198, 190),
            (116, 100, 86),
            False,
        ),
    ],
    "dawn": [
        Palette(
            ((88, 106, 158), (222, 160, 166), (255, 214, 168)),
            (226, 178, 170),
            (70, 62, 82),
            (66, 60, 92),
            (255, 220, 168),
            _LAMP,
            0.26,
            (0.3, 0.5),
            (196, 166, 156),
            (112, 84, 80),
            False,
        ),
        Palette(
            ((96, 128, 164), (236, 190, 168), (255, 228, 184)),
            (224, 196, 182),
            (72, 74, 76),
            (72, 70, 92),
            (255, 226, 180),
            _LAMP,
            0.24,
            (0.66, 0.48),
            (200, 178, 158),
            (110, 88, 76),
            False,
        ),
    ],
    "dusk": [
        Palette(
            ((44, 40, 92), (172, 78, 108), (255, 164, 92)),
            (186, 98, 104),
            (44, 32, 58),
            (46, 36, 72),
            (255, 176, 104),
            _LAMP,
            0.36,
            (0.68, 0.52),
            (150, 104, 96),
            (84, 56, 58),
            False,
        ),
        Palette(
            ((36, 56, 102), (132, 104, 142), (248, 180, 120)),
            (152, 120, 132),
            (38, 40, 62),
            (44, 44, 76),
            (255, 190, 124),
            _LAMP,
            0.34,
            (0.32, 0.52),
            (138, 112, 112),
            (76, 60, 66),
            False,
        ),
    ],
    "night": [
        Palette(
            ((8, 13, 34), (20, 34, 70), (52, 76, 112)),
            (40, 60, 94),
            (10, 15, 30),
            (14, 20, 44),
            (178, 204, 240),
            (255, 196, 116),
            0.52,
            (0.72, 0.2),
            (70, 66, 84),
            (38, 34, 46),
            True,
        ),
        Palette(
            ((10, 10, 30), (32, 28, 66), (74, 66, 104)),
            (54, 50, 88),
            (14, 13, 30),
            (18, 18, 44),
            (196, 196, 240),
            (255, 188, 108),
            0.5,
            (0.24, 0.2),
            (76, 62, 74),
            (42, 34, 40),
            True,
        ),
    ],
}


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with a share of `second`, 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def choose_palette(time: str, weather: str, seed: int, mood: str = "") -> Palette:
    """The palette of a time and weather; the seed picks a variant and turns its hues a little."""
    rng = random.Random(seed)
    base = rng.choice(_PALETTES.get(time, _PALETTES["day"]))
    turn = rng.uniform(-0.018, 0.018)
    grey = {"rain": 0.5, "fog": 0.55, "snow": 0.42}.get(weather, 0.0)
    fog = {"fog": 0.45, "snow": 0.25, "rain": 0.15}.get(weather, 0.0)
    cold: Colour = (60, 68, 84) if base.night else (176, 186, 196)

    def tint(colour: Colour) -> Colour:
        return mix(_turn(colour, turn), cold, grey)

    sky = tuple(tint(colour) for colour in base.sky)
    return Palette(
        sky=sky,
        haze=mix(tint(base.haze), sky[-1], fog),
        near=mix(_turn(base.near, turn), tint(base.haze), fog * 0.4),
        shade=_turn(base.shade, turn),
        key=mix(base.key, cold, grey * 0.6),
        lamp=base.lamp,
        dark=base.dark,
        sun=base.sun,
        wall=_turn(base.wall, rng.uniform(-0.06, 0.06)),
        floor=_turn(base.floor, turn),
        night=base.night,
    )


def light_room(palette: Palette) -> Palette:
    """The palette inside a house: a little lighter, and lit by lamps when it is night."""
    key = mix(palette.key, palette.lamp, 0.75) if palette.night else palette.key
    return replace(palette, dark=palette.dark * 0.72, key=key)


def character_colour(name: str) -> Colour:
    """A character's own colour: the same in every shot of every film."""
    digest = hashlib.sha256(name.strip().casefold().encode("utf-8", "replace")).digest()
    hue = (int.from_bytes(digest[:2], "big") % 23) / 23
    # Greens and violets of equal strength look louder than warm tones: they are held back.
    saturation = 0.62 if hue < 0.17 or hue > 0.94 else 0.42
    light = (0.52, 0.60, 0.67)[digest[2] % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _turn(colour: Colour, turn: float) -> Colour:
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb((hue + turn) % 1, light, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)
