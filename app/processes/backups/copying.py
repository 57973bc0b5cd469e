"""Copies the files of a studio that runs: each whole, repositories so that every branch holds."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from node_registry import DirectorError

from .manifest import CHUNK, BackupFile

# Branches are copied before what they lead to: what is committed meanwhile is more, never less.
FIRST_OF_REPOSITORY = ("HEAD", "packed-refs", "refs", "logs", "lfs-locks")
TRIES = 5


class FolderCopy:
    """Copies folders of the studio's into a backup, and keeps what the manifest says of them.

    Nothing that is only on its way is copied (`.….tmp`, `*.lock` of a repository, `incoming`).
    `skipped` are links and other things that are no files; `vanished` those that were removed
    before they were copied.
    """

    def __init__(self, source: Path, target: Path) -> None:
        self._source = source
        self._target = target
        self.folders: list[str] = []
        self.files: list[BackupFile] = []
        self.skipped: list[str] = []
        self.vanished: list[str] = []
        # Objects by their place on the disk and by their bytes: copied once, whatever their names.
        self._by_place: dict[tuple[int, int], BackupFile] = {}
        self._by_digest: dict[str, BackupFile] = {}

    def copy(self, top: str) -> None:
        """Copy the folder of this name, if there is one."""
        if (self._source / top).is_dir():
            self._folder(top)

    def _folder(self, relative: str) -> None:
        self.folders.append(relative)
        (self._target / relative).mkdir(mode=0o700, parents=True)
        for entry in self._entries(relative):
            path = f"{relative}/{entry.name}"
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name == ".git":
                        self._repository(path)
                    else:
                        self._folder(path)
                elif entry.is_file(follow_symlinks=False):
                    self._file(path)
                else:
                    self.skipped.append(path)
            except FileNotFoundError:
                self.vanished.append(path)

    def _entries(self, relative: str) -> Iterator[os.DirEntry[str]]:
        with os.scandir(self._source / relative) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        in_repository = "/.git/" in f"{relative}/"
        if relative.endswith("/.git"):
            entries.sort(key=lambda entry: entry.name not in FIRST_OF_REPOSITORY)
        for entry in entries:
            name = entry.name
            unfinished = name.startswith(".") and name.endswith(".tmp")
            if in_repository:
                unfinished |= name.endswith(".lock") or name.startswith(("tmp_", ".tmp-"))
            if not unfinished and f"{relative}/{name}" != "objects/incoming":
                yield entry

    def _repository(self, relative: str) -> None:
        # What is packed while it is copied moves from file to file: then once more.
        for attempt in range(TRIES):
            folders, files, vanished = len(self.folders), len(self.files), len(self.vanished)
            self._folder(relative)
            if len(self.vanished) == vanished:
                return
            del self.folders[folders:], self.files[files:], self.vanished[vanished:]
            shutil.rmtree(self._target / relative)
            time.sleep(0.2 * (attempt + 1))
        raise DirectorError(
            "backup.busy",
            "A project's repository changed all the time while it was copied.",
            hint="Try again when less happens in the studio.",
            status=503,
        )

    def _file(self, path: str) -> None:
        with (self._source / path).open("rb") as opened:
            status = os.fstat(opened.fileno())
            mode = stat.S_IMODE(status.st_mode) & 0o777
            place = (status.st_dev, status.st_ino)
            known = self._by_place.get(place)
            if known is not None and known.size == status.st_size:
                self.files.append(BackupFile(path, known.size, known.sha256, mode, known.path))
                return
            size, digest = _copy(opened, self._target / path)
        copied = BackupFile(path, size, digest, mode)
        if path.startswith("objects/"):
            # They never change: they alone may be shared by several names.
            self._by_place[place] = self._by_digest[digest] = copied
        elif size and not mode & 0o222 and (same := self._by_digest.get(digest)) is not None:
            # A take in its project's folder, on a disk where it shares the blocks of its object.
            (self._target / path).unlink()
            copied = BackupFile(path, size, digest, mode, same.path)
        self.files.append(copied)


def _copy(opened: BinaryIO, target: Path) -> tuple[int, str]:
    seen, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while chunk := opened.read(CHUNK):
            seen.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return size, seen.hexdigest()


def room_needed(source: Path, tops: tuple[str, ...]) -> int:
    """How many bytes the files in these folders take, those with several names once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for top in tops:
        for folder, _, names in os.walk(source / top):
            for name in names:
                try:
                    status = os.lstat(os.path.join(folder, name))
                except FileNotFoundError:
                    continue
                if (place := (status.st_dev, status.st_ino)) not in seen:
                    seen.add(place)
                    total += status.st_size
    return total
