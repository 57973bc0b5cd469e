"""`/api/v1/auth/second-factor`: an authenticator app beside the password."""

from __future__ import annotations

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.platform.request_bodies import AUTH_BODY

from . import second_factor, service
from .model import Actor
from .second_factor import SecondFactor, Setup


class Proof(msgspec.Struct, forbid_unknown_fields=True):
    """The password of who is logged in."""

    current: str


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """A code of the authenticator app."""

    code: str


class Removal(msgspec.Struct, forbid_unknown_fields=True):
    """The password, and a code of the app or a recovery code."""

    current: str
    code: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Each lets its person in once, without the app. They are shown in this answer alone."""

    recovery_codes: list[str]


class SecondFactorController(Controller):
    """A second factor of one's own. API tokens are refused."""

    path = "/api/v1/auth/second-factor"
    request_max_body_size = AUTH_BODY
    tags = ["accounts"]

    @get()
    async def see(self, actor: NamedDependency[Actor]) -> SecondFactor:
        """Whether your log-in needs a code."""
        return await second_factor.second_factor(actor)

    @post(status_code=201)
    async def begin(self, actor: NamedDependency[Actor], data: JSONBody[Proof]) -> Setup:
        """Get a secret for an authenticator app; it counts once you confirm it."""
        actor.demand_session()
        await service.check_password(actor, data.current)
        return await second_factor.begin_second_factor(actor)

    @post("/confirm", status_code=200)
    async def confirm(self, actor: NamedDependency[Actor], data: JSONBody[Code]) -> RecoveryCodes:
        """Turn it on with a first code, and get recovery codes."""
        return RecoveryCodes(await second_factor.confirm_second_factor(actor, data.code))

    @post("/remove", status_code=204)
    async def remove(self, actor: NamedDependency[Actor], data: JSONBody[Removal]) -> None:
        """Turn it off."""
        actor.demand_session()
        await service.check_password(actor, data.current)
        await second_factor.remove_second_factor(actor, data.code)


ROUTES = [SecondFactorController]
