"""Upscale: every frame enlarged by Lanczos, nothing added that was not there."""

from __future__ import annotations

import math
from typing import Any

from av.video.reformatter import ColorRange, Colorspace, Interpolation

from node_registry import BackendError, Cancelled

from .. import house
from .backend import Made, Order
from .clips import Clip


def make_upscale(order: Order) -> Made:
    """The input at its own rate and length, larger by a factor or at a given size.

    Of width and height one may be left out: it follows from the proportions.
    """
    source = order.clip("video", "Video")
    width, height = target_size(source, order.request.params)
    rate = source.rate(order.rate)
    house.check_format(width, height, rate)
    total = source.length(rate)
    own_width, own_height = (max(2, edge & ~1) for edge in source.size())
    with house.Writer(order.target, width, height, rate) as clip:
        for number, frame in enumerate(source.frames(total, own_width, own_height, rate)):
            if order.cancelled():
                raise Cancelled
            clip.write_frame(_enlarge(frame, width, height))
            order.advance((number + 1) / total)
    return Made(width, height, rate, total)


def target_size(source: Clip, params: dict[str, Any]) -> tuple[int, int]:
    """The size that the params ask for, even in both directions."""
    own_width, own_height = source.size()
    width, height = read_edge(params.get("width")), read_edge(params.get("height"))
    if width is None and height is None:
        factor = params.get("factor", 2)
        usable = isinstance(factor, int | float) and not isinstance(factor, bool)
        if not usable or not math.isfinite(factor) or not 0 < factor <= 16:
            raise BackendError(
                "media.size",
                f"{factor!r} is not a factor to enlarge by.",
                hint="Choose a factor from 1 to 8.",
            )
        width, height = round(own_width * factor), round(own_height * factor)
    elif width is None:
        assert height is not None
        width = round(own_width * height / own_height)
    elif height is None:
        height = round(own_height * width / own_width)
    return max(2, width + 1 & ~1), max(2, height + 1 & ~1)


def read_edge(value: object) -> int | None:
    """A width or height in pixels, None where none is given. Raises `media.size`."""
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= house.LARGEST:
        raise BackendError(
            "media.size",
            f"A size of {value!r} pixels cannot be made.",
            hint=f"Write a whole number up to {house.LARGEST}.",
        )
    return value


def _enlarge(frame: Any, width: int, height: int) -> Any:
    return frame.reformat(
        width=width,
        height=height,
        format="yuv420p",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.LANCZOS,
        threads=1,
    )
