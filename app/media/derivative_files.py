"""The files of derivatives as the API gives them: kept in the project's `05_Cache`, made on demand.

The storage has them for all projects; `05_Cache` has a second name of the same bytes (a copy, where
the storage is elsewhere), of all but segments. Both are disposable: what is gone is linked, or
made, again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar, cast
from uuid import UUID

import msgspec

from app import projects
from app.accounts import Actor
from app.platform import bus, costly
from app.platform.background import end_task
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.notifications import Notifications
from app.platform.telemetry import get_logger
from app.projects import Project, Right
from node_registry import (
    DerivativeKind,
    DerivativeSpec,
    DirectorError,
    Media,
    Segment,
    SegmentSpec,
)

from . import derivatives
from .derivatives import Derivative, DerivedMedia, Kind
from .events import DerivativeEnded
from .objects import ObjectStore
from .service import media_of

log = get_logger(__name__)

FOLDERS: dict[DerivativeKind, str] = {
    "thumbnail": "05_Cache/thumbnails",
    "filmstrip": "05_Cache/filmstrips",
    "proxy": "05_Cache/proxies",
    "waveform": "05_Cache/waveforms",
}
LONGEST_WAIT = 20.0
CHUNK = 256 * 1024

Answer = TypeVar("Answer")


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """Not there yet: ask again, or wait for `server:media_changed`."""

    kind: Kind
    state: derivatives.State


class DerivativeFiles:
    """All derivatives of the studio, for the API. One object in the API role."""

    def __init__(
        self, store: ObjectStore, specs: list[DerivativeSpec], segments: list[SegmentSpec]
    ) -> None:
        self._store = store
        self._specs = specs
        self._segments = segments
        self._waiting: dict[tuple[str, str, str], set[asyncio.Event]] = {}
        self._ended: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def run(self) -> None:
        """Hear which derivatives have ended, and tell the projects of it; until cancelled."""
        ended = Notifications(derivatives.ENDED, self._on_ended, lambda: self._on_ended(""))
        hearing = asyncio.create_task(ended.run())
        try:
            while True:
                digest, kind = await self._ended.get()
                await self._tell(digest, kind)
        finally:
            await end_task(hearing)

    async def open(
        self,
        actor: Actor,
        project_id: UUID,
        digest: str,
        kind: DerivativeKind,
        name: str,
        *,
        wait: float = 0.0,
    ) -> tuple[Media, Path] | Media | Pending:
        """A file of a derivative with its path; the media itself when that serves; or not yet.

        Waits for up to `wait` seconds (at most 20). Raises `media.not_found`,
        `media.no_derivative`, and why the media cannot be shown (422).
        """
        project = await projects.authorise(actor, project_id, Right.READ)
        return await self._when_ended(
            actor, project_id, digest, kind, "", wait, partial(self._answer, project, name=name)
        )

    async def segment(
        self, actor: Actor, project_id: UUID, digest: str, segment: Segment, *, wait: float = 0.0
    ) -> tuple[DerivedMedia, bytes] | Pending:
        """A segment of a stream with its bytes, or not yet. Raises as `open` does, and
        `request.too_many` where one person has too many made."""
        await projects.authorise(actor, project_id, Right.READ)
        return await self._when_ended(
            actor, project_id, digest, derivatives.SEGMENT, segment.name, wait, self._read
        )

    async def _when_ended(
        self,
        actor: Actor,
        project_id: UUID,
        digest: str,
        kind: Kind,
        variant: str,
        wait: float,
        answer: Callable[[Media, Derivative], Awaitable[Answer | None]],
    ) -> Answer | Pending:
        """The answer when the derivative is there; None of it has the derivative made again."""
        deadline = asyncio.get_running_loop().time() + min(max(wait, 0.0), LONGEST_WAIT)
        again = False
        while True:
            with self._waits_for(digest, kind, variant) as ended:
                media, found = await self._look(
                    actor, project_id, digest, kind, variant, again=again
                )
                if found.state in ("ready", "failed"):
                    answered = await answer(media, found)
                    if answered is not None:
                        return answered
                    again = True
                    continue
                try:
                    async with asyncio.timeout_at(deadline):
                        await ended.wait()
                except TimeoutError:
                    return Pending(kind=kind, state=found.state)
                again = False

    async def _look(
        self,
        actor: Actor,
        project_id: UUID,
        digest: str,
        kind: Kind,
        variant: str,
        *,
        again: bool,
    ) -> tuple[Media, Derivative]:
        """The media and its derivative as it stands, which is wanted from now on."""
        async with unit_of_work(actor.user_id) as unit:
            media = await media_of(project_id, digest)
            if not self._can_have(media, kind):
                raise derivatives.no_derivative(kind)
            found = await derivatives.derivative_of(digest, kind, variant)
            if found is None and kind == derivatives.SEGMENT:
                costly.spend("segment", actor.user_id)
            if found is None or found.state == "queued":
                await derivatives.want(unit, digest, [kind], variant=variant, asked=True)
            elif again or self._is_outdated(media, found):
                await derivatives.make_again(unit, digest, kind, variant)
                if again:
                    found = None
        return media, found or Derivative(digest=digest, kind=kind, variant=variant, state="queued")

    def _can_have(self, media: Media, kind: Kind) -> bool:
        if kind == derivatives.SEGMENT:
            return media.media_type.startswith(("video/", "image/"))
        return kind in derivatives.kinds_of(media)

    async def _read(self, _media: Media, found: Derivative) -> tuple[DerivedMedia, bytes] | None:
        _refuse_failed(found)
        file = found.files[0]
        try:
            async with self._store.derivative(file) as path:
                return file, await run_blocking(path.read_bytes)
        except (DirectorError, FileNotFoundError) as error:
            if isinstance(error, DirectorError) and error.code != "storage.not_found":
                raise
            # Somebody cleared the storage of what can be made again.
            return None

    async def _answer(
        self, project: Project, media: Media, found: Derivative, name: str
    ) -> tuple[Media, Path] | Media | None:
        _refuse_failed(found)
        if found.original:
            return media
        if found.kind == "proxy":
            name = found.files[0].name
        file = found.file(name)
        try:
            path = await self._cached(project, found, file)
        except DirectorError as error:
            if error.code != "storage.not_found":
                raise
            # Somebody cleared the storage of what can be made again.
            return None
        version = found.made_by.rpartition(" ")[2]
        stem = media.name.rpartition(".")[0] or media.name or "media"
        told = Media(
            digest=f"{found.digest}-{found.kind}-{version}-{file.name}",
            size=file.size,
            media_type=file.media_type,
            name=f"{stem}_{file.name}",
        )
        return told, path

    async def _cached(self, project: Project, found: Derivative, file: DerivedMedia) -> Path:
        folder = projects.folder_of(project)
        version = found.made_by.rpartition(" ")[2] or "0"
        relative = (
            f"{FOLDERS[cast(DerivativeKind, found.kind)]}/{found.digest}-{version}-{file.name}"
        )
        path = folder / relative
        if await run_blocking(_is_whole, path, file.size):
            return path
        async with self._store.derivative(file) as source:
            await run_blocking(projects.replace, folder, relative, source)
        return path

    def _is_outdated(self, media: Media, found: Derivative) -> bool:
        if found.state != "ready":
            return False
        spec = derivatives.spec_of(self._specs, self._segments, found.kind, media)
        return spec is not None and found.made_by != f"{spec.name} {spec.version}"

    @contextlib.contextmanager
    def _waits_for(self, digest: str, kind: str, variant: str) -> Iterator[asyncio.Event]:
        """An event that is set when this derivative ends, as long as the block lasts."""
        key, event = (digest, kind, variant), asyncio.Event()
        waiting = self._waiting.setdefault(key, set())
        waiting.add(event)
        try:
            yield event
        finally:
            waiting.discard(event)
            if not waiting:
                self._waiting.pop(key, None)

    def _on_ended(self, text: str) -> None:
        digest, kind, variant = (*text.split(" "), "", "")[:3]
        if kind and kind != derivatives.SEGMENT:
            self._ended.put_nowait((digest, kind))
        # Without a name some may have been missed: whoever waits looks again.
        for key, waiting in self._waiting.items():
            if not kind or key == (digest, kind, variant):
                for event in waiting:
                    event.set()

    async def _tell(self, digest: str, kind: str) -> None:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            found = await derivatives.derivative_of(digest, kind)  # type: ignore[arg-type]
            project_ids = await derivatives.projects_with(unit, digest)
        if found is None:
            return
        for project_id in project_ids:
            await bus.publish(
                DerivativeEnded(
                    project_id=project_id,
                    digest=digest,
                    kind=cast(DerivativeKind, found.kind),
                    ready=found.state == "ready",
                    reason=(found.error or {}).get("message", ""),
                )
            )


def _refuse_failed(found: Derivative) -> None:
    if found.error is not None:
        raise DirectorError(
            found.error["code"], found.error["message"], hint=found.error["hint"], status=404
        )


async def read_file(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of a file from `start` up to, not including, `end`."""
    with await run_blocking(path.open, "rb") as file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := await run_blocking(file.read, min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _is_whole(path: Path, size: int) -> bool:
    try:
        return not path.is_symlink() and path.stat().st_size == size
    except OSError:
        return False
