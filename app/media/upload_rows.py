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
) -> Upload:
    """Note a new upload. Raises `upload.too_many`."""
    open_now = await unit.fetchval(
        """SELECT count(*) FROM uploads
           WHERE project_id = $1 AND user_id = $2 AND state = 'open'""",
        project_id,
        user_id,
    )
    if open_now >= MOST_OPEN:
        raise DirectorError(
            "upload.too_many",
            f"You have {open_now} uploads under way in this project.",
            hint="Let some of them end, or end them, then begin this one.",
            status=429,
        )
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


def _upload(row: asyncpg.Record) -> Upload:
    values = dict(row)
    values["media"], values["error"] = from_json(row["media"]), from_json(row["error"])
    return msgspec.convert(values, Upload)
