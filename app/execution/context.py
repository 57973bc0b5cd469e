"""What a running backend may touch: its inputs, its scratch folder, its results. Nothing else."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

from app.media import ObjectStore, facts_of
from app.platform import tracing
from app.platform.blocking import run_blocking
from node_registry import (
    CHECKPOINT_LIMIT,
    BackendError,
    DirectorError,
    Gpu,
    Media,
    Output,
    ProbeSpec,
    Request,
    Reserved,
)

# What the studio looks into by itself, where a backend says nothing of its result.
PROBED = ("image/", "video/", "audio/")


class WorkerContext:
    """The `RunContext` of one run on a worker."""

    def __init__(
        self,
        request: Request,
        store: ObjectStore,
        *,
        scratch: Path,
        cache: Path,
        gpu: Gpu | None,
        reserved: Reserved,
        keep: Callable[[bytes], Awaitable[None]],
        file_stem: str,
        probes: Sequence[ProbeSpec] = (),
    ) -> None:
        self._request = request
        self._store = store
        self._scratch = scratch
        self._cache = cache
        self._gpu = gpu
        self._reserved = reserved
        self._keep = keep
        self._file_stem = file_stem
        self._probes = probes
        self._cancelled = asyncio.Event()
        self._state = request.resume or b""

    @property
    def scratch(self) -> Path:
        return self._scratch

    @property
    def cache(self) -> Path:
        return self._cache

    @property
    def gpu(self) -> Gpu | None:
        return self._gpu

    @property
    def reserved(self) -> Reserved:
        return self._reserved

    @property
    def cancelled(self) -> asyncio.Event:
        return self._cancelled

    async def input(self, socket: str) -> list[Path]:
        found = [i.media for i in self._request.inputs.get(socket, []) if i.media is not None]
        return [await self.fetch(media) for media in found]

    async def fetch(self, media: Media) -> Path:
        return await self._store.path_of(media.digest)

    async def save(
        self, socket: str, source: Path | AsyncIterator[bytes], media_type: str, **facts: object
    ) -> Output:
        path = source if isinstance(source, Path) else await self._spool(source)
        if not path.resolve().is_relative_to(self._scratch.resolve()):
            raise BackendError(
                "backend.outside_scratch", "The backend gave a result outside its scratch folder."
            )
        if not path.is_file() or path.stat().st_size == 0:
            raise BackendError(
                "backend.empty_output", f"The backend gave no bytes for its output {socket!r}."
            )
        if not facts and self._probes and media_type.startswith(PROBED):
            media_type, facts = await self._look_into(socket, path, media_type)
        name = f"{self._file_stem}{extension_of(media_type)}"
        with tracing.span("take.store", {"director.bytes": path.stat().st_size}):
            stored = await self._store.keep(path, media_type)
        media = Media(
            digest=stored.digest, size=stored.size, media_type=media_type, name=name, facts=facts
        )
        return Output(socket, media)

    async def _look_into(
        self, socket: str, path: Path, media_type: str
    ) -> tuple[str, dict[str, object]]:
        """What a result is, of which its backend says no more than the type."""
        try:
            facts = await facts_of(self._request.task_id, path, self._probes)
        except DirectorError as error:
            raise BackendError(
                "backend.bad_output",
                f"The result {socket!r} cannot be used: {error.message}",
                hint="Generate again; if that does not help, look at what makes it.",
            ) from error
        found = str(facts.pop("media_type", media_type))
        if found.partition("/")[0] != media_type.partition("/")[0]:
            raise BackendError(
                "backend.bad_output",
                f"The result {socket!r} should be {media_type}, and is {found}.",
                hint="Look at what makes it.",
            )
        return found, facts

    @property
    def resumable(self) -> bool:
        """Whether another attempt would resume something that this one has left elsewhere."""
        return bool(self._state)

    async def checkpoint(self, state: bytes) -> None:
        if len(state) > CHECKPOINT_LIMIT:
            raise BackendError(
                "backend.checkpoint_too_large",
                f"A checkpoint holds at most {CHECKPOINT_LIMIT} bytes; this has {len(state)}.",
            )
        await self._keep(state)
        self._state = state

    async def _spool(self, chunks: AsyncIterator[bytes]) -> Path:
        name = hashlib.sha256(str(id(chunks)).encode()).hexdigest()[:16]
        path = self._scratch / f"spooled-{name}"
        with path.open("wb") as file:
            async for chunk in chunks:
                await run_blocking(file.write, chunk)
        return path


EXTENSIONS = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/aac": ".aac",
    "audio/mp4": ".m4a",
    "application/json": ".json",
    "application/x-edl": ".edl",
    "application/vnd.opentimelineio+json": ".otio",
    "text/plain": ".txt",
}


def extension_of(media_type: str) -> str:
    """The ending of a file of this type; `.bin` for one that is not known."""
    return EXTENSIONS.get(media_type.split(";")[0], ".bin")
