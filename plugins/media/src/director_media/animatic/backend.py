"""The animatic backend: serves `film.shot` on any machine, with no model and no GPU."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from node_registry import (
    BackendError,
    Capabilities,
    DirectorError,
    Log,
    Media,
    Needs,
    Preview,
    Request,
    RunContext,
    RunEvent,
)

from ..job import run_job, video_facts
from ..settings import Settings


class AnimaticBackend:
    """Draws a shot from its script, camera, dialogue and references, and says that it did.

    Where the film asks for voices (`voices` of its params), its lines are spoken, and it is at
    least as long as they need.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def open(self) -> None:
        """Nothing lasts over runs."""

    async def close(self) -> None:
        """Nothing is held."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Make the take: one house video of exactly the shot's frames."""
        from ..voices.shot import prepare
        from .render import Animatic, render
        from .shot import Shot, read_shot

        notes: list[Log] = []
        shot = read_shot(
            request,
            first_frame=await _first_frame(request, context, notes),
            backdrop=await _backdrop(request, context, notes),
            faces=await _faces(request, context, notes),
        )
        for note in notes:
            yield note
        voices = prepare(request, self._settings, shot.dialogue, context.scratch)
        if voices is not None and voices.problem:
            yield Log(voices.problem, "warning")
            voices = None
        target = context.scratch / "animatic.mp4"
        previews: list[bytes] = []
        made: list[Shot] = []
        said: list[str] = []

        def work(advance: Any, cancelled: Any) -> None:
            drawn, spans = shot, []
            if voices is not None:
                drawn, spans, note = voices.speak(
                    shot, fixed=bool(request.params.get("frames")), cancelled=cancelled
                )
                said.extend([note] if note else [])
            animatic = Animatic(drawn, spans)
            previews.append(_thumbnail(animatic.draw(min(drawn.frames - 1, drawn.frames // 2))))
            render(animatic, target, advance=advance, cancelled=cancelled)
            if spans and voices is not None:
                voices.add_to(target, drawn)
            made.append(drawn)

        async for progress in run_job(work, context, "Drawing the animatic"):
            if previews:
                yield Preview(previews.pop())
            yield progress
        for note in said:
            yield Log(note, "warning")
        (drawn,) = made
        facts = video_facts(drawn.width, drawn.height, drawn.rate, drawn.frames)
        if voices is not None and voices.heard:
            facts["audio"] = True
        yield await context.save("video", target, "video/mp4", **facts, animatic=True)


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    """About a hundredth of a second for each million pixels, and a moment to draw the set."""
    from node_registry.film import parse_rate, shot_frames

    try:
        frames = shot_frames(request.params, parse_rate(request.settings.rate))
    except (DirectorError, TypeError, ValueError, OverflowError):
        # What is wrong with the request is told by its run; until then it is as long as most.
        frames = 96
    pixels = request.settings.width * request.settings.height
    frames = min(max(1, frames), 1 << 20)
    return Needs(device="cpu", seconds=0.4 + frames * pixels * 1.1e-8)


def _thumbnail(frame: Any) -> bytes:
    image = frame.to_image()
    image.thumbnail((480, 480))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()


async def _first_frame(request: Request, context: RunContext, notes: list[Log]) -> Path | None:
    if not request.inputs.get("image"):
        return None
    paths = await context.input("image")
    return _if_picture(paths[0], "first frame", notes) if paths else None


async def _backdrop(request: Request, context: RunContext, notes: list[Log]) -> Path | None:
    for connected in request.inputs.get("environment", []):
        if connected.media is not None:
            return await _fetch(connected.media, context, connected.label or "place", notes)
        if isinstance(connected.value, dict):
            found = _first_media(connected.value, "background", "reference_images")
            if found:
                name = str(connected.value.get("name") or connected.label or "place")
                return await _fetch(found, context, name, notes)
    return None


async def _faces(request: Request, context: RunContext, notes: list[Log]) -> dict[str, Path]:
    faces: dict[str, Path] = {}
    for connected in request.inputs.get("characters", []):
        value = connected.value
        if not isinstance(value, dict):
            continue
        found = _first_media(value, "face_image", "reference_images")
        if found is None:
            continue
        name = str(value.get("name") or connected.label)
        path = await _fetch(found, context, name, notes)
        if path is not None:
            aliases = value.get("aliases")
            for known in [name, *(aliases if isinstance(aliases, list) else [])]:
                if isinstance(known, str):
                    faces[known] = path
    return faces


def _first_media(value: dict[str, Any], *keys: str) -> Media | None:
    """The first picture under one of these keys; what is no medium is passed over."""
    for key in keys:
        found = value.get(key)
        for one in found if isinstance(found, list) else [found]:
            if isinstance(one, Media):
                return one
            if isinstance(one, dict):
                try:
                    media = msgspec.convert(one, Media)
                except msgspec.ValidationError:
                    continue
                if media.media_type.startswith("image/"):
                    return media
    return None


async def _fetch(media: Media, context: RunContext, name: str, notes: list[Log]) -> Path | None:
    try:
        return _if_picture(await context.fetch(media), name, notes)
    except BackendError:
        raise
    except DirectorError as error:
        notes.append(Log(f"The picture of {name} is left out: {error.message}", "warning"))
        return None


def _if_picture(path: Path, name: str, notes: list[Log]) -> Path | None:
    """The path when it is a picture that can be shown; else a note, and the shot does without."""
    from ..pictures.stills import check_picture

    try:
        check_picture(path)
    except BackendError as error:
        notes.append(Log(f"The picture of {name} is left out: {error.message}", "warning"))
        return None
    return path
