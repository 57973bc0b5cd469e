"""Assets as rows: reading and writing them, for the commands and queries of this domain."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app import projects
from app.platform.database import UnitOfWork, from_json, to_json
from node_registry import AssetKind, DirectorError

from .model import Approval, Asset, AssetVersion, Content, media_in, searched_text

ASSET = """SELECT a.*, v.content, v.approval, v.decided_by, v.decided_at, v.comment
    FROM assets a JOIN asset_versions v ON v.asset_id = a.id AND v.version = a.version"""
MOST_FOLDERS = 10_000


async def asset_of(
    unit: UnitOfWork, project_id: UUID, asset_id: UUID, *, for_change: bool = False
) -> Asset:
    """One asset, held until the end of the unit when it is to be changed.

    Raises `asset.not_found`.
    """
    if for_change:
        await unit.execute("SELECT 1 FROM assets WHERE id = $1 FOR UPDATE", asset_id)
    row = await unit.fetchrow(
        f"{ASSET} WHERE a.id = $1 AND a.project_id = $2", asset_id, project_id
    )
    if row is None:
        raise DirectorError("asset.not_found", "There is no such asset.", status=404)
    return to_asset(row)


async def content_at(unit: UnitOfWork, asset_id: UUID, version: int) -> Content:
    """The content of one version. Raises `asset.no_version`."""
    text = await unit.fetchval(
        "SELECT content FROM asset_versions WHERE asset_id = $1 AND version = $2",
        asset_id,
        version,
    )
    if text is None:
        raise no_version(version)
    return from_json(text)


async def insert_asset(
    unit: UnitOfWork,
    asset_id: UUID,
    project_id: UUID,
    kind: AssetKind,
    content: Content,
    user_id: UUID,
) -> None:
    """Note a new asset at version 1; its content is `insert_version`'s."""
    await unit.execute(
        """INSERT INTO assets (id, project_id, kind, name, sort_name, search, folder, version,
               created_by, changed_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)""",
        asset_id,
        project_id,
        kind,
        content["name"],
        content["name"].casefold(),
        searched_text(content),
        await _free_folder(unit, project_id, kind, content["name"]),
        user_id,
    )


async def raise_version(
    unit: UnitOfWork, asset: Asset, content: Content, version: int, user_id: UUID
) -> None:
    """Let a version be the newest of its asset."""
    folder = None
    if projects.asset_folder(content["name"]) != projects.asset_folder(asset.name):
        folder = await _free_folder(unit, asset.project_id, asset.kind, content["name"])
    await unit.execute(
        """UPDATE assets SET name = $2, sort_name = $3, search = $4, version = $5,
             folder = coalesce($6, folder), changed_by = $7,
             changed_at = now() WHERE id = $1""",
        asset.id,
        content["name"],
        content["name"].casefold(),
        searched_text(content),
        version,
        folder,
        user_id,
    )


async def insert_version(
    unit: UnitOfWork,
    project_id: UUID,
    asset_id: UUID,
    version: int,
    content: Content,
    user_id: UUID,
    *,
    changed: Sequence[str],
    note: str,
    restored_from: int | None = None,
) -> None:
    """Store a version with the files that it names. Raises `media.not_in_project`."""
    await unit.execute(
        """INSERT INTO asset_versions (asset_id, version, project_id, content, changed, note,
               restored_from, made_by) VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8)""",
        asset_id,
        version,
        project_id,
        to_json(content),
        list(changed),
        note,
        restored_from,
        user_id,
    )
    try:
        await unit.executemany(
            """INSERT INTO asset_media (asset_id, version, digest, project_id, field)
               VALUES ($1, $2, $3, $4, $5)""",
            [
                (asset_id, version, digest, project_id, field)
                for digest, field in media_in(content).items()
            ],
        )
        # Now, and not at the commit, where nobody could say which asset it was.
        await unit.execute("SET CONSTRAINTS asset_media_file IMMEDIATE")
        await unit.execute("SET CONSTRAINTS asset_media_file DEFERRED")
    except asyncpg.ForeignKeyViolationError as error:
        raise DirectorError(
            "media.not_in_project",
            "A file of the asset is none of this project.",
            hint="Upload it here, then choose it again.",
            status=404,
        ) from error


def to_asset(row: asyncpg.Record) -> Asset:
    """An asset from a row of `ASSET`."""
    return Asset(
        id=row["id"],
        project_id=row["project_id"],
        kind=row["kind"],
        name=row["name"],
        version=row["version"],
        content=from_json(row["content"]),
        approval=Approval(
            state=row["approval"],
            by=row["decided_by"],
            at=row["decided_at"],
            comment=row["comment"],
        ),
        created_by=row["created_by"],
        created_at=row["created_at"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        removed_at=row["removed_at"],
    )


def to_version(row: asyncpg.Record) -> AssetVersion:
    """A version from its row."""
    return AssetVersion(
        version=row["version"],
        content=from_json(row["content"]),
        changed=row["changed"],
        note=row["note"],
        restored_from=row["restored_from"],
        made_by=row["made_by"],
        made_at=row["made_at"],
        approval=Approval(
            state=row["approval"],
            by=row["decided_by"],
            at=row["decided_at"],
            comment=row["comment"],
        ),
        author_name=row["author_name"],
    )


def no_version(version: int) -> DirectorError:
    """The error for a version that an asset does not have."""
    return DirectorError("asset.no_version", f"The asset has no version {version}.", status=404)


async def _free_folder(unit: UnitOfWork, project_id: UUID, kind: AssetKind, name: str) -> str:
    """The name of a folder on disk that no other asset of this kind has, also no removed one."""
    wanted = projects.asset_folder(name)
    rows = await unit.fetch(
        """SELECT folder FROM assets WHERE project_id = $1 AND kind = $2
             AND (folder = $3 OR folder LIKE $3 || '\\_%')""",
        project_id,
        kind,
        wanted,
    )
    taken = {row["folder"] for row in rows}
    for number in range(1, MOST_FOLDERS):
        folder = wanted if number == 1 else f"{wanted}_{number}"
        if folder not in taken:
            return folder
    raise DirectorError(
        "asset.no_folder",
        f"There are {MOST_FOLDERS} assets of this name already.",
        hint="Choose another name.",
        status=409,
    )
