"""The people of a project over HTTP: members, teams, and the feed of what they did."""

from __future__ import annotations

import msgspec
from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app import accounts
from app.accounts import Actor, AuditEntry
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from . import activity, members
from .activity import Activity
from .members import GivenRole, Member, TeamShare
from .model import Project
from .rights import Right, authorise


class RoleChange(msgspec.Struct, forbid_unknown_fields=True):
    """The role that somebody, or a team, is to have."""

    role: GivenRole


class NewOwner(msgspec.Struct, forbid_unknown_fields=True):
    """Who is to own the project."""

    user_id: str


class MembersController(Controller):
    """`/api/v1/projects/{project_id}/members`, `/teams`, `/transfer`, `/activity`, `/audit`."""

    path = "/api/v1/projects/{project_id:str}"
    tags = ["people"]

    @get("/members")
    async def list_members(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Member]:
        """Everybody who belongs to the project, by themselves or through a team."""
        return await members.list_members(actor, parse_id(project_id, "project"), page)

    @patch("/members/{user_id:str}", status_code=204)
    async def change_role(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        user_id: FromPath[str],
        data: JSONBody[RoleChange],
    ) -> None:
        """Give a member another role."""
        person = parse_id(user_id, "person")
        await members.change_role(actor, parse_id(project_id, "project"), person, data.role)

    @delete("/members/{user_id:str}")
    async def remove_member(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], user_id: FromPath[str]
    ) -> None:
        """Take a member out; with your own id, leave."""
        person = parse_id(user_id, "person")
        await members.remove_member(actor, parse_id(project_id, "project"), person)

    @post("/transfer", status_code=200)
    async def transfer(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewOwner]
    ) -> Project:
        """Give the project to another member; you become an editor of it."""
        person = parse_id(data.user_id, "person")
        return await members.transfer(actor, parse_id(project_id, "project"), person)

    @get("/teams")
    async def list_teams(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[TeamShare]:
        """The teams that the project is shared with."""
        return await members.list_team_shares(actor, parse_id(project_id, "project"), page)

    @put("/teams/{team_id:str}", status_code=204)
    async def share(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        team_id: FromPath[str],
        data: JSONBody[RoleChange],
    ) -> None:
        """Share the project with a team that you are in, or change the team's role."""
        team = parse_id(team_id, "team")
        await members.share_with_team(actor, parse_id(project_id, "project"), team, data.role)

    @delete("/teams/{team_id:str}")
    async def unshare(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], team_id: FromPath[str]
    ) -> None:
        """Share the project with a team no more."""
        team = parse_id(team_id, "team")
        await members.unshare_with_team(actor, parse_id(project_id, "project"), team)

    @get("/activity")
    async def feed(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Activity]:
        """Who did what in the project, newest first."""
        return await activity.feed(actor, parse_id(project_id, "project"), page)

    @get("/audit")
    async def audit(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[AuditEntry]:
        """Changes of rights and other grave actions, with addresses, for the project's owner."""
        project = await authorise(actor, parse_id(project_id, "project"), Right.MANAGE)
        return await accounts.project_audit(project.id, page)


ROUTES = [MembersController]
