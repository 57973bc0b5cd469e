"""Who belongs to a project: people with roles of their own, and teams that it is shared with."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app import accounts
from app.accounts import Actor
from app.platform import bus
from app.platform.database import DatabaseRole, UnitOfWork, current_unit, unit_of_work
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from .activity import note_activity
from .events import ProjectChanged
from .model import Project, Role
from .rights import RIGHTS, Right, authorise

GivenRole = Literal["editor", "reviewer", "viewer"]
ORDER: tuple[Role, ...] = ("owner", "editor", "reviewer", "viewer")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who belongs to a project. `role` is the highest of `own_role` (null: through teams
    alone) and those of `teams`; `email` is shown to who manages the project."""

    user_id: UUID
    name: str
    email: str | None
    role: Role
    own_role: Role | None
    teams: list[str]
    joined_at: datetime


class TeamShare(msgspec.Struct, frozen=True, kw_only=True):
    """A team that a project is shared with."""

    team_id: UUID
    name: str
    role: GivenRole
    members: int
    shared_at: datetime


async def list_members(actor: Actor, project_id: UUID, page: PageRequest) -> Page[Member]:
    """Everybody who belongs to a project, the highest role first."""
    project = await authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        people = await unit.fetch(
            "SELECT user_id, role, joined_at FROM project_members WHERE project_id = $1", project_id
        )
        shares = await _shares(unit, project_id)
    teams = await accounts.teams_by_id(row["team_id"] for row in shares)
    own = {row["user_id"]: row for row in people}
    through: dict[UUID, list[asyncpg.Record]] = {}
    for share in shares:
        for user_id in teams[share["team_id"]][1] if share["team_id"] in teams else ():
            through.setdefault(user_id, []).append(share)
    known = await accounts.people([*(own.keys() | through.keys())])
    shows_email = Right.MANAGE in RIGHTS[project.role]

    def member(user_id: UUID) -> Member:
        row, shared = own.get(user_id), through.get(user_id, [])
        roles = [one["role"] for one in shared] + ([row["role"]] if row else [])
        person = known[user_id]
        return Member(
            user_id=user_id,
            name=person.name,
            email=person.email if shows_email else None,
            role=min(roles, key=ORDER.index),
            own_role=row["role"] if row else None,
            teams=sorted(teams[one["team_id"]][0] for one in shared),
            joined_at=row["joined_at"] if row else min(one["shared_at"] for one in shared),
        )

    return page.of(
        [member(user_id) for user_id in known],
        lambda one: (ORDER.index(one.role), one.name.casefold(), str(one.user_id)),
    )


async def change_role(actor: Actor, project_id: UUID, user_id: UUID, role: GivenRole) -> None:
    """Give a member another role of their own. Raises `project.no_member`, `project.is_owner`."""
    await authorise(actor, project_id, Right.MANAGE)
    async with unit_of_work(actor.user_id) as unit:
        before = await _own_role(unit, project_id, user_id)
        await unit.execute(
            "UPDATE project_members SET role = $3 WHERE project_id = $1 AND user_id = $2",
            project_id,
            user_id,
            role,
        )
        if before != role:
            await note_members_changed(
                project_id,
                actor.user_id,
                "member.role_changed",
                member=user_id,
                before=before,
                role=role,
            )


async def remove_member(actor: Actor, project_id: UUID, user_id: UUID) -> None:
    """Take a member out, or leave. What they have through a team stays.

    Raises `project.no_member`, and `project.is_owner` for the owner, who cannot leave.
    """
    leaves = user_id == actor.user_id
    # Who leaves needs no right to manage; a token needs the scope for it all the same.
    actor.demand(accounts.Scope.ADMIN)
    await authorise(actor, project_id, Right.READ if leaves else Right.MANAGE)
    async with unit_of_work(actor.user_id) as unit:
        before = await _own_role(unit, project_id, user_id)
        # First: afterwards it is no member who writes.
        kind = "member.left" if leaves else "member.removed"
        await note_members_changed(project_id, actor.user_id, kind, member=user_id, before=before)
        await unit.execute(
            "DELETE FROM project_members WHERE project_id = $1 AND user_id = $2",
            project_id,
            user_id,
        )


async def transfer(actor: Actor, project_id: UUID, user_id: UUID) -> Project:
    """Make another member the owner; the one of before becomes an editor.

    Raises `project.no_member` for who does not belong to the project.
    """
    await authorise(actor, project_id, Right.MANAGE)
    if user_id == actor.user_id:
        return await authorise(actor, project_id)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Of two at once the second finds itself no owner any more.
        owner = await unit.fetchval(
            "SELECT owner_id FROM projects WHERE id = $1 FOR UPDATE", project_id
        )
        if owner != actor.user_id:
            raise DirectorError(
                "project.forbidden", "This project has another owner by now.", status=403
            )
        if not await unit.fetchval("SELECT director_role_of($1, $2)", project_id, user_id):
            raise _no_member()
        await unit.execute(
            """UPDATE projects SET owner_id = $2, origin = NULL, modified_at = now()
               WHERE id = $1""",
            project_id,
            user_id,
        )
        await unit.execute(
            """INSERT INTO project_members (project_id, user_id, role)
               VALUES ($1, $2, 'editor'), ($1, $3, 'owner')
               ON CONFLICT (project_id, user_id) DO UPDATE SET role = EXCLUDED.role""",
            project_id,
            owner,
            user_id,
        )
        await note_members_changed(project_id, actor.user_id, "project.transferred", member=user_id)
    return await authorise(actor, project_id)


