"""People and their projects as rows of the database, for tests that go round the API."""

from __future__ import annotations

from uuid import UUID

from app.accounts import Actor
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id


async def a_person(name: str = "Ina", project: UUID | None = None, role: str = "editor") -> Actor:
    """Somebody new, a member of the project if one is given."""
    actor = Actor(user_id=new_id(), name=name)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("INSERT INTO users (id, name) VALUES ($1, $2)", actor.user_id, name)
    if project is not None:
        await let_in(actor, project, role)
    return actor


async def a_project(owner: Actor) -> UUID:
    project = new_id()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "INSERT INTO projects (id, owner_id, title, folder) VALUES ($1, $2, 'x', $3)",
            project,
            owner.user_id,
            str(project),
        )
        # In the same unit: a project without an owner is not stored.
        await let_in(owner, project, "owner")
    return project


async def let_in(actor: Actor, project: UUID, role: str) -> None:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)",
            project,
            actor.user_id,
            role,
        )
