"""Log in, log out, and who am I."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.rate_limiter import RateLimiter
from app.platform.request_bodies import AUTH_BODY
from app.platform.request_context import client_address, network_of
from node_registry import DirectorError

from . import resets, service, sessions, studio_people
from .audit import AuditEntry, studio_audit
from .model import Actor
from .passkey_login import log_in_with_passkey
from .passkey_routes import ROUTES as PASSKEY_ROUTES
from .passkey_sites import site_of
from .passkeys import Assertion, Proof, ask_for_passkey
from .second_factor_routes import ROUTES as SECOND_FACTOR_ROUTES
from .sessions import Login
from .studio_people import Person
from .token_route import ROUTES as TOKEN_ROUTES
from .token_route import Credentials

# What anybody may ask who has not proved who they are: each try costs a slow hash.
_unproved = RateLimiter(20, 60)
# A page asks for a challenge when it opens, and again while it stays open.
_challenges = RateLimiter(120, 60)
_passkeys = RateLimiter(60, 60)


class LogIn(Credentials, forbid_unknown_fields=True):
    """What a browser logs in with; `passkey` is the second factor of who wants one."""

    passkey: Assertion | None = None


class PasskeyLogIn(msgspec.Struct, forbid_unknown_fields=True):
    """A passkey, which is enough to log in."""

    passkey: Assertion


class Registration(msgspec.Struct, forbid_unknown_fields=True):
    """What a new person gives; `setup` is the one-time link's code, for the owner only."""

    email: str
    password: str
    name: str
    setup: str | None = None


class RegistrationPolicy(msgspec.Struct):
    """Whether anybody may make an account, or only who has an invitation."""

    open: bool


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """The code of a one-time link, and the password that is to hold from now on."""

    code: str
    password: str


class PersonChange(msgspec.Struct, forbid_unknown_fields=True):
    """Whether somebody is kept out."""

    disabled: bool


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
    """`/api/v1/auth/…`: a browser logs in and out; programs ask for a token (`token_route.py`)."""

    tags = ["accounts"]
    request_max_body_size = AUTH_BODY

    @post("/api/v1/auth/login", status_code=200)
    async def login(self, data: JSONBody[LogIn], request: Request) -> Response[Me]:
        """Log a browser in: the token goes into a cookie that scripts cannot read."""
        device = request.app.state.cookies.device_of(request)
        passkey = Proof(data.passkey, site_of(request)) if data.passkey else None
        login = await service.log_in(
            data.email,
            data.password,
            label=device_label(request),
            device=device,
            code=data.code,
            passkey=passkey,
        )
        return _logged_in(request, login, device, 200)

    @post("/api/v1/auth/login/passkey/options", status_code=200)
    async def ask_for_passkey(self, request: Request) -> Response[dict[str, Any]]:
        """Get what `navigator.credentials.get()` takes: good for five minutes, and once."""
        _challenges.spend(network_of(client_address.get()))
        options = await ask_for_passkey(site_of(request))
        return Response(options, headers={"Cache-Control": "no-store"})

    @post("/api/v1/auth/login/passkey", status_code=200)
    async def login_with_passkey(
        self, data: JSONBody[PasskeyLogIn], request: Request
    ) -> Response[Me]:
        """Log a browser in by a passkey alone."""
        _passkeys.spend(network_of(client_address.get()))
        device = request.app.state.cookies.device_of(request)
        login = await log_in_with_passkey(
            Proof(data.passkey, site_of(request)), label=device_label(request), device=device
        )
        return _logged_in(request, login, device, 200)

    @post("/api/v1/auth/register", status_code=201)
    async def register(self, data: JSONBody[Registration], request: Request) -> Response[Me]:
        """Make an account: the owner's with the one-time code, others where that is open."""
        _unproved.spend(network_of(client_address.get()))
        device = request.app.state.cookies.device_of(request)
        if data.setup:
            login = await service.claim_ownership(
                data.setup, data.email, data.password, data.name, device=device
            )
        elif request.app.state.settings.open_registration:
            login = await service.register(
                data.email,
                data.password,
                data.name,
                label=device_label(request),
                device=device,
            )
        else:
            raise DirectorError(
                "account.closed",
                "This studio takes new people by invitation only.",
                hint="Ask its owner.",
                status=403,
            )
        return _logged_in(request, login, device, 201)

    @get("/api/v1/auth/registration")
    async def registration(self, request: Request) -> RegistrationPolicy:
        """Whether this studio lets anybody register, for the page that would ask for it."""
        return RegistrationPolicy(request.app.state.settings.open_registration)

    @post("/api/v1/auth/reset", status_code=200)
    async def reset(self, data: JSONBody[Reset], request: Request) -> Response[Me]:
        """Let somebody back in who was locked out; their other log-ins and API tokens end."""
        _unproved.spend(network_of(client_address.get()))
        device = request.app.state.cookies.device_of(request)
        login = await resets.reset_password(data.code, data.password, device=device)
        return _logged_in(request, login, device, 200)

    @post("/api/v1/auth/logout", status_code=204)
    async def logout(self, actor: NamedDependency[Actor], request: Request) -> Response[None]:
        """End this session; its token is worth nothing from now on."""
        await sessions.log_out(actor)
        answer = Response(None, status_code=204)
        request.app.state.cookies.log_out(request, answer)
        return answer


class PeopleController(Controller):
    """`/api/v1/people` and `/api/v1/audit`, for the studio's owner."""

    tags = ["people"]

    @get("/api/v1/people")
    async def list_people(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[Person]:
        """Everybody who has an account in this studio."""
        return await studio_people.list_people(actor, page)

    @patch("/api/v1/people/{user_id:str}", status_code=204)
    async def change_person(
        self, actor: NamedDependency[Actor], user_id: FromPath[str], data: JSONBody[PersonChange]
    ) -> None:
        """Keep somebody out of the studio, or let them in again."""
        await studio_people.set_disabled(actor, parse_id(user_id, "person"), data.disabled)

    @delete("/api/v1/people/{user_id:str}", status_code=204)
    async def erase_person(self, actor: NamedDependency[Actor], user_id: FromPath[str]) -> None:
        """Erase who somebody is: name, address, log-ins and tokens. What they made stays."""
        await studio_people.erase(actor, parse_id(user_id, "person"))

    @get("/api/v1/audit")
    async def read_audit(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[AuditEntry]:
        """Log-ins, tokens, changes of rights, deletions, newest first."""
        studio_people.demand_studio_owner(actor)
        return await studio_audit(page)


def device_label(request: Request) -> str:
    """What a browser says that it is."""
    return request.headers.get("user-agent", "")[:200]


def _logged_in(request: Request, login: Login, device: str, status: int) -> Response[Me]:
    answer = Response(me(login.actor), status_code=status)
    request.app.state.cookies.log_in(request, answer, login, device)
    return answer


ROUTES = [
    AccountsController,
    PeopleController,
    *PASSKEY_ROUTES,
    *SECOND_FACTOR_ROUTES,
    *TOKEN_ROUTES,
]
