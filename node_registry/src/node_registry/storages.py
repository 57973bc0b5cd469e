"""Storages: where bytes lie. Keys are opaque, values immutable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec


class StoredObject(msgspec.Struct, frozen=True, kw_only=True):
    """What a storage knows of one object: `size` in bytes, `modified` in UTC."""

    key: str
    size: int
    media_type: str
    modified: datetime
    metadata: dict[str, str] = {}


class Storage(Protocol):
    """A store of immutable objects. All methods raise `DirectorError` with `storage.…` codes:
    `storage.not_found`, `storage.unreachable` (it is away, and comes back), `storage.refused` (it
    cannot work as it is set), `storage.full`, `storage.bad_key`.

    A key is 1 to 512 characters of `[A-Za-z0-9._-]`, in parts joined by `/`; no part is `.` or
    `..`. Everything else is refused with `storage.bad_key`.

    Names of metadata are small letters and digits joined by `-`; names and values, written as in
    a URL, have at most 2,000 bytes (`storage.bad_metadata`). `name` is the file name that a
    download gets. `node_registry.testing.StorageSuite` holds a storage to all of this.
    """

    async def open(self) -> None:
        """Connect. Called once before anything else.

        A server that does not answer is `storage.unreachable`, and the storage is open all the
        same: what is asked of it later tries the server anew. The studio starts without it.
        Settings with which it can never work are `storage.refused`, and the studio does not start.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

    async def put(
        self,
        key: str,
        source: Path | AsyncIterator[bytes],
        *,
        media_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Store bytes under a key, whole or not at all; a key that exists is replaced.

        A `Path` may be moved or linked instead of copied when `source` lies on the same disk:
        the caller gives it away. One that is not there is `storage.no_source`.
        """
        ...

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in chunks.

        What lies past the end is left out; an `end` before `start`, or a `start` below 0, is
        refused with `storage.bad_range`.
        """
        ...

    async def stat(self, key: str) -> StoredObject | None:
        """What is known of an object, or None when there is none."""
        ...

    async def delete(self, key: str, *, before: datetime | None = None) -> None:
        """Remove an object; one that is not there is no error.

        With `before` one that was put at that time or later, also with the same bytes as it had,
        stays: somebody has just stored it again and counts on it.
        """
        ...

    def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        """All objects whose key begins with `prefix`, in the order of their keys.

        Media type and metadata may be missing here, where a listing does not know them: ask `stat`.
        """
        ...

    async def link(
        self, key: str, *, expires: timedelta, filename: str | None = None
    ) -> str | None:
        """A URL that gives the object to anybody until it expires; None when the studio itself
        must serve it."""
        ...

    def local_path(self, key: str) -> Path | None:
        """The file itself when it lies on this machine's disk (read-only), else None."""
        ...


class StorageSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A storage as the studio knows it without opening it. `DIRECTOR_STORAGE` names the one used.

    `factory(home)` gets the studio's data folder, which a local storage lies in.
    """

    name: str
    title: str
    factory: Callable[[Path], Storage]
