"""Files that the storage could not take because it was away: kept on this machine, sent later.

They lie in a folder of the data folder, on the disk before anybody is told that they are kept, so
that they outlive this process. Every process of this machine sees them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from app.platform.blocking import run_to_end
from app.platform.ids import new_key

if sys.platform != "win32":
    import fcntl

CHUNK = 1 << 20


class _Facts(msgspec.Struct):
    media_type: str


class UnsentFiles:
    """The files of a folder, by the digests of their bytes. All methods but `read` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, source: Path, digest: str, media_type: str) -> None:
        """Keep a file that is given away; on the disk when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        facts = self._folder / f"{digest}.json"
        self._write(facts, msgspec.json.encode(_Facts(media_type)))
        fresh = self._folder / f".{new_key()}.tmp"
        try:
            try:
                os.rename(source, fresh)
            except OSError:
                # It lies on another disk, or somebody holds it by another name.
                shutil.copyfile(source, fresh)
            fresh.chmod(0o444)
            _sync(fresh)
            os.replace(fresh, self._folder / digest)
            _sync(self._folder)
        finally:
            fresh.unlink(missing_ok=True)
        source.unlink(missing_ok=True)

    def find(self, digest: str) -> Path | None:
        """The file with these bytes, if it waits here."""
        path = self._folder / digest
        return path if path.is_file() else None

    def waiting(self) -> list[str]:
        """The digests of all files that wait."""
        if not self._folder.is_dir():
            return []
        return sorted(p.name for p in self._folder.iterdir() if len(p.name) == 64)

    def media_type(self, digest: str) -> str:
        """What a file was said to be."""
        try:
            text = (self._folder / f"{digest}.json").read_bytes()
            return msgspec.json.decode(text, type=_Facts).media_type
        except (FileNotFoundError, msgspec.DecodeError):
            return "application/octet-stream"

    def sent(self, digest: str, cache: Path) -> None:
        """Let go of a file that the storage has; it stays as a fetched copy at `cache`."""
        cache.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(self._folder / digest, cache)
        except OSError:
            (self._folder / digest).unlink(missing_ok=True)
        (self._folder / f"{digest}.json").unlink(missing_ok=True)

    async def read(self, path: Path, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of a file from `start` up to, not including, `end`."""
        with path.open("rb") as file:
            file.seek(start)
            left = end - start
            while left > 0 and (chunk := await run_to_end(file.read, min(CHUNK, left))):
                left -= len(chunk)
                yield chunk

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """Whether this process is the one that sends just now; the others leave it to it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "sending.lock").open("ab") as lock:
            try:
                if sys.platform != "win32":
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _write(self, path: Path, data: bytes) -> None:
        fresh = path.with_name(f".{new_key()}.tmp")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
