"""`director restore`: a backup becomes a studio again, in an empty data folder; or nothing does.

Everything is checked and put together in a folder of its own, and moved to its place at the end.
"""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import msgspec

from app.platform.blocking import run_to_end
from app.settings import Settings
from node_registry import DirectorError

from ..embedded import EmbeddedPostgres, runtime_folder
from ..migrate import known_migrations, make_roles, migrate
from ..secrets import database_passwords
from ..studio_lock import LOCK, StudioLock
from .dump import check_empty, load
from .elsewhere import check_elsewhere
from .manifest import DATABASE, KEYS, Manifest, check_file, newer, read_checked, read_manifest

UNFINISHED = ".restoring"
# What may lie in a data folder that is to become a studio.
HARMLESS = {LOCK, "logs", "lost+found", UNFINISHED}


class RestoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored, or checked: files and bytes, of which day, and whether with its keys."""

    files: int
    bytes: int
    created_at: datetime
    keys: bool


async def restore(
    settings: Settings, source: Path, keys: Path | None = None, *, check_only: bool = False
) -> RestoreReport:
    """Make the studio of a backup in the data folder; with `check_only` look at the backup alone.

    Raises `backup.none`, `backup.damaged`, `backup.newer`, `restore.folder_in_use`,
    `restore.database_in_use`, `restore.other_storage`, `restore.objects_missing` and
    `studio.already_running`.
    """
    manifest = read_manifest(source)
    held = None if keys is None else read_manifest(keys, KEYS)
    if unknown := set(manifest.migrations) - known_migrations():
        del unknown
        raise newer(manifest.version)
    report = RestoreReport(
        files=len(manifest.files),
        bytes=sum(file.size for file in manifest.files if not file.same_as),
        created_at=manifest.created_at,
        keys=held is not None,
    )
    if check_only:
        await run_to_end(_check, source, manifest)
        if keys is not None and held is not None:
            await run_to_end(_check, keys, held)
        if manifest.storage == settings.storage:
            await check_elsewhere(settings, manifest, read=True)
        return report
    if manifest.storage != settings.storage:
        raise DirectorError(
            "restore.other_storage",
            f"The objects of this studio lie in the storage {manifest.storage[:40]!r}; "
            f"DIRECTOR_STORAGE is {settings.storage!r}.",
            hint=f"Set DIRECTOR_STORAGE={manifest.storage[:40]}, and the storage's own settings.",
        )
    await check_elsewhere(settings, manifest, read=False)
    if settings.database_url is not None:
        await check_empty(settings.database_url)
    _check_unused(settings.home)
    _check_room(settings.home, report.bytes)
    with StudioLock(settings.home):
        await _restore(settings, source, manifest, keys, held)
    return report


async def _restore(
    settings: Settings, source: Path, manifest: Manifest, keys: Path | None, held: Manifest | None
) -> None:
    staged = settings.home / UNFINISHED
    shutil.rmtree(staged, ignore_errors=True)
    try:
        staged.mkdir(mode=0o700)
        await run_to_end(_put, source, manifest, staged)
        if keys is not None and held is not None:
            await run_to_end(_put, keys, held, staged / "secrets")
        dump = staged / DATABASE
        if settings.database_url is not None:
            await _load(settings.database_url, staged, dump)
        else:
            # Not where a studio's would be: this one ends before that may start.
            postgres = EmbeddedPostgres(staged, runtime_folder(staged))
            async with postgres:
                await _load(postgres.url(), staged, dump)
            shutil.rmtree(postgres.runtime, ignore_errors=True)
        dump.unlink()
        shutil.rmtree(staged / "logs", ignore_errors=True)
        for entry in sorted(staged.iterdir()):
            entry.rename(settings.home / entry.name)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


async def _load(owner_url: str, staged: Path, dump: Path) -> None:
    passwords = database_passwords(staged)
    # The dump gives rights to the roles.
    await make_roles(owner_url, passwords)
    await load(owner_url, dump)
    # A backup of an older release is brought up to date here, not at the first start.
    await migrate(owner_url, passwords)


def _put(source: Path, manifest: Manifest, target: Path) -> None:
    """Copy what the manifest lists, checked byte by byte; what shares a file shares it again."""
    target.mkdir(mode=0o700, exist_ok=True)
    for folder in manifest.folders:
        (target / folder).mkdir(parents=True, exist_ok=True)
    for listed in manifest.files:
        path = target / listed.path
        if listed.same_as:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            for chunk in read_checked(source / listed.path, listed):
                file.write(chunk)
            os.fchmod(file.fileno(), listed.mode)
            file.flush()
            os.fsync(file.fileno())
    for listed in manifest.files:
        if listed.same_as:
            path = target / listed.path
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(target / listed.same_as, path)
            except OSError:
                # A disk without second names.
                shutil.copy2(target / listed.same_as, path)


def _check(source: Path, manifest: Manifest) -> None:
    for listed in manifest.files:
        if not listed.same_as:
            check_file(source / listed.path, listed)


def _check_unused(home: Path) -> None:
    there = {entry.name for entry in home.iterdir()} - HARMLESS if home.is_dir() else set()
    if there:
        raise DirectorError(
            "restore.folder_in_use",
            f"The data folder holds a studio already ({', '.join(sorted(there)[:3])}).",
            hint="Set DIRECTOR_HOME to a new or an empty folder. Nothing is ever overwritten.",
            status=409,
        )


def _check_room(home: Path, needed: int) -> None:
    existing = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < needed * 1.1:
        raise DirectorError(
            "backup.no_room",
            f"The studio needs {needed / 1e9:.1f} GB; the disk of the data folder has "
            f"{free / 1e9:.1f} GB.",
            hint="Choose a larger disk.",
            status=507,
        )
