"""What this domain tells the others of its process."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec


class ProjectChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A project was changed: its `settings` (format, quality), or `details` that no take shows.

    `version` grows with each change: it is the time of the change in milliseconds.
    """

    project_id: UUID
    kind: Literal["settings", "details"]
    version: int
    user_id: UUID
