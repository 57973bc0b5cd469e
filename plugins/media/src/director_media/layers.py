"""Layers: pictures drawn once for a shot and then only moved, scaled and stacked, frame by frame.

Everything stays in the planes that the encoder takes (yuv420p, BT.709 limited), so that a frame
costs a few additions over bytes: no colour conversion and no drawing. Positions are fractions of
a pixel, so slow moves glide instead of stepping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from . import house

Plane = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]

_ZERO = (16, 128, 128)


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera puts a layer: moved by `dx`, `dy` pixels, scaled about the centre."""

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0


STILL = View()


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture with its place: `x`, `y` (even) is its top left in the frame at rest.

    `gaps` is None for an opaque picture, else what shows through (255 = all), for luma and for
    chroma; `planes` are then already weighed by what covers. `depth` is 0 at the horizon, 1 where
    the figures stand, more in front of them.
    """

    planes: Planes
    gaps: tuple[Plane, Plane] | None
    x: int
    y: int
    depth: float


def planes_of(frame: Any) -> Planes:
    """The three planes of a yuv420p frame as arrays that share its memory."""
    found: list[Plane] = []
    for number, plane in enumerate(frame.planes):
        height = frame.height if number == 0 else frame.height // 2
        width = frame.width if number == 0 else frame.width // 2
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        found.append(rows[:height, :width])
    return found[0], found[1], found[2]


def convert(rgb: npt.NDArray[np.uint8]) -> Planes:
    """Red, green, blue (height × width × 3, both even) as planes of their own memory."""
    height, width = rgb.shape[:2]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    y, u, v = planes_of(house.to_house(frame, width, height))
    return y.copy(), u.copy(), v.copy()


def opaque(rgb: npt.NDArray[np.uint8], x: int, y: int, depth: float) -> Layer:
    """A layer that hides what is behind it."""
    return Layer(convert(rgb), None, x, y, depth)


def cut_out(rgba: npt.NDArray[np.uint8], x: int, y: int, depth: float) -> Layer | None:
    """A layer from a picture whose colours are already weighed by its alpha; None when empty.

    It is trimmed to what is visible: an empty pixel costs nothing in any frame.
    """
    alpha = rgba[..., 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return None
    # One empty pixel around, so that a layer between two pixels fades out at its edge.
    top, left = max(0, int(rows[0]) - 2) & ~1, max(0, int(columns[0]) - 2) & ~1
    bottom = min(rgba.shape[0], (int(rows[-1]) + 4) & ~1)
    right = min(rgba.shape[1], (int(columns[-1]) + 4) & ~1)
    part = rgba[top:bottom, left:right]
    alpha = part[..., 3]
    quarter = alpha.reshape(alpha.shape[0] // 2, 2, alpha.shape[1] // 2, 2)
    gaps = 255 - alpha, 255 - quarter.mean(axis=(1, 3)).astype(np.uint8)
    weighed: list[Plane] = []
    planes = convert(part[..., :3])
    for plane, zero, gap in zip(planes, _ZERO, (gaps[0], gaps[1], gaps[1]), strict=True):
        level = plane.astype(np.int32) - (zero * gap.astype(np.int32) + 127) // 255
        weighed.append(np.clip(level, 0, 255).astype(np.uint8))
    return Layer((weighed[0], weighed[1], weighed[2]), gaps, x + left, y + top, depth)


def put(layer: Layer, view: View, target: Planes) -> None:
    """Lay a layer over the picture in `target`, seen by the camera at `view`."""
    height, width = target[0].shape
    for number in range(3):
        share = 1 if number == 0 else 2
        gap = None if layer.gaps is None else layer.gaps[0 if number == 0 else 1]
        plane = layer.planes[number]
        across = _axis(width, view.dx, layer.x, plane.shape[1], view.scale, share, gap is None)
        down = _axis(height, view.dy, layer.y, plane.shape[0], view.scale, share, gap is None)
        if across is None or down is None:
            continue
        area = target[number][down.first : down.last, across.first : across.last]
        picture = _sample(plane, down, across)
        if gap is None:
            area[...] = picture
        else:
            blend(area, picture, _sample(gap, down, across))


def blend(area: Plane, picture: Plane, gap: Plane) -> None:
    """Put a weighed picture over `area`, of which the share `gap` / 255 stays."""
    share = gap + (gap >> 7).astype(np.uint16)
    share *= area
    share >>= 8
    share += picture
    np.minimum(share, 255, out=share)
    area[...] = share


@dataclass(frozen=True, slots=True)
class _Axis:
    """How one direction is sampled: output pixels `first` to `last`, from which, how weighed."""

    first: int
    last: int
    start: int
    places: npt.NDArray[np.intp] | None
    weights: npt.NDArray[np.uint16] | int


def _axis(
    size: int, shift: float, origin: int, available: int, scale: float, share: int, clamp: bool
) -> _Axis | None:
    span = size // share
    centre = size / 2 / share
    shift, begin = shift / share, origin / share
    low = (begin - centre) * scale + centre + shift
    first = 0 if clamp else max(0, int(np.ceil(low)))
    last = span if clamp else min(span, int(np.floor(low + available * scale)))
    if last - first < 1 or available < 2:
        return None
    if scale == 1.0:
        place = first - begin - shift
        start = int(np.floor(place))
        weight = round((place - start) * 256)
        end = start + (last - first) + (1 if weight else 0)
        if start >= 0 and end <= available:
            return _Axis(first, last, start, None, weight)
    pixels = np.arange(first, last, dtype=np.float64) + 0.5
    source = (pixels - centre - shift) / scale + centre - begin - 0.5
    np.clip(source, 0, available - 1.001, out=source)
    places = source.astype(np.intp)
    weights = ((source - places) * 256).astype(np.uint16)
    return _Axis(first, last, 0, places, weights)


def _sample(plane: Plane, down: _Axis, across: _Axis) -> Plane:
    """The part of a plane that both axes ask for, between pixels where they say so."""
    return _along(_along(plane, down, 0), across, 1)


def _along(plane: Plane, axis: _Axis, direction: int) -> Plane:
    count = axis.last - axis.first
    if axis.places is None:
        near = _cut(plane, axis.start, count, direction)
        if not axis.weights:
            return near
        return _mix(near, _cut(plane, axis.start + 1, count, direction), axis.weights)
    near = np.take(plane, axis.places, axis=direction)
    far = np.take(plane, axis.places + 1, axis=direction)
    assert isinstance(axis.weights, np.ndarray)
    weights = axis.weights[:, None] if direction == 0 else axis.weights
    return _mix(near, far, weights)


def _cut(plane: Plane, start: int, count: int, direction: int) -> Plane:
    return plane[start : start + count] if direction == 0 else plane[:, start : start + count]


def _mix(near: Plane, far: Plane, weight: Any) -> Plane:
    weight = np.asarray(weight, np.uint16)
    mixed = np.multiply(near, np.uint16(256) - weight, dtype=np.uint16)
    mixed += np.multiply(far, weight, dtype=np.uint16)
    mixed >>= 8
    return mixed.astype(np.uint8)
