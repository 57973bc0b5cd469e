"""The backends that make one video from connected pictures and videos, each by one function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from node_registry.film import parse_rate

from node_registry import (
    BackendError,
    Capabilities,
    DirectorError,
    Media,
    Needs,
    Request,
    RunContext,
    RunEvent,
)

from ..job import Advance, IsCancelled, run_job, video_facts

if TYPE_CHECKING:
    from .clips import Clip


@dataclass(frozen=True, slots=True)
class Order:
    """What one run is to make, and from what: the clips of each input, in their order."""

    request: Request
    clips: dict[str, list[Clip]]
    target: Path
    width: int
    height: int
    rate: Fraction
    advance: Advance
    cancelled: IsCancelled

    def clip(self, socket: str, title: str) -> Clip:
        """The one clip of an input, or an error that names the input."""
        found = self.clips.get(socket)
        if not found:
            raise BackendError(
                "media.no_input",
                f"Nothing is connected to the input {title}.",
                hint="Connect a video or a picture to it.",
            )
        return found[0]


@dataclass(frozen=True, slots=True)
class Made:
    """What a run has made: the size, rate and length of its video."""

    width: int
    height: int
    rate: Fraction
    frames: int


Maker = Callable[[Order], Made]


class PictureBackend:
    """Fetches the inputs, runs a maker in a thread, and saves the video that it wrote."""

    def __init__(self, make: Maker, step: str) -> None:
        self._make, self._step = make, step

    async def open(self) -> None:
        """Nothing lasts over runs."""

    async def close(self) -> None:
        """Nothing is held."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Make the video of one request."""
        clips = {socket: await _fetch_clips(request, socket, context) for socket in request.inputs}
        target = context.scratch / "made.mp4"
        results: list[Made] = []

        def work(advance: Advance, cancelled: IsCancelled) -> None:
            order = Order(
                request=request,
                clips=clips,
                target=target,
                width=request.settings.width,
                height=request.settings.height,
                rate=parse_rate(request.settings.rate),
                advance=advance,
                cancelled=cancelled,
            )
            results.append(self._make(order))

        async for progress in run_job(work, context, self._step):
            yield progress
        made = results[0]
        facts = video_facts(made.width, made.height, made.rate, made.frames)
        yield await context.save("video", target, "video/mp4", **facts)


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    """By the frames and pixels that come in, as far as the inputs' facts tell them."""
    frames = 0
    for parts in request.inputs.values():
        for part in parts:
            known = part.media.facts.get("frames") if part.media else None
            frames += known if isinstance(known, int) and 0 < known < 1 << 20 else 96
    pixels = request.settings.width * request.settings.height
    return Needs(device="cpu", seconds=0.3 + frames * pixels * 1.5e-8)


async def _fetch_clips(request: Request, socket: str, context: RunContext) -> list[Clip]:
    from .clips import Clip

    clips: list[Clip] = []
    for part in request.inputs[socket]:
        label = part.label or socket
        for media in [part.media] if part.media is not None else _media_in(part.value):
            try:
                clips.append(Clip(await context.fetch(media), media, label))
            except DirectorError as error:
                raise BackendError(
                    "media.missing",
                    f"The file of {label} is not there: {error.message}",
                    hint="Generate or import it again.",
                ) from error
    return clips


def _media_in(value: Any) -> list[Media]:
    """The media in a JSON value: a list of them, or one; anything else is skipped."""
    if isinstance(value, dict) and "digest" in value:
        try:
            return [msgspec.convert(value, Media)]
        except msgspec.ValidationError:
            return []
    if isinstance(value, list):
        return [media for one in value for media in _media_in(one)]
    return []
