"""Teams: named groups of people, so that a project can be shared with all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from app.platform.database import DatabaseRole, UnitOfWork, current_unit, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from .audit import audit
from .model import Actor, Scope

MAX_NAME = 100
MAX_TEAMS = 200


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A team that the reader is in. Who leads it brings people in and takes them out."""

    id: UUID
    name: str
    is_lead: bool
    members: int
    created_at: datetime


class TeamMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a team."""

    user_id: UUID
    name: str
    is_lead: bool
    joined_at: datetime


async def create_team(actor: Actor, name: str) -> Team:
    """Make a team and lead it. Raises `team.bad_name`, and `team.too_many`."""
    actor.demand(Scope.ADMIN)
    name = _checked_name(name)
    team_id = new_id()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if await _count_teams(unit, actor.user_id) >= MAX_TEAMS:
            raise DirectorError(
                "team.too_many", f"Nobody is in more than {MAX_TEAMS} teams.", status=409
            )
        created_at = await unit.fetchval(
            "INSERT INTO teams (id, name) VALUES ($1, $2) RETURNING created_at", team_id, name
        )
        await unit.execute(
            "INSERT INTO team_members (team_id, user_id, is_lead) VALUES ($1, $2, true)",
            team_id,
            actor.user_id,
        )
        await audit("team.created", actor.user_id, team_id=team_id, name=name)
    return Team(id=team_id, name=name, is_lead=True, members=1, created_at=created_at)


async def list_teams(actor: Actor, page: PageRequest) -> Page[Team]:
    """The teams that somebody is in, by name."""
    after = page.after(tuple[str, UUID])
    name, last = (None, None) if after is None else after
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT t.*, director_leads_team(t.id) AS is_lead,
                 (SELECT count(*) FROM team_members m WHERE m.team_id = t.id) AS members
               FROM teams t WHERE $1::text IS NULL OR (t.name, t.id) > ($1, $2::uuid)
               ORDER BY t.name, t.id LIMIT $3""",
            name,
            last,
            page.rows,
        )
    return page.answer(rows, lambda row: (row["name"], row["id"]), lambda row: Team(**dict(row)))


async def rename_team(actor: Actor, team_id: UUID, name: str) -> None:
    """Give a team another name. Raises `team.not_found` and `team.not_lead`."""
    name = _checked_name(name)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await _demand_lead(unit, actor, team_id)
        await unit.execute("UPDATE teams SET name = $2 WHERE id = $1", team_id, name)


async def delete_team(actor: Actor, team_id: UUID) -> None:
    """Dissolve a team: its people lose what they had through it. Raises as `rename_team`."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await _demand_lead(unit, actor, team_id)
        name = await unit.fetchval("DELETE FROM teams WHERE id = $1 RETURNING name", team_id)
        await audit("team.deleted", actor.user_id, team_id=team_id, name=name)


async def list_team_members(actor: Actor, team_id: UUID, page: PageRequest) -> Page[TeamMember]:
    """The people of a team, by name. Raises `team.not_found` for one that the actor is not in."""
    after = page.after(tuple[str, UUID])
    name, last = (None, None) if after is None else after
    async with unit_of_work(actor.user_id) as unit:
        if not await unit.fetchval("SELECT director_in_team($1)", team_id):
            raise _not_found()
        rows = await unit.fetch(
            """SELECT m.user_id, u.name, m.is_lead, m.joined_at
               FROM team_members m JOIN users u ON u.id = m.user_id
               WHERE m.team_id = $1 AND ($2::text IS NULL OR (u.name, u.id) > ($2, $3::uuid))
               ORDER BY u.name, u.id LIMIT $4""",
            team_id,
            name,
            last,
            page.rows,
        )
    return page.answer(
        rows, lambda row: (row["name"], row["user_id"]), lambda row: TeamMember(**dict(row))
    )


async def set_lead(actor: Actor, team_id: UUID, user_id: UUID, is_lead: bool) -> None:
    """Let somebody in a team lead it, or not any more. Raises `team.needs_lead` for the last."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await _demand_lead(unit, actor, team_id)
        changed = await unit.execute(
            "UPDATE team_members SET is_lead = $3 WHERE team_id = $1 AND user_id = $2",
            team_id,
            user_id,
            is_lead,
        )
        if not changed:
            raise _no_member()
        await _check_led(unit, team_id)
        await audit(
            "team.lead_changed", actor.user_id, team_id=team_id, member=user_id, is_lead=is_lead
        )


