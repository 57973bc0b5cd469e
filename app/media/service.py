"""Which bytes exist, and which project may see them."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from node_registry import DirectorError, Media

from .derivatives import eager_kinds, want


async def note_object(
    unit: UnitOfWork, project_id: UUID, media: Media, *, brought_by: UUID | None = None
) -> None:
    """Remember stored bytes, and that this project may see them. Doing it twice is no error.

    `brought_by` is who brought a file of their own, which the project's folder is to have too.
    """
    await unit.execute(
        """INSERT INTO objects (digest, size, media_type, facts) VALUES ($1, $2, $3, $4::jsonb)
           ON CONFLICT (digest) DO NOTHING""",
        media.digest,
        media.size,
        media.media_type,
        to_json(media.facts),
    )
    await unit.execute(
        """INSERT INTO project_objects (project_id, digest, name, brought_by)
           VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING""",
        project_id,
        media.digest,
        media.name,
        brought_by,
    )
    await want(unit, media.digest, eager_kinds(media))


async def media_of(project_id: UUID, digest: str) -> Media:
    """The bytes that a project knows by this digest. Raises `media.not_found`."""
    row = await current_unit().fetchrow(
        """SELECT o.*, p.name FROM objects o JOIN project_objects p USING (digest)
           WHERE p.project_id = $1 AND o.digest = $2""",
        project_id,
        digest,
    )
    if row is None:
        raise DirectorError("media.not_found", "This project has no such file.", status=404)
    return _media(row)


async def objects_of(project_id: UUID, digests: list[str]) -> dict[str, Media]:
    """What the project knows of these digests; those that it does not have are left out."""
    rows = await current_unit().fetch(
        """SELECT o.*, p.name FROM objects o JOIN project_objects p USING (digest)
           WHERE p.project_id = $1 AND o.digest = ANY($2::text[])""",
        project_id,
        digests,
    )
    return {row["digest"]: _media(row) for row in rows}


async def name_objects(project_id: UUID, names: dict[str, str]) -> None:
    """Give files of a project the names by which somebody keeps them, where they have none yet.

    `names` by digest; for those who have seen to the rights, in a unit of the service.
    """
    await current_unit().execute(
        """UPDATE project_objects p SET name = n.name
           FROM unnest($2::text[], $3::text[]) AS n(digest, name)
           WHERE p.project_id = $1 AND p.digest = n.digest AND p.name = ''""",
        project_id,
        list(names),
        list(names.values()),
    )


async def project_sees(project_id: UUID, digests: list[str]) -> set[str]:
    """Those of the digests that the project may see."""
    rows = await current_unit().fetch(
        "SELECT digest FROM project_objects WHERE project_id = $1 AND digest = ANY($2::text[])",
        project_id,
        digests,
    )
    return {row["digest"] for row in rows}


def _media(row: asyncpg.Record) -> Media:
    return Media(
        digest=row["digest"],
        size=row["size"],
        media_type=row["media_type"],
        name=row["name"],
        facts=from_json(row["facts"]),
    )
