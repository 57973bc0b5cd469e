"""The files of a project as a browser walks through them: one folder at a time, with their ids.

What lies in the folder as a file is known to the studio as a take, an asset or media, by an id or
a digest, and its bytes are asked for by that. No path of the machine is told.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal
from uuid import UUID

import msgspec

from app import assets, media, projects
from app.accounts import Actor
from app.platform.blocking import run_blocking
from app.platform.database import current_unit, unit_of_work
from app.platform.pagination import Page, PageRequest
from app.projects import ASSET_FOLDERS, Right
from node_registry import AssetKind, DirectorError, Media

FileKind = Literal["image", "video", "audio", "text", "model", "other"]
KINDS: dict[str, FileKind] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "exr", "hdr"), "image"),
    **dict.fromkeys(("mp4", "mov", "webm", "mkv", "avi", "m4v", "mxf"), "video"),
    **dict.fromkeys(("wav", "mp3", "aac", "flac", "ogg", "m4a"), "audio"),
    **dict.fromkeys(
        ("txt", "md", "json", "fountain", "fdx", "edl", "otio", "cube", "gitignore"), "text"
    ),
    **dict.fromkeys(("safetensors", "ckpt", "pt", "pth", "onnx", "gguf", "glb", "obj"), "model"),
}
LONGEST_FOLDER = 1000


class TreeEntry(msgspec.Struct, kw_only=True):
    """A folder or a file of a project's folder; `path` is relative to it, `size` in bytes.

    `take_id`, `asset_id` and `digest` say what it is, where the studio knows it: a take's file, an
    asset's folder or file; the bytes of media are at `…/media/{digest}`.
    """

    name: str
    path: str
    type: Literal["folder", "file"]
    kind: FileKind | None = None
    size: int | None = None
    modified_at: datetime | None = None
    take_id: UUID | None = None
    asset_id: UUID | None = None
    digest: str | None = None


async def list_folder(
    actor: Actor, project_id: UUID, folder: str, page: PageRequest
) -> Page[TreeEntry]:
    """What lies in a folder of a project (empty: its root), folders first, then by name.

    Raises `project.no_folder`, and what a path that leads elsewhere gets.
    """
    project = await projects.authorise(actor, project_id, Right.READ)
    relative = folder.strip("/")
    root = projects.folder_of(project)
    entries = await run_blocking(_scan, root, relative)
    found = page.of(entries, lambda entry: (int(entry.type == "file"), entry.name))
    async with unit_of_work(actor.user_id):
        await _name_takes(project_id, found.items)
        await _name_assets(project_id, relative, found.items)
        await _name_sources(project_id, relative, found.items)
    return found


def _scan(root: Path, relative: str) -> list[TreeEntry]:
    place = projects.inside(root, relative) if relative else root
    try:
        with os.scandir(place) as scanned:
            return [
                _entry(entry, relative)
                for entry in scanned
                # A link may lead anywhere, and is no part of a project.
                if not entry.is_symlink()
                and entry.name not in (".git", ".gitkeep")
                and not entry.name.endswith(".tmp")
                and _is_text(entry.name)
            ]
    except (FileNotFoundError, NotADirectoryError):
        raise DirectorError(
            "project.no_folder",
            f"The project has no folder {relative[:80]!r}.",
            hint="Look at the folder above it.",
            status=404,
        ) from None


def _is_text(name: str) -> bool:
    """Whether a name can be told in JSON; what another program wrote may be any bytes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _entry(entry: os.DirEntry[str], relative: str) -> TreeEntry:
    path = f"{relative}/{entry.name}" if relative else entry.name
    if entry.is_dir(follow_symlinks=False):
        return TreeEntry(name=entry.name, path=path, type="folder")
    status = entry.stat(follow_symlinks=False)
    ending = PurePosixPath(entry.name).suffix.lower().removeprefix(".")
    return TreeEntry(
        name=entry.name,
        path=path,
        type="file",
        kind=KINDS.get(ending, "other"),
        size=status.st_size,
        modified_at=datetime.fromtimestamp(int(status.st_mtime), UTC),
    )


async def _name_takes(project_id: UUID, entries: list[TreeEntry]) -> None:
    """Say which files are those of takes: by the take's name, and by what it is."""
    stems = {PurePosixPath(e.name).stem for e in entries if e.type == "file"}
    rows = await current_unit().fetch(
        """SELECT t.id, t.name, o -> 'media' ->> 'digest' AS digest,
             (o -> 'media' ->> 'size')::bigint AS size
           FROM takes t, jsonb_array_elements(t.outputs) o
           WHERE t.project_id = $1 AND t.name = ANY($2::text[]) ORDER BY t.created_at""",
        project_id,
        list(stems),
    )
    # Two shots may have takes of one name, in folders of their own: their bytes tell them apart.
    known = {(row["name"], row["size"]): row for row in rows}
    for entry in entries:
        row = known.get((PurePosixPath(entry.name).stem, entry.size))
        if row is not None:
            entry.take_id, entry.digest = row["id"], row["digest"]


async def _name_sources(project_id: UUID, relative: str, entries: list[TreeEntry]) -> None:
    """Say which files are those that people brought."""
    if relative == ASSET_FOLDERS["source_media"]:
        known = await media.sources_at(project_id, [entry.path for entry in entries])
        for entry in entries:
            entry.digest = known.get(entry.path, entry.digest)


async def _name_assets(project_id: UUID, relative: str, entries: list[TreeEntry]) -> None:
    """Say which folders and files are those of assets."""
    for kind, base in ASSET_FOLDERS.items():
        if kind not in assets.LIBRARY or not f"{relative}/".startswith(f"{base}/"):
            continue
        asset_kind: AssetKind = kind  # type: ignore[assignment] - one of the library
        if relative == base:
            ids = await assets.ids_by_folder(project_id, asset_kind, [e.name for e in entries])
            for entry in entries:
                entry.asset_id = ids.get(entry.name)
            return
        name, _, below = relative.removeprefix(f"{base}/").partition("/")
        ids = await assets.ids_by_folder(project_id, asset_kind, [name])
        if name not in ids:
            return
        asset = (await assets.assets_by_id(project_id, [ids[name]]))[ids[name]]
        files = assets.files_of(asset.kind, asset.content)
        for entry in entries:
            entry.asset_id = asset.id
            file = files.get(f"{below}/{entry.name}" if below else entry.name)
            if isinstance(file, Media):
                entry.digest = file.digest
