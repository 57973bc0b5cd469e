"""Where passkeys belong: the page that asks for one, and the name of the host that it is for."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from node_registry import DirectorError

if TYPE_CHECKING:
    from litestar import Request


class Site(msgspec.Struct, frozen=True):
    """The origin of a page of the studio, and the name of its host, which is the RP id.

    `trusted` says that the operator named this origin (`DIRECTOR_ALLOWED_ORIGINS`): passkeys that
    were made on another page of the same host work on it.
    """

    origin: str
    rp_id: str
    trusted: bool = False


def site_of(request: Request[Any, Any, Any]) -> Site:
    """The page that a request comes from. That it is one of ours, `OriginGuard` has seen to.

    Raises `passkey.unavailable` where browsers keep no passkeys: an address that is a number, or a
    page that did not come by HTTPS; and for what is no browser.
    """
    origin = request.headers.get("origin", "")
    return site_of_origin(origin, request.app.state.settings.allowed_origins)


def site_of_origin(origin: str, allowed: Collection[str]) -> Site:
    """As `site_of`, of the text of an origin."""
    try:
        parts = urlsplit(origin)
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        parts, name, port = urlsplit(""), "", None
    if not name:
        raise _unavailable("Passkeys are made and used by a browser.", "Open the studio in one.")
    if (number := _number(name)) is not None:
        hint = "Give the studio's machine a name, and open the studio by it."
        if number.is_loopback:
            hint = f"Open it as {parts.scheme}://localhost{f':{port}' if port else ''}."
        raise _unavailable(
            f"Browsers keep passkeys for a name, and the studio is open as {name[:60]}.", hint
        )
    if parts.scheme != "https" and name != "localhost" and not name.endswith(".localhost"):
        raise _unavailable(
            "Browsers keep passkeys for HTTPS alone, or for this very machine.",
            "Put a proxy with a certificate before the studio.",
        )
    return Site(origin, name, origin in allowed)


def _number(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _unavailable(sentence: str, hint: str) -> DirectorError:
    return DirectorError("passkey.unavailable", sentence, hint=hint, status=409)
