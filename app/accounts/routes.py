"""Log in, log out, and who am I."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from . import resets, service
from .audit import AuditEntry, studio_audit
from .model import Actor


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody logs in with."""

    email: str
    password: str


class Registration(msgspec.Struct, forbid_unknown_fields=True):
    """What a new person gives; `setup` is the one-time link's code, for the owner only."""

    email: str
    password: str
    name: str
    setup: str | None = None


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """The code of a one-time link, and the password that is to hold from now on."""

    code: str
    password: str


class Token(msgspec.Struct):
    """A bearer token and how many seconds it lasts."""

    access_token: str
    expires_in: int
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme


class Me(msgspec.Struct):
    """The person who is logged in."""

    id: UUID
    name: str
    email: str
    is_owner: bool


def me(actor: Actor) -> Me:
    """What the API tells of somebody."""
    return Me(actor.user_id, actor.name, actor.email, actor.is_owner)


class AccountsController(Controller):
    """`/auth/token` for programs, `/api/v1/auth/…` for the browser."""

    tags = ["accounts"]

    @post("/auth/token", status_code=200)
    async def token(self, data: JSONBody[Credentials]) -> Token:
        """Exchange an address and a password for a bearer token."""
        login = await service.log_in(data.email, data.password, label="token")
        return Token(login.token, login.expires_in)

    @post("/api/v1/auth/login", status_code=200)
    async def login(self, data: JSONBody[Credentials], request: Request) -> Response[Me]:
        """Log a browser in: the token goes into a cookie that scripts cannot read."""
        login = await service.log_in(
            data.email, data.password, label=request.headers.get("user-agent", "")[:120]
        )
        return _with_cookie(request, login, 200)

    @post("/api/v1/auth/register", status_code=201)
    async def register(self, data: JSONBody[Registration], request: Request) -> Response[Me]:
        """Make an account: the owner's with the one-time code, others where that is open."""
        if data.setup:
            login = await service.claim_ownership(data.setup, data.email, data.password, data.name)
        elif request.app.state.settings.open_registration:
            login = await service.register(data.email, data.password, data.name)
        else:
            raise DirectorError(
                "account.closed",
                "This studio takes new people by invitation only.",
                hint="Ask its owner.",
                status=403,
            )
        return _with_cookie(request, login, 201)

    @post("/api/v1/auth/reset", status_code=200)
    async def reset(self, data: JSONBody[Reset], request: Request) -> Response[Me]:
        """Let somebody back in who was locked out; their other log-ins end."""
        login = await resets.reset_password(data.code, data.password)
        return _with_cookie(request, login, 200)

    @post("/api/v1/auth/logout", status_code=204)
    async def logout(self, actor: NamedDependency[Actor], request: Request) -> Response[None]:
        """End this session; its token is worth nothing from now on."""
        await service.log_out(actor)
        answer = Response(None, status_code=204)
        answer.set_cookie(request.app.state.session_cookie("", 0))
        return answer

    @get("/api/v1/auth/me")
    async def who_am_i(self, actor: NamedDependency[Actor]) -> Me:
        """Who is logged in."""
        return me(actor)


class AuditController(Controller):
    """`/api/v1/audit`."""

    tags = ["people"]

    @get("/api/v1/audit")
    async def read(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[AuditEntry]:
        """Log-ins, tokens, changes of rights, deletions, newest first: for the studio's owner."""
        return await studio_audit(actor, page)


def _with_cookie(request: Request, login: service.Login, status: int) -> Response[Me]:
    answer = Response(me(login.actor), status_code=status)
    answer.set_cookie(request.app.state.session_cookie(login.token, login.expires_in))
    return answer


ROUTES = [AccountsController, AuditController]
