"""What a project is: its people's rights and the film's format."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from .manifest import FilmSettings

Quality = Literal["low", "standard", "high"]


class Right(enum.Enum):
    """What somebody may do in a project."""

    READ = "read"
    EDIT = "edit"
    GENERATE = "generate"
    MANAGE = "manage"


RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.READ}),
    "editor": frozenset({Right.READ, Right.EDIT, Right.GENERATE}),
    "owner": frozenset(Right),
}


class Project(msgspec.Struct, kw_only=True):
    """A film in work. `folder` is its folder's name, never a path."""

    id: UUID
    owner_id: UUID
    title: str
    description: str
    folder: str
    quality: Quality
    settings: FilmSettings
    created_at: datetime
    modified_at: datetime
    role: str = "owner"
    metadata: dict[str, Any] = {}
