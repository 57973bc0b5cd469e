"""Tasks wait while there is no room for what they would make, and go on when there is again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import msgspec

from app.platform.database import UnitOfWork

from . import causes
from .causes import Cause

LOOK_EVERY = 5.0


class StorageRoom(msgspec.Struct, frozen=True, kw_only=True):
    """`disk_full`: nothing may be made at all. `full_projects`: nothing in these."""

    disk_full: bool = False
    full_projects: frozenset[UUID] = frozenset()


class FindRoom(Protocol):
    """Looks at the disk and at the quotas of these projects, in the service's unit of work."""

    async def __call__(self, unit: UnitOfWork, project_ids: Sequence[UUID]) -> StorageRoom: ...


class StorageHold:
    """What storage holds up, looked at every few seconds while tasks wait."""

    def __init__(self, find: FindRoom | None) -> None:
        self._find = find
        self._looked_at = float("-inf")
        self.room = StorageRoom()

    async def look(self, unit: UnitOfWork) -> None:
        """Find out anew, and keep with the waiting tasks why they wait."""
        if self._find is None or time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        rows = await unit.fetch("SELECT DISTINCT project_id FROM tasks WHERE status = 'queued'")
        if not rows:
            self.room = StorageRoom()
            return
        self._looked_at = time.monotonic()
        self.room = await self._find(unit, [row["project_id"] for row in rows])
        full = list(self.room.full_projects)
        await unit.execute(
            """UPDATE tasks SET cause = '', cause_kind = '', cause_hint = ''
               WHERE status = 'queued' AND (
                 (cause_kind = 'disk_full' AND NOT $1::boolean)
                 OR (cause_kind = 'storage_full' AND project_id <> ALL($2::uuid[])))""",
            self.room.disk_full,
            full,
        )
        if full:
            await _keep(unit, causes.storage_full(), full)
        if self.room.disk_full:
            await _keep(unit, causes.disk_full(), None)


async def _keep(unit: UnitOfWork, cause: Cause, projects: list[UUID] | None) -> None:
    await unit.execute(
        """UPDATE tasks SET cause = $2, cause_kind = $3, cause_hint = $4
           WHERE status = 'queued' AND cause_kind <> $3 AND paused_by IS NULL
             AND ($1::uuid[] IS NULL OR project_id = ANY($1::uuid[]))""",
        projects,
        cause.sentence,
        cause.kind,
        cause.hint,
    )
