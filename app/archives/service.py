"""Commands over whole projects: duplicate, export, import. The actor comes first."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from app import accounts, media, projects
from app.accounts import Actor, Scope
from app.media import ObjectStore, Uploads
from app.platform import costly
from app.platform.blocking import run_blocking, run_to_end
from app.platform.database import unit_of_work
from app.platform.ids import new_key
from app.platform.zip_stream import CHUNK, Member, zip_stream
from app.projects import Project, Right
from node_registry import DirectorError, ProbeSpec

from .content import gather
from .creation import create_project, keep_loose_media
from .manifest import NAME, Entry, Manifest, entry_names
from .zip_reader import Archive


class Archives(msgspec.Struct, frozen=True):
    """What copies, exports and imports need of the studio; `most` in bytes."""

    store: ObjectStore
    uploads: Uploads
    probes: Sequence[ProbeSpec]
    scratch: Path
    most: int


class Export(msgspec.Struct, frozen=True):
    """An export: the name of the file, and its bytes as they are made."""

    filename: str
    stream: AsyncIterator[bytes]


_archives: Archives | None = None


def use_archives(chosen: Archives) -> None:
    """Keep what is needed. Called once, by the API role."""
    global _archives
    _archives = chosen


def _parts() -> Archives:
    if _archives is None:
        raise RuntimeError("Archives were not opened: call use_archives first.")
    return _archives


async def duplicate(actor: Actor, project_id: UUID, *, title: str = "") -> Project:
    """A new project of this person with the content of another, and its takes to be reused.

    Its people, links and runs stay where they are, and so does the history of git and canvas.
    """
    source = await projects.authorise(actor, project_id, Right.EXPORT)
    actor.demand(Scope.EDIT)
    costly.spend("duplicate", actor.user_id)
    parts = _parts()
    content = await gather(actor, source, parts.store)
    await run_blocking(media.current_quotas().floor.check)
    await media.check_new_project(actor, content.media)
    folder = projects.folder_of(source)
    paths = {file.digest: folder / file.path for file in content.files}
    async with _scratch(parts) as scratch:
        kept = await keep_loose_media(content, paths, parts.store, scratch)
        return await create_project(
            actor,
            content,
            paths | kept,
            parts.store,
            title=title or _copied(source.title),
            person=lambda user_id: (user_id, ""),
            action="project.duplicated",
            label=f"Copy of {source.title}"[:200],
        )


async def export(actor: Actor, project_id: UUID) -> Export:
    """A project as one zip file. What changes while it is sent is as it was when it was begun."""
    project = await projects.authorise(actor, project_id, Right.EXPORT)
    costly.spend("export", actor.user_id)
    parts = _parts()
    content = await gather(actor, project, parts.store)
    entries = entry_names(content)
    manifest = Manifest(made_at=datetime.now(UTC), content=content, entries=entries)
    text = await run_blocking(msgspec.json.encode, manifest)
    folder = projects.folder_of(project)
    loose = {file.digest: folder / file.path for file in content.files}
    for one in content.media:
        loose.pop(one.digest, None)
        # What is missing is told now, while an answer can still say so.
        await parts.store.size_of(one.digest)

    def member(entry: Entry) -> Member:
        if entry.digest in loose:
            path = loose[entry.digest]
            return Member(entry.name, entry.size, lambda: _read_file(path, entry))
        return Member(entry.name, entry.size, lambda: parts.store.read(entry.digest, 0, entry.size))

    members = [
        Member(NAME, len(text), lambda: _pieces(text)),
        *(member(entry) for entry in entries),
    ]
    async with unit_of_work(actor.user_id):
        await projects.note_activity(project_id, actor.user_id, "project.exported")
        await accounts.audit("project.exported", actor.user_id, project_id=project_id)
    return Export(f"{project.folder}.zip", zip_stream(members))


async def import_project(
    actor: Actor, stream: AsyncIterator[bytes], *, size: int | None = None, title: str = ""
) -> Project:
    """Make a project of this person of an exported one; whoever made it there is a name here.

    `size` is how many bytes will come, where that is known. Everything is looked at before anything
    is made: raises `archive.…` for what is no export, is damaged, or would do harm.
    """
    actor.demand(Scope.EDIT)
    costly.spend("import", actor.user_id)
    parts = _parts()
    await run_blocking(media.current_quotas().floor.check, size or 0)
    await media.check_new_project(actor, (), least=1)
    async with (
        parts.uploads.receive(stream, parts.most) as (path, _),
        _scratch(parts) as scratch,
    ):
        archive = await run_blocking(Archive, path, parts.most)
        try:
            return await _import(actor, parts, archive, scratch, title)
        finally:
            await run_blocking(archive.close)


async def _import(
    actor: Actor, parts: Archives, archive: Archive, scratch: Path, title: str
) -> Project:
    content = archive.manifest.content
    unpacked = sum(entry.size for entry in archive.manifest.entries)
    await run_blocking(media.current_quotas().floor.check, unpacked)
    await media.check_new_project(actor, content.media)
    paths: dict[str, Path] = {}
    for entry in archive.manifest.entries:
        paths[entry.digest] = scratch / new_key()
        await run_to_end(archive.unpack, entry, paths[entry.digest])
    content.media = await media.look_into_all(actor.user_id, content.media, paths, parts.probes)
    texts = {file.digest for file in content.files if not projects.is_media(file.path)}
    stored = {one.digest for one in content.media}
    kept = await keep_loose_media(content, paths, parts.store, scratch)
    await media.keep_all(parts.store, content.media, paths)
    names = content.people

    def person(user_id: UUID) -> tuple[UUID, str]:
        return actor.user_id, " ".join(names.get(user_id, "").split())[:200]

    loose = {digest: path for digest, path in paths.items() if digest in texts - stored}
    return await create_project(
        actor,
        content,
        loose | kept,
        parts.store,
        title=title or content.head.title,
        person=person,
        action="project.imported",
        label=f"Import of {content.head.title}"[:200],
    )


@asynccontextmanager
async def _scratch(parts: Archives) -> AsyncIterator[Path]:
    """A folder for what is unpacked, gone afterwards."""
    folder = parts.scratch / f"archive-{new_key()}"
    await run_blocking(folder.mkdir, parents=True)
    try:
        yield folder
    finally:
        await run_to_end(shutil.rmtree, folder, ignore_errors=True)


async def _read_file(path: Path, entry: Entry) -> AsyncIterator[bytes]:
    """The bytes of a file that people may write to meanwhile: then the export breaks off."""
    left, digest = entry.size, hashlib.sha256()
    with path.open("rb") as file:
        while left and (chunk := await run_to_end(file.read, min(CHUNK, left))):
            left -= len(chunk)
            digest.update(chunk)
            yield chunk
    if left or digest.hexdigest() != entry.digest:
        raise DirectorError(
            "archive.changed",
            "A file of the project was changed while it was exported.",
            hint="Export the project again.",
            status=409,
        )


async def _pieces(text: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(text), CHUNK):
        yield text[start : start + CHUNK]


def _copied(title: str) -> str:
    return f"{title[:190]} (copy)"
