"""The one copy of each file: bytes go in by their SHA-256 and come out by it."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.platform.blocking import run_blocking, run_to_end
from app.platform.ids import new_key
from app.platform.telemetry import get_logger
from node_registry import DerivedFile, DirectorError, Storage, StoredObject

from .derivatives import DerivedMedia
from .unsent import UnsentFiles

CHUNK = 1024 * 1024
AWAY = "storage.unreachable"
NOT_TAKEN = (AWAY, "storage.refused")
"""Why a storage does not take a file that it may take later: away, or set wrongly meanwhile."""

TRY_AGAIN = 10.0
"""Seconds before a storage that was away is tried again."""

ASK_EVERY = 20.0
"""Seconds after which a storage of which nothing was heard is asked whether it is there."""

REFRESH = timedelta(hours=1)
"""How old an object may be to be taken as stored, when the same bytes come again."""

log = get_logger(__name__)


class StoredBytes(msgspec.Struct, frozen=True):
    """What was stored: the SHA-256 in hex, and the size in bytes."""

    digest: str
    size: int


class StorageState(msgspec.Struct, frozen=True):
    """Whether the storage answers, and how many files wait on this machine to be sent to it."""

    reachable: bool
    waiting: int


class ObjectStore:
    """Objects of the studio in whichever storage it uses; `cache` holds fetched copies.

    With `unsent`, a folder, a storage that is away loses nothing: what it cannot take stays there,
    is given from there, and is sent by `send_waiting` when it is back.
    """

    def __init__(self, storage: Storage, cache: Path, unsent: Path | None = None) -> None:
        self._storage = storage
        self._cache = cache
        self._unsent = None if unsent is None else UnsentFiles(unsent)
        self._away_until = 0.0
        self._reachable = True
        self._heard_at = time.monotonic()

    async def open(self) -> None:
        """Connect the storage. One that is away is no reason not to work, where files can wait."""
        try:
            await self._storage.open()
        except DirectorError as error:
            if error.code != AWAY or self._unsent is None:
                raise
            log.warning("storage.away", error=str(error)[:200])
            self._lost()

    @property
    def reachable(self) -> bool:
        """Whether the storage was there when it was last used."""
        return self._reachable

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
        try:
            if self._unsent is not None and time.monotonic() < self._away_until:
                raise _away()
            await self._put(source, media_type, stored)
            self._heard()
        except DirectorError as error:
            if error.code not in NOT_TAKEN or self._unsent is None:
                raise
            # Each file would wait for the same silence.
            self._lost()
            await run_to_end(self._unsent.add, source, stored.digest, media_type)
        return stored

    async def send_waiting(self) -> StorageState:
        """Send what waits for a storage that was away; how many files are left, and whether it is
        there. One that was away, or of which nothing was heard for a while, is asked."""
        if self._unsent is None:
            return StorageState(reachable=True, waiting=0)
        waiting = await run_blocking(self._unsent.waiting)
        with self._unsent.sending() as ours:
            try:
                for digest in waiting if ours else ():
                    await self._send(self._unsent, digest)
                if not self._reachable or time.monotonic() >= self._heard_at + ASK_EVERY:
                    await self._storage.stat(object_key("0" * 64))
                    self._heard()
            except DirectorError as error:
                log.warning("storage.not_sent", waiting=len(waiting), error=str(error)[:200])
                self._lost()
        left = await run_blocking(self._unsent.waiting)
        return StorageState(reachable=self._reachable, waiting=len(left))

    async def _send(self, unsent: UnsentFiles, digest: str) -> None:
        path = unsent.find(digest)
        if path is None:
            return
        media_type = unsent.media_type(digest)
        await self._storage.put(object_key(digest), path, media_type=media_type)
        await run_blocking(unsent.sent, digest, self._cached(digest))
        self._heard()

    def _heard(self) -> None:
        self._reachable, self._away_until, self._heard_at = True, 0.0, time.monotonic()

    def _lost(self) -> None:
        now = time.monotonic()
        self._reachable, self._away_until, self._heard_at = False, now + TRY_AGAIN, now

    async def _put(self, source: Path, media_type: str, stored: StoredBytes) -> None:
        key = object_key(stored.digest)
        there = await self._storage.stat(key)
        fresh = datetime.now(UTC) - REFRESH
        # An old one may be about to be collected, since nothing named it until now: stored again,
        # it is young, and stays.
        if there is None or there.size != stored.size or there.modified < fresh:
            await self._storage.put(key, source, media_type=media_type)
        else:
            source.unlink(missing_ok=True)

    async def stored(self, prefix: str) -> AsyncIterator[StoredObject]:
        """What lies in the storage below a prefix, `objects/` or `derivatives/`."""
        async for found in self._storage.list(prefix):
            yield found

    async def remove(self, key: str, before: datetime) -> None:
        """Remove what was stored last before this time. For the collection alone."""
        await self._storage.delete(key, before=before)

    def forget(self, digest: str) -> None:
        """Remove a fetched copy."""
        self._cached(digest).unlink(missing_ok=True)

    def _cached(self, digest: str) -> Path:
        return self._cache / digest[:2] / digest

    def _waiting(self, digest: str) -> Path | None:
        return None if self._unsent is None else self._unsent.find(digest)

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
        if (unsent := self._waiting(digest)) is not None:
            return unsent
        path = self._cached(digest)
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
        key = object_key(digest)
        if (unsent := self._waiting(digest)) is not None:
            return unsent.stat().st_size
        known = await self._storage.stat(key)
        if known is None:
            raise _missing(digest)
        return known.size

    def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`."""
        key = object_key(digest)
        here = self._waiting(digest)
        if here is None and self._unsent is not None and self._cached(digest).is_file():
            here = self._cached(digest)
        if here is not None and self._unsent is not None:
            return self._unsent.read(here, start, end)
        return self._storage.read(key, start=start, end=end)

    async def link_origin(self) -> str:
        """The origin (`https://media.example:9000`) that links to stored bytes lead to; "" where
        the storage makes none, or such as lead to the studio itself."""
        link = await self._storage.link(object_key("0" * 64), expires=timedelta(minutes=1))
        parts = urlsplit(link or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""

    async def link(self, digest: str, *, expires: timedelta, filename: str | None) -> str | None:
        """A URL that gives the bytes to anybody for a time; None when the studio serves them."""
        key = object_key(digest)
        if self._waiting(digest) is not None:
            return None
        return await self._storage.link(key, expires=expires, filename=filename)

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


def _away() -> DirectorError:
    return DirectorError(AWAY, "The storage did not answer a moment ago.", status=503)


def _hash_file(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()
