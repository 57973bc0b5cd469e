"""Teams over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from . import teams
from .model import Actor
from .teams import Team, TeamMember


class TeamName(msgspec.Struct, forbid_unknown_fields=True):
    """What a team is called."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class TeamLead(msgspec.Struct, forbid_unknown_fields=True):
    """Whether somebody leads the team."""

    is_lead: bool


class TeamsController(Controller):
    """`/api/v1/teams`."""

    path = "/api/v1/teams"
    tags = ["people"]

    @get()
    async def list_all(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[Team]:
        """The teams that you are in."""
        return await teams.list_teams(actor, page)

    @post(status_code=201)
    async def create(self, actor: NamedDependency[Actor], data: JSONBody[TeamName]) -> Team:
        """Make a team, which you lead."""
        return await teams.create_team(actor, data.name)

    @patch("/{team_id:str}", status_code=204)
    async def rename(
        self, actor: NamedDependency[Actor], team_id: FromPath[str], data: JSONBody[TeamName]
    ) -> None:
        """Give a team that you lead another name."""
        await teams.rename_team(actor, parse_id(team_id, "team"), data.name)

    @delete("/{team_id:str}")
    async def remove(self, actor: NamedDependency[Actor], team_id: FromPath[str]) -> None:
        """Dissolve a team that you lead: its people lose what they had through it."""
        await teams.delete_team(actor, parse_id(team_id, "team"))

    @get("/{team_id:str}/members")
    async def members(
        self,
        actor: NamedDependency[Actor],
        team_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[TeamMember]:
        """The people of a team that you are in."""
        return await teams.list_team_members(actor, parse_id(team_id, "team"), page)

    @patch("/{team_id:str}/members/{user_id:str}", status_code=204)
    async def set_lead(
        self,
        actor: NamedDependency[Actor],
        team_id: FromPath[str],
        user_id: FromPath[str],
        data: JSONBody[TeamLead],
    ) -> None:
        """Let somebody lead the team, or not any more."""
        person = parse_id(user_id, "person")
        await teams.set_lead(actor, parse_id(team_id, "team"), person, data.is_lead)

    @delete("/{team_id:str}/members/{user_id:str}")
    async def remove_member(
        self, actor: NamedDependency[Actor], team_id: FromPath[str], user_id: FromPath[str]
    ) -> None:
        """Take somebody out of a team that you lead, or leave it."""
        person = parse_id(user_id, "person")
        await teams.remove_from_team(actor, parse_id(team_id, "team"), person)


ROUTES = [TeamsController]
