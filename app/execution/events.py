"""What this domain tells the others of its process."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from .takes import Take


class TaskEnded(msgspec.Struct, frozen=True, kw_only=True):
    """A task ended, went back into the queue (`requeued`), or asks a person (`waiting`).

    `take` is what it made, or what an equal recipe had made before.
    """

    project_id: UUID
    task_id: UUID
    node_id: str
    kind: Literal["succeeded", "failed", "cancelled", "requeued", "waiting"]
    take: Take | None = None
    error: dict[str, Any] | None = None


class RunEnded(msgspec.Struct, frozen=True, kw_only=True):
    """All tasks of a run have ended, and what followed from them is done."""

    project_id: UUID
    run_id: UUID
    status: str


class TakeReviewed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody approved or rejected a take, or took that back."""

    project_id: UUID
    take_id: UUID
    number: int
    state: str
    user_id: UUID
