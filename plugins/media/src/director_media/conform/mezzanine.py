"""Mezzanines: clips from other cameras, models and programs, made into the house format."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from node_registry import BackendError

from ..demuxers import open_media
from ..house import Writer
from .blend import fill_black, planes
from .splice import can_splice

VERSION = 1
"""Part of each cached file's name: raise it when the same clip would look different."""

_UNSPECIFIED = 2


def find_or_make(
    source: Path,
    digest: str,
    frames: int,
    width: int,
    height: int,
    rate: Fraction,
    cache: Path,
    check: Callable[[], None],
) -> Path:
    """The house-format version of a clip, at least `frames` long: made once, then found.

    `check` is called between frames and raises to stop. The cache may be emptied at any time.
    """
    size = f"{width}x{height}-{rate.numerator}_{rate.denominator}"
    path = cache / "mezzanine" / digest[:2] / f"{digest}-{size}-{frames}-{VERSION}.mp4"
    if path.is_file() and can_splice(path, width, height, rate):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid4().hex}.mp4")
    try:
        with Writer(unfinished, width, height, rate) as clip:
            for frame in conformed(source, frames, width, height, rate):
                check()
                clip.write_frame(frame)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def conformed(
    source: Path, frames: int, width: int, height: int, rate: Fraction, start: int = 0
) -> Iterator[Any]:
    """Exactly the frames `start` up to `frames` of a clip at another rate and size: nearest in
    time, letterboxed.

    A clip that ends up to half a second early holds its last picture, since lengths that other
    programs write are rounded; one that ends earlier is refused. A still picture is held.
    """
    pixel = pixel_aspect(source)
    wanted = 0
    before: tuple[Fraction, Any] | None = None
    last: Any = None
    seen = 0
    for time, picture in _timed(source):
        seen += 1
        # Frame k shows what is nearest to k / rate: the old picture up to the middle of the two.
        while before is not None and wanted < frames:
            at = wanted / rate
            if at - before[0] > time - at:
                break
            if wanted >= start:
                if last is None:
                    last = fit(before[1], width, height, pixel)
                yield _copy_of(last)
            wanted += 1
        if wanted == frames:
            return
        before, last = (time, picture), None
    if before is None:
        raise _unreadable("holds no picture")
    missing = frames - wanted
    last = fit(before[1], width, height, pixel)
    if seen > 1 and missing > 1 and missing / rate - _shown(source) > Fraction(1, 2):
        raise BackendError(
            "media.short",
            f"A clip of the film lacks its last {missing} frames.",
            hint="Make the shot shorter, or generate it again.",
        )
    for _ in range(max(wanted, start), frames):
        yield _copy_of(last)


def _timed(source: Path) -> Iterator[tuple[Fraction, Any]]:
    """Pictures with their times in seconds from the first one on, in the order of their times."""
    try:
        with open_media(source, stills=True) as container:
            if not container.streams.video:
                raise _unreadable("holds no picture")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            first: Fraction | None = None
            latest = Fraction(-1)
            for frame in container.decode(stream):
                time = Fraction(0)
                if frame.pts is not None and frame.time_base is not None:
                    time = Fraction(frame.pts * frame.time_base)
                first = time if first is None else first
                if time - first > latest:
                    latest = time - first
                    yield latest, frame
    except (FFmpegError, OSError) as error:
        raise _unreadable("cannot be decoded") from error


def _shown(source: Path) -> Fraction:
    """How long the last picture of a clip stands, by the clip's own rate."""
    with open_media(source, stills=True) as container:
        rate = container.streams.video[0].average_rate
        return Fraction(1) / rate if rate else Fraction(0)


def fit(frame: Any, width: int, height: int, pixel: Fraction) -> Any:
    """A picture scaled into the format with its own proportions, on black, the right way up."""
    aspect = Fraction(frame.width, frame.height) * pixel
    if frame.rotation:
        quarters = round(frame.rotation / 90)
        aspect = 1 / aspect if quarters % 2 else aspect
        turned = np.rot90(frame.to_ndarray(format="rgb24"), k=quarters)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(turned), format="rgb24")
    inner_width = min(width, round(height * aspect / 2) * 2) or 2
    inner_height = min(height, round(width / aspect / 2) * 2) or 2
    scaled = frame.reformat(
        width=inner_width,
        height=inner_height,
        format="yuv420p",
        src_colorspace=_colorspace(frame),
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
    )
    if (inner_width, inner_height) == (width, height):
        return scaled
    fitted = av.VideoFrame(width, height, "yuv420p")
    fill_black(fitted)
    left, top = (width - inner_width) // 4 * 2, (height - inner_height) // 4 * 2
    for target, part, grain in zip(planes(fitted), planes(scaled), (1, 2, 2), strict=True):
        rows, columns = part.shape
        target[top // grain :, left // grain :][:rows, :columns] = part
    return fitted


def pixel_aspect(source: Path) -> Fraction:
    """How wide the pixels are for their height: 1 where the clip does not say, or says nonsense."""
    try:
        with open_media(source, stills=True) as container:
            if container.streams.video:
                aspect = container.streams.video[0].sample_aspect_ratio
                if aspect and Fraction(1, 8) < aspect < 8:
                    return Fraction(aspect)
    except (FFmpegError, OSError) as error:
        raise _unreadable("cannot be decoded") from error
    return Fraction(1)


def _colorspace(frame: Any) -> Any:
    """What an untagged picture means: BT.709 for high definition, BT.601 below."""
    if frame.format.name.startswith(("rgb", "bgr", "gbr", "gray", "pal")):
        return None
    if int(frame.colorspace) == _UNSPECIFIED and frame.height >= 720:
        return Colorspace.ITU709
    return None


def _copy_of(frame: Any) -> Any:
    """The same picture for the encoder, which may keep a frame that it was given."""
    copied = av.VideoFrame(frame.width, frame.height, "yuv420p")
    for target, source in zip(planes(copied), planes(frame), strict=True):
        target[...] = source
    return copied


def _unreadable(what: str) -> BackendError:
    return BackendError(
        "media.unreadable",
        f"A clip of the film {what}.",
        hint="Import the file again, or generate that shot again.",
    )
