"""The library as an archive of a project carries it: all assets with all versions, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from app import projects
from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from node_registry import AssetKind, DirectorError, Tier

from .model import ApprovalState, Content, media_in, read_content, searched_text

Person = Callable[[UUID], tuple[UUID, str]]
"""Who stands for a person of the archive here, and the name that is kept where that is another."""

LONGEST_NOTE = 4000
Positive = Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)]


class VersionRecord(msgspec.Struct, kw_only=True):
    """One version of an asset, with what was decided about it."""

    version: Positive
    content: Content
    changed: list[str] = []
    note: str = ""
    restored_from: int | None = None
    made_by: UUID
    made_at: datetime
    author_name: str = ""
    approval: ApprovalState = "pending"
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    comment: str = ""


class AssetRecord(msgspec.Struct, kw_only=True):
    """An asset; its `versions` are in order, and the last is the one that counts."""

    id: UUID
    kind: AssetKind
    folder: str
    created_by: UUID
    created_at: datetime
    changed_by: UUID
    changed_at: datetime
    removed_at: datetime | None = None
    versions: list[VersionRecord]


async def read_library(project_id: UUID) -> tuple[list[AssetRecord], Tier | None]:
    """All assets of a project, also removed ones, and from which tier on it demands approval.

    Part of the caller's unit of work.
    """
    unit = current_unit()
    rows = await unit.fetch("SELECT * FROM assets WHERE project_id = $1 ORDER BY id", project_id)
    versions = await unit.fetch(
        "SELECT * FROM asset_versions WHERE project_id = $1 ORDER BY asset_id, version", project_id
    )
    by_asset: dict[UUID, list[VersionRecord]] = {}
    for row in versions:
        values = {**dict(row), "content": from_json(row["content"])}
        del values["asset_id"], values["project_id"]
        by_asset.setdefault(row["asset_id"], []).append(msgspec.convert(values, VersionRecord))
    names = [f for f in AssetRecord.__struct_fields__ if f != "versions"]
    assets = [
        AssetRecord(**{name: row[name] for name in names}, versions=by_asset[row["id"]])
        for row in rows
    ]
    tier = await unit.fetchval(
        "SELECT approval_from FROM asset_policies WHERE project_id = $1", project_id
    )
    return assets, tier


def check_library(assets: Sequence[AssetRecord], digests: set[str]) -> None:
    """See that records from outside are assets as this studio makes them.

    Raises `asset.bad_record`, and what `read_content` raises.
    """
    folders: set[tuple[str, str]] = set()
    for asset in assets:
        numbers = [version.version for version in asset.versions]
        if not numbers or numbers != sorted(set(numbers)):
            raise _bad("An asset has no versions, or not in order.")
        for version in asset.versions:
            version.content = read_content(asset.kind, version.content)
            missing = media_in(version.content).keys() - digests
            if missing:
                raise _bad(f"{version.content['name'][:80]} names a file that is not there.")
            texts = (version.note, version.comment, version.author_name, *version.changed)
            if any("\0" in text or len(text) > LONGEST_NOTE for text in texts):
                raise _bad("A text of an asset cannot be kept.")
        wanted = projects.asset_folder(asset.versions[-1].content["name"])
        if not re.fullmatch(rf"{re.escape(wanted)}(_[0-9]{{1,5}})?", asset.folder):
            raise _bad(f"{asset.folder[:80]!r} is not the folder of {wanted[:80]}.")
        if (asset.kind, asset.folder) in folders:
            raise _bad(f"Two assets have the folder {asset.folder[:80]}.")
        folders.add((asset.kind, asset.folder))


async def insert_library(
    unit: UnitOfWork,
    project_id: UUID,
    assets: Sequence[AssetRecord],
    ids: dict[UUID, UUID],
    person: Person,
    approval_from: Tier | None,
) -> None:
    """Store records as the library of a project that has none yet; `ids` are the new ones.

    Raises `media.not_in_project`, by the database, for a file that the project does not know.
    """
    await unit.executemany(
        """INSERT INTO assets (id, project_id, kind, name, sort_name, search, folder, version,
               created_by, created_at, changed_by, changed_at, removed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        [_asset_row(project_id, ids[asset.id], asset, person) for asset in assets],
    )
    pairs = [(ids[asset.id], version) for asset in assets for version in asset.versions]
    await unit.executemany(
        """INSERT INTO asset_versions (asset_id, version, project_id, content, changed, note,
               restored_from, made_by, made_at, author_name, approval, decided_by, decided_at,
               comment)
           VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
        [_version_row(project_id, asset_id, version, person) for asset_id, version in pairs],
    )
    await unit.executemany(
        """INSERT INTO asset_media (asset_id, version, digest, project_id, field)
           VALUES ($1, $2, $3, $4, $5)""",
        [
            (asset_id, version.version, digest, project_id, field)
            for asset_id, version in pairs
            for digest, field in media_in(version.content).items()
        ],
    )
    if approval_from is not None:
        await unit.execute(
            "INSERT INTO asset_policies (project_id, approval_from) VALUES ($1, $2)",
            project_id,
            approval_from,
        )


def _asset_row(
    project_id: UUID, asset_id: UUID, asset: AssetRecord, person: Person
) -> tuple[Any, ...]:
    newest = asset.versions[-1]
    return (
        asset_id,
        project_id,
        asset.kind,
        newest.content["name"],
        newest.content["name"].casefold(),
        searched_text(newest.content),
        asset.folder,
        newest.version,
        person(asset.created_by)[0],
        asset.created_at,
        person(asset.changed_by)[0],
        asset.changed_at,
        asset.removed_at,
    )


def _version_row(
    project_id: UUID, asset_id: UUID, version: VersionRecord, person: Person
) -> tuple[Any, ...]:
    made_by, author = person(version.made_by)
    decided_by, decider = person(version.decided_by) if version.decided_by else (None, "")
    return (
        asset_id,
        version.version,
        project_id,
        to_json(version.content),
        version.changed,
        version.note,
        version.restored_from,
        made_by,
        version.made_at,
        version.author_name or author,
        version.approval,
        decided_by,
        version.decided_at,
        f"{decider}: {version.comment}".rstrip(": ") if decider else version.comment,
    )


def _bad(message: str) -> DirectorError:
    return DirectorError("asset.bad_record", message, hint="Export the project again.")
