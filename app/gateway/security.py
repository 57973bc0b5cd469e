"""Who asks: from a cookie or a bearer token to an actor; and where a browser may come from."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from app import accounts
from app.accounts import Actor
from app.platform.security_log import security_event
from node_registry import DirectorError

from .cookies import SESSION_COOKIES
from .loop_share import let_in

_ACTOR = "director_actor"

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        b"style-src 'self' 'unsafe-inline'; script-src 'self'; "
        b"connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
    ),
]

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""Of answers that came by HTTPS: for a year browsers ask for nothing else."""


def actor_of_scope(scope: Scope) -> Actor | None:
    """Who asks, once that was found out for this request."""
    return scope.get(_ACTOR)  # type: ignore[return-value]


def token_of(request: Request[Any, Any, Any]) -> str | None:
    """The token of a request: a bearer token, or the session's cookie."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return request.app.state.cookies.session_of(request)


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """The person who asks. Raises `account.required` for nobody, others for a bad token."""
    if (known := request.scope.get(_ACTOR)) is not None:
        return known  # type: ignore[return-value]
    token = token_of(request)
    if not token:
        raise DirectorError("account.required", "Log in first.", status=401)
    actor = await accounts.authenticate(token)
    request.scope[_ACTOR] = actor  # type: ignore[typeddict-unknown-key]
    return actor


async def authenticate_before_the_body(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """The guard of the whole app: nobody's body is read where only people may ask, and people are
    let in by their share of the loop's time.

    Litestar reads a body before it asks for the dependency `actor`; guards come before both.
    """
    scope = connection.scope
    if scope["type"] != "http":
        return
    asked = handler.parsed_fn_signature.parameters
    if "actor" in asked:
        await let_in(scope, (await provide_actor(Request(scope))).user_id)
    elif "git_actor" in asked:
        await let_in(scope, (await provide_git_actor(Request(scope))).user_id)


async def provide_visitor(request: Request[Any, Any, Any]) -> Actor | None:
    """The person who asks, or None for somebody without a log-in that is good.

    Raises as `provide_actor` for a bad bearer token: a program is told, a browser may log in.
    """
    try:
        return await provide_actor(request)
    except DirectorError as error:
        if error.status != 401 or "authorization" in request.headers:
            raise
        return None


async def provide_git_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who asks by HTTP Basic, with a token for a password and any name; or by a bearer token.

    A browser's cookie does not count: git has none, and no page is to speak for its reader here.
    """
    if (known := request.scope.get(_ACTOR)) is not None:
        return known  # type: ignore[return-value]
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    token = given.strip()
    if kind.lower() == "basic":
        try:
            token = base64.b64decode(token, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            token = ""
    if not token or kind.lower() not in ("basic", "bearer"):
        raise DirectorError(
            "account.required",
            "Log in with an API token as the password; any user name will do.",
            hint="Make one in the settings of your account.",
            status=401,
        )
    actor = await accounts.authenticate(token)
    request.scope[_ACTOR] = actor  # type: ignore[typeddict-unknown-key]
    return actor


class OriginGuard:
    """Refuses what another site's page makes a browser send.

    A request that changes something and carries an `Origin` must come from this studio's own
    address, or from one of `DIRECTOR_ALLOWED_ORIGINS`. One that a browser's cookie speaks for has
    to say where it comes from, as every browser does; programs send a bearer token, and need not.
    """

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...] = ()) -> None:
        self.app = app
        self.allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        changes = scope["method"] not in ("GET", "HEAD", "OPTIONS")
        if changes and not self._may_change(scope, headers):
            security_event("request.other_site", "refused", path=scope["path"][:200])
            await _refuse(send)
            return
        await self.app(scope, receive, send)

    def _may_change(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        if origin:
            return is_same_site(origin, host, self.allowed)
        if b"authorization" in headers or headers.get(b"sec-fetch-site") == b"same-origin":
            return True
        cookies = ASGIConnection[Any, Any, Any, Any](scope).cookies
        return not cookies.keys() & SESSION_COOKIES


def is_same_site(origin: str, host: str, allowed: Collection[str]) -> bool:
    """Whether a page of this origin may use the studio that is called by this host name."""
    if origin in allowed:
        return True
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    # A page without an origin says "null", which is nobody's address, also of no host.
    return place != "" and place.lower() == host.lower()


async def _refuse(send: Send) -> None:
    body = (
        b'{"type":"urn:director:account.bad_origin",'
        b'"title":"This request comes from another site.",'
        b'"status":403,"code":"account.bad_origin",'
        b'"hint":"Add that site to DIRECTOR_ALLOWED_ORIGINS if it is yours."}'
    )
    await send(
        {
            "type": "http.response.start",
            "status": 403,
            "headers": [(b"content-type", b"application/problem+json")],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
