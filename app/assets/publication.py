"""Which assets are not in their project's folder as they are now, and what lies there instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from app.platform.database import current_unit, from_json
from node_registry import AssetKind, Media

from .folder import files_of
from .model import Content
from .record_file import ASSET_FILE, write_asset_file


class Unpublished(msgspec.Struct, kw_only=True):
    """An asset whose folder is not up to date: what is there, and what should be.

    `files` and `published` are by path in the folder, `folder` and `published_folder` its names;
    without files the folder goes. `version` is 0 for an asset that is out of the library.
    """

    id: UUID
    project_id: UUID
    kind: AssetKind
    name: str
    version: int
    folder: str
    files: dict[str, Media | str]
    published_folder: str
    published: dict[str, Media | str]
    changed_by: UUID


async def list_unpublished(most: int, without: Collection[UUID]) -> list[Unpublished]:
    """Assets whose folders are not up to date, those of one project and person together.

    `without` are projects that are passed over. Part of the caller's unit of work.
    """
    rows = await current_unit().fetch(
        """SELECT a.*, now_at.content AS content, before.content AS before
           FROM assets a
           JOIN asset_versions now_at ON now_at.asset_id = a.id AND now_at.version = a.version
           LEFT JOIN asset_versions before
             ON before.asset_id = a.id AND before.version = a.published_version
           WHERE ((a.removed_at IS NULL AND (a.published_version <> a.version
                     OR a.published_folder <> a.folder))
               OR (a.removed_at IS NOT NULL AND a.published_version <> 0))
             AND NOT a.project_id = ANY($2::uuid[])
           ORDER BY a.project_id, a.changed_by, a.id LIMIT $1""",
        most,
        list(without),
    )
    found = []
    for row in rows:
        kind: AssetKind = row["kind"]
        before = from_json(row["before"])
        gone = row["removed_at"] is not None
        found.append(
            Unpublished(
                id=row["id"],
                project_id=row["project_id"],
                kind=kind,
                name=row["name"],
                version=0 if gone else row["version"],
                folder=row["folder"],
                files={} if gone else _files(row["id"], kind, from_json(row["content"])),
                published_folder=row["published_folder"],
                published={} if before is None else _files(row["id"], kind, before),
                changed_by=row["changed_by"],
            )
        )
    return found


def _files(asset_id: UUID, kind: AssetKind, content: Content) -> dict[str, Media | str]:
    return {
        **files_of(kind, content),
        ASSET_FILE: write_asset_file(asset_id, kind, content),
    }


async def mark_published(published: Sequence[Unpublished]) -> None:
    """Note that the folders of these assets are so now. Part of the caller's unit of work."""
    await current_unit().executemany(
        "UPDATE assets SET published_version = $2, published_folder = $3 WHERE id = $1",
        [(one.id, one.version, one.folder if one.version else "") for one in published],
    )


async def media_named(digests: list[str]) -> set[str]:
    """Those of these digests that any version of any asset names. Part of the caller's unit."""
    rows = await current_unit().fetch(
        "SELECT DISTINCT digest FROM asset_media WHERE digest = ANY($1::text[])", digests
    )
    return {row["digest"] for row in rows}


async def shown_media(project_id: UUID, digests: list[str]) -> set[str]:
    """Those of these digests that a version of an asset of this project shows. Part of the
    caller's unit of work."""
    rows = await current_unit().fetch(
        """SELECT DISTINCT digest FROM asset_media
           WHERE project_id = $1 AND digest = ANY($2::text[])""",
        project_id,
        digests,
    )
    return {row["digest"] for row in rows}
