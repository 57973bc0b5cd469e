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

    The result has the frames of both less N. A cut overlaps nothing. With an `overlap` shorter
    than the transition the first video holds its last picture, and the second its first, as long
    as the transition needs.
    """
    params = order.request.params
    kind, direction = params.get("kind", "dissolve"), params.get("direction", "left")
    if kind not in KINDS or direction not in DIRECTIONS:
        raise BackendError(
            "media.transition",
            f"{kind!r} {direction!r} is not a transition.",
            hint=f"Choose one of {', '.join(KINDS)}, and {', '.join(DIRECTIONS)}.",
        )
    steps = 0 if kind == "cut" else _read_frames(params.get("frames", 12))
    given = params.get("overlap")
    overlap = steps if given is None or kind == "cut" else min(steps, _read_frames(given))
    first, second = order.clip("a", "From"), order.clip("b", "To")
    lengths = first.length(order.rate), second.length(order.rate)
    if overlap > min(lengths):
        raise BackendError(
            "media.transition",
            f"A transition of {overlap} frames is longer than a clip of {min(lengths)} frames.",
            hint=f"Shorten it to at most {min(lengths)} frames.",
        )
    total = sum(lengths) - overlap
    # The held frames lie on both sides of the shared ones.
    begin = lengths[0] - overlap - (steps - overlap) // 2
    if begin < 0 or begin + steps > total:
        raise BackendError(
            "media.transition",
            f"A transition of {steps} frames is longer than its clips allow.",
            hint="Shorten it, or let the clips overlap more.",
        )
    size = order.width, order.height
    old = first.frames(lengths[0], *size, order.rate)
    new = second.frames(lengths[1], *size, order.rate)
    left = right = None
    with house.Writer(order.target, *size, order.rate) as clip:
        for number in range(total):
            if order.cancelled():
                raise Cancelled
            step = number - begin
            if number < lengths[0] and step < steps:
                left = next(old)
            if step >= 0 and (right is None or number > lengths[0] - overlap):
                right = next(new)
            if step < 0:
                clip.write_frame(left)
            elif step < steps:
                clip.write_frame(blend.blend(kind, direction, left, right, step, steps))
            else:
                clip.write_frame(right)
            order.advance((number + 1) / total)
    return Made(*size, order.rate, total)


def _read_frames(frames: object) -> int:
    if isinstance(frames, bool) or not isinstance(frames, int) or not 0 <= frames <= 10_000:
        raise BackendError(
            "media.transition",
            f"A transition of {frames!r} frames cannot be made.",
            hint="Write a whole number from 0 to 10000.",
        )
    return frames
