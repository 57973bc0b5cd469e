"""Frames of a house clip by their number: enters at the nearest GOP, reads on from there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from node_registry import BackendError

from ..house import GOP
from .splice import open_quickly


def read_frames(path: Path, rate: Fraction, start: int, length: int) -> Iterator[Any]:
    """The frames `start` to `start + length` of a house clip, decoded, in yuv420p.

    Raises `media.short` when the clip ends before, and `media.unreadable` when it is damaged.
    """
    try:
        with open_quickly(path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "NONE"  # Clips are read side by side; more threads only wait.
            time_base = stream.time_base
            assert time_base is not None
            container.seek(
                round(start // GOP * GOP / rate / time_base), stream=stream, backward=True
            )
            expected, end = start, start + length
            for frame in container.decode(stream):
                if frame.pts is None:
                    continue
                number = round(frame.pts * time_base * rate)
                if number < start:
                    continue
                if number != expected:
                    break
                yield frame
                expected += 1
                if expected == end:
                    return
    except (FFmpegError, OSError, IndexError) as error:
        raise BackendError(
            "media.unreadable",
            "A clip of the film cannot be decoded.",
            hint="Generate that shot again.",
        ) from error
    raise BackendError(
        "media.short",
        f"A clip of the film ends after frame {expected - 1}, but frame {end - 1} is needed.",
        hint="Generate that shot again, or make it shorter.",
    )
