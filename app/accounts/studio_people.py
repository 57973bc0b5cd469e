"""Everybody who has an account, for the studio's owner: who they are, and who may come in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from app.platform.database import DatabaseRole, current_unit, unit_of_work
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from .audit import audit
from .model import Actor, Scope
from .sessions import forget_person

ERASED = "Erased person"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with an account. `seen_at` is when a log-in of theirs was last used."""

    id: UUID
    name: str
    email: str | None
    is_owner: bool
    created_at: datetime
    disabled_at: datetime | None
    seen_at: datetime | None


async def list_people(actor: Actor, page: PageRequest) -> Page[Person]:
    """Everybody, in the order in which they came. Raises `account.not_owner`."""
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT u.id, u.name, u.email, u.is_owner, u.created_at, u.disabled_at,
                 (SELECT max(seen_at) FROM sessions s WHERE s.user_id = u.id AND NOT s.of_studio)
                   AS seen_at
               FROM users u WHERE $1::uuid IS NULL OR u.id > $1 ORDER BY u.id LIMIT $2""",
            page.after(UUID),
            page.rows,
        )
    return page.answer(rows, lambda row: row["id"], lambda row: Person(**dict(row)))


async def set_disabled(actor: Actor, user_id: UUID, disabled: bool) -> None:
    """Keep somebody out, or let them in again. Their log-ins end at once; what they made stays.

    Raises `account.unknown`, and `account.is_owner` for the studio's owner.
    """
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow("SELECT is_owner FROM users WHERE id = $1 FOR UPDATE", user_id)
        if row is None:
            raise DirectorError("account.unknown", "There is no such person.", status=404)
        if row["is_owner"]:
            raise DirectorError(
                "account.is_owner", "The studio's owner cannot be disabled.", status=409
            )
        await unit.execute(
            """UPDATE users SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END
               WHERE id = $1""",
            user_id,
            disabled,
        )
        kind = "account.disabled" if disabled else "account.enabled"
        await audit(kind, actor.user_id, person=user_id)
    forget_person(user_id)


async def erase(actor: Actor, user_id: UUID) -> None:
    """Forget who somebody is. Their log-ins, tokens and teams go, they cannot come in again, and
    what they made is by "Erased person" from now on.

    Two things stay: the audit log, to which nothing is done but adding, until its days are over;
    and what stands in the history of a repository, as in every clone of it. Raises
    `account.unknown` and `account.is_owner`.
    """
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow("SELECT is_owner FROM users WHERE id = $1 FOR UPDATE", user_id)
        if row is None:
            raise DirectorError("account.unknown", "There is no such person.", status=404)
        if row["is_owner"]:
            raise DirectorError(
                "account.is_owner", "The studio's owner cannot be erased.", status=409
            )
        await unit.execute(
            """UPDATE users SET name = $2, email = NULL, password_hash = NULL,
                 disabled_at = coalesce(disabled_at, now()), passkey_required = false
               WHERE id = $1""",
            user_id,
            ERASED,
        )
        for forget in (
            "DELETE FROM sessions WHERE user_id = $1",
            "DELETE FROM api_tokens WHERE user_id = $1",
            "DELETE FROM second_factors WHERE user_id = $1",
            "DELETE FROM passkeys WHERE user_id = $1",
            "DELETE FROM setup_links WHERE user_id = $1",
            "DELETE FROM team_members WHERE user_id = $1",
        ):
            await unit.execute(forget, user_id)
        await audit("account.erased", actor.user_id, person=user_id)
    forget_person(user_id)


async def may_invite(user_id: UUID, *, into_studio: bool) -> bool:
    """Whether links of this person count: they have an account that is not disabled; into the
    studio alone, it is the owner's. Reads in the current unit of work, which is the service's."""
    row = await current_unit().fetchrow(
        "SELECT is_owner, disabled_at FROM users WHERE id = $1", user_id
    )
    return row is not None and row["disabled_at"] is None and (row["is_owner"] or not into_studio)


async def owns_studio(user_id: UUID) -> bool:
    """Whether somebody is the studio's owner. Reads in the current unit, the service's."""
    return bool(await current_unit().fetchval("SELECT is_owner FROM users WHERE id = $1", user_id))


def demand_studio_owner(actor: Actor) -> None:
    """Raises `account.not_owner` for anybody but the studio's owner."""
    actor.demand(Scope.ADMIN)
    if not actor.is_owner:
        raise DirectorError(
            "account.not_owner",
            "Only the studio's owner can do that.",
            hint="Ask them.",
            status=403,
        )
