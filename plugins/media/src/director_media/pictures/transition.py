"""A transition rendered by itself: two videos that overlap by exactly its frames."""

from __future__ import annotations

from node_registry import BackendError, Cancelled

from .. import house
from ..conform import blend
from .backend import Made, Order

KINDS = ("cut", "fade", "dissolve", "wipe", "push")
DIRECTIONS = ("left", "right", "up", "down")


def make_transition(order: Order) -> Made:
    """The first video, then the second; N frames of both lie over each other.

    The result has the frames of both less N. A cut overlaps nothing.
    """
    params = order.request.params
    kind, direction = params.get("kind", "dissolve"), params.get("direction", "left")
    if kind not in KINDS or direction not in DIRECTIONS:
        raise BackendError(
            "media.transition",
            f"{kind!r} {direction!r} is not a transition.",
            hint=f"Choose one of {', '.join(KINDS)}, and {', '.join(DIRECTIONS)}.",
        )
    overlap = 0 if kind == "cut" else _read_overlap(params.get("frames", 12))
    first, second = order.clip("a", "From"), order.clip("b", "To")
    lengths = first.length(order.rate), second.length(order.rate)
    if overlap > min(lengths):
        raise BackendError(
            "media.transition",
            f"A transition of {overlap} frames is longer than a clip of {min(lengths)} frames.",
            hint=f"Shorten it to at most {min(lengths)} frames.",
        )
    total = sum(lengths) - overlap
    size = order.width, order.height
    old = first.frames(lengths[0], *size, order.rate)
    new = second.frames(lengths[1], *size, order.rate)
    with house.Writer(order.target, *size, order.rate) as clip:
        for number in range(total):
            if order.cancelled():
                raise Cancelled
            step = number - (lengths[0] - overlap)
            if step < 0:
                clip.write_frame(next(old))
            elif step < overlap:
                clip.write_frame(blend.blend(kind, direction, next(old), next(new), step, overlap))
            else:
                clip.write_frame(next(new))
            order.advance((number + 1) / total)
    return Made(*size, order.rate, total)


def _read_overlap(frames: object) -> int:
    if isinstance(frames, bool) or not isinstance(frames, int) or not 0 <= frames <= 10_000:
        raise BackendError(
            "media.transition",
            f"A transition of {frames!r} frames cannot be made.",
            hint="Write a whole number from 0 to 10000.",
        )
    return frames
