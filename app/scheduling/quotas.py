"""Quotas: how many tasks of one person, and of one project, may run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.platform.database import UnitOfWork

from . import causes
from .causes import Cause


class Quotas(msgspec.Struct, frozen=True, kw_only=True):
    """The most tasks that run at once for one person, and in one project; 0 is no limit."""

    per_person: int = 0
    per_project: int = 0


class Running:
    """How many tasks run for whom, during one round of the dispatcher."""

    def __init__(
        self,
        quotas: Quotas,
        people: Counter[UUID] | None = None,
        projects: Counter[UUID] | None = None,
    ) -> None:
        self._quotas = quotas
        self._people = people or Counter[UUID]()
        self._projects = projects or Counter[UUID]()

    def add(self, person: UUID, project: UUID) -> None:
        """Another task was given to a worker."""
        self._people[person] += 1
        self._projects[project] += 1

    def is_full(self, person: UUID) -> bool:
        """Whether a person has as many as one may."""
        return 0 < self._quotas.per_person <= self._people[person]

    @property
    def full_projects(self) -> list[UUID]:
        """The projects that have as many as one may."""
        most = self._quotas.per_project
        return [one for one, number in self._projects.items() if 0 < most <= number]

    def is_project_full(self, project: UUID) -> bool:
        """Whether a project has as many as one may."""
        return 0 < self._quotas.per_project <= self._projects[project]

    def cause(self, person: UUID) -> Cause:
        """Why tasks of a person wait that may have no more; else, of a project."""
        if self.is_full(person):
            return causes.person_quota(self._quotas.per_person)
        return causes.project_quota(self._quotas.per_project)


async def read_running(unit: UnitOfWork, quotas: Quotas) -> Running:
    """What runs now. Asks nobody where there is no limit."""
    if not (quotas.per_person or quotas.per_project):
        return Running(quotas)
    rows = await unit.fetch(
        "SELECT user_id, project_id FROM tasks WHERE status IN ('assigned', 'running')"
    )
    return Running(
        quotas,
        Counter(row["user_id"] for row in rows),
        Counter(row["project_id"] for row in rows),
    )


async def note_quota(
    unit: UnitOfWork, person: UUID, projects: Sequence[UUID] | None, cause: Cause
) -> None:
    """Say of the waiting tasks of a person (in these projects) that a quota holds them up."""
    await unit.execute(
        """UPDATE tasks SET cause = $3, cause_kind = $4, cause_hint = $5
           WHERE status = 'queued' AND user_id = $1 AND cause <> $3 AND paused_by IS NULL
             AND (not_before IS NULL OR not_before <= now())
             AND ($2::uuid[] IS NULL OR project_id = ANY($2::uuid[]))""",
        person,
        None if projects is None else list(projects),
        cause.sentence,
        cause.kind,
        cause.hint,
    )
