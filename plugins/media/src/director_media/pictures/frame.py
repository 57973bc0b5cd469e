"""One frame of a video as a picture: the last for the shot that goes on from it, or another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from node_registry import (
    BackendError,
    Cancelled,
    Capabilities,
    Needs,
    Request,
    RunContext,
    RunEvent,
)

from ..job import Advance, IsCancelled, run_job


class FrameParams(msgspec.Struct):
    """`frame` counts from 0, and decides where it is set; else `at` does."""

    at: Literal["first", "middle", "last"] = "last"
    frame: int | None = None


class FrameBackend:
    """Serves `media.frame`: a PNG of the video's own size, in sRGB colours and full range."""

    async def open(self) -> None:
        """Nothing lasts over runs."""

    async def close(self) -> None:
        """Nothing is held."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Take the picture out of the video. Raises `media.no_input` and `media.no_frame`."""
        given = request.inputs.get("video", [])
        connected = [(one.media, one.label) for one in given if one.media is not None]
        if not connected:
            raise BackendError(
                "media.no_input",
                "Nothing is connected to the input Video.",
                hint="Connect a video to it.",
            )
        media, label = connected[0]
        path = await context.fetch(media)
        params = msgspec.convert(request.params, FrameParams, strict=False)
        target = context.scratch / "frame.png"
        sizes: list[tuple[int, int]] = []

        def work(advance: Advance, cancelled: IsCancelled) -> None:
            sizes.append(write_frame(path, target, params, label, cancelled))
            advance(1.0)

        async for progress in run_job(work, context, "Taking the frame"):
            yield progress
        width, height = sizes[0]
        yield await context.save("image", target, "image/png", width=width, height=height)


def write_frame(
    path: Path, target: Path, params: FrameParams, label: str, cancelled: IsCancelled
) -> tuple[int, int]:
    """Write the frame as PNG; its width and height in pixels."""
    from PIL import Image

    from .. import house
    from .clips import to_rgb

    frame = _find(path, params, label, cancelled)
    # Colours are made as everywhere in the film first: two ways to them would differ.
    width, height = max(2, frame.width // 2 * 2), max(2, frame.height // 2 * 2)
    picture = Image.fromarray(to_rgb(house.to_house(frame, width, height)))
    picture.save(target, "PNG")
    return width, height


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    """By the frames that are decoded, as far as the input's facts tell them."""
    del capabilities
    frames = 96
    for part in request.inputs.get("video", []):
        known = part.media.facts.get("frames") if part.media else None
        frames = known if isinstance(known, int) and 0 < known < 1 << 20 else frames
    return Needs(device="cpu", seconds=0.3 + frames * 0.004)


def _find(path: Path, params: FrameParams, label: str, cancelled: IsCancelled) -> Any:
    count = 0
    if params.frame is None and params.at == "middle":
        count = sum(1 for _ in _frames(path, label, cancelled))
    wanted = {"first": 0, "middle": count // 2, "last": None}[params.at]
    wanted = params.frame if params.frame is not None else wanted
    found = None
    number = -1
    for number, frame in enumerate(_frames(path, label, cancelled)):
        found = frame
        if number == wanted:
            return frame
    if wanted is None and found is not None:
        return found
    raise BackendError(
        "media.no_frame",
        f"{label or 'The video'} has {number + 1} frames, and none with the number {wanted}."
        if found is not None
        else f"{label or 'The video'} holds no picture that can be read.",
        hint="Frames are counted from 0.",
    )


def _frames(path: Path, label: str, cancelled: IsCancelled) -> Any:
    from av.error import FFmpegError

    from ..demuxers import open_media

    try:
        with open_media(path) as container:
            for stream in container.streams.video[:1]:
                for frame in container.decode(stream):
                    if cancelled():
                        raise Cancelled
                    yield frame
    except (FFmpegError, ValueError) as error:
        raise BackendError(
            "media.unreadable",
            f"{label or 'The video'} cannot be read.",
            hint="Connect an MP4, MOV or WebM video.",
        ) from error
