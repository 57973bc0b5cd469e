"""Who acts: the first argument of every command; and what a token lets its bearer do."""

from __future__ import annotations

import enum
from typing import Literal
from uuid import UUID

import msgspec

from node_registry import DirectorError


class Scope(enum.Enum):
    """What a personal API token was made for. A log-in has no such bounds."""

    READ = "read"
    EDIT = "edit"
    GENERATE = "generate"
    ADMIN = "admin"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person who proved who they are: by a log-in (`session_id`) or an API token (`token_id`),
    which is looked at with each request.

    `scopes` bound what the token can do, whatever its person may do; None is no bound.
    `authority` is "system" where the system acts for this person: then it may write what people
    may not (the active take).
    """

    user_id: UUID
    name: str
    email: str = ""
    is_owner: bool = False
    session_id: UUID | None = None
    token_id: UUID | None = None
    scopes: frozenset[Scope] | None = None
    authority: Literal["person", "system"] = "person"

    def as_system(self) -> Actor:
        """The system itself, acting for this person."""
        return msgspec.structs.replace(self, authority="system")

    @property
    def login_id(self) -> UUID | None:
        """The id of the log-in or API token; None for what the studio does by itself."""
        return self.session_id or self.token_id

    def demand_session(self) -> None:
        """Raises `account.session_required` for who did not log in in person."""
        if self.session_id is None:
            raise DirectorError(
                "account.session_required",
                "An API token cannot change how its person logs in.",
                hint="Log in with your password.",
                status=403,
            )

    def demand(self, scope: Scope) -> None:
        """Raises `account.scope` when this actor came by a token that was not made for this."""
        if self.scopes is not None and scope not in self.scopes:
            raise DirectorError(
                "account.scope",
                f"This token was not made to {scope.value}.",
                hint=f"Make a token with the scope `{scope.value}`, or log in.",
                status=403,
            )


def SystemActor(user_id: UUID, name: str = "Movie Director") -> Actor:
    """The system itself, acting for a person whose run it carries out."""
    return Actor(user_id=user_id, name=name, authority="system")
