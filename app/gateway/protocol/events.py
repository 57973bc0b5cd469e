"""The names of the wire's events: which Struct is the payload of which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

PAYLOADS: dict[str, type[msgspec.Struct]] = {}
Payload = TypeVar("Payload", bound=type[msgspec.Struct])


class Inbound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client says. A field that nobody knows is an error: it may be a misspelt one."""


class Outbound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the server says. Fields that hold their default are left out."""


def event(name: str) -> Callable[[Payload], Payload]:
    """Make a Struct the payload of the event with this name."""

    def named(kind: Payload) -> Payload:
        PAYLOADS[name] = kind
        return kind

    return named
