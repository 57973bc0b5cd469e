"""The one copy of each file: bytes go in by their SHA-256 and come out by it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.platform.blocking import run_blocking, run_to_end
from app.platform.ids import new_key
from node_registry import DerivedFile, DirectorError, Storage

from .derivatives import DerivedMedia

CHUNK = 1024 * 1024


class StoredBytes(msgspec.Struct, frozen=True):
    """What was stored: the SHA-256 in hex, and the size in bytes."""

    digest: str
    size: int


class ObjectStore:
    """Objects of the studio in whichever storage it uses; `cache` holds fetched copies."""

    def __init__(self, storage: Storage, cache: Path) -> None:
        self._storage = storage
        self._cache = cache

    async def open(self) -> None:
        """Connect the storage."""
        await self._storage.open()

    async def close(self) -> None:
        """Let go of it."""
        await self._storage.close()

    async def keep(
        self, source: Path, media_type: str, *, known: StoredBytes | None = None
    ) -> StoredBytes:
        """Store a file that the caller gives away; the same bytes are stored once.

        `known` is what the caller counted itself while the file was written; else it is read.
        """
        stored = known or StoredBytes(*await run_blocking(_hash_file, source))
        key = object_key(stored.digest)
        there = await self._storage.stat(key)
        if there is None or there.size != stored.size:
            await self._storage.put(key, source, media_type=media_type)
        else:
            source.unlink(missing_ok=True)
        return stored

    async def keep_derivative(self, digest: str, kind: str, file: DerivedFile) -> DerivedMedia:
        """Store a file that was made of an object; it is given away."""
        key = f"derivatives/{object_key(digest).rpartition('/')[2]}/{kind}/{file.name}"
        stored = await self._storage.put(key, file.path, media_type=file.media_type)
        return DerivedMedia(
            name=file.name, key=key, size=stored.size, media_type=file.media_type, facts=file.facts
        )

    @asynccontextmanager
    async def derivative(self, file: DerivedMedia) -> AsyncIterator[Path]:
        """A local file with the bytes of a derivative, to be linked or copied inside the block.

        Raises `storage.not_found` when the storage no longer has it.
        """
        local = self._storage.local_path(file.key)
        if local is not None:
            yield local
            return
        path = self._cache / "derivatives" / new_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("wb") as opened:
                async for chunk in self._storage.read(file.key):
                    await run_to_end(opened.write, chunk)
            yield path
        finally:
            path.unlink(missing_ok=True)

    async def path_of(self, digest: str) -> Path:
        """A local, read-only file with these bytes; fetched when the storage is elsewhere."""
        key = object_key(digest)
        local = self._storage.local_path(key)
        if local is not None:
            if not local.exists():
                raise _missing(digest)
            return local
        path = self._cache / digest[:2] / digest
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{digest}.{new_key()}")
        seen = hashlib.sha256()
        try:
            with fresh.open("wb") as file:
                async for chunk in self._storage.read(key):
                    seen.update(chunk)
                    await run_blocking(file.write, chunk)
            if seen.hexdigest() != digest:
                raise DirectorError(
                    "media.damaged",
                    f"The storage gave other bytes than it was given ({digest[:12]}…).",
                    hint="Look into the storage; the film's takes are not touched.",
                    status=502,
                )
            os.replace(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
        return path

    async def size_of(self, digest: str) -> int:
        """The size in bytes. Raises `media.missing`."""
        known = await self._storage.stat(object_key(digest))
        if known is None:
            raise _missing(digest)
        return known.size

    def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`."""
        return self._storage.read(object_key(digest), start=start, end=end)

    async def link_origin(self) -> str:
        """The origin (`https://media.example:9000`) that links to stored bytes lead to; "" where
        the storage makes none, or such as lead to the studio itself."""
        link = await self._storage.link(object_key("0" * 64), expires=timedelta(minutes=1))
        parts = urlsplit(link or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""

    async def link(self, digest: str, *, expires: timedelta, filename: str | None) -> str | None:
        """A URL that gives the bytes to anybody for a time; None when the studio serves them."""
        return await self._storage.link(object_key(digest), expires=expires, filename=filename)

    def local_path(self, digest: str) -> Path | None:
        """The file itself when the storage is this machine's disk."""
        return self._storage.local_path(object_key(digest))


def object_key(digest: str) -> str:
    """The storage key of a digest. Raises `media.bad_digest` for what is none.

    A digest may come from a node that somebody edited, and becomes a part of paths.
    """
    if not is_digest(digest):
        raise DirectorError(
            "media.bad_digest",
            f"{digest[:20]!r} is not the SHA-256 of a file.",
            hint="Choose the file again.",
        )
    return f"objects/{digest}"


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 in hex."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def _missing(digest: str) -> DirectorError:
    return DirectorError(
        "media.missing",
        f"The bytes {digest[:12]}… are not in the storage.",
        hint="Restore the objects folder from a backup, or generate the take again.",
        status=410,
    )


def _hash_file(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()