async def remove_from_team(actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Take somebody out of a team, as its lead, or leave it. Raises `team.needs_lead`."""
    actor.demand(Scope.ADMIN)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if user_id == actor.user_id:
            await _lock(unit, actor, team_id)
        else:
            await _demand_lead(unit, actor, team_id)
        removed = await unit.execute(
            "DELETE FROM team_members WHERE team_id = $1 AND user_id = $2", team_id, user_id
        )
        if not removed:
            raise _no_member()
        await _check_led(unit, team_id)
        await audit("team.member_removed", actor.user_id, team_id=team_id, member=user_id)


async def check_team_lead(actor: Actor, team_id: UUID) -> str:
    """The name of a team that the actor leads. Raises `team.not_found` and `team.not_lead`."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await _demand_lead(unit, actor, team_id)
        return await unit.fetchval("SELECT name FROM teams WHERE id = $1", team_id)


async def join_team(team_id: UUID, user_id: UUID) -> bool:
    """Put somebody into a team, in the current unit of work; False when they are in it."""
    return bool(
        await current_unit().execute(
            """INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)
               ON CONFLICT DO NOTHING""",
            team_id,
            user_id,
        )
    )


async def leads_team(team_id: UUID, user_id: UUID) -> bool:
    """Whether somebody leads a team. Reads in the current unit of work, which is the service's."""
    return bool(
        await current_unit().fetchval(
            "SELECT is_lead FROM team_members WHERE team_id = $1 AND user_id = $2", team_id, user_id
        )
    )


async def team_name(team_id: UUID) -> str:
    """What a team is called. Reads in the current unit of work, which is the service's."""
    return await current_unit().fetchval("SELECT name FROM teams WHERE id = $1", team_id) or ""


async def teams_by_id(team_ids: Iterable[UUID]) -> dict[UUID, tuple[str, list[UUID]]]:
    """The names of teams and the ids of their people."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT t.id, t.name, array_remove(array_agg(m.user_id), NULL) AS people
               FROM teams t LEFT JOIN team_members m ON m.team_id = t.id
               WHERE t.id = ANY($1::uuid[]) GROUP BY t.id""",
            list(team_ids),
        )
    return {row["id"]: (row["name"], list(row["people"])) for row in rows}


async def _count_teams(unit: UnitOfWork, user_id: UUID) -> int:
    return await unit.fetchval("SELECT count(*) FROM team_members WHERE user_id = $1", user_id)


async def _lock(unit: UnitOfWork, actor: Actor, team_id: UUID) -> bool:
    """Whether the actor leads the team, which nobody else changes until the unit ends."""
    await unit.fetchval("SELECT 1 FROM teams WHERE id = $1 FOR UPDATE", team_id)
    lead = await unit.fetchval(
        "SELECT is_lead FROM team_members WHERE team_id = $1 AND user_id = $2",
        team_id,
        actor.user_id,
    )
    if lead is None:
        raise _not_found()
    return lead


async def _demand_lead(unit: UnitOfWork, actor: Actor, team_id: UUID) -> None:
    actor.demand(Scope.ADMIN)
    if not await _lock(unit, actor, team_id):
        raise DirectorError(
            "team.not_lead", "Only who leads this team can do that.", hint="Ask them.", status=403
        )


async def _check_led(unit: UnitOfWork, team_id: UUID) -> None:
    if not await unit.fetchval(
        "SELECT 1 FROM team_members WHERE team_id = $1 AND is_lead LIMIT 1", team_id
    ):
        raise DirectorError(
            "team.needs_lead",
            "Somebody has to lead this team.",
            hint="Let somebody else lead it first, or delete the team.",
            status=409,
        )


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise DirectorError("team.bad_name", f"A team's name has 1 to {MAX_NAME} characters.")
    return name


def _not_found() -> DirectorError:
    return DirectorError("team.not_found", "There is no such team.", status=404)


def _no_member() -> DirectorError:
    return DirectorError("team.no_member", "This person is not in the team.", status=404)
