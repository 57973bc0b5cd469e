"""The files of a project as an archive of it carries them: what is known of each, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from app.platform.database import DatabaseRole, UnitOfWork, current_unit, from_json, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import DirectorError, Media, ProbeSpec

from .objects import ObjectStore, StoredBytes, is_digest
from .probing import facts_of
from .service import note_object

log = get_logger(__name__)

AT_ONCE = 4
UNKNOWN = "application/octet-stream"
# What no probe looks into, and what a browser would show only as text.
PLAIN = frozenset(
    {
        "text/plain", "application/xml", "application/json", "application/x-edl",
        "application/vnd.opentimelineio+json", "application/x-cube-lut",
        "application/x-safetensors", UNKNOWN,
    }
)  # fmt: skip


async def read_media(project_id: UUID) -> list[Media]:
    """All files that a project knows. Part of the caller's unit of work."""
    rows = await current_unit().fetch(
        """SELECT o.digest, o.size, o.media_type, o.facts, p.name
           FROM project_objects p JOIN objects o USING (digest)
           WHERE p.project_id = $1 ORDER BY p.added_at, o.digest""",
        project_id,
    )
    return [
        Media(
            digest=row["digest"],
            size=row["size"],
            media_type=row["media_type"],
            name=row["name"],
            facts=from_json(row["facts"]),
        )
        for row in rows
    ]


def check_media(media: Sequence[Media]) -> None:
    """See that records from outside name files that could be. Raises `media.bad_record`."""
    seen: set[str] = set()
    for one in media:
        if not is_digest(one.digest) or one.digest in seen or one.size < 0:
            raise DirectorError(
                "media.bad_record",
                f"{one.digest[:20]!r} comes twice, or is not the SHA-256 of a file.",
                hint="Export the project again.",
            )
        if "\0" in one.name or len(one.name) > 300:
            raise DirectorError(
                "media.bad_record",
                f"{one.name[:60]!r} cannot be the name of a file.",
                hint="Export the project again.",
            )
        seen.add(one.digest)


async def look_into_all(
    owner: Hashable, media: Sequence[Media], paths: Mapping[str, Path], probes: Sequence[ProbeSpec]
) -> list[Media]:
    """What these files of an owner are, by their content: an archive's word is not taken for it.

    Bytes that the studio knows already are what it knows of them. Those that no probe accepts, as a
    model's own kind of file, are kept as bytes of an unknown kind.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            "SELECT digest, media_type, facts FROM objects WHERE digest = ANY($1::text[])",
            [one.digest for one in media],
        )
    known = {row["digest"]: row for row in rows}
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(one: Media) -> Media:
        facts: dict[str, object] = {}
        media_type = UNKNOWN
        if (row := known.get(one.digest)) is not None:
            media_type, facts = row["media_type"], from_json(row["facts"])
        elif one.media_type in PLAIN:
            media_type = one.media_type
        else:
            try:
                async with gate:
                    facts = await facts_of(owner, paths[one.digest], probes)
                media_type = str(facts.pop("media_type"))
            except DirectorError as error:
                if error.status >= 500 or error.code == "server.busy":
                    raise
                log.info("archives.unknown_media", digest=one.digest, code=error.code)
        return Media(
            digest=one.digest, size=one.size, media_type=media_type, name=one.name, facts=facts
        )

    return list(await asyncio.gather(*(look(one) for one in media)))


async def keep_all(store: ObjectStore, media: Sequence[Media], paths: Mapping[str, Path]) -> None:
    """Give files to the storage, each under its digest, which the caller has checked."""
    for one in media:
        known = StoredBytes(one.digest, one.size)
        await store.keep(paths[one.digest], one.media_type, known=known)


async def insert_media(unit: UnitOfWork, project_id: UUID, media: Sequence[Media]) -> None:
    """Let a project know these files."""
    for one in media:
        await note_object(unit, project_id, one)
