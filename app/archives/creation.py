"""A new project with the content of another: its folder and its rows at once, or nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

import msgspec

from app import assets, collaboration, execution, media, projects
from app.accounts import Actor
from app.graph import Graph, read_canvas
from app.media import ObjectStore
from app.platform.blocking import run_blocking, run_to_end
from app.platform.database import UnitOfWork
from app.platform.ids import new_id, new_key
from app.projects import Project, Right
from node_registry import Change, MediaFile, TextFile

from .content import Content
from .files import FileRecord

Person = Callable[[UUID], tuple[UUID, str]]
LARGEST_TEXT = 16 * 1024 * 1024
_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def create_project(
    actor: Actor,
    content: Content,
    paths: Mapping[str, Path],
    store: ObjectStore,
    *,
    title: str,
    person: Person,
    action: str,
    label: str,
) -> Project:
    """Make a project of this content, with new ids.

    The bytes of its media are in the storage, those of other files at `paths`, by digest. `person`
    says who stands for those who made it. Raises what `read_canvas` raises, and what the folder or
    the database refuse; then nothing of it is left.
    """
    ids = {one.id: new_id() for one in (*content.takes, *content.assets)}
    canvas = await run_blocking(_canvas, content.canvas, ids)
    stored = {one.digest for one in content.media}

    async def fill(folder: Path) -> list[Change]:
        changes = [
            await _put(folder, file, paths, store, ids, stored=file.digest in stored)
            for file in content.files
        ]
        return [change for change in changes if change is not None]

    async def insert(unit: UnitOfWork, project: Project) -> None:
        await media.insert_media(unit, project.id, content.media)
        await assets.insert_library(
            unit, project.id, content.assets, ids, person, content.approval_from
        )
        await execution.insert_takes(unit, project.id, content.takes, ids, person)
        await collaboration.found_graph(unit, project.id, actor.user_id, canvas, label)
        if content.head.poster in stored:
            await projects.offer_poster(project.id, content.head.poster, replace=True)

    made = await projects.create(
        actor,
        title,
        description=content.head.description,
        quality=content.head.quality,
        settings=content.head.settings,
        metadata=content.head.metadata,
        fill=fill,
        insert=insert,
        action=action,
    )
    return await projects.authorise(actor, made.id, Right.READ)


async def keep_loose_media(
    content: Content, paths: Mapping[str, Path], store: ObjectStore, scratch: Path
) -> dict[str, Path]:
    """Store the files that git keeps as pointers and that the project knows only as files of its
    folder, and return where they lie: bytes behind a pointer never change, as a file may."""
    stored = {one.digest for one in content.media}
    kept: dict[str, Path] = {}
    for file in content.files:
        if file.digest in stored or file.digest in kept or not projects.is_media(file.path):
            continue
        copy = scratch / new_key()
        await run_to_end(shutil.copyfile, paths[file.digest], copy)
        await store.keep(copy, "application/octet-stream")
        kept[file.digest] = await store.path_of(file.digest)
    return kept


async def _put(
    folder: Path,
    file: FileRecord,
    paths: Mapping[str, Path],
    store: ObjectStore,
    ids: Mapping[UUID, UUID],
    *,
    stored: bool,
) -> Change | None:
    """Put a file into a project's folder; the change with which git keeps it, if it does."""
    ignored = file.path.startswith("06_Exports/")
    if stored or projects.is_media(file.path):
        source = await store.path_of(file.digest) if stored else paths[file.digest]
        await run_to_end(projects.place, folder, file.path, source)
        if not ignored and projects.is_media(file.path):
            return MediaFile(file.path, file.digest, file.size, source)
    else:
        source = paths[file.digest]
        await run_to_end(_copy, source, folder, file.path)
        if file.path.endswith((execution.TAKE_FILE_SUFFIX, f"/{assets.ASSET_FILE}")):
            source = projects.inside(folder, file.path)
            await run_to_end(_rewrite, source, ids)
    if ignored or file.size > LARGEST_TEXT:
        return None
    try:
        return TextFile(file.path, await run_blocking(source.read_text, "utf-8"))
    except UnicodeDecodeError:
        return None


def _copy(source: Path, folder: Path, relative: str) -> None:
    target = projects.inside(folder, relative)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _rewrite(path: Path, ids: Mapping[UUID, UUID]) -> None:
    """Put the new ids into a file; its copy in the new project is its own."""
    path.write_bytes(_with_new_ids(path.read_bytes(), ids))


def _canvas(document: msgspec.Raw, ids: Mapping[UUID, UUID]) -> Graph:
    """The canvas, with the new ids of takes and assets wherever it names one."""
    return read_canvas(_with_new_ids(bytes(document), ids))


def _with_new_ids(text: bytes, ids: Mapping[UUID, UUID]) -> bytes:
    new = {str(old).encode(): str(new).encode() for old, new in ids.items()}
    return _ID.sub(lambda found: new.get(found[0], found[0]), text)
