"""What this domain tells the others of its process."""

from __future__ import annotations

from uuid import UUID

import msgspec


class MediaAdded(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody brought a file into a project."""

    project_id: UUID
    digest: str
    user_id: UUID
