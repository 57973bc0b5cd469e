"""Bytes on their way into a local folder: whole, on the disk, or not there at all."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar
from uuid import uuid4

from node_registry import DirectorError

if sys.platform != "win32":
    import fcntl

P = ParamSpec("P")
T = TypeVar("T")

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FICLONE = 0x40049409
_FRESH = 60.0


class Arrival:
    """A file in `incoming/`, held by a lock so that a sweep can tell it from a leftover."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / uuid4().hex
        self.file: BinaryIO = self.path.open("xb")
        self.size = 0
        if sys.platform != "win32":
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def write(self, chunk: bytes) -> None:
        self.file.write(chunk)
        self.size += len(chunk)

    def clone(self, source: Path) -> None:
        """Take over the bytes of another file, sharing its blocks where the disk can."""
        with source.open("rb") as other:
            if sys.platform == "linux":
                with suppress(OSError):
                    fcntl.ioctl(self.file, _FICLONE, other.fileno())
                    self.size = os.fstat(self.file.fileno()).st_size
                    return
            while chunk := other.read(1 << 20):
                self.write(chunk)

    def adopt(self, source: Path) -> bool:
        """Become the file itself, when it lies on this disk and nobody else holds it."""
        try:
            file = source.open("rb")
        except PermissionError:
            return False
        try:
            if sys.platform != "win32":
                # Held before it is moved, or a sweep could take an old file for a leftover.
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.replace(source, self.path)
        except OSError as error:
            file.close()
            if error.errno in (errno.EXDEV, errno.EPERM, errno.EACCES, errno.EWOULDBLOCK):
                return False
            raise
        self.file.close()
        self.file = file
        self.size = os.fstat(file.fileno()).st_size
        return True

    def settle(self) -> None:
        """Bring the bytes to the disk, and make them read-only."""
        if self.file.writable():
            self.file.flush()
        os.fsync(self.file.fileno())
        os.fchmod(self.file.fileno(), 0o444)

    def drop(self) -> None:
        """Close the file, and remove it unless it was moved to its place."""
        # Closing writes what is still buffered, which fails again on a disk that is full.
        with suppress(OSError):
            self.file.close()
        self.path.unlink(missing_ok=True)


async def to_its_end(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run in a thread, and wait for its end also when cancelled: a thread cannot be stopped."""
    task = asyncio.ensure_future(asyncio.to_thread(act, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def sync_folder(folder: Path) -> None:
    """Bring a rename inside a folder to the disk."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> int:
    """Remove what processes left that died while they wrote; how many files that were."""
    removed = 0
    for path in folder.iterdir():
        # What cannot be locked is still being written; what is gone was moved to its place.
        with suppress(OSError):
            if time.time() - path.stat().st_mtime < _FRESH:
                continue
            with path.open("rb") as file:
                if sys.platform != "win32":
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
    return removed


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn the errors of a disk into sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DirectorError(
                "storage.full",
                f"There is no room left on the studio's disk to store {what}. Nothing of it was "
                "kept, and nothing that was stored before is harmed.",
                hint="Make room, or move the data folder (DIRECTOR_HOME) to a larger disk.",
                status=507,
            ) from error
        raise DirectorError(
            "storage.unreachable",
            f"The studio's data folder could not be used for {what}: {error.strerror or 'error'}.",
            hint="Check that the folder of DIRECTOR_HOME is there and may be written to, "
            "or run `director doctor`.",
            status=503,
        ) from error
