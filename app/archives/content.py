"""The content of a project, as copies, exports and imports all see it; and how it is gathered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from app import accounts, assets, collaboration, execution, media, projects
from app.accounts import Actor
from app.assets import AssetRecord
from app.execution import TakeRecord
from app.graph import write_canvas
from app.media import ObjectStore
from app.platform.blocking import run_blocking
from app.platform.database import unit_of_work
from app.projects import FilmSettings, Project
from node_registry import Media, Tier

from .files import FileRecord, list_files


class Head(msgspec.Struct, kw_only=True):
    """What a project says of itself; `poster` is the digest of the media that stands for it."""

    title: str
    description: str = ""
    quality: Tier = "standard"
    settings: FilmSettings = FilmSettings()
    metadata: dict[str, Any] = {}
    poster: str | None = None


class Content(msgspec.Struct, kw_only=True):
    """All that a project consists of. Bytes are named by their digests and lie elsewhere.

    `canvas` is the document of `main_canvas.json`, `files` are those of the folder, `left_out` the
    files of it that could not be on every system, `people` the names of those who made any of it.
    """

    head: Head
    canvas: msgspec.Raw
    media: list[Media]
    assets: list[AssetRecord]
    approval_from: Tier | None = None
    takes: list[TakeRecord]
    files: list[FileRecord]
    left_out: list[str] = []
    people: dict[UUID, str] = {}

    def digests(self) -> dict[str, int]:
        """The sizes of all files that belong to it, by digest."""
        return {one.digest: one.size for one in (*self.media, *self.files)}


async def gather(actor: Actor, project: Project, store: ObjectStore) -> Content:
    """The content of a project, for those who have seen to the rights."""
    graph = await collaboration.read(actor, await collaboration.main_graph(actor, project.id))
    async with unit_of_work(actor.user_id):
        library, approval_from = await assets.read_library(project.id)
        takes = await execution.read_takes(project.id)
        known = await media.read_media(project.id)
    sizes = {one.digest: one.size for one in known}
    paths = {digest: store.local_path(digest) for digest in sizes}
    files, left_out = await run_blocking(list_files, projects.folder_of(project), sizes, paths)
    people = await accounts.people(list({*_people_of(library, takes)}))
    return Content(
        head=Head(
            title=project.title,
            description=project.description,
            quality=project.quality,
            settings=project.settings,
            metadata=await projects.project_metadata(project),
            poster=project.poster,
        ),
        canvas=msgspec.Raw((await run_blocking(write_canvas, graph)).encode()),
        media=known,
        assets=library,
        approval_from=approval_from,
        takes=takes,
        files=files,
        left_out=left_out,
        people={user_id: person.name for user_id, person in people.items()},
    )


def _people_of(library: list[AssetRecord], takes: list[TakeRecord]) -> Iterator[UUID]:
    for asset in library:
        yield asset.created_by
        yield asset.changed_by
        for version in asset.versions:
            yield version.made_by
            if version.decided_by is not None:
                yield version.decided_by
    for take in takes:
        yield take.user_id
        if take.review is not None:
            yield take.review.decided_by
