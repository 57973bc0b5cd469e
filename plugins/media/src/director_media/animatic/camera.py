"""The camera: how a shot's movement puts each layer at each moment, eased in and out.

A camera that turns or zooms moves the whole picture as one; one that travels (dolly, truck,
crane) moves what is near more than what is far, which is what gives a drawing depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .layers import STILL, View

_TRAVEL = {  # across, down (shares of the frame at full depth), growth; per unit of strength
    "pan_left": (0.20, 0.0, 0.0),
    "pan_right": (-0.20, 0.0, 0.0),
    "tilt_up": (0.0, 0.20, 0.0),
    "tilt_down": (0.0, -0.20, 0.0),
    "truck_left": (0.24, 0.0, 0.0),
    "truck_right": (-0.24, 0.0, 0.0),
    "crane_up": (0.0, 0.22, 0.0),
    "crane_down": (0.0, -0.22, 0.0),
    "dolly_in": (0.0, 0.0, 0.30),
    "dolly_out": (0.0, 0.0, -0.30),
    "zoom_in": (0.0, 0.0, 0.36),
    "zoom_out": (0.0, 0.0, -0.36),
}
_TURNS = ("pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out", "handheld")

# Those of the studio's vocabulary, which no plugin may import; a test of the studio compares them.
MOVEMENTS = ("static", *_TRAVEL, "handheld")

# A hand's sway: pixels in a thousand of the frame's height, turns a second, phase.
_SWAY_ACROSS = ((5.2, 0.37, 0.3), (2.6, 0.91, 1.7), (0.9, 2.3, 4.1))
_SWAY_DOWN = ((3.8, 0.43, 2.2), (2.2, 1.07, 0.6), (0.8, 2.7, 3.3))


@dataclass(frozen=True, slots=True)
class Window:
    """What of the picture is seen: its middle (shares of the frame) and a zoom from 1 up."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Camera:
    """One movement over a frame of this size; `strength` from 0 (none) to 1, 0.5 is usual."""

    movement: str
    strength: float
    width: int
    height: int
    windows: tuple[Window, Window] | None = None
    """A flat move over the picture, from the first window to the second, in place of `movement`."""

    @property
    def still(self) -> bool:
        """Whether nothing moves at all."""
        return self.windows is None and self.movement not in _TRAVEL and not self.sways

    @property
    def sways(self) -> bool:
        """Whether a person holds the camera."""
        return self.windows is None and self.movement == "handheld" and self.strength > 0

    @property
    def flat(self) -> bool:
        """Whether all depths move alike, so that the layers may be joined to one picture."""
        return self.windows is not None or self.still or self.movement in _TURNS

    @property
    def grows(self) -> bool:
        """Whether what is near grows more than what is far: a dolly."""
        return self.windows is None and self.movement in ("dolly_in", "dolly_out")

    def margins(self, depth: float) -> tuple[int, int]:
        """How far beyond the frame, across and down, a layer at this depth is ever seen."""
        if self.windows is not None:
            return 0, 0
        if self.sways:
            reach = round(0.02 * self.height * self.strength * 2) + 4
            return _even(reach), _even(reach)
        across, down, _ = _TRAVEL.get(self.movement, (0.0, 0.0, 0.0))
        share = self.strength * self._parallax(depth) / 2
        return (
            _even(abs(across) * share * self.width + 2) if across else 0,
            _even(abs(down) * share * self.height + 2) if down else 0,
        )

    def view(self, fraction: float, seconds: float, depth: float) -> View:
        """Where a layer lies when `fraction` of the shot, `seconds` of it, have passed."""
        if self.sways:
            reach = self.height / 1000 * self.strength * 2
            return View(
                reach * sum(a * math.sin(math.tau * f * seconds + p) for a, f, p in _SWAY_ACROSS),
                reach * sum(a * math.sin(math.tau * f * seconds + p) for a, f, p in _SWAY_DOWN),
            )
        if self.windows is not None:
            done, (start, end) = ease(fraction), self.windows
            # Zoom by equal factors in equal times looks even.
            zoom = start.zoom * (end.zoom / start.zoom) ** done
            x = _inside(start.x + (end.x - start.x) * done, zoom)
            y = _inside(start.y + (end.y - start.y) * done, zoom)
            return View((0.5 - x) * zoom * self.width, (0.5 - y) * zoom * self.height, zoom)
        if self.still:
            return STILL
        across, down, growth = _TRAVEL[self.movement]
        done = ease(fraction)
        share = self.strength * self._parallax(depth)
        if growth:
            return View(scale=1 + abs(growth) * share * (done if growth > 0 else 1 - done))
        return View(
            across * share * (done - 0.5) * self.width, down * share * (done - 0.5) * self.height
        )

    def _parallax(self, depth: float) -> float:
        return 1.0 if self.movement in _TURNS else 0.22 + 0.78 * depth


def _inside(middle: float, zoom: float) -> float:
    """The middle of a window, moved so that the window lies within the picture."""
    return min(1 - 0.5 / zoom, max(0.5 / zoom, middle))


def ease(fraction: float) -> float:
    """From 0 to 1 with a soft start and a soft stop, resting a moment at both ends."""
    place = min(1.0, max(0.0, (fraction - 0.05) / 0.9))
    return place * place * place * (place * (place * 6 - 15) + 10)


def _even(pixels: float) -> int:
    return (math.ceil(pixels) + 1) & ~1
