"""Publishes what people bring and no asset shows as the project's source media, to be committed.

It waits a while: most of what is uploaded becomes a part of an asset in a moment, whose folder
then has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path, PurePosixPath
from uuid import UUID

from app import assets, media, projects
from app.media import ObjectStore, Unsettled
from app.platform.background import run_forever
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from app.projects import Right
from node_registry import Change, DirectorError, Media, MediaFile, TextFile

from . import uncommitted_files
from .acting import acting_for

log = get_logger(__name__)

FOLDER = projects.ASSET_FOLDERS["source_media"]
TICK_SECONDS = 15.0
SETTLES_AFTER = timedelta(seconds=20)
AWAY_SECONDS = 60.0
"""How long a project is passed over whose folder or files could not be used."""

MOST = 100
MOST_NAMES = 1_000


class SourceMediaPublisher:
    """Puts files into the projects' folders. One loop, in the API process; what it puts there is
    committed with the files of assets."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._wake = asyncio.Event()
        self._passed_over: dict[UUID, float] = {}

    async def run(self) -> None:
        """Publish until cancelled; a database that is away only makes it wait."""
        await run_forever(self._step, self._wake, TICK_SECONDS, name="source_media")

    async def _step(self) -> None:
        while await self.publish_batch() == MOST:
            continue

    async def publish_batch(self) -> int:
        """Decide on the next files; returns how many there were."""
        now = asyncio.get_running_loop().time()
        self._passed_over = {p: until for p, until in self._passed_over.items() if until > now}
        async with unit_of_work(role=DatabaseRole.SERVICE):
            found = await media.list_unsettled(MOST, SETTLES_AFTER, self._passed_over)
        for key, group in groupby(found, key=lambda one: (one.project_id, one.brought_by)):
            if key[0] in self._passed_over:
                continue
            try:
                await self._publish(*key, list(group))
            except (DirectorError, OSError) as error:
                # A project that is deleted, a storage that is away, a disk that is full.
                log.warning("source_media.failed", project=str(key[0]), error=str(error)[:200])
                self._passed_over[key[0]] = now + AWAY_SECONDS
        return len(found)

    async def _publish(self, project_id: UUID, user_id: UUID, batch: Sequence[Unsettled]) -> None:
        project = await projects.authorise(await acting_for(user_id), project_id, Right.READ)
        folder = projects.folder_of(project)
        async with unit_of_work(role=DatabaseRole.SERVICE):
            shown = await assets.shown_media(project_id, [one.media.digest for one in batch])
        paths = dict.fromkeys(shown, "")
        changes: list[tuple[str, Change]] = []
        for file in (one.media for one in batch if one.media.digest not in shown):
            source = await self._store.path_of(file.digest)
            path = paths[file.digest] = await run_blocking(_place, folder, file, source)
            changes.append((file.name, await _change(path, file, source)))
        async with unit_of_work(role=DatabaseRole.SERVICE):
            await uncommitted_files.note(project_id, user_id, changes)
            await media.record_source_paths(project_id, paths)


async def _change(path: str, file: Media, source: Path) -> Change:
    if projects.is_media(path):
        return MediaFile(path, file.digest, file.size, source)
    # A colour table is a text, and no pointer to one.
    return TextFile(path, await run_blocking(source.read_text, "utf-8", "replace"))


def _place(folder: Path, file: Media, source: Path) -> str:
    """Put a file into the folder under its own name, or one with a number where that is taken."""
    plain = PurePosixPath(file.name or file.digest[:12])
    there = projects.inside(folder, FOLDER)
    # Names that differ in case alone are one name on some systems.
    taken = {name.name.casefold(): name.name for name in there.iterdir()} if there.is_dir() else {}
    for number in range(1, MOST_NAMES):
        name = plain.name if number == 1 else f"{plain.stem}-{number}{plain.suffix}"
        path = f"{FOLDER}/{projects.check_name(name)}"
        if taken.get(name.casefold(), name) != name:
            continue
        try:
            projects.place(folder, path, source)
        except DirectorError as error:
            if error.code != "project.taken":
                raise
            continue
        return path
    raise DirectorError(
        "project.taken",
        f"There are {MOST_NAMES} files called {plain.name[:60]!r} already.",
        hint="Give the file another name.",
        status=409,
    )
