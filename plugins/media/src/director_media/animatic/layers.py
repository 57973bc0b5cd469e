"""Layers: pictures drawn once for a shot and then only moved, scaled and stacked, frame by frame.

Everything stays in the planes that the encoder takes (yuv420p, BT.709 limited), so that a frame
costs a few additions over bytes: no colour conversion and no drawing. Positions are fractions of
a pixel, so slow moves glide instead of stepping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation

from .. import house

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
    frames: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The planes as the scaler takes them, kept once made."""


def planes_of(frame: Any) -> Planes:
    """The three planes of a yuv420p frame as arrays that share its memory."""
    found: list[Plane] = []
    for number, plane in enumerate(frame.planes):
        height = frame.height if number == 0 else frame.height // 2
        width = frame.width if number == 0 else frame.width // 2
        memory: Any = plane
        rows = np.frombuffer(memory, np.uint8).reshape(-1, plane.line_size)
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
    rows, columns = np.flatnonzero(alpha.max(axis=1)), np.flatnonzero(alpha.max(axis=0))
    if not len(rows):
        return None
    # One empty pixel around, so that a layer between two pixels fades out at its edge.
    top, left = max(0, int(rows[0]) - 2) & ~1, max(0, int(columns[0]) - 2) & ~1
    bottom = min(rgba.shape[0], (int(rows[-1]) + 4) & ~1)
    right = min(rgba.shape[1], (int(columns[-1]) + 4) & ~1)
    part = rgba[top:bottom, left:right]
    alpha = part[..., 3]
    gap = 255 - alpha
    pairs = gap[::2].astype(np.uint16) + gap[1::2]
    gaps = gap, ((pairs[:, ::2] + pairs[:, 1::2]) >> 2).astype(np.uint8)
    weighed: list[Plane] = []
    planes = convert(part[..., :3])
    for plane, zero, gap in zip(planes, _ZERO, (gaps[0], gaps[1], gaps[1]), strict=True):
        zeroes = gap * np.uint16(zero) >> 8
        weighed.append(np.maximum(plane, zeroes.astype(np.uint8)) - zeroes.astype(np.uint8))
    return Layer((weighed[0], weighed[1], weighed[2]), gaps, x + left, y + top, depth)


def put(layer: Layer, view: View, target: Planes) -> None:
    """Lay a layer over the picture in `target`, seen by the camera at `view`."""
    height, width = target[0].shape
    for number in range(3):
        share = 1 if number == 0 else 2
        plane = layer.planes[number]
        gap = None if layer.gaps is None else layer.gaps[0 if number == 0 else 1]
        if view.scale != 1.0:
            size = (
                max(2, round(plane.shape[0] * view.scale)),
                max(2, round(plane.shape[1] * view.scale)),
            )
            plane = _resize(layer, f"plane {number}", plane, size)
            gap = None if gap is None else _resize(layer, f"gap {share}", gap, size)
        across = _axis(width, view.dx, layer.x, layer.planes[number].shape[1], view.scale, share)
        down = _axis(height, view.dy, layer.y, layer.planes[number].shape[0], view.scale, share)
        rows = _span(target[number].shape[0], down, plane.shape[0], gap is None)
        columns = _span(target[number].shape[1], across, plane.shape[1], gap is None)
        if rows is None or columns is None:
            continue
        area = target[number][rows.first : rows.last, columns.first : columns.last]
        picture = _along(_along(plane, rows, 0), columns, 1)
        if gap is None:
            area[...] = picture
        else:
            blend(area, picture, _along(_along(gap, rows, 0), columns, 1))


def blend(area: Plane, picture: Plane, gap: Plane) -> None:
    """Put a weighed picture over `area`, of which the share `gap` / 255 stays."""
    share = gap + (gap >> 7).astype(np.uint16)
    share *= area
    share >>= 8
    share += picture
    np.minimum(share, 255, out=share)
    area[...] = share


def _resize(layer: Layer, name: str, plane: Plane, size: tuple[int, int]) -> Plane:
    """A plane at another size in whole pixels; the place of its middle is kept by the caller."""
    if plane.shape == size:
        return plane
    frame = layer.frames.get(name)
    if frame is None:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(plane), format="gray")
        layer.frames[name] = frame
    scaled = frame.reformat(
        width=size[1], height=size[0], interpolation=Interpolation.FAST_BILINEAR, threads=1
    )
    memory: Any = scaled.planes[0]
    rows = np.frombuffer(memory, np.uint8).reshape(-1, scaled.planes[0].line_size)
    return rows[: size[0], : size[1]]


def _axis(size: int, shift: float, origin: int, extent: int, scale: float, share: int) -> float:
    """Where in the frame the middle of a layer lies along one axis, in pixels of this plane."""
    centre = size / 2
    middle = (origin / share + extent / 2 - centre / share) * scale
    return middle + (centre + shift) / share


@dataclass(frozen=True, slots=True)
class _Span:
    """Pixels `first` to `last` of the frame, from `start` in the layer, `weight` / 256 further."""

    first: int
    last: int
    start: int
    weight: int


def _span(size: int, middle: float, extent: int, fills: bool) -> _Span | None:
    begin = middle - extent / 2
    place = -begin
    start = int(np.floor(place))
    weight = round((place - start) * 256)
    if weight == 256:
        start, weight = start + 1, 0
    if fills:
        # An opaque layer reaches beyond the frame by its margins; rounding may lack one pixel.
        start = min(max(0, start), extent - size)
        if start + size + 1 > extent:
            weight = 0
        return _Span(0, size, start, weight) if start >= 0 else None
    first = max(0, -start)
    last = min(size, extent - start - (1 if weight else 0))
    return _Span(first, last, start + first, weight) if last > first else None


def _along(plane: Plane, span: _Span, direction: int) -> Plane:
    count = span.last - span.first
    near = _cut(plane, span.start, count, direction)
    if not span.weight:
        return near
    return _mix(near, _cut(plane, span.start + 1, count, direction), span.weight)


def _cut(plane: Plane, start: int, count: int, direction: int) -> Plane:
    return plane[start : start + count] if direction == 0 else plane[:, start : start + count]


def _mix(near: Plane, far: Plane, weight: int) -> Plane:
    mixed = np.multiply(near, np.uint16(256 - weight), dtype=np.uint16)
    mixed += np.multiply(far, np.uint16(weight), dtype=np.uint16)
    mixed >>= 8
    return mixed.astype(np.uint8)
