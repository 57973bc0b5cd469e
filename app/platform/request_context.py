"""Which request is being answered and where it comes from, for logs that name it."""

from __future__ import annotations

import contextvars
import ipaddress

client_address: contextvars.ContextVar[str] = contextvars.ContextVar("client_address", default="")
"""The network address of whoever asks, seen through trusted proxies; empty for the studio."""

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The studio's own id of the request or socket; empty for what the studio does by itself."""


def network_of(address: str) -> str:
    """The network that an address belongs to, as far as one person usually has it: one address of
    IPv4, 64 bits of IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
