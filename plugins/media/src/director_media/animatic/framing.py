"""Framing: where the figures of a shot stand and how large they are, by the shot's size.

Who stands at which side is what the shot's composition says, so that two who talk keep their sides
and look at each other from shot to shot; where it says nothing, the seed decides.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

MOST_FIGURES = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A person in the frame: `x` is the middle, `crown` the top of the head, `head` its height.

    All in pixels. `facing` is -1 for left, 1 for right, 0 for us; `behind` means seen from behind.
    """

    name: str
    x: float
    crown: float
    head: float
    facing: int
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Framing:
    """A frame as it is composed: its figures, those in the foreground, and how the set lies.

    `horizon` is a share of the height, `unit` of the smaller side, `blur` of the height.
    """

    figures: tuple[Figure, ...]
    foreground: tuple[Figure, ...]
    horizon: float
    unit: float
    blur: float


@dataclass(frozen=True, slots=True)
class _Size:
    head: float
    crown: float
    horizon: float
    unit: float
    blur: float
    spread: float


_SIZES = {
    "establishing": _Size(0.020, 0.0, 0.60, 0.92, 0.0, 0.05),
    "extreme_wide": _Size(0.026, 0.0, 0.60, 0.95, 0.0, 0.06),
    "wide": _Size(0.066, 0.0, 0.57, 1.1, 0.0, 0.15),
    "full": _Size(0.106, 0.0, 0.54, 1.3, 0.0, 0.21),
    "medium_wide": _Size(0.150, 0.20, 0.52, 1.5, 0.003, 0.25),
    "medium": _Size(0.205, 0.20, 0.52, 1.75, 0.006, 0.29),
    "two_shot": _Size(0.215, 0.21, 0.52, 1.7, 0.006, 0.33),
    "medium_close": _Size(0.32, 0.155, 0.53, 2.1, 0.011, 0.40),
    "over_the_shoulder": _Size(0.30, 0.20, 0.53, 2.0, 0.010, 0.34),
    "close_up": _Size(0.52, 0.12, 0.55, 2.6, 0.016, 0.52),
    "extreme_close_up": _Size(1.16, -0.30, 0.56, 3.0, 0.022, 0.8),
    "insert": _Size(0.30, 0.2, 0.56, 2.4, 0.016, 0.4),
    "pov": _Size(0.19, 0.23, 0.53, 1.6, 0.004, 0.3),
}
_FEET = {"establishing": 0.82, "extreme_wide": 0.83, "wide": 0.87, "full": 0.945}
HEADS = 7.0
"""A person's height in heads."""


CHILD = 0.72
"""A child's height beside that of others."""


def frame_shot(
    shot_type: str,
    names: list[str],
    width: int,
    height: int,
    seed: int,
    sides: Mapping[str, int] | None = None,
    children: Collection[str] = (),
) -> Framing:
    """Compose a shot of these people; of many, the first six are shown. `sides` is what
    `node_registry.film.read_sides` found."""
    sides = sides or {}
    size = _SIZES.get(shot_type, _SIZES["medium"])
    rng = random.Random(seed)
    shown = names[:MOST_FIGURES]
    if shot_type == "insert":
        shown = []
    # An upright picture is as wide as a face, and a face must fit into it.
    base = min(float(height), width * 1.25)
    foreground: list[Figure] = []
    if shot_type == "over_the_shoulder" and len(shown) > 1:
        # The shoulder is at the side at which the other one is not.
        side = -sides.get(shown[0], -rng.choice((-1, 1)))
        foreground.append(
            Figure(shown[-1], width * (0.5 + 0.3 * side), height * 0.16, base * 0.56, -side, True)
        )
        shown = shown[:1]
        figures = [
            Figure(
                shown[0], width * (0.5 - 0.1 * side), height * size.crown, base * size.head, side
            )
        ]
    elif shot_type in ("close_up", "extreme_close_up", "medium_close") and len(shown) > 1:
        figures = _stand(shown[:1], size, shot_type, width, height, base, rng, sides)
    else:
        figures = _stand(shown, size, shot_type, width, height, base, rng, sides)
    figures = [
        _as_child(figure, shot_type) if figure.name in children else figure for figure in figures
    ]
    # Where nobody stands in front of the place, the place itself is in focus.
    blur = size.blur if figures or shot_type == "insert" else 0.0
    return Framing(tuple(figures), tuple(foreground), size.horizon, size.unit, blur)


def _stand(
    names: list[str],
    size: _Size,
    shot_type: str,
    width: int,
    height: int,
    base: float,
    rng: random.Random,
    sides: Mapping[str, int],
) -> list[Figure]:
    count = len(names)
    # Python's sort keeps the order of those of whom nothing is said.
    names = sorted(names, key=lambda name: sides.get(name, 0))
    if not count:
        return []
    head = base * size.head
    spread = size.spread * base
    if count > 1:
        room = width * 0.84 / count
        shrink = min(1.0, room / max(1.0, spread * 0.9))
        head, spread = head * max(0.55, shrink), min(spread, room)
    feet = _FEET.get(shot_type)
    crown = height * feet - HEADS * head if feet else height * size.crown
    if count == 1:
        drawn = rng.choice((-1, 1))
        side = sides.get(names[0], drawn)
        offset = 0.0 if shot_type in ("pov", "extreme_close_up") else 0.07 * side
        facing = 0 if shot_type == "pov" else -side
        return [Figure(names[0], width * (0.5 + offset), crown, head, facing)]
    figures: list[Figure] = []
    for place, name in enumerate(names):
        along = place - (count - 1) / 2
        facing = 1 if along < 0 else -1 if along > 0 else rng.choice((-1, 1))
        own = head * rng.uniform(0.95, 1.03)
        drop = rng.uniform(0, 0.012) * height if feet else rng.uniform(-0.012, 0.02) * height
        top = crown + drop + (HEADS * (head - own) if feet else 0.0)
        figures.append(Figure(name, width / 2 + along * spread, top, own, facing))
    return figures


def _as_child(figure: Figure, shot_type: str) -> Figure:
    """Smaller where the whole of them is seen; elsewhere lower in the frame."""
    if shot_type in _FEET:
        head = figure.head * CHILD
        return replace(figure, head=head, crown=figure.crown + HEADS * (figure.head - head))
    if shot_type in ("close_up", "extreme_close_up"):
        return figure
    return replace(figure, head=figure.head * 0.88, crown=figure.crown + figure.head * 0.55)
