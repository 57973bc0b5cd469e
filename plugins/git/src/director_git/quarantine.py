"""Where the objects of a push wait until it is let in: a folder that git does not look into.

The folder is held by a lock for as long as its push is alive, so that what a killed process left
is known and removed.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

if sys.platform != "win32":
    import fcntl

_PREFIX = "director-push-"


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
    place = repository / f"{_PREFIX}{uuid4().hex}"
    (place / "pack").mkdir(parents=True)
    (place / "info").mkdir()
    objects = (repository / "objects").resolve()
    (place / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
    with (place / "lock").open("wb") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield Quarantine(repository, place)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what pushes left whose process is dead."""
    for place in (folder / ".git").glob(f"{_PREFIX}*"):
        with suppress(OSError), (place / "lock").open("rb") as lock:
            if sys.platform != "win32":
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)


def _sync(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
