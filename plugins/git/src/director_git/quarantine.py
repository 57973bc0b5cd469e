"""Where the objects of a push wait until it is let in: a folder that git does not look into.

The lock beside the folder is held for as long as its push is alive, so that what a killed process
left is known and removed.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

if sys.platform != "win32":
    import fcntl

_PREFIX = "director-push-"
_LOCK = ".lock"


class Quarantine:
    """Objects apart from those of a repository, which they may refer to."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self._repository, self._folder = repository, folder
        self.extra = {"GIT_OBJECT_DIRECTORY": str(folder)}
        """The variables by which git writes here, and finds what is here."""

    def release(self) -> None:
        """Move the objects into the repository: an index last, since it makes a pack known."""
        target = self._repository / "objects" / "pack"
        target.mkdir(parents=True, exist_ok=True)
        files = list((self._folder / "pack").glob("pack-*"))
        for path in sorted(files, key=lambda path: path.suffix == ".idx"):
            os.replace(path, target / path.name)
        _sync(target)


@contextmanager
def quarantine(folder: Path) -> Iterator[Quarantine]:
    """A quarantine for one push, removed when the block is left."""
    repository = folder / ".git"
    sweep(folder)
    with _named(repository) as place:
        (place / "pack").mkdir(parents=True)
        (place / "info").mkdir()
        objects = (repository / "objects").resolve()
        (place / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        yield Quarantine(repository, place)


def sweep(folder: Path) -> None:
    """Remove what pushes left whose process is dead."""
    if sys.platform == "win32":
        return
    repository = folder / ".git"
    for path in repository.glob(f"{_PREFIX}*{_LOCK}"):
        with suppress(OSError), path.open("rb") as lock:
            if _acquired(lock):
                _remove(path)
    # A lock is there before its folder and longer, so that one without has nobody.
    for place in repository.glob(f"{_PREFIX}*"):
        if place.suffix != _LOCK and not _lock_of(place).exists():
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _named(repository: Path) -> Iterator[Path]:
    """A name for a folder, with its lock held."""
    while True:
        place = repository / f"{_PREFIX}{uuid4().hex}"
        path = _lock_of(place)
        with path.open("wb") as lock:
            # Another's sweep may have come between the two.
            if not _acquired(lock) or not path.exists():
                continue
            try:
                yield place
            finally:
                _remove(path)
            return


def _lock_of(place: Path) -> Path:
    return place.with_name(place.name + _LOCK)


def _acquired(lock: BinaryIO) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(lock: Path) -> None:
    """Remove a folder and then its lock, which stays while a git that lost its parent writes."""
    place = lock.with_name(lock.name.removesuffix(_LOCK))
    shutil.rmtree(place, ignore_errors=True)
    if not place.exists():
        lock.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
