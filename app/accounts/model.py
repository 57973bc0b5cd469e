"""Who acts: the first argument of every command."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is logged in. `session_id` is checked with each request."""

    user_id: UUID
    name: str
    email: str = ""
    is_owner: bool = False
    session_id: UUID | None = None


def SystemActor(user_id: UUID, name: str = "Movie Director") -> Actor:
    """The studio itself, acting for a person whose run it carries out."""
    return Actor(user_id=user_id, name=name)
