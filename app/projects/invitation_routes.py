"""Links that let people in, over HTTP: made, listed, revoked, looked at and used."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app import accounts
from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.rate_limiter import RateLimiter
from app.platform.request_bodies import AUTH_BODY
from app.platform.request_context import client_address
from node_registry import DirectorError

from . import invitations
from .invitations import Invitation, Joined, NewInvitation, Offer, Terms
from .members import GivenRole

# Nobody guesses a code; whoever tries costs the others nothing.
_looks = RateLimiter(60, 60)

Hours = Annotated[int, msgspec.Meta(ge=1, le=invitations.MAX_HOURS)]
Uses = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class LinkTerms(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How long a link works and how often: `most_uses` null is as often as somebody likes."""

    hours: Hours = 7 * 24
    most_uses: Uses | None = 1
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def terms(self) -> Terms:
        """The same, for the service."""
        return Terms(hours=self.hours, most_uses=self.most_uses, note=self.note)


class ProjectLink(LinkTerms, forbid_unknown_fields=True, kw_only=True):
    """A link into a project, with the role that it gives there."""

    role: GivenRole


class MadeLink(msgspec.Struct, frozen=True):
    """A link that was made. `url` is to be handed over, and is shown this once."""

    invitation: Invitation
    code: str
    url: str


class InvitationCode(msgspec.Struct, forbid_unknown_fields=True):
    """The code in a link, which stands behind its `#`."""

    code: Code


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """What a person gives who has no account here yet."""

    email: str
    password: str
    name: str


class Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    """The code in a link, and the new account of who is not logged in."""

    code: Code
    account: NewAccount | None = None


class InvitationsController(Controller):
    """Links into projects, teams and the studio."""

    request_max_body_size = AUTH_BODY
    tags = ["people"]

    @post("/api/v1/projects/{project_id:str}/invitations", status_code=201)
    async def invite_to_project(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[ProjectLink],
        request: Request[Any, Any, Any],
    ) -> MadeLink:
        """Make a link into the project. Its code is shown in this answer and never again."""
        project = parse_id(project_id, "project")
        made = await invitations.invite_to_project(actor, project, data.role, data.terms())
        return _link(request, made)

    @get("/api/v1/projects/{project_id:str}/invitations")
    async def of_project(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Invitation]:
        """The links into the project that still work."""
        project = parse_id(project_id, "project")
        return await invitations.list_invitations(actor, page, project_id=project)

    @post("/api/v1/teams/{team_id:str}/invitations", status_code=201)
    async def invite_to_team(
        self,
        actor: NamedDependency[Actor],
        team_id: FromPath[str],
        data: JSONBody[LinkTerms],
        request: Request[Any, Any, Any],
    ) -> MadeLink:
        """Make a link into a team that you lead."""
        team = parse_id(team_id, "team")
        return _link(request, await invitations.invite_to_team(actor, team, data.terms()))

    @get("/api/v1/teams/{team_id:str}/invitations")
    async def of_team(
        self,
        actor: NamedDependency[Actor],
        team_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Invitation]:
        """The links into a team that you lead."""
        team = parse_id(team_id, "team")
        return await invitations.list_invitations(actor, page, team_id=team)

    @post("/api/v1/invitations", status_code=201)
    async def invite_to_studio(
        self,
        actor: NamedDependency[Actor],
        data: JSONBody[LinkTerms],
        request: Request[Any, Any, Any],
    ) -> MadeLink:
        """Make a link that gives an account, as the studio's owner."""
        return _link(request, await invitations.invite_to_studio(actor, data.terms()))

    @get("/api/v1/invitations")
    async def of_studio(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[Invitation]:
        """The links into the studio alone that you made."""
        return await invitations.list_invitations(actor, page)

    @delete("/api/v1/invitations/{invitation_id:str}")
    async def revoke(self, actor: NamedDependency[Actor], invitation_id: FromPath[str]) -> None:
        """Let a link work no more: one that you made, or one into what is yours to manage."""
        await invitations.revoke(actor, parse_id(invitation_id, "invitation"))

    @post("/api/v1/invitations/preview", status_code=200)
    async def preview(self, data: JSONBody[InvitationCode]) -> Offer:
        """What a link offers. For everybody who has the code."""
        _looks.spend(client_address.get())
        return await invitations.look_at(data.code)

    @post("/api/v1/invitations/accept", status_code=200)
    async def accept(
        self,
        visitor: NamedDependency[Actor | None],
        data: JSONBody[Acceptance],
        request: Request[Any, Any, Any],
    ) -> Response[Joined]:
        """Use a link: as who you are, or with a new account, which logs the browser in."""
        _looks.spend(client_address.get())
        if visitor is not None:
            if data.account is not None:
                raise DirectorError(
                    "invitation.logged_in",
                    f"You are logged in as {visitor.name}.",
                    hint="Leave out `account` to join as yourself, or log out first.",
                    status=409,
                )
            return Response(await invitations.accept(data.code, visitor), status_code=200)
        if data.account is None:
            raise DirectorError(
                "account.required",
                "Log in first, or give an account that is to be made.",
                status=401,
            )
        # Before the password is hashed, which costs more than to look for the link.
        await invitations.look_at(data.code)
        given = data.account
        person = await accounts.prepare_person(given.email, given.password, given.name)
        answer = Response(await invitations.accept(data.code, person), status_code=200)
        cookies = request.app.state.cookies
        device = cookies.device_of(request)
        label = request.headers.get("user-agent", "")
        login = await accounts.open_session(person.actor, label=label, device=device)
        cookies.log_in(request, answer, login, device)
        return answer


def _link(request: Request[Any, Any, Any], made: NewInvitation) -> MadeLink:
    # The code stands behind the #, which browsers send to nobody.
    return MadeLink(made.invitation, made.code, f"{request.base_url}join#{made.code}")


ROUTES = [InvitationsController]
