"""What people see and change of their own log-ins: sessions, password, name, API tokens."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.request_bodies import AUTH_BODY

from . import api_tokens, service, sessions
from .api_tokens import ApiToken
from .model import Actor, Scope
from .routes import Me, me
from .sessions import SessionInfo


class Ended(msgspec.Struct):
    """How many log-ins and tokens ended."""

    ended: int


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """The current password, and the new one; `revoke_tokens` ends API tokens too."""

    current: str
    password: str
    revoke_tokens: bool = False


class ProfileChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change of oneself; another `email` needs the `current` password."""

    name: str | None = None
    email: str | None = None
    current: str | None = None


class NewApiToken(msgspec.Struct, forbid_unknown_fields=True):
    """An API token to be made: what for, what it may do, and how many days it lasts."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    scopes: Annotated[set[Scope], msgspec.Meta(min_length=1)]
    days: Annotated[int, msgspec.Meta(ge=1, le=api_tokens.MAX_DAYS)] = 90


class MadeApiToken(msgspec.Struct, frozen=True):
    """A token that was made; `secret` is what a program sends, and is shown this once."""

    token: ApiToken
    secret: str


class LoginsController(Controller):
    """`/api/v1/auth/sessions`, `/password`, `/me`, `/tokens`. API tokens themselves are refused."""

    path = "/api/v1/auth"
    request_max_body_size = AUTH_BODY
    tags = ["accounts"]

    @get("/sessions")
    async def list_sessions(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[SessionInfo]:
        """Where you are logged in."""
        return await sessions.list_sessions(actor, page)

    @delete("/sessions/{session_id:str}")
    async def end_session(self, actor: NamedDependency[Actor], session_id: FromPath[str]) -> None:
        """End one of your log-ins; its sockets are closed."""
        await sessions.revoke_session(actor, parse_id(session_id, "session"))

    @delete("/sessions", status_code=200)
    async def end_other_sessions(self, actor: NamedDependency[Actor]) -> Ended:
        """End all of your log-ins but this one."""
        return Ended(await sessions.revoke_other_sessions(actor))

    @post("/password", status_code=200)
    async def change_password(
        self, actor: NamedDependency[Actor], data: JSONBody[PasswordChange]
    ) -> Ended:
        """Give yourself another password; your other log-ins end."""
        ended = await service.change_password(
            actor, data.current, data.password, revoke_tokens=data.revoke_tokens
        )
        return Ended(ended)

    @get("/me")
    async def who_am_i(self, actor: NamedDependency[Actor]) -> Me:
        """Who is logged in."""
        return me(actor)

    @patch("/me")
    async def change_profile(
        self, actor: NamedDependency[Actor], data: JSONBody[ProfileChange]
    ) -> Me:
        """Change your name, or the address that you log in with."""
        return me(
            await service.change_profile(
                actor, name=data.name, email=data.email, current=data.current
            )
        )

    @get("/tokens")
    async def list_tokens(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[ApiToken]:
        """Your API tokens, without themselves."""
        return await api_tokens.list_api_tokens(actor, page)

    @post("/tokens", status_code=201)
    async def create_token(
        self, actor: NamedDependency[Actor], data: JSONBody[NewApiToken]
    ) -> MadeApiToken:
        """Make an API token: a bearer token for programs. It is shown in this answer alone."""
        made, secret = await api_tokens.create_api_token(actor, data.name, data.scopes, data.days)
        return MadeApiToken(made, secret)

    @delete("/tokens/{token_id:str}")
    async def revoke_token(self, actor: NamedDependency[Actor], token_id: FromPath[str]) -> None:
        """End one of your API tokens; its sockets are closed."""
        await api_tokens.revoke_api_token(actor, parse_id(token_id, "token"))


ROUTES = [LoginsController]
