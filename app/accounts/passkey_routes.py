"""`/api/v1/auth/passkeys`: one's own passkeys, added, named, listed and removed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.request_bodies import AUTH_BODY

from . import passkeys, service
from .model import Actor
from .passkey_sites import site_of
from .passkeys import NewCredential, Passkey
from .second_factor_routes import Proof

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class NewPasskey(msgspec.Struct, forbid_unknown_fields=True):
    """What the browser made, and what it is to be called."""

    name: Name
    credential: NewCredential


class PasskeyChange(msgspec.Struct, forbid_unknown_fields=True):
    """Another name."""

    name: Name


class PasskeyRequirement(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a log-in by password asks for a passkey as well, and the current password."""

    required: bool
    current: str


class PasskeysController(Controller):
    """API tokens are refused: none of them makes another way in."""

    path = "/api/v1/auth/passkeys"
    request_max_body_size = AUTH_BODY
    tags = ["accounts"]

    @get()
    async def list_passkeys(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[Passkey]:
        """Your passkeys."""
        return await passkeys.list_passkeys(actor, page)

    @post("/options", status_code=200)
    async def begin(
        self, actor: NamedDependency[Actor], data: JSONBody[Proof], request: Request
    ) -> Response[dict[str, Any]]:
        """Get what `navigator.credentials.create()` takes: good for five minutes, and once."""
        actor.demand_session()
        site = site_of(request)
        await service.check_password(actor, data.current)
        options = await passkeys.begin_passkey(actor, site)
        return Response(options, headers={"Cache-Control": "no-store"})

    @post(status_code=201)
    async def add(
        self, actor: NamedDependency[Actor], data: JSONBody[NewPasskey], request: Request
    ) -> Passkey:
        """Add the passkey that your browser made."""
        actor.demand_session()
        return await passkeys.add_passkey(actor, data.name, data.credential, site_of(request))

    @put("/required", status_code=204)
    async def require(
        self, actor: NamedDependency[Actor], data: JSONBody[PasskeyRequirement]
    ) -> None:
        """Let your log-in by password ask for a passkey as well, or not any more."""
        actor.demand_session()
        await service.check_password(actor, data.current)
        await passkeys.require_passkey(actor, data.required)

    @patch("/{passkey_id:str}")
    async def rename(
        self,
        actor: NamedDependency[Actor],
        passkey_id: FromPath[str],
        data: JSONBody[PasskeyChange],
    ) -> Passkey:
        """Call one of your passkeys something else."""
        return await passkeys.rename_passkey(actor, parse_id(passkey_id, "passkey"), data.name)

    @post("/{passkey_id:str}/remove", status_code=204)
    async def remove(
        self, actor: NamedDependency[Actor], passkey_id: FromPath[str], data: JSONBody[Proof]
    ) -> None:
        """Take one of your passkeys away."""
        actor.demand_session()
        found = await passkeys.own_passkey(actor, parse_id(passkey_id, "passkey"))
        await service.check_password(actor, data.current)
        await passkeys.remove_passkey(actor, found.id)


ROUTES = [PasskeysController]
