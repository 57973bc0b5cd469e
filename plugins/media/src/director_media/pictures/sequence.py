"""Pictures into video: a sequence, one after the other, and one picture held."""

from __future__ import annotations

from typing import Any

from node_registry import BackendError, Cancelled

from .. import house
from .backend import Made, Order
from .clips import LONGEST


def make_sequence(order: Order) -> Made:
    """Every picture for `frames_per_image` frames, in the order in which they are connected."""
    images = order.clips.get("images") or [order.clip("images", "Images")]
    each = _read_count(order.request.params.get("frames_per_image"), 1)
    return _write(order, [(image, each) for image in images])


def make_still(order: Order) -> Made:
    """One picture for `frames` frames, or for `duration` seconds."""
    params = order.request.params
    duration = params.get("duration", 4.0)
    usable = isinstance(duration, int | float) and not isinstance(duration, bool)
    if not usable or not 0 < duration < 86_400:
        duration = 4.0
    frames = _read_count(params.get("frames"), max(1, round(duration * order.rate)))
    return _write(order, [(order.clip("image", "Image"), frames)])


def _write(order: Order, parts: list[tuple[Any, int]]) -> Made:
    total = sum(count for _, count in parts)
    if total > LONGEST:
        raise BackendError(
            "media.bad_length",
            f"A video of {total} frames cannot be made.",
            hint=f"Use fewer pictures: {LONGEST} frames are the most.",
        )
    size = order.width, order.height
    written = 0
    with house.Writer(order.target, *size, order.rate) as clip:
        for image, count in parts:
            for frame in image.frames(count, *size, order.rate):
                if order.cancelled():
                    raise Cancelled
                clip.write_frame(frame)
                written += 1
                order.advance(written / total)
    return Made(*size, order.rate, total)


def _read_count(value: Any, otherwise: int) -> int:
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST:
        raise BackendError(
            "media.bad_length",
            f"A picture cannot stand for {value!r} frames.",
            hint=f"Write a whole number from 1 to {LONGEST}.",
        )
    return value
