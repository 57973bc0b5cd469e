"""Ids: UUIDv7 everywhere, so that rows sort by the time they were made."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7

from node_registry import DirectorError


def new_id() -> uuid.UUID:
    """A new UUIDv7."""
    return uuid7()


def new_key() -> str:
    """A new UUIDv7 as text, for nodes and edges."""
    return str(uuid7())


def parse_id(text: str, what: str = "id") -> uuid.UUID:
    """The UUID that a client sent. Raises `request.bad_id` with what it was meant to name."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise DirectorError(
            "request.bad_id", f"{str(text)[:60]!r} is not the id of a {what}.", status=404
        ) from None
