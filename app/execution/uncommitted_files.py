"""Files that the studio changed in a project's folder, until a commit has them.

They are noted together with what they were published for, and committed at once, or, where a
project does not commit by itself, with the next commit that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from uuid import UUID

import asyncpg

from app import projects
from app.media import ObjectStore
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, current_unit, unit_of_work
from app.projects import Right
from node_registry import Change, MediaFile, Removal, TextFile

from .acting import acting_for

MOST = 5_000
"""Files of one commit."""


async def note(project_id: UUID, user_id: UUID, changes: Sequence[tuple[str, Change]]) -> None:
    """Note files that somebody's change changed, each with the name of what it belongs to.

    Part of the caller's unit of work.
    """
    await current_unit().executemany(
        """INSERT INTO uncommitted_files (project_id, path, user_id, subject, digest, size)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (project_id, path) DO UPDATE SET user_id = excluded.user_id,
             subject = excluded.subject, digest = excluded.digest, size = excluded.size,
             changed_at = clock_timestamp()""",
        [
            (project_id, change.path, user_id, subject, *_media_of(change))
            for subject, change in changes
        ],
    )


async def projects_to_commit() -> list[UUID]:
    """The projects that have uncommitted files and commit by themselves."""
    by_hand = await projects.committed_by_hand()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT DISTINCT project_id FROM uncommitted_files
               WHERE NOT project_id = ANY($1::uuid[])""",
            by_hand,
        )
    return [row["project_id"] for row in rows]


async def commit(store: ObjectStore, project_id: UUID) -> None:
    """Commit a project's uncommitted files, those of each person in their name."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT * FROM uncommitted_files WHERE project_id = $1
               ORDER BY user_id, changed_at, path LIMIT $2""",
            project_id,
            MOST,
        )
    for user_id, group in groupby(rows, key=lambda row: row["user_id"]):
        files = list(group)
        actor = await acting_for(user_id)
        project = await projects.authorise(actor, project_id, Right.READ)
        folder = projects.folder_of(project)
        changes = [await _change(store, folder, row) for row in files]
        message = commit_message(list(dict.fromkeys(row["subject"] for row in files)))
        await projects.commit(actor, project_id, message, changes)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            # What was changed again meanwhile waits for the next one.
            await unit.executemany(
                """DELETE FROM uncommitted_files
                   WHERE project_id = $1 AND path = $2 AND changed_at = $3""",
                [(project_id, row["path"], row["changed_at"]) for row in files],
            )


def commit_message(subjects: Sequence[str]) -> str:
    """`Library: Ina Berg, Lamp room`, on one line."""
    more = f" and {len(subjects) - 5} more" if len(subjects) > 5 else ""
    return f"Library: {', '.join(subjects[:5])}{more}"[:200]


def _media_of(change: Change) -> tuple[str | None, int | None]:
    return (change.digest, change.size) if isinstance(change, MediaFile) else (None, None)


async def _change(store: ObjectStore, folder: Path, row: asyncpg.Record) -> Change:
    path: str = row["path"]
    place = projects.inside(folder, path)
    if not await run_blocking(place.exists):
        return Removal(path)
    if row["digest"] is None:
        return TextFile(path, await run_blocking(place.read_text, "utf-8", "replace"))
    return MediaFile(path, row["digest"], row["size"], await store.path_of(row["digest"]))
