"""The names under which clients' transactions are counted: each name belongs to one person."""

from __future__ import annotations

from uuid import UUID

from node_registry import DirectorError

from .log import ONE_SHOT

MAX_LENGTH = 100


def client_id_of(user_id: UUID, name: str) -> str:
    """The name of a person's client as the log has it: nobody else can use up its numbers.

    A name that has this form already stays as it is. Raises `graph.bad_client`.
    """
    suffix = f"@{user_id.hex[-12:]}"
    bound = name if name.endswith(suffix) else name + suffix
    plain = bound.isascii() and bound.isprintable() and " " not in bound
    if not plain or len(bound) > MAX_LENGTH or bound == suffix or bound.startswith(ONE_SHOT):
        raise DirectorError(
            "graph.bad_client",
            f"A client has a name of at most {MAX_LENGTH - len(suffix)} plain letters, "
            f"which does not begin with {ONE_SHOT}.",
            hint="Make a UUID for each client, and keep it.",
        )
    return bound
