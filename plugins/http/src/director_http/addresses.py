"""Which addresses may be asked: by name first, and then by what the name stands for.

Both are looked at for each request, also for each step of a redirect: a name that is allowed may
point anywhere a moment later.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from node_registry import BackendError

from .settings import Settings

_LONGEST_SHOWN = 100


class PrivateAddress(OSError):
    """A name that stands for an address of a private network."""


def checked(url: str, settings: Settings) -> URL:
    """The address, if nodes may ask it. Raises `http.bad_url` and `http.host_refused`."""
    try:
        found = URL(url.strip())
        host, port = (found.host or "").lower(), found.port
    except ValueError:
        host, port, found = "", None, URL()
    if found.scheme not in ("http", "https") or not host or found.user or found.password:
        raise BackendError(
            "http.bad_url",
            "The address is no http:// or https:// address of a host.",
            hint="Write the whole address; a key goes into a secret of the operator.",
        )
    if not any(_is_named(pattern, host, port, found) for pattern in settings.allowed()):
        raise BackendError(
            "http.host_refused",
            f"The operator does not allow requests to {host[:_LONGEST_SHOWN]}.",
            hint="Add it to DIRECTOR_PLUGIN_HTTP__HOSTS where the workers run.",
        )
    literal = _literal(host)
    if literal is not None and not settings.private_addresses and not is_public(literal):
        raise private(host)
    return found


def private(host: str) -> BackendError:
    """The refusal of a host in a private network."""
    return BackendError(
        "http.private_address",
        f"{host[:_LONGEST_SHOWN]} is an address of a private network.",
        hint="An operator who wants that sets DIRECTOR_PLUGIN_HTTP__PRIVATE_ADDRESSES=true.",
    )


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether everybody on the internet means the same host by it."""
    if isinstance(address, ipaddress.IPv6Address):
        # Addresses of the old protocol in the new one's clothes.
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast


class PublicResolver(AbstractResolver):
    """Resolves names for the connection itself, so that what was looked at is what is asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises `PrivateAddress` when one of them is private."""
        found = await self._inner.resolve(host, port, family)
        if not self._settings.private_addresses:
            for one in found:
                if not is_public(ipaddress.ip_address(one["host"].partition("%")[0])):
                    raise PrivateAddress(host)
        return found

    async def close(self) -> None:
        """Give back what resolving took."""
        await self._inner.close()


def _is_named(pattern: str, host: str, port: int | None, url: URL) -> bool:
    name, colon, wanted = pattern.rpartition(":")
    if not colon:
        name, wanted = pattern, ""
    if port != (int(wanted) if wanted else URL.build(scheme=url.scheme, host="x").port):
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _literal(host: str) -> Any:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
