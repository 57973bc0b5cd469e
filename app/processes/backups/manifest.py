"""The manifest of a backup: what it is of, and every file with its size and SHA-256.

It has a checksum of its own in a file beside it, as `sha256sum --check` reads it.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from node_registry import DirectorError

STUDIO = "director-backup"
KEYS = "director-keys"
FORMAT = 1
MANIFEST = "manifest.json"
CHECKSUM = "manifest.sha256"
DATABASE = "database.dump"
# What lies in a backup as it lies in the data folder.
FOLDERS = ("objects", "workspace", "functions", "unsent")
CHUNK = 1 << 20
LONGEST = 1 << 30


class BackupFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of a backup. One with `same_as` is not in it: its bytes are those of that file, of
    which it becomes a second name when the studio is restored."""

    path: str
    size: int
    sha256: str
    mode: int = 0o600
    same_as: str = ""


class StoredObject(msgspec.Struct, frozen=True):
    """An object that lies in a storage of its own and not in the backup: its SHA-256, and its size
    in bytes."""

    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `migrations` are those that its database has seen,
    `elsewhere` the objects that it names and a storage of its own has."""

    kind: str
    format: int
    version: str
    created_at: datetime
    storage: str = ""
    migrations: list[str] = []
    folders: list[str] = []
    files: list[BackupFile]
    elsewhere: list[StoredObject] = []


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, and its checksum: with these two a backup is complete."""
    text = msgspec.json.format(msgspec.json.encode(manifest))
    _write(folder / MANIFEST, text)
    _write(folder / CHECKSUM, f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode())


def read_manifest(folder: Path, kind: str = STUDIO) -> Manifest:
    """The manifest of a backup, or of keys. Raises `backup.none`, `backup.damaged` and
    `backup.newer`."""
    try:
        text = _read(folder / MANIFEST)
        said = _read(folder / CHECKSUM).decode("ascii", "replace").split()
    except OSError as error:
        raise DirectorError(
            "backup.none",
            f"{folder.name[:80]} is no complete backup of a studio: its manifest is missing.",
            hint="Name the folder that `director backup` wrote to the end.",
        ) from error
    if said[:1] != [hashlib.sha256(text).hexdigest()]:
        raise damaged(f"its {MANIFEST} is not the one that was written")
    try:
        head = msgspec.json.decode(text, type=_Head)
    except msgspec.DecodeError as error:
        raise damaged(f"its {MANIFEST} cannot be read") from error
    if head.kind != kind:
        wanted = "a backup of a studio" if kind == STUDIO else "the keys of a studio"
        raise DirectorError(
            "backup.none", f"{folder.name[:80]} is not {wanted}.", hint="Name another folder."
        )
    if head.format > FORMAT:
        raise newer(head.version)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise damaged(f"its {MANIFEST} cannot be read") from error
    _check_paths(manifest)
    return manifest


def check_file(path: Path, listed: BackupFile) -> None:
    """Raises `backup.damaged` when the file in a backup is not the one that was written."""
    for _ in read_checked(path, listed):
        pass


def read_checked(path: Path, listed: BackupFile) -> Iterator[bytes]:
    """The bytes of a file of a backup; in the end raises `backup.damaged` if they are others."""
    seen, size = hashlib.sha256(), 0
    try:
        # Never through a link to somewhere else.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise damaged(f"{listed.path[:200]!r} is no file")
            while chunk := file.read(CHUNK):
                seen.update(chunk)
                size += len(chunk)
                yield chunk
    except OSError as error:
        raise damaged(f"{listed.path[:200]!r} cannot be read") from error
    if (size, seen.hexdigest()) != (listed.size, listed.sha256):
        raise damaged(f"{listed.path[:200]!r} has other bytes than were written")


def damaged(why: str) -> DirectorError:
    """The refusal of a backup of which something is missing or changed."""
    return DirectorError(
        "backup.damaged",
        f"This backup is damaged: {why}.",
        hint="Nothing was restored. Take another copy of it, or an earlier backup.",
    )


def newer(version: str) -> DirectorError:
    """The refusal of a backup that this release cannot understand."""
    return DirectorError(
        "backup.newer",
        f"This backup was made by a newer release of Movie Director ({version[:40]}).",
        hint="Install that release or a later one, and restore with it.",
    )


class _Head(msgspec.Struct):
    kind: str
    format: int
    version: str = ""


def _check_paths(manifest: Manifest) -> None:
    top = (*FOLDERS, DATABASE) if manifest.kind == STUDIO else ()
    paths = {file.path for file in manifest.files}
    stored = {file.path for file in manifest.files if not file.same_as}
    if len(paths) != len(manifest.files):
        raise damaged("it names a file twice")
    for path in (*paths, *manifest.folders):
        parts = PurePosixPath(path).parts
        inside = bool(parts) and not {"..", "/", "."} & set(parts) and "\0" not in path
        if not inside or path.startswith("/") or (top and parts[0] not in top):
            raise damaged(f"it names {path[:200]!r}, which is none of its files")
    if not all(re.fullmatch(r"[0-9a-f]{64}", one.sha256) for one in manifest.elsewhere):
        raise damaged("it names an object that is none")
    for file in manifest.files:
        if file.same_as and file.same_as not in stored:
            raise damaged(f"{file.path[:200]!r} is to be the same as a file that it has not")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST)


def _write(path: Path, text: bytes) -> None:
    with path.open("xb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
