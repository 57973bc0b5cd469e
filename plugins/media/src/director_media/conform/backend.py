"""The backend of the Assembly node: a conform list, its takes and sounds become the film."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node_registry import (
    BackendError,
    BackendSpec,
    Cancelled,
    Capabilities,
    Input,
    Log,
    Needs,
    Request,
    RunContext,
    RunEvent,
)

if TYPE_CHECKING:
    from .film import Conformed
    from .plan import ConformList


class AssemblyBackend:
    """Serves `film.assembly`. `params["conform"]` is the list of clips; `edl` and `timeline` are
    texts that are kept beside the film; the takes come in on `shots`, tracks of sound on `audio`.
    """

    async def open(self) -> None:
        """Nothing lasts over runs but the cache of mezzanines."""

    async def close(self) -> None:
        """Nothing was taken."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Conform the film, then give film, EDL and timeline."""
        from ..job import run_job
        from .plan import read_conform_list

        params = request.params
        wanted = read_conform_list(with_sounds(params.get("conform"), request))
        files = await local_files(request, context)
        missing = [c for c in (*wanted.clips, *wanted.sounds) if c.media not in files]
        if missing:
            raise BackendError(
                "assembly.missing_take",
                f"{len(missing)} clips of the film's list are not among its inputs.",
                hint="Run the Assembly node again; it writes the list from the graph.",
            )
        path = context.scratch / "film.mp4"
        job = Assembly(wanted, files, path, context)
        progress: Any = run_job(job, context, "Cutting the film")
        async with aclosing(progress):
            async for event in progress:
                yield event
        made = job.conformed
        assert made is not None
        for note in _sentences(params.get("notes")):
            yield Log(note, "warning")
        yield Log(f"{made.frames} frames: {made.frames - made.made} copied, {made.made} made anew.")
        yield await context.save(
            "film",
            path,
            "video/mp4",
            width=wanted.width,
            height=wanted.height,
            rate=wanted.rate,
            frames=made.frames,
            duration=float(made.frames / wanted.fraction),
            sample_rate=48000,
            audio=True,
        )
        for socket, media_type in (
            ("edl", "application/x-edl"),
            ("timeline", "application/vnd.opentimelineio+json"),
        ):
            text = params.get(socket)
            if isinstance(text, str) and text:
                written = context.scratch / f"film.{socket}"
                written.write_bytes(text.encode())
                yield await context.save(socket, written, media_type)


class Assembly:
    """The blocking part of an assembly: the mix, its level, and the conform with it beside."""

    def __init__(
        self, wanted: ConformList, files: dict[str, Path], path: Path, context: RunContext
    ) -> None:
        self.wanted, self.files, self.path = wanted, files, path
        self.scratch, self.cache = context.scratch, context.cache
        self.conformed: Conformed | None = None

    def __call__(self, advance: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        """Write the film."""
        from ..sound.encode import MixedSound, SilentSound
        from ..sound.film import length_of, tracks_of
        from ..sound.level import keep_and_measure, kept, levelled
        from ..sound.mix import mix
        from .film import conform

        def check() -> None:
            if cancelled():
                raise Cancelled

        tracks = tracks_of(self.wanted, self.files)
        length = length_of(self.wanted)
        raw = self.scratch / "mix.f32"
        sound: Any = SilentSound(length)
        first = 0.0
        if tracks:
            first = 0.3
            found = keep_and_measure(mix(tracks, length, check), raw)
            advance(first)
            sound = MixedSound(levelled(kept(raw), found, self.wanted.loudness, check))
        try:
            self.conformed = conform(
                self.wanted,
                self.files,
                self.path,
                self.scratch,
                self.cache,
                sound=sound,
                check=check,
                report=lambda fraction: advance(first + (1 - first) * fraction),
            )
        finally:
            raw.unlink(missing_ok=True)


async def local_files(request: Request, context: RunContext) -> dict[str, Path]:
    """The local file of every take and every sound of the request, by digest."""
    files: dict[str, Path] = {}
    for socket in ("shots", "audio"):
        connected = [given for given in request.inputs.get(socket, []) if given.media]
        if connected:
            paths = await context.input(socket)
            for given, path in zip(connected, paths, strict=True):
                assert given.media is not None
                files[given.media.digest] = path
    return files


def with_sounds(conform: Any, request: Request) -> Any:
    """The conform list; when it says nothing of sounds, each connected one begins with the film."""
    connected = [given for given in request.inputs.get("audio", []) if given.media]
    if not isinstance(conform, dict) or "sounds" in conform or not connected:
        return conform
    return {**conform, "sounds": [_laid(given) for given in connected]}


def _laid(given: Input) -> dict[str, Any]:
    assert given.media is not None
    # The strength of the edge is how much of the sound is wanted; one half is 6 dB less.
    gain = 20 * log10(given.strength) if 0 < given.strength < 1 else 0.0
    return {"media": given.media.digest, "gain": max(-100.0, gain)}


def _sentences(notes: Any) -> list[str]:
    """What the cut could not do as it was wished: at most a hundred sentences."""
    return [str(note) for note in notes[:100]] if isinstance(notes, list) else []


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    """About 20 ms for each clip and 12 ms for each frame of a transition, at 720p."""
    conform = request.params.get("conform")
    clips = transitions = 0
    if isinstance(conform, dict):
        clips = len(conform.get("clips") or ())
        transitions = sum(
            int(t.get("frames", 0)) for t in conform.get("transitions") or () if isinstance(t, dict)
        )
    pixels = request.settings.width * request.settings.height / (1280 * 720)
    return Needs(device="cpu", seconds=1.0 + 0.02 * clips + 0.012 * transitions * pixels)


SPEC = BackendSpec(
    name="media.assembly",
    version="1.0.0",
    title="Assembly on the CPU",
    serves=("film.assembly",),
    factory=AssemblyBackend,
    estimate=estimate,
)
