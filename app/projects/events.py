"""What this domain tells the others of its process."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec


class ProjectChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A project was changed: its `settings` (format, quality), `details` that no take shows, or
    its `members`.

    `version` grows with each change: it is the time of the change in milliseconds.
    """

    project_id: UUID
    kind: Literal["settings", "details", "members"]
    version: int
    user_id: UUID


class ActivityNoted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody did something that stands in the project's feed."""

    id: UUID
    at: datetime
    project_id: UUID
    user_id: UUID
    kind: str
    detail: dict[str, Any]


class ProjectDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """A project was deleted: nobody sees it any more, and what runs in it is not wanted."""

    project_id: UUID
    user_id: UUID
