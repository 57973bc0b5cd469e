"""Frames of a video at given times, upright and as a browser would show them."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.error import FFmpegError
from PIL import Image

from ..demuxers import open_media
from ..probe.refusal import Refused

ATTACHED_PICTURE = 0x400


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The container, or `Refused` with `unplayable`, also for what fails while it is read."""
    try:
        with open_media(path) as container:
            yield container
    except (FFmpegError, OSError, ValueError) as error:
        if isinstance(error, MemoryError):
            raise
        raise unplayable("The file cannot be decoded") from error


def video_of(container: Any) -> Any:
    """The stream of moving pictures; the cover of a song is none."""
    for stream in container.streams.video:
        if not stream.disposition.value & ATTACHED_PICTURE:
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = 2
            return stream
    raise unplayable("The file holds no moving picture")


def unplayable(why: str) -> Refused:
    """What is said of media that cannot be shown."""
    return Refused("unplayable", f"{why}: it is damaged, or its codec is not known here.")


def duration_of(container: Any, stream: Any) -> float:
    """Seconds of a stream; 0 where nothing says so."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else 0.0


def display_size(frame: Any, stream: Any) -> tuple[int, int]:
    """Width and height in square pixels, before the frame is turned upright."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 8) <= aspect <= 8:
        aspect = Fraction(1)
    return max(1, round(frame.width * aspect)), frame.height


def picture_of(frame: Any, stream: Any, *, within: int) -> Image.Image:
    """A frame upright, in square pixels, with no side longer than `within`; never enlarged."""
    width, height = display_size(frame, stream)
    scale = min(1.0, within / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = frame.to_image(width=size[0], height=size[1], interpolation="AREA")
    turn = round(frame.rotation / 90) * 90 % 360
    return picture.rotate(turn, expand=True) if turn else picture


def at_times(container: Any, stream: Any, times: Sequence[float]) -> Iterator[tuple[float, Any]]:
    """For each time (seconds, rising) the frame that is shown then, with its own time.

    Near times are reached by decoding on, far ones by a jump to the key frame before them. A part
    that cannot be decoded is passed over.
    """
    start = float((stream.start_time or 0) * stream.time_base)
    frames = _decoded(container, stream)
    shown: Any = None
    following: Any = next(frames, None)
    for time in times:
        wanted = start + time
        if following is not None and following.time is not None and wanted - following.time > 3:
            frames.close()
            container.seek(int(wanted / stream.time_base), stream=stream)
            frames = _decoded(container, stream)
            following = next(frames, None)
        while following is not None and (following.time or 0) <= wanted + 1e-6:
            shown, following = following, next(frames, None)
        frame = shown if shown is not None else following
        if frame is not None:
            yield (frame.time or 0) - start, frame


def _decoded(container: Any, stream: Any) -> Generator[Any, None, None]:
    faults = 0
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except FFmpegError:
            faults += 1
            if faults > 100:
                return
