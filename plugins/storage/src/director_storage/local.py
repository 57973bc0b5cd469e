"""The storage of a single machine: one read-only file for each object, in the data folder."""

from __future__ import annotations

import asyncio
import filecmp
import os
import stat as modes
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec

from node_registry import DirectorError, StoredObject

from .arrivals import Arrival, disk_errors, sweep, sync_folder, to_its_end
from .facts import check_metadata, check_range, no_source
from .keys import check_key, check_prefix, facts_of, path_of
from .walk import walk

if sys.platform != "win32":
    import fcntl

CHUNK = 1 << 20
BATCH = 256


class _Facts(msgspec.Struct):
    media_type: str
    metadata: dict[str, str] = {}
    size: int = -1


class LocalStorage:
    """Objects in `<home>/objects`, where `objects/<sha256>` lies at `ab/cd/<sha256>`."""

    def __init__(self, home: Path) -> None:
        self._root = home / "objects"
        self._incoming = self._root / "incoming"

    async def open(self) -> None:
        with disk_errors("its objects"):
            await asyncio.to_thread(self._incoming.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(sweep, self._incoming)

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def put(
        self,
        key: str,
        source: Path | AsyncIterator[bytes],
        *,
        media_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        path = path_of(self._root, key)
        facts = _Facts(media_type, check_metadata(metadata))
        if isinstance(source, Path):
            return await to_its_end(self._take_file, key, path, source, facts)
        with disk_errors("an object"):
            arrival = await asyncio.to_thread(Arrival, self._incoming)
        try:
            async for chunk in source:
                with disk_errors("an object"):
                    await to_its_end(arrival.write, chunk)
            return await to_its_end(self._settle, key, path, arrival, facts)
        finally:
            await to_its_end(arrival.drop)

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        check_range(start, end)
        path = path_of(self._root, key)
        with disk_errors("reading"):
            try:
                file = await asyncio.to_thread(path.open, "rb")
            except (FileNotFoundError, NotADirectoryError):
                raise _not_found(key) from None
            try:
                file.seek(start)
                left = sys.maxsize if end is None else end - start
                while left > 0 and (chunk := await asyncio.to_thread(file.read, min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk
            finally:
                file.close()

    async def stat(self, key: str) -> StoredObject | None:
        return await asyncio.to_thread(_look, check_key(key), path_of(self._root, key))

    async def delete(self, key: str, *, before: datetime | None = None) -> None:
        path = path_of(self._root, key)
        with disk_errors("removing an object"):
            await asyncio.to_thread(self._remove, path, before)

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        found = walk(self._root, check_prefix(prefix))
        while batch := await asyncio.to_thread(_look_all, islice(found, BATCH)):
            for stored in batch:
                # What was deleted since the walk saw it is no longer part of the list.
                if stored is not None:
                    yield stored

    async def link(
        self, key: str, *, expires: timedelta, filename: str | None = None
    ) -> str | None:
        check_key(key)
        return None

    def local_path(self, key: str) -> Path | None:
        path = path_of(self._root, key)
        return path if path.is_file() else None

    def _take_file(self, key: str, path: Path, source: Path, facts: _Facts) -> StoredObject:
        try:
            status = source.lstat()
        except FileNotFoundError:
            raise no_source(source) from None
        with disk_errors("a file"):
            arrival = Arrival(self._incoming)
            # A file with a second name, or seen through a link, may still be written to by
            # whoever holds that name: only its bytes are taken, and it stays where it is.
            mine = modes.S_ISREG(status.st_mode) and status.st_nlink == 1
            moved = False
            try:
                moved = mine and arrival.adopt(source)
                if not moved:
                    arrival.clone(source)
                stored = self._settle(key, path, arrival, facts)
            except BaseException:
                if moved:
                    os.replace(arrival.path, source)
                raise
            finally:
                arrival.drop()
            if mine and not moved:
                source.unlink(missing_ok=True)
            return stored

    def _settle(self, key: str, path: Path, arrival: Arrival, facts: _Facts) -> StoredObject:
        with disk_errors("an object"):
            arrival.settle()
            facts.size = arrival.size
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._placing():
                # The same bytes again: the file that is there keeps its place, since takes in
                # project folders share its blocks.
                if not (_same_size(path, arrival.size) and filecmp.cmp(path, arrival.path, False)):
                    self._write_facts(path, facts)
                    os.replace(arrival.path, path)
                else:
                    os.utime(path)
                    if _read_facts(path) != facts:
                        self._write_facts(path, facts)
            sync_folder(path.parent)
            stored = _look(key, path)
            assert stored is not None, "a file that was just put in its place"
            return stored

    def _write_facts(self, path: Path, facts: _Facts) -> None:
        arrival = Arrival(self._incoming)
        try:
            arrival.write(msgspec.json.encode(facts))
            arrival.settle()
            os.replace(arrival.path, facts_of(path))
        finally:
            arrival.drop()

    def _remove(self, path: Path, before: datetime | None) -> None:
        with self._placing():
            if before is not None:
                # Inside: whoever puts the same bytes again touches them inside as well.
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime >= before.timestamp():
                        return
            path.unlink(missing_ok=True)
            facts_of(path).unlink(missing_ok=True)

    @contextmanager
    def _placing(self) -> Iterator[None]:
        # An object is two files, its bytes and its facts: one at a time puts them in their place,
        # also when several processes work on one folder.
        with (self._root / "placing.lock").open("ab") as lock:
            if sys.platform != "win32":
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _same_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _look_all(found: Iterable[tuple[str, Path]]) -> list[StoredObject | None]:
    return [_look(key, path) for key, path in found]


def _look(key: str, path: Path) -> StoredObject | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    facts = _read_facts(path)
    if facts is None or facts.size != status.st_size:
        facts = _Facts("application/octet-stream")
    return StoredObject(
        key=key,
        size=status.st_size,
        media_type=facts.media_type,
        modified=datetime.fromtimestamp(status.st_mtime, UTC),
        metadata=facts.metadata,
    )


def _read_facts(path: Path) -> _Facts | None:
    # A file that was not put there by the studio has none.
    with suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode(facts_of(path).read_bytes(), type=_Facts)
    return None


def _not_found(key: str) -> DirectorError:
    return DirectorError(
        "storage.not_found",
        f"There is no object {key!r} in the studio's storage.",
        hint="It was deleted, or never stored: generate it again, or restore the data folder.",
        status=404,
    )
