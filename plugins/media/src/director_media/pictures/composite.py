"""Composite: layers from below to above, each with a blend mode and an opacity, under a mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from node_registry import BackendError, Cancelled

from .. import house
from .backend import Made, Order
from .clips import Clip, to_luma, to_rgb
from .stills import fit
from .upscale import read_edge

Picture = npt.NDArray[np.uint8]
Wide = npt.NDArray[np.uint16]

MODES = ("normal", "multiply", "screen", "overlay", "add", "darken", "lighten")


def make_composite(order: Order) -> Made:
    """All layers on each other, as long as the lowest one (a picture there: as the longest).

    A layer that ends earlier vanishes; a picture stays. The mask limits all layers but the
    lowest: white shows them, black shows the lowest alone. The size is the film's unless the
    params say another.
    """
    layers = order.clips.get("layers") or [order.clip("layers", "Layers")]
    settings = read_layers(order.request.params.get("layers"), len(layers))
    lengths = [None if layer.still else layer.length(order.rate) for layer in layers]
    total = lengths[0] or max((length for length in lengths if length), default=1)
    size = output_size(order)
    sources = [
        _Source(layer, order, size, length or total)
        for layer, length in zip(layers, lengths, strict=True)
    ]
    mask = _masks(order, size, total)
    with house.Writer(order.target, *size, order.rate) as clip:
        for number in range(total):
            if order.cancelled():
                raise Cancelled
            base = sources[0].draw()
            assert base is not None
            ground = _over_black(*base)
            made = ground
            for source, (mode, opacity) in zip(sources[1:], settings[1:], strict=True):
                drawn = source.draw()
                if drawn is not None and opacity:
                    made = lay(made, drawn[0], mode, opacity, drawn[1])
            level = next(mask) if mask else None
            if level is not None:
                made = mix(ground, made, level.astype(np.uint16)[..., None])
            clip.write(made)
            order.advance((number + 1) / total)
    return Made(*size, order.rate, total)


def output_size(order: Order) -> tuple[int, int]:
    """The size that the params ask for, even in both directions; by default the film's.

    Of width and height one may be left out: it follows from the film's proportions.
    """
    width, height = (read_edge(order.request.params.get(edge)) for edge in ("width", "height"))
    if width is None and height is None:
        return order.width, order.height
    if width is None:
        assert height is not None
        width = round(order.width * height / order.height)
    elif height is None:
        height = round(order.height * width / order.width)
    size = max(2, width + 1 & ~1), max(2, height + 1 & ~1)
    house.check_format(*size, order.rate)
    return size


def read_layers(given: Any, count: int) -> list[tuple[str, float]]:
    """Mode and opacity of each of `count` layers; those not described are normal and opaque."""
    described = given if isinstance(given, list) else []
    settings: list[tuple[str, float]] = []
    for place in range(count):
        one = described[place] if place < len(described) else {}
        one = one if isinstance(one, dict) else {}
        mode, opacity = one.get("blend", "normal"), one.get("opacity", 1)
        if mode not in MODES:
            raise BackendError(
                "media.blend",
                f"Layer {place + 1} has the unknown blend mode {mode!r}.",
                hint=f"Choose one of {', '.join(MODES)}.",
            )
        usable = isinstance(opacity, int | float) and not isinstance(opacity, bool)
        if not usable or not 0 <= opacity <= 1:
            raise BackendError(
                "media.blend",
                f"Layer {place + 1} has the opacity {opacity!r}.",
                hint="Choose an opacity from 0 to 1.",
            )
        settings.append((mode, float(opacity)))
    return settings


def lay(
    below: Picture, above: Picture, mode: str, opacity: float, alpha: Picture | None
) -> Picture:
    """One layer on another by a blend mode; `alpha` (one plane) and `opacity` weigh it."""
    blended = blend_pixels(below, above, mode)
    share: Any = np.uint16(round(opacity * 255))
    if alpha is not None:
        share = (alpha.astype(np.uint16) * share // 255)[..., None]
    elif share == 255:
        return blended
    return mix(below, blended, share)


def blend_pixels(below: Picture, above: Picture, mode: str) -> Picture:
    """Two pictures blended pixel by pixel, in the values that are shown (not linear light)."""
    if mode == "normal":
        return above
    if mode == "darken":
        return np.minimum(below, above)
    if mode == "lighten":
        return np.maximum(below, above)
    a, b = below.astype(np.uint16), above.astype(np.uint16)
    if mode == "add":
        return np.minimum(a + b, 255).astype(np.uint8)
    if mode == "multiply":
        return _share(a * b).astype(np.uint8)
    if mode == "screen":
        return (255 - _share((255 - a) * (255 - b))).astype(np.uint8)
    # Overlay multiplies where it is dark below and screens where it is light.
    dark, light = 2 * _share(a * b), 510 - 2 * _share((255 - a) * (255 - b))
    return np.where(a < 128, dark, np.maximum(light, 255) - 255).clip(0, 255).astype(np.uint8)


def mix(first: Picture, second: Picture, share: Any) -> Picture:
    """`first` with a share of 0 to 255 of `second`."""
    return _share(first * (np.uint16(255) - share) + second * share).astype(np.uint8)


def _share(product: Wide) -> Wide:
    """A product of two bytes divided by 255, rounded, without leaving 16 bits."""
    half = product.astype(np.uint32) + 128
    return ((half + (half >> 8)) >> 8).astype(np.uint16)


class _Source:
    """The pictures of one layer, one for each frame, with what of them is covered."""

    def __init__(self, clip: Clip, order: Order, size: tuple[int, int], length: int) -> None:
        self._held: tuple[Picture, Picture | None] | None = None
        self._frames: Iterator[Any] = iter(())
        self._bars: Picture | None = None
        if clip.still:
            rgba = np.asarray(fit(clip.path, *size))
            self._held = rgba[..., :3].copy(), rgba[..., 3].copy()
            return
        self._frames = clip.frames(length, *size, order.rate)
        box = clip.inner_box(*size)
        if box != (0, 0, *size):
            self._bars = np.zeros((size[1], size[0]), np.uint8)
            self._bars[box[1] : box[3], box[0] : box[2]] = 255

    def draw(self) -> tuple[Picture, Picture | None] | None:
        """The next picture and its alpha; None when the layer has ended."""
        if self._held is not None:
            return self._held
        frame = next(self._frames, None)
        return None if frame is None else (to_rgb(frame), self._bars)


def _over_black(picture: Picture, alpha: Picture | None) -> Picture:
    if alpha is None:
        return picture
    return mix(np.zeros_like(picture), picture, alpha.astype(np.uint16)[..., None])


def _masks(order: Order, size: tuple[int, int], total: int) -> Iterator[Picture | None] | None:
    clips = order.clips.get("mask")
    if not clips:
        return None
    clip = clips[0]
    length = total if clip.still else clip.length(order.rate)
    return _held_masks(clip.frames(length, *size, order.rate), total)


def _held_masks(frames: Iterator[Any], total: int) -> Iterator[Picture | None]:
    last: Picture | None = None
    for _ in range(total):
        frame = next(frames, None)
        last = last if frame is None else to_luma(frame)
        yield last
