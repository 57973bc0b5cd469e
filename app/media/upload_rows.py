"""What the database knows of uploads: who brings what, how large it will be, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, from_json, to_json
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError, Media

EXPIRES = timedelta(days=3)
"""How long an upload that gets no bytes is kept."""

MOST_OPEN = 500
"""Uploads that one person may have under way in one project."""

State = Literal["open", "done", "refused"]


class Upload(msgspec.Struct, kw_only=True):
    """An upload: `offset` of `size` bytes have come. `media` is what became of it when it is done,
    `error` why it was refused."""

    id: UUID
    project_id: UUID
    user_id: UUID
    name: str
    size: int
    offset: int = 0
    state: State = "open"
    media: Media | None = None
    error: dict[str, Any] | None = None
    metadata: str = ""
    created_at: datetime
    expires_at: datetime


async def insert(
    unit: UnitOfWork,
    upload_id: UUID,
    project_id: UUID,
    user_id: UUID,
    *,
    name: str,
    size: int,
    metadata: str,
    quota: int,
) -> Upload:
    """Note a new upload. Raises `upload.too_many`, and `project.quota` when there is no room.

    `quota` in bytes, 0 for none: what the project has and what is on its way count together.
    """
    # Two at the same moment must not both take the last room.
    await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"q{project_id}")
    open_now, coming = await _under_way(unit, project_id, user_id)
    if open_now >= MOST_OPEN:
        raise DirectorError(
            "upload.too_many",
            f"You have {open_now} uploads under way in this project.",
            hint="Let some of them end, or end them, then begin this one.",
            status=429,
        )
    if quota:
        await check_quota(unit, project_id, size, quota, coming)
    row = await unit.fetchrow(
        """INSERT INTO uploads (id, project_id, user_id, name, size, metadata, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, now() + $7) RETURNING *""",
        upload_id,
        project_id,
        user_id,
        name,
        size,
        metadata,
        EXPIRES,
    )
    assert row is not None
    return _upload(row)


async def check_quota(
    unit: UnitOfWork, project_id: UUID, size: int, quota: int, coming: int = 0
) -> None:
    """Raises `project.quota` when so many bytes more are too many; 0 is no quota.

    `coming` are bytes that are on their way.
    """
    used = await size_of_project(unit, project_id) if quota else 0
    if quota and used + coming + size > quota:
        left = max(0, quota - used - coming)
        raise DirectorError(
            "project.quota",
            f"The file has {size:,} bytes, and the project has room for {left:,} more.",
            hint="Remove media from the project, or ask the operator for a larger quota.",
            status=413,
            fields={"quota": quota, "used": used, "coming": coming},
        )


async def size_of_project(unit: UnitOfWork, project_id: UUID) -> int:
    """Bytes of all media that the project knows, each file counted once."""
    return await unit.fetchval(
        """SELECT coalesce(sum(o.size), 0)::bigint FROM project_objects p
           JOIN objects o USING (digest) WHERE p.project_id = $1""",
        project_id,
    )


async def find(unit: UnitOfWork, project_id: UUID, upload_id: UUID, user_id: UUID) -> Upload:
    """This person's upload. Raises `upload.not_found`; another's is not told of."""
    row = await unit.fetchrow(
        "SELECT * FROM uploads WHERE id = $1 AND project_id = $2 AND user_id = $3",
        upload_id,
        project_id,
        user_id,
    )
    if row is None:
        raise DirectorError("upload.not_found", "There is no such upload.", status=404)
    return _upload(row)


async def list_open(
    unit: UnitOfWork, project_id: UUID, user_id: UUID, page: PageRequest
) -> Page[Upload]:
    """This person's uploads that are under way, oldest first."""
    rows = await unit.fetch(
        """SELECT * FROM uploads WHERE project_id = $1 AND user_id = $2 AND state = 'open'
             AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4""",
        project_id,
        user_id,
        page.after(UUID),
        page.rows,
    )
    return page.answer(rows, lambda row: row["id"], _upload)


async def list_unfinished(unit: UnitOfWork) -> list[Upload]:
    """All uploads that are under way, whoever brings them."""
    return [_upload(row) for row in await unit.fetch("SELECT * FROM uploads WHERE state = 'open'")]


async def keep_alive(unit: UnitOfWork, upload_id: UUID) -> datetime:
    """Bytes came: count the time from now again."""
    return await unit.fetchval(
        "UPDATE uploads SET expires_at = now() + $2 WHERE id = $1 RETURNING expires_at",
        upload_id,
        EXPIRES,
    )


async def end(
    unit: UnitOfWork,
    upload_id: UUID,
    *,
    media: Media | None = None,
    error: DirectorError | None = None,
) -> None:
    """Note what became of an upload; it is told for as long as an open one is kept."""
    told = None
    if error is not None:
        told = {
            "code": error.code, "message": error.message, "hint": error.hint,
            "status": error.status,
        }  # fmt: skip
    await unit.execute(
        """UPDATE uploads SET state = $2, media = $3::jsonb, error = $4::jsonb,
             expires_at = now() + $5 WHERE id = $1""",
        upload_id,
        "done" if error is None else "refused",
        None if media is None else to_json(media),
        None if told is None else to_json(told),
        EXPIRES,
    )


async def delete(unit: UnitOfWork, upload_id: UUID) -> None:
    """Forget an upload."""
    await unit.execute("DELETE FROM uploads WHERE id = $1", upload_id)


async def delete_expired(unit: UnitOfWork) -> list[UUID]:
    """Forget the uploads whose time is over; their ids."""
    rows = await unit.fetch("DELETE FROM uploads WHERE expires_at < now() RETURNING id")
    return [row["id"] for row in rows]


async def _under_way(unit: UnitOfWork, project_id: UUID, user_id: UUID) -> tuple[int, int]:
    row = await unit.fetchrow(
        """SELECT count(*) FILTER (WHERE user_id = $2) AS mine,
             coalesce(sum(size), 0)::bigint AS coming
           FROM uploads WHERE project_id = $1 AND state = 'open'""",
        project_id,
        user_id,
    )
    assert row is not None
    return row["mine"], row["coming"]


def _upload(row: asyncpg.Record) -> Upload:
    values = dict(row)
    values["media"], values["error"] = from_json(row["media"]), from_json(row["error"])
    return msgspec.convert(values, Upload)
