"""Which files people brought that do not lie in their project's folder yet, as its source media."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import msgspec

from app.platform.database import current_unit, from_json
from node_registry import Media


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """A file that somebody brought, of which it is not decided yet where it lies."""

    project_id: UUID
    media: Media
    brought_by: UUID


async def list_unsettled(most: int, older: timedelta, without: Collection[UUID]) -> list[Unsettled]:
    """Files that were brought longer ago, those of one project and person together.

    `without` are projects that are passed over. Part of the caller's unit of work.
    """
    rows = await current_unit().fetch(
        """SELECT p.project_id, p.brought_by, p.name, o.digest, o.size, o.media_type, o.facts
           FROM project_objects p JOIN objects o USING (digest)
           WHERE p.brought_by IS NOT NULL AND p.source_path IS NULL
             AND p.added_at < now() - $2::interval
             AND NOT p.project_id = ANY($3::uuid[])
           ORDER BY p.project_id, p.brought_by, p.added_at LIMIT $1""",
        most,
        older,
        list(without),
    )
    return [
        Unsettled(
            project_id=row["project_id"],
            brought_by=row["brought_by"],
            media=Media(
                digest=row["digest"],
                size=row["size"],
                media_type=row["media_type"],
                name=row["name"],
                facts=from_json(row["facts"]),
            ),
        )
        for row in rows
    ]


async def record_source_paths(project_id: UUID, paths: dict[str, str]) -> None:
    """Note where files lie in the project's folder, by digest; "" is nowhere of their own, since an
    asset's folder has them. Part of the caller's unit of work."""
    await current_unit().executemany(
        "UPDATE project_objects SET source_path = $3 WHERE project_id = $1 AND digest = $2",
        [(project_id, digest, path) for digest, path in paths.items()],
    )


async def sources_at(project_id: UUID, paths: list[str]) -> dict[str, str]:
    """The digests of source media, by where they lie in the project's folder. Part of the caller's
    unit of work."""
    rows = await current_unit().fetch(
        """SELECT source_path, digest FROM project_objects
           WHERE project_id = $1 AND source_path = ANY($2::text[])""",
        project_id,
        paths,
    )
    return {row["source_path"]: row["digest"] for row in rows}
