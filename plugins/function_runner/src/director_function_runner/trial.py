"""A function run from the command line, without a studio: its files come and go on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from node_registry import (
    DirectorError,
    Gpu,
    Input,
    Log,
    Media,
    Output,
    Progress,
    Request,
    Reserved,
)

from .form import field_name
from .functions import Declared
from .settings import Settings
from .sockets import MEDIA


class TrialContext:
    """A `RunContext` whose inputs are files of this machine, and whose results go to a folder."""

    def __init__(self, scratch: Path, results: Path, cache: Path) -> None:
        self.scratch = scratch
        self.cache = cache
        self.gpu: Gpu | None = None
        self.reserved = Reserved()
        self.cancelled = asyncio.Event()
        self._results = results
        self._files: dict[str, Path] = {}

    def bring(self, path: Path) -> Media:
        """A file as the media of an input."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._files[digest] = path
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Media(digest=digest, size=path.stat().st_size, media_type=media_type)

    async def input(self, socket: str) -> list[Path]:
        raise NotImplementedError(socket)

    async def fetch(self, media: Media) -> Path:
        return self._files[media.digest]

    async def save(
        self, socket: str, source: Path | AsyncIterator[bytes], media_type: str, **facts: Any
    ) -> Output:
        assert isinstance(source, Path)
        self._results.mkdir(parents=True, exist_ok=True)
        target = self._results / source.name
        shutil.move(source, target)
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = target.stat().st_size
        media = Media(digest=digest, size=size, media_type=media_type, name=str(target))
        return Output(socket, media)

    async def checkpoint(self, state: bytes) -> None:
        del state


async def try_out(
    declared: Declared,
    settings: Settings,
    given: Mapping[str, list[str]],
    results: Path,
    home: Path,
) -> AsyncIterator[str]:
    """Run a function once; what it tells, line by line, and the files of its results.

    `given` maps inputs to values, or to paths for those that are files. Raises `DirectorError`.
    """
    from .backend import FunctionBackend
    from .library import Library

    with tempfile.TemporaryDirectory(prefix="director-function-") as folder:
        context = TrialContext(Path(folder), results, home / "trials")
        request = _request(declared, given, context)
        backend = FunctionBackend(settings, Library(settings))
        await backend.open()
        try:
            async for event in backend.run(request, context):
                if isinstance(event, Progress) and event.step:
                    yield f"{event.fraction:4.0%}  {event.step}"
                elif isinstance(event, Log):
                    yield f"      {event.text}"
                elif isinstance(event, Output):
                    yield f"{event.socket}: {event.media.name}"
        finally:
            await backend.close()


def _request(declared: Declared, given: Mapping[str, list[str]], context: TrialContext) -> Request:
    params: dict[str, Any] = {}
    inputs: dict[str, list[Input]] = {}
    seed = 0
    for name, texts in given.items():
        known = declared.function.inputs.get(name)
        if known is None:
            there = ", ".join(declared.function.inputs)
            raise DirectorError(
                "function.input", f"There is no input {name!r}.", hint=f"There are: {there}."
            )
        if known.type in MEDIA:
            for text in texts:
                if not Path(text).is_file():
                    raise DirectorError("function.input", f"{name}: there is no file {text!r}.")
            media = [context.bring(Path(text)) for text in texts]
            inputs[name] = [Input(node_id="", media=one) for one in media]
        elif name == "seed" and texts[-1].isdigit():
            seed = int(texts[-1])
        else:
            params[field_name(name)] = _value(name, known.type, texts[-1])
    return Request(
        task_id="trial",
        attempt=1,
        node_id="trial",
        node_type=declared.node_type.id,
        params=params,
        inputs=inputs,
        seed=seed,
        catalog_digest=declared.digest,
    )


def _value(name: str, kind: str, text: str) -> Any:
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        raise DirectorError("function.input", f"{name}: {text!r} is no number.") from None
    return text.lower() in ("true", "yes", "1") if kind == "bool" else text
