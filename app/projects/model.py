"""What a project is: its owner, its folder and the film's format."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import from_json
from node_registry import Tier

from .manifest import FilmSettings

Role = Literal["owner", "editor", "reviewer", "viewer"]


class Project(msgspec.Struct, kw_only=True):
    """A film in work. `folder` is its folder's name, never a path. `role` is the reader's, and
    `rights` are what they may do with it now. `poster` is the digest of the media that stands for
    it. An archived project is read and not changed. With `auto_commit` new takes are committed by
    themselves."""

    id: UUID
    owner_id: UUID
    title: str
    description: str
    folder: str
    quality: Tier
    settings: FilmSettings
    created_at: datetime
    modified_at: datetime
    archived_at: datetime | None = None
    poster: str | None = None
    auto_commit: bool = True
    role: Role = "owner"
    rights: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}


def project_of(row: asyncpg.Record) -> Project:
    """The project in a row of the table, with the reader's `role` in it."""
    return Project(
        id=row["id"],
        owner_id=row["owner_id"],
        title=row["title"],
        description=row["description"],
        folder=row["folder"],
        quality=row["quality"],
        settings=msgspec.convert(from_json(row["settings"]), FilmSettings),
        created_at=row["created_at"],
        modified_at=row["modified_at"],
        archived_at=row["archived_at"],
        poster=row["poster"],
        auto_commit=row["auto_commit"],
        role=row["role"],
    )
