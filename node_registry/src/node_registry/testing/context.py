"""A run context on a folder: what a backend touches while it runs, without a studio around it."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..backends import CHECKPOINT_LIMIT
from ..errors import BackendError, DirectorError
from ..media import Media
from ..requests import Request
from ..resources import Gpu, Reserved
from ..run_events import Output

_CHUNK = 1 << 20


class LocalContext:
    """A `RunContext` whose storage is the folder `root/objects`, files named by their SHA-256.

        context = LocalContext(tmp_path)
        context.inputs["video"] = [context.keep(path, "video/mp4")]
        events = [event async for event in backend.run(request, context)]
        film = context.path(events[-1].media)

    `checkpoints` and `saved` hold what the backend asked to keep, in order.
    """

    def __init__(
        self,
        root: Path,
        *,
        inputs: Mapping[str, Sequence[Media]] | None = None,
        gpu: Gpu | None = None,
        reserved: Reserved | None = None,
    ) -> None:
        self._gpu = gpu
        self._reserved = reserved or Reserved()
        self._objects = root / "objects"
        self._cache = root / "cache"
        for folder in (self._objects, self._cache, root / "scratch"):
            folder.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(dir=root / "scratch"))
        self._cancelled = asyncio.Event()
        self.inputs: dict[str, list[Media]] = {k: list(v) for k, v in (inputs or {}).items()}
        self.checkpoints: list[bytes] = []
        self.saved: list[Output] = []

    @classmethod
    def of(
        cls,
        root: Path,
        request: Request,
        *,
        gpu: Gpu | None = None,
        reserved: Reserved | None = None,
    ) -> LocalContext:
        """A context whose inputs are the media connected in a request, kept in `root` before."""
        found = {
            socket: [part.media for part in parts if part.media is not None]
            for socket, parts in request.inputs.items()
        }
        return cls(root, inputs=found, gpu=gpu, reserved=reserved)

    @property
    def scratch(self) -> Path:
        """An empty folder of this run alone."""
        return self._scratch

    @property
    def cache(self) -> Path:
        """A folder that stays between runs on the same root."""
        return self._cache

    @property
    def gpu(self) -> Gpu | None:
        """The card, when one was given: else it is that of a CPU worker."""
        return self._gpu

    @property
    def reserved(self) -> Reserved:
        """What was given as reserved; nothing, without it."""
        return self._reserved

    @property
    def cancelled(self) -> asyncio.Event:
        """Set it to cancel the run."""
        return self._cancelled

    def keep(self, source: Path | bytes, media_type: str, **facts: Any) -> Media:
        """Copy a file, or bytes, into the storage, as a backend's input; its media."""
        if isinstance(source, bytes):
            digest, name = hashlib.sha256(source).hexdigest(), ""
        else:
            digest, name = _digest(source), source.name
        target = self._objects / digest
        if not target.exists():
            if isinstance(source, bytes):
                target.write_bytes(source)
            else:
                shutil.copyfile(source, target)
            target.chmod(0o444)
        size = target.stat().st_size
        return Media(digest=digest, size=size, media_type=media_type, name=name, facts=facts)

    def path(self, media: Media) -> Path:
        """The file of a media in the storage."""
        return self._objects / media.digest

    async def input(self, socket: str) -> list[Path]:
        """The files of an input's media, in their order."""
        return [await self.fetch(media) for media in self.inputs.get(socket, [])]

    async def fetch(self, media: Media) -> Path:
        """The file of a media; `storage.not_found` when it was never kept."""
        path = self.path(media)
        if not path.is_file():
            raise DirectorError(
                "storage.not_found", f"There is no object {media.digest[:12]}….", status=404
            )
        return path

    async def save(
        self, socket: str, source: Path | AsyncIterator[bytes], media_type: str, **facts: Any
    ) -> Output:
        """Store a result; a path must lie in `scratch`, and is moved away from there."""
        msgspec.json.encode(facts)  # Facts that are not JSON are an error of the backend.
        if isinstance(source, Path):
            inside = source.resolve().is_relative_to(self._scratch.resolve())
            if source.is_symlink() or not inside or not source.is_file():
                raise BackendError(
                    "backend.outside_scratch", f"{source.name} is no file in the scratch folder."
                )
            staged = source
        else:
            staged = self._scratch / ".incoming"
            with staged.open("wb") as file:
                async for chunk in source:
                    file.write(chunk)
        digest, size = _digest(staged), staged.stat().st_size
        if not size:
            raise BackendError(
                "backend.empty_output", f"The backend gave no bytes for its output {socket!r}."
            )
        staged.replace(self._objects / digest)
        output = Output(
            socket=socket,
            media=Media(digest=digest, size=size, media_type=media_type, facts=facts),
        )
        self.saved.append(output)
        return output

    async def checkpoint(self, state: bytes) -> None:
        """Keep a state, at most 64 KiB."""
        if len(state) > CHECKPOINT_LIMIT:
            raise BackendError(
                "backend.checkpoint_too_large",
                f"A checkpoint holds at most {CHECKPOINT_LIMIT} bytes; this has {len(state)}.",
            )
        self.checkpoints.append(bytes(state))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
