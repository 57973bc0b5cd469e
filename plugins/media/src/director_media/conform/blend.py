"""Two pictures into one, step by step: fade, dissolve, wipe and push, on the planes of yuv420p."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]

_BLACK = (16, 128, 128)
_ONE = 256


def blend(kind: str, direction: str, old: Any, new: Any, step: int, steps: int) -> Any:
    """The frame of a transition at `step` (0 to `steps` - 1) from the frames `old` and `new`.

    Neither side stands there alone: the first step shows already a little of the new picture.
    A side that is None is black, as at the ends of the film.
    """
    if old is None and new is None:
        raise ValueError("a transition needs a picture on one side")
    made = like(old if new is None else new)
    if old is None:
        _toward_black(made, new, step / steps)
    elif new is None:
        _toward_black(made, old, 1 - (step + 1) / steps)
    elif kind == "fade":
        out = steps // 2
        if step < out:
            _toward_black(made, old, 1 - (step + 1) / out)
        else:
            _toward_black(made, new, (step - out + 1) / (steps - out + 1))
    else:
        progress = (step + 1) / (steps + 1)
        sides = zip(planes(made), planes(old), planes(new), (2, 1, 1), strict=True)
        for target, a, b, grain in sides:
            if kind == "dissolve":
                _mix(target, a, b, round(progress * _ONE))
            elif kind == "wipe":
                _wipe(target, a, b, _span(target, direction, grain, progress), direction)
            elif kind == "push":
                _push(target, a, b, _span(target, direction, grain, progress), direction)
            else:
                raise ValueError(f"no such transition: {kind}")
    return made


def like(frame: Any) -> Any:
    """An empty frame of the same size and format, with the studio's colours."""
    return av.VideoFrame(frame.width, frame.height, "yuv420p")


def planes(frame: Any) -> list[Plane]:
    """The three planes of a yuv420p frame as arrays that share its memory, without padding."""
    return [
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    ]


def fill_black(frame: Any) -> None:
    """Make a yuv420p frame black, in limited range."""
    for plane, level in zip(planes(frame), _BLACK, strict=True):
        plane[...] = level


def _toward_black(made: Any, frame: Any, level: float) -> None:
    weight = round(level * _ONE)
    for target, source, black in zip(planes(made), planes(frame), _BLACK, strict=True):
        mixed = source.astype(np.uint16)
        mixed *= weight
        mixed += black * (_ONE - weight) + _ONE // 2
        mixed >>= 8
        target[...] = mixed


def _mix(target: Plane, old: Plane, new: Plane, weight: int) -> None:
    # 255 × 256 + 128 fits into 16 bits, so the sum of both sides never runs over.
    mixed = old.astype(np.uint16)
    mixed *= _ONE - weight
    other = new.astype(np.uint16)
    other *= weight
    mixed += other
    mixed += _ONE // 2
    mixed >>= 8
    target[...] = mixed


def _span(plane: Plane, direction: str, grain: int, progress: float) -> int:
    """How far the edge has gone, in this plane's pixels: even in luma, since chroma has half."""
    size = plane.shape[0] if direction in ("up", "down") else plane.shape[1]
    return round(size // grain * progress) * grain


def _wipe(target: Plane, old: Plane, new: Plane, at: int, direction: str) -> None:
    rows, columns = target.shape
    target[...] = old
    if direction == "right":
        target[:, :at] = new[:, :at]
    elif direction == "left":
        target[:, columns - at :] = new[:, columns - at :]
    elif direction == "down":
        target[:at] = new[:at]
    else:
        target[rows - at :] = new[rows - at :]


def _push(target: Plane, old: Plane, new: Plane, at: int, direction: str) -> None:
    rows, columns = target.shape
    if direction == "left":
        target[:, : columns - at] = old[:, at:]
        target[:, columns - at :] = new[:, :at]
    elif direction == "right":
        target[:, at:] = old[:, : columns - at]
        target[:, :at] = new[:, columns - at :]
    elif direction == "up":
        target[: rows - at] = old[at:]
        target[rows - at :] = new[:at]
    else:
        target[at:] = old[: rows - at]
        target[:at] = new[rows - at :]
