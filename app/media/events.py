"""What this domain tells the others of its process."""

from __future__ import annotations

from uuid import UUID

import msgspec

from node_registry import DerivativeKind


class MediaAdded(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody brought a file into a project."""

    project_id: UUID
    digest: str
    user_id: UUID


class DerivativeEnded(msgspec.Struct, frozen=True, kw_only=True):
    """A derivative of a project's media is ready, or cannot be made: `reason`, for people."""

    project_id: UUID
    digest: str
    kind: DerivativeKind
    ready: bool
    reason: str = ""


class StorageChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The storage is there or away now, with so many files of this machine that wait for it."""

    reachable: bool
    waiting: int
