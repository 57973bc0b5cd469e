"""Figures: people as flat shapes with a light on one side, each alike in every shot.

What a character's description says of them (`traits.py`) is drawn; the rest follows their name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from .framing import Figure
from .paint import Point, Sheet
from .palette import Palette, character_colour, mix
from .text import Colour
from .traits import GREY, WHITE, Traits

_SKINS: tuple[Colour, ...] = (
    (240, 206, 178),
    (226, 184, 150),
    (206, 158, 122),
    (172, 122, 88),
    (134, 92, 66),
    (98, 66, 50),
)
_HAIRS: tuple[Colour, ...] = (
    (38, 32, 34),
    (62, 44, 36),
    (104, 70, 46),
    (150, 96, 54),
    (196, 158, 98),
    (168, 166, 164),
)
_STYLES = ("short", "long", "bun", "cropped", "cap", "bob", "curly", "parted")


@dataclass(frozen=True, slots=True)
class Look:
    """What tells a character from others: coat, skin, hair."""

    coat: Colour
    skin: Colour
    hair: Colour
    style: str
    beard: bool
    long_coat: bool
    lined: bool = False


def look_of(name: str, traits: Traits | None = None) -> Look:
    """The look of a character: from the name, and from what is said of them."""
    look = _look_of_name(name)
    if traits is None:
        return look
    years = traits.age
    hair = traits.hair or look.hair
    if traits.hair is None and years is not None:
        if years >= 75:
            hair = WHITE
        elif years >= 60:
            hair = GREY
        elif years < 45 and hair == _HAIRS[-1]:
            # Nobody is grey for their name alone whose age is known and is none for it.
            hair = _HAIRS[1]
    return replace(
        look,
        hair=hair,
        style="bald" if traits.bald else look.style,
        beard=not traits.child and (traits.beard or (look.beard and not traits.bald)),
        long_coat=look.long_coat and not traits.child,
        lined=years is not None and years >= 60,
    )


def _look_of_name(name: str) -> Look:
    digest = hashlib.sha256(("look " + name.strip().casefold()).encode("utf-8", "replace")).digest()
    style = _STYLES[digest[2] % len(_STYLES)]
    skin = digest[0] % len(_SKINS)
    return Look(
        coat=character_colour(name),
        skin=_SKINS[skin],
        hair=_HAIRS[digest[1] % (len(_HAIRS) if skin < 3 else 2)],
        style=style,
        beard=style in ("short", "cropped", "cap", "parted") and digest[3] % 3 == 0,
        long_coat=digest[4] % 2 == 0,
    )


def draw_figure(sheet: Sheet, figure: Figure, look: Look, palette: Palette, light: int) -> None:
    """Draw a person; `light` is the side that the light comes from, -1 or 1."""
    if figure.behind:
        look = replace(
            look,
            coat=mix(look.coat, palette.shade, 0.72),
            hair=mix(look.hair, palette.shade, 0.5),
            beard=False,
        )
    _Person(sheet, figure, look, palette, light).draw()


class _Person:
    """One figure on its sheet, in heads: x from its middle, y from its crown."""

    def __init__(
        self, sheet: Sheet, figure: Figure, look: Look, palette: Palette, light: int
    ) -> None:
        self.sheet, self.figure, self.look, self.light = sheet, figure, look, light
        dark = palette.dark
        self.coat = mix(look.coat, palette.shade, 0.12 + dark * 0.85)
        self.coat_dark = mix(self.coat, palette.shade, 0.42)
        self.skin = mix(look.skin, palette.shade, dark * 0.75)
        self.skin_dark = mix(self.skin, palette.shade, 0.34)
        self.hair = mix(look.hair, palette.shade, dark * 0.7)
        self.trousers = mix((58, 60, 74), palette.shade, 0.3 + dark * 0.6)
        self.rim = mix(mix(look.coat, palette.key, 0.7), palette.shade, dark * 0.15)
        self.hair_rim = mix(mix(self.hair, palette.key, 0.5), palette.shade, dark * 0.15)
        self.ink = mix((36, 28, 30), palette.shade, 0.3)
        # The head of who is bald is drawn as hair of the colour of skin.
        self.scalp = self.skin_dark if look.style == "bald" else self.hair
        self.scalp_rim = self.skin if look.style == "bald" else self.hair_rim

    def at(self, x: float, y: float) -> Point:
        return self.figure.x + x * self.figure.head, self.figure.crown + y * self.figure.head

    def shape(self, points: list[Point], colour: Colour, *, smooth: int = 3) -> None:
        for _ in range(smooth):
            points = _round_corners(points)
        self.sheet.shape([self.at(x, y) for x, y in points], colour)

    def oval(self, x: float, y: float, across: float, down: float, colour: Colour) -> None:
        head = self.figure.head
        self.sheet.oval(*self.at(x, y), across * head, down * head, colour)

    def line(self, points: list[Point], width: float, colour: Colour) -> None:
        self.sheet.line([self.at(x, y) for x, y in points], width * self.figure.head, colour)

    def draw(self) -> None:
        foot = (self.sheet.field.bottom - self.figure.crown) / self.figure.head
        if foot > 3.4:
            self._draw_legs()
        self._draw_back_hair()
        self._draw_body(foot)
        self._draw_head()

    def _draw_legs(self) -> None:
        for side in (-1, 1):
            colour = self.trousers if side == self.light else mix(self.trousers, self.ink, 0.35)
            self.line([(side * 0.27, 3.6), (side * 0.31, 5.2), (side * 0.34, 6.8)], 0.46, colour)
            toe = side * 0.34 + (self.figure.facing or side) * 0.16
            self.line([(side * 0.33, 6.88), (toe, 6.88)], 0.22, self.ink)

    def _draw_body(self, foot: float) -> None:
        hem = 4.9 if self.look.long_coat else 4.1
        edge = 0.035 * self.light
        body: list[Point] = [
            (-0.15, 1.1),
            (0.15, 1.1),
            (0.24, 1.3),
            (0.62, 1.42),
            (0.84, 1.6),
            (0.9, 2.0),
            (0.7, 2.8),
            (0.66, 3.3),
            (0.74, hem),
            (0.6, hem + 0.04),
            (-0.6, hem + 0.04),
            (-0.74, hem),
            (-0.66, 3.3),
            (-0.7, 2.8),
            (-0.9, 2.0),
            (-0.84, 1.6),
            (-0.62, 1.42),
            (-0.24, 1.3),
        ]
        for side in (-self.light, self.light):
            colour = self.coat_dark if side != self.light else self.coat
            arm: list[Point] = [(side * 0.78, 1.72), (side * 0.92, 2.7), (side * 0.82, 3.6)]
            if foot > 1.9:
                self.line([(x + edge, y) for x, y in arm], 0.36, self.rim)
                self.line(arm, 0.36, colour)
                if foot > 3.6:
                    self.oval(side * 0.81, 3.84, 0.13, 0.17, self.skin)
        self.line([(0, 0.8), (0, 1.3)], 0.36, self.skin_dark)
        self.shape([(x + edge, y) for x, y in body], self.rim)
        self.shape(body, self.coat)
        shadow = [(x if x * self.light < 0 else -self.light * 0.3, y) for x, y in body]
        self.shape(shadow, mix(self.coat, self.coat_dark, 0.6))
        if self.figure.behind:
            return
        turn = self.figure.facing * 0.05
        self.shape(
            [
                (-0.2 + turn, 1.14),
                (0.2 + turn, 1.14),
                (0.1 + turn, 1.5),
                (turn, 1.74),
                (-0.1 + turn, 1.5),
            ],
            mix(self.skin_dark, self.skin, 0.3),
            smooth=1,
        )
        for side in (-1, 1):
            self.shape(
                [
                    (side * 0.2 + turn, 1.1),
                    (side * 0.44 + turn, 1.34),
                    (turn + side * 0.02, 2.05),
                    (turn + side * 0.04, 1.7),
                ],
                self.coat_dark,
                smooth=1,
            )

    def _draw_back_hair(self) -> None:
        style, turn = self.look.style, -self.figure.facing * 0.05
        if style == "long":
            self.shape(
                [
                    (-0.46 + turn, 0.3),
                    (0.46 + turn, 0.3),
                    (0.54 + turn, 1.3),
                    (0.4 + turn, 1.75),
                    (-0.4 + turn, 1.75),
                    (-0.54 + turn, 1.3),
                ],
                self.hair,
            )
        elif style == "bob":
            self.shape(
                [
                    (-0.46 + turn, 0.2),
                    (0.46 + turn, 0.2),
                    (0.54 + turn, 0.98),
                    (-0.54 + turn, 0.98),
                ],
                self.hair,
            )
        elif style == "bun":
            self.oval(turn * 3, -0.04, 0.19, 0.17, self.hair)

    def _draw_head(self) -> None:
        turn, style, edge = self.figure.facing, self.look.style, 0.03 * self.light
        lean = -turn * 0.03
        if style == "curly":
            for x, y in (
                (-0.36, 0.42),
                (0.36, 0.42),
                (-0.32, 0.18),
                (0.32, 0.18),
                (-0.14, 0.05),
                (0.14, 0.05),
                (0, 0.12),
            ):
                self.oval(x + edge + lean, y, 0.2, 0.2, self.hair_rim)
            for x, y in (
                (-0.36, 0.42),
                (0.36, 0.42),
                (-0.32, 0.18),
                (0.32, 0.18),
                (-0.14, 0.05),
                (0.14, 0.05),
                (0, 0.12),
            ):
                self.oval(x + lean, y, 0.2, 0.2, self.hair)
        self.oval(lean + edge, 0.42, 0.42, 0.44, self.scalp_rim)
        self.oval(lean, 0.42, 0.42, 0.44, self.scalp)
        if self.figure.behind:
            self.shape(
                [(-0.37, 0.4), (0.37, 0.4), (0.34, 0.88), (0.2, 1.06), (-0.2, 1.06), (-0.34, 0.88)],
                self.scalp,
            )
            return
        if turn:
            self.oval(-turn * 0.35, 0.6, 0.07, 0.1, self.skin_dark)
        face: list[Point] = [
            (-0.36, 0.3),
            (-0.3, 0.1),
            (0.3, 0.1),
            (0.36, 0.3),
            (0.365, 0.62),
            (0.27, 0.86),
            (0.1, 1.02),
            (-0.1, 1.02),
            (-0.27, 0.86),
            (-0.365, 0.62),
        ]
        face = [(x + turn * 0.03, y) for x, y in face]
        self.shape(face, self.skin_dark)
        lit = [(x if x * self.light > -0.02 else x * 0.62, y) for x, y in face]
        self.shape(lit, self.skin)
        if self.figure.head >= 26:
            self._draw_features()
        self._draw_fringe()

    def _draw_features(self) -> None:
        turn = self.figure.facing * 0.075
        if self.look.beard:
            self.shape(
                [
                    (-0.35, 0.66),
                    (-0.2 + turn, 0.78),
                    (0.2 + turn, 0.78),
                    (0.35, 0.66),
                    (0.29, 0.92),
                    (0.1, 1.07),
                    (-0.1, 1.07),
                    (-0.29, 0.92),
                ],
                self.hair,
            )
        for side in (-1, 1):
            x = turn + side * 0.155
            self.line([(x - 0.07, 0.45), (x + 0.07, 0.445)], 0.026, mix(self.hair, self.ink, 0.5))
            self.oval(x, 0.545, 0.052, 0.034, mix(self.skin, (250, 248, 244), 0.55))
            self.oval(x + self.figure.facing * 0.016, 0.545, 0.028, 0.036, self.ink)
        nose = self.figure.facing or -self.light
        self.shape(
            [(turn + nose * 0.01, 0.53), (turn + nose * 0.075, 0.7), (turn - nose * 0.035, 0.71)],
            self.skin_dark,
            smooth=1,
        )
        lips = mix(self.skin_dark, (150, 60, 60), 0.35)
        self.line([(turn - 0.085, 0.83), (turn + 0.085, 0.83)], 0.028, lips)
        if self.look.lined:
            for side in (-1, 1):
                fold = [(turn + side * 0.1, 0.69), (turn + side * 0.165, 0.8)]
                self.line(fold, 0.014, self.skin_dark)
                self.line(
                    [(turn + side * 0.235, 0.52), (turn + side * 0.29, 0.49)], 0.012, self.skin_dark
                )
            self.line([(turn - 0.14, 0.33), (turn + 0.14, 0.33)], 0.012, self.skin_dark)

    def _draw_fringe(self) -> None:
        style, turn = self.look.style, self.figure.facing * 0.03
        if style == "bald":
            return
        if style == "cap":
            wool = mix(self.coat_dark, self.ink, 0.2)
            self.shape(
                [
                    (-0.43 + turn, 0.34),
                    (-0.42 + turn, 0.02),
                    (-0.2 + turn, -0.1),
                    (0.2 + turn, -0.1),
                    (0.42 + turn, 0.02),
                    (0.43 + turn, 0.34),
                ],
                wool,
            )
            self.line([(-0.38 + turn, 0.31), (0.38 + turn, 0.31)], 0.13, mix(wool, self.coat, 0.35))
            return
        low = 0.2 if style == "cropped" else 0.27
        part = 0.2 if style == "parted" else self.figure.facing * -0.1
        self.shape(
            [
                (-0.4 + turn, 0.5),
                (-0.42 + turn, 0.2),
                (-0.26 + turn, -0.02),
                (0.26 + turn, -0.02),
                (0.42 + turn, 0.2),
                (0.4 + turn, 0.5),
                (0.345 + turn, 0.42),
                (0.3 + turn, low + 0.05),
                (part + turn, low - 0.06),
                (-0.3 + turn, low + 0.05),
                (-0.345 + turn, 0.42),
            ],
            self.hair,
        )


def _round_corners(points: list[Point]) -> list[Point]:
    """Cut every corner at a quarter of its sides: twice makes a polygon look like a curve."""
    rounded: list[Point] = []
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        rounded.append((x0 * 0.75 + x1 * 0.25, y0 * 0.75 + y1 * 0.25))
        rounded.append((x0 * 0.25 + x1 * 0.75, y0 * 0.25 + y1 * 0.75))
    return rounded
