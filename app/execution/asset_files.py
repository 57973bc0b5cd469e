"""Publishes the assets of the library as folders of the project, and has them committed.

The library says what an asset is; its folder follows. What people put there besides is left alone.
Which version lies there is known to the database, so that whatever was interrupted is found again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path, PurePosixPath
from uuid import UUID

from app import assets, projects
from app.assets import AssetChanged, Unpublished
from app.media import ObjectStore
from app.platform import bus
from app.platform.background import run_forever
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from app.projects import ASSET_FOLDERS, Right
from node_registry import Change, DirectorError, Media, MediaFile, Removal, TextFile

from . import uncommitted_files
from .acting import acting_for

log = get_logger(__name__)

TICK_SECONDS = 30.0
TOGETHER_SECONDS = 2.0
"""What somebody changes within so many seconds is one commit."""

MOST = 200
AWAY_SECONDS = 60.0
"""How long a project is passed over whose folder or files could not be used."""


class AssetFilePublisher:
    """Brings folders up to date. One loop, in the API process."""

    def __init__(self, store: ObjectStore, *, auto_commit: bool) -> None:
        self._store = store
        self._auto_commit = auto_commit
        self._wake = asyncio.Event()
        self._passed_over: dict[UUID, float] = {}
        # Two that rename folders at once would each find what the other leaves.
        self._publishing = asyncio.Lock()

    async def run(self) -> None:
        """Publish until cancelled; a database that is away only makes it wait."""
        forget = bus.listen(AssetChanged, self._on_changed)
        try:
            await run_forever(self._step, self._wake, TICK_SECONDS, name="asset_files")
        finally:
            forget()

    async def _on_changed(self, fact: AssetChanged) -> None:
        if fact.change != "decided":
            self._wake.set()

    async def _step(self) -> None:
        await asyncio.sleep(TOGETHER_SECONDS)
        while await self.publish_batch():
            continue
        await self.commit_files()

    async def publish_batch(self) -> int:
        """Bring the next folders up to date; returns how many there were."""
        async with self._publishing:
            return await self._publish_batch()

    async def _publish_batch(self) -> int:
        now = asyncio.get_running_loop().time()
        self._passed_over = {p: until for p, until in self._passed_over.items() if until > now}
        async with unit_of_work(role=DatabaseRole.SERVICE):
            found = await assets.list_unpublished(MOST, self._passed_over)
        for project_id, group in groupby(found, key=lambda one: one.project_id):
            try:
                await self._publish(project_id, list(group))
            except (DirectorError, OSError) as error:
                # A project that is deleted, a storage that is away, a disk that is full.
                log.warning("asset_files.failed", project=str(project_id), error=str(error)[:200])
                self._passed_over[project_id] = now + AWAY_SECONDS
        return len(found)

    async def _publish(self, project_id: UUID, batch: list[Unpublished]) -> None:
        """Bring folders of one project up to date, each person's changes apart."""
        system = await acting_for(batch[0].changed_by)
        project = await projects.authorise(system, project_id, Right.READ)
        folder = projects.folder_of(project)
        await run_blocking(_move_all, folder, batch)
        for _, group in groupby(batch, key=lambda one: one.changed_by):
            of_one = list(group)
            changes = [
                (asset.name, change)
                for asset in of_one
                for change in await self._bring_up_to_date(folder, asset)
            ]
            async with unit_of_work(role=DatabaseRole.SERVICE):
                await uncommitted_files.note(project_id, of_one[0].changed_by, changes)
                await assets.mark_published(of_one)

    async def commit_files(self) -> None:
        """Commit what was changed in the folders of projects that commit by themselves."""
        if not self._auto_commit:
            return
        for project_id in await uncommitted_files.projects_to_commit():
            try:
                await uncommitted_files.commit(self._store, project_id)
            except (DirectorError, OSError) as error:
                log.warning("asset_files.not_committed", project=str(project_id), error=str(error))

    async def _bring_up_to_date(self, folder: Path, asset: Unpublished) -> list[Change]:
        """Change the files of an asset's folder; what of it git has to keep."""
        before, after = _folders_of(asset)
        moved = before not in (None, after)
        changes: list[Change] = []
        for path in asset.published:
            if path not in asset.files:
                await run_blocking(_remove, folder, f"{after}/{path}")
            if before is not None and (moved or path not in asset.files):
                changes.append(Removal(f"{before}/{path}"))
        for path, file in asset.files.items():
            if moved or asset.published.get(path) != file:
                changes.append(await self._put(folder, f"{after}/{path}", file))
        return changes

    async def _put(self, folder: Path, relative: str, file: Media | str) -> Change:
        if isinstance(file, str):
            await run_blocking(_write, folder, relative, file)
            return TextFile(relative, file)
        source = await self._store.path_of(file.digest)
        await run_blocking(projects.replace, folder, relative, source)
        if projects.is_media(relative):
            return MediaFile(relative, file.digest, file.size, source)
        # A colour table is a text, and no pointer to one.
        return TextFile(relative, await run_blocking(source.read_text, "utf-8", "replace"))


def _folders_of(asset: Unpublished) -> tuple[str | None, str]:
    """Where an asset's files lie, if they do, and where they belong."""
    base = ASSET_FOLDERS[asset.kind]
    before = f"{base}/{asset.published_folder}" if asset.published_folder else None
    return before, f"{base}/{asset.folder}"


def _move_all(folder: Path, batch: Sequence[Unpublished]) -> None:
    """Give folders their new names; one that waits for another to leave its name comes after it."""
    waiting = [pair for asset in batch if (pair := _folders_of(asset))[0] not in (None, pair[1])]
    while waiting:
        rest = [pair for pair in waiting if pair[0] and not _move(folder, pair[0], pair[1])]
        if len(rest) == len(waiting):
            # Somebody made a folder of that name by hand: the files go into it one by one.
            return
        waiting = rest


def _move(folder: Path, before: str, after: str) -> bool:
    source, target = projects.inside(folder, before), projects.inside(folder, after)
    if not source.is_dir():
        return True
    if target.exists():
        return False
    os.rename(source, target)
    return True


def _write(folder: Path, relative: str, text: str) -> None:
    target = projects.inside(folder, relative)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_text(text, "utf-8")
    os.replace(temporary, target)


def _remove(folder: Path, relative: str) -> None:
    """Remove a file, and the folders above it that are empty then, up to the asset's own."""
    path = projects.inside(folder, relative)
    path.unlink(missing_ok=True)
    depth = len(PurePosixPath(relative).parts) - len(PurePosixPath(ASSET_FOLDERS["style"]).parts)
    with suppress(OSError):
        for _ in range(depth - 1):
            path = path.parent
            path.rmdir()
