"""`director backup`: database, objects, repositories and functions in one folder, while it runs.

The database comes first and the files after it: objects never change, and a repository only grows,
so that all that the dump names is there. What comes in between is in the files alone and harmless.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from app.platform.blocking import run_to_end
from app.settings import DEFAULT_STORAGE, Settings
from node_registry import DirectorError

from ..embedded import EmbeddedPostgres, runtime_folder
from ..studio_lock import StudioLock, is_locked
from .copying import FolderCopy, room_needed
from .dump import Dumped, dumped
from .elsewhere import missing_of, storage_of
from .manifest import (
    DATABASE,
    FOLDERS,
    FORMAT,
    KEYS,
    STUDIO,
    BackupFile,
    Manifest,
    StoredObject,
    check_file,
)
from .manifest import write_manifest as write

# A dump is packed: about as much again as the database's share of all is more than enough.
SPARE = 256 * 1024 * 1024
_OBJECT = re.compile(r"objects/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")


class BackupReport(msgspec.Struct, kw_only=True):
    """What a backup holds. `missing` are objects that the database names and the storage has not,
    `damaged` those whose bytes are not their own: of the studio itself. `skipped` are links and
    the like, which are not backed up. `elsewhere` is the storage whose objects it names and
    does not hold, `unchecked` why that could not be asked for them."""

    files: int
    bytes: int
    missing: list[str]
    damaged: list[str]
    skipped: list[str]
    elsewhere: str = ""
    unchecked: str = ""
    keys: bool = False


async def back_up(settings: Settings, target: Path, keys: Path | None = None) -> BackupReport:
    """Write a backup into a new folder; the keys, which open it all, into another one.

    Works beside a studio that runs, and starts the database of one that does not. Raises
    `backup.exists`, `backup.inside`, `backup.no_studio`, `backup.no_room` and what the database
    says; then nothing of the folder stays.
    """
    home = settings.home.resolve()
    for folder in (target, *([keys] if keys else [])):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DirectorError(
                "backup.exists",
                f"{folder.name[:80]} is there already, and is not empty.",
                hint="Each backup gets a new folder.",
            )
        place = folder.resolve()
        if place.is_relative_to(home) or home.is_relative_to(place):
            raise DirectorError(
                "backup.inside",
                "A backup inside the studio's own data folder is none.",
                hint="Choose a folder on another disk.",
            )
    if keys is not None and keys.resolve().is_relative_to(target.resolve()):
        raise DirectorError(
            "backup.keys_inside",
            "The keys would lie in the backup that they open.",
            hint="Choose another folder for them, kept apart.",
        )
    async with _database(settings) as owner_url:
        _check_room(settings.home, target)
        try:
            target.mkdir(parents=True, mode=0o700, exist_ok=True)
            async with dumped(owner_url, target / DATABASE) as found:
                named = _elsewhere(settings, found)
                report = await run_to_end(_copy, settings, target, keys, found, named)
                if named:
                    await _look_elsewhere(settings, named, report)
                return report
        except BaseException:
            for folder in (target, *([keys] if keys else [])):
                shutil.rmtree(folder, ignore_errors=True)
            raise


async def _look_elsewhere(
    settings: Settings, named: list[StoredObject], report: BackupReport
) -> None:
    try:
        async with storage_of(settings) as store:
            report.missing = await missing_of(store, named)
    except DirectorError as error:
        # A storage that is away is no reason to have no backup of all else.
        report.unchecked = error.message


def _elsewhere(settings: Settings, found: Dumped) -> list[StoredObject]:
    """The objects that the database names and that another storage than the disk keeps."""
    if settings.storage == DEFAULT_STORAGE:
        return []
    return [StoredObject(digest, size) for digest, size in sorted(found.objects.items())]


def _copy(
    settings: Settings,
    target: Path,
    keys: Path | None,
    found: Dumped,
    named: list[StoredObject],
) -> BackupReport:
    copied = FolderCopy(settings.home, target)
    for top in FOLDERS:
        copied.copy(top)
    if keys is not None:
        copy_keys(settings.home / "secrets", keys)
    stored = {m[1]: file for file in copied.files if (m := _OBJECT.fullmatch(file.path))}
    elsewhere = "" if settings.storage == DEFAULT_STORAGE else settings.storage
    manifest = Manifest(
        kind=STUDIO,
        format=FORMAT,
        version=version("movie-director"),
        created_at=datetime.now(UTC),
        storage=settings.storage,
        migrations=found.migrations,
        folders=copied.folders,
        files=[_listed(target / DATABASE), *copied.files],
        elsewhere=named,
    )
    write(target, manifest)
    return BackupReport(
        files=len(manifest.files),
        bytes=sum(file.size for file in manifest.files if not file.same_as),
        missing=[] if elsewhere else sorted(found.objects.keys() - stored.keys()),
        damaged=sorted(digest for digest, file in stored.items() if file.sha256 != digest),
        skipped=copied.skipped,
        elsewhere=elsewhere,
        keys=keys is not None,
    )


def copy_keys(secrets: Path, target: Path) -> None:
    """Copy the studio's keys and passwords into a folder that its owner alone can read."""
    target.mkdir(parents=True, mode=0o700, exist_ok=True)
    target.chmod(0o700)
    files = []
    for source in sorted(secrets.iterdir()) if secrets.is_dir() else []:
        if source.is_symlink() or not source.is_file() or source.name.startswith("."):
            continue
        descriptor = os.open(target / source.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(source.read_bytes())
        files.append(_listed(target / source.name))
    write(
        target,
        Manifest(
            kind=KEYS,
            format=FORMAT,
            version=version("movie-director"),
            created_at=datetime.now(UTC),
            files=files,
        ),
    )


def _listed(path: Path) -> BackupFile:
    import hashlib

    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        listed = BackupFile(path.name, file.tell(), digest)
    check_file(path, listed)
    return listed


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[str]:
    """The owner's address of the studio's database, started for the moment where none runs."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    if not (settings.home / "postgres").exists():
        raise DirectorError(
            "backup.no_studio",
            "There is no studio in the data folder.",
            hint="Set DIRECTOR_HOME to the studio's data folder.",
        )
    postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
    if is_locked(settings.home):
        yield postgres.url()
        return
    with StudioLock(settings.home):
        async with postgres:
            yield postgres.url()


def _check_room(home: Path, target: Path) -> None:
    needed = room_needed(home, (*FOLDERS, "postgres"))
    existing = next(folder for folder in (target, *target.absolute().parents) if folder.exists())
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(existing).free
        if free < needed + SPARE:
            raise DirectorError(
                "backup.no_room",
                f"The backup needs up to {needed / 1e9:.1f} GB; "
                f"the disk of {target.name[:80]} has {free / 1e9:.1f} GB.",
                hint="Choose a larger disk.",
                status=507,
            )