async def list_team_shares(actor: Actor, project_id: UUID, page: PageRequest) -> Page[TeamShare]:
    """The teams that a project is shared with, by name."""
    await authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        shares = await _shares(unit, project_id)
    teams = await accounts.teams_by_id(row["team_id"] for row in shares)
    return page.of(
        [
            TeamShare(
                team_id=row["team_id"],
                name=teams[row["team_id"]][0],
                role=row["role"],
                members=len(teams[row["team_id"]][1]),
                shared_at=row["shared_at"],
            )
            for row in shares
            if row["team_id"] in teams
        ],
        lambda one: (one.name.casefold(), str(one.team_id)),
    )


async def share_with_team(actor: Actor, project_id: UUID, team_id: UUID, role: GivenRole) -> None:
    """Share a project with a team that the actor is in, or change its role.

    Raises `team.not_found` for any other team.
    """
    await authorise(actor, project_id, Right.MANAGE)
    team = (await accounts.teams_by_id([team_id])).get(team_id)
    async with unit_of_work(actor.user_id) as unit:
        shared = await unit.fetchval(
            "SELECT role FROM project_teams WHERE project_id = $1 AND team_id = $2",
            project_id,
            team_id,
        )
        if team is None or (shared is None and actor.user_id not in team[1]):
            raise DirectorError(
                "team.not_found",
                "There is no such team.",
                hint="A project is shared with teams that its owner is in.",
                status=404,
            )
        if shared == role:
            return
        await unit.execute(
            """INSERT INTO project_teams (project_id, team_id, role) VALUES ($1, $2, $3)
               ON CONFLICT (project_id, team_id) DO UPDATE SET role = EXCLUDED.role""",
            project_id,
            team_id,
            role,
        )
        await note_members_changed(
            project_id, actor.user_id, "team.shared", team_id=team_id, name=team[0], role=role
        )


async def unshare_with_team(actor: Actor, project_id: UUID, team_id: UUID) -> None:
    """Share a project with a team no more. Raises `team.not_found`."""
    await authorise(actor, project_id, Right.MANAGE)
    team = (await accounts.teams_by_id([team_id])).get(team_id)
    async with unit_of_work(actor.user_id) as unit:
        removed = await unit.execute(
            "DELETE FROM project_teams WHERE project_id = $1 AND team_id = $2", project_id, team_id
        )
        if not removed:
            raise DirectorError(
                "team.not_found", "This project is not shared with such a team.", status=404
            )
        name = team[0] if team else ""
        await note_members_changed(
            project_id, actor.user_id, "team.unshared", team_id=team_id, name=name
        )


async def enter(project_id: UUID, user_id: UUID, role: GivenRole) -> bool:
    """Make somebody a member, or raise their own role, in the current unit of the service.

    False when they hold that role or a higher one by themselves.
    """
    unit = current_unit()
    before = await unit.fetchval(
        "SELECT role FROM project_members WHERE project_id = $1 AND user_id = $2 FOR UPDATE",
        project_id,
        user_id,
    )
    if before is not None and ORDER.index(before) <= ORDER.index(role):
        return False
    await unit.execute(
        """INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)
           ON CONFLICT (project_id, user_id) DO UPDATE SET role = EXCLUDED.role""",
        project_id,
        user_id,
        role,
    )
    return True


async def note_members_changed(
    project_id: UUID, user_id: UUID, kind: str, *, member: UUID | None = None, **detail: Any
) -> None:
    """Write a change of rights into the feed and the audit log, and tell who has it open."""
    if member is not None:
        detail |= {"member": member, "member_name": await accounts.name_of(member)}
    await note_activity(project_id, user_id, kind, **detail)
    await accounts.audit(kind, user_id, project_id=project_id, **detail)
    fact = ProjectChanged(
        project_id=project_id,
        kind="members",
        version=int(time.time() * 1000),
        user_id=user_id,
    )
    current_unit().after_commit(lambda: bus.publish(fact))


async def _shares(unit: UnitOfWork, project_id: UUID) -> list[asyncpg.Record]:
    return await unit.fetch(
        "SELECT team_id, role, shared_at FROM project_teams WHERE project_id = $1", project_id
    )


async def _own_role(unit: UnitOfWork, project_id: UUID, user_id: UUID) -> Role:
    role = await unit.fetchval(
        "SELECT role FROM project_members WHERE project_id = $1 AND user_id = $2",
        project_id,
        user_id,
    )
    if role is None:
        raise _no_member()
    if role == "owner":
        raise DirectorError(
            "project.is_owner",
            "A project always has an owner.",
            hint="Give the project to somebody else first.",
            status=409,
        )
    return role


def _no_member() -> DirectorError:
    return DirectorError(
        "project.no_member",
        "This person has no role of their own in the project.",
        hint="Who is in it through a team is taken out of the team.",
        status=404,
    )
