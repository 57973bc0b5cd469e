"""Personal API tokens: what a program shows instead of its person's password, within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from . import tokens
from .audit import audit
from .model import Actor, Scope
from .sessions import forget_logins

MAX_TOKENS = 50
MAX_DAYS = 366
MAX_NAME = 100


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token, without itself. `seen_at` is when it was last used, from `address`."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    address: str


async def create_api_token(
    actor: Actor, name: str, scopes: set[Scope], days: int
) -> tuple[ApiToken, str]:
    """Make a token; the text is returned this once, and what is kept is its hash.

    Raises `token.bad_name`, `token.no_scope`, `token.bad_days`, `token.too_many`, and
    `account.session_required`: a token makes no other token.
    """
    actor.demand_session()
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise DirectorError("token.bad_name", f"A token's name has 1 to {MAX_NAME} characters.")
    if not scopes:
        raise DirectorError(
            "token.no_scope",
            "A token without a scope could do nothing.",
            hint=f"The scopes are {', '.join(scope.value for scope in Scope)}.",
        )
    if not 1 <= days <= MAX_DAYS:
        raise DirectorError("token.bad_days", f"A token lasts 1 to {MAX_DAYS} days.")
    token = tokens.new_api_token()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Locked, so that two at once are counted one after the other.
        await unit.fetchval("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", actor.user_id)
        there = await unit.fetchval(
            """SELECT count(*) FROM api_tokens
               WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()""",
            actor.user_id,
        )
        if there >= MAX_TOKENS:
            raise DirectorError(
                "token.too_many",
                f"You have {MAX_TOKENS} tokens.",
                hint="Revoke those that nothing uses.",
                status=409,
            )
        row = await unit.fetchrow(
            """INSERT INTO api_tokens (id, user_id, name, digest, scopes, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6) RETURNING *""",
            new_id(),
            actor.user_id,
            name,
            tokens.hash_secret(token),
            sorted(scope.value for scope in scopes),
            datetime.now(UTC) + timedelta(days=days),
        )
        assert row is not None
        await audit(
            "token.created", actor.user_id, token=row["id"], name=name, scopes=row["scopes"]
        )
    return _api_token(row), token


async def list_api_tokens(actor: Actor, page: PageRequest) -> Page[ApiToken]:
    """The tokens of somebody that are good, newest first."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT * FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL
                 AND expires_at > now() AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3""",
            actor.user_id,
            page.after(UUID),
            page.rows,
        )
    return page.answer(rows, lambda row: row["id"], _api_token)


async def revoke_api_token(actor: Actor, token_id: UUID) -> None:
    """End one of one's own tokens. Raises `token.not_found`."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        ended = await unit.execute(
            """UPDATE api_tokens SET revoked_at = now()
               WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL""",
            token_id,
            actor.user_id,
        )
        if not ended:
            raise DirectorError("token.not_found", "You have no such token.", status=404)
        await audit("token.revoked", actor.user_id, token=token_id)
    forget_logins([token_id])


async def end_api_tokens(unit: UnitOfWork, user_id: UUID) -> list[UUID]:
    """End all API tokens of somebody; their ids."""
    rows = await unit.fetch(
        """UPDATE api_tokens SET revoked_at = now()
           WHERE user_id = $1 AND revoked_at IS NULL RETURNING id""",
        user_id,
    )
    return [row["id"] for row in rows]


def _api_token(row: asyncpg.Record) -> ApiToken:
    return ApiToken(
        id=row["id"],
        name=row["name"],
        scopes=[Scope(scope) for scope in row["scopes"]],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        seen_at=row["seen_at"],
        address=row["address"],
    )
