"""Clips: videos and pictures that come into a node, as frames of the film's size and rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from node_registry import BackendError, Media

from .. import house
from ..demuxers import open_media
from .stills import check_picture, fit

LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Clip:
    """A file connected to an input; `label` names where it comes from, for messages."""

    path: Path
    media: Media
    label: str

    @property
    def still(self) -> bool:
        """Whether it is a picture, not a video."""
        return self.media.media_type.startswith("image/")

    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        if self.still:
            return check_picture(self.path)
        with _opened(self) as container:
            context = container.streams.video[0].codec_context
            return context.width, context.height

    def rate(self, otherwise: Fraction) -> Fraction:
        """Its own frames a second, or `otherwise` where it has none."""
        if self.still:
            return otherwise
        with _opened(self) as container:
            own = container.streams.video[0].average_rate
            return own if own and 1 <= own <= 240 else otherwise

    def length(self, rate: Fraction) -> int:
        """How many frames it has at a rate; a picture has one."""
        if self.still:
            return 1
        with _opened(self) as container:
            stream = container.streams.video[0]
            own = stream.average_rate
            if stream.frames and own:
                count = stream.frames / own * rate
            elif stream.duration and stream.time_base:
                count = stream.duration * stream.time_base * rate
            elif container.duration:
                count = Fraction(container.duration, av.time_base) * rate
            else:
                raise _unreadable(self, "does not say how long it is")
        frames = max(1, int(count + Fraction(1, 2)))
        if frames > LONGEST:
            raise _unreadable(self, f"is too long: {frames} frames")
        return frames

    def frames(self, count: int, width: int, height: int, rate: Fraction) -> Iterator[Any]:
        """Exactly `count` frames in the house's colours, letterboxed to this size."""
        if self.still:
            picture = np.asarray(fit(self.path, width, height).convert("RGB"))
            made = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = house.to_house(made, width, height)
            for _ in range(count):
                yield frame
            return
        from ..conform.mezzanine import conformed

        yield from conformed(self.path, count, width, height, rate)

    def inner_box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Where it lies when letterboxed into a size: left, top, right, bottom."""
        own_width, own_height = self.size()
        aspect = Fraction(max(1, own_width), max(1, own_height))
        inner_width = min(width, round(height * aspect / 2) * 2) or 2
        inner_height = min(height, round(width / aspect / 2) * 2) or 2
        left, top = (width - inner_width) // 4 * 2, (height - inner_height) // 4 * 2
        return left, top, left + inner_width, top + inner_height


def to_rgb(frame: Any) -> npt.NDArray[np.uint8]:
    """A house frame as red, green, blue."""
    from av.video.reformatter import ColorRange, Colorspace

    shown = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        threads=1,
    )
    return shown.to_ndarray()


def to_luma(frame: Any) -> npt.NDArray[np.uint8]:
    """The brightness of a house frame, stretched from limited range to 0 … 255."""
    rows = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
    grey = rows[: frame.height, : frame.width].astype(np.int32)
    return np.clip((grey - 16) * 255 // 219, 0, 255).astype(np.uint8)


def _opened(clip: Clip) -> Any:
    try:
        container = open_media(clip.path)
    except (FFmpegError, OSError, ValueError) as error:
        raise _unreadable(clip, "is not a video that can be read") from error
    if not container.streams.video:
        container.close()
        raise _unreadable(clip, "holds no picture")
    return container


def _unreadable(clip: Clip, what: str) -> BackendError:
    return BackendError(
        "media.unreadable",
        f"The input {clip.label or clip.media.name or 'clip'} {what}.",
        hint="Connect an MP4, MOV or WebM video, or a PNG, JPEG or WebP picture.",
    )
