"""Log-ins: opened, recognised by their token with each request, listed, and ended."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.platform.request_context import client_address
from node_registry import DirectorError

from . import tokens
from .audit import audit
from .model import Actor, Scope
from .tickets import void_tickets

SESSION = timedelta(days=14)
# By those of half a year a browser is known again (`is_known_device`).
ENDED_KEPT = timedelta(days=180)
CACHE_SECONDS = 5.0
CACHE_SIZE = 10_000
# How exact "last used" is.
SEEN_EVERY = timedelta(minutes=1)


class Login(msgspec.Struct):
    """A session that was just opened."""

    actor: Actor
    token: str
    expires_in: int


class SessionInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A log-in: `device` is what the browser says that it is, `address` where it was last used
    from. `current` is the one that asks."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool


class _State:
    key: bytes | None = None
    lasting = SESSION
    # A log-in that was not used for so long has ended; None is no such end.
    idle: timedelta | None = None
    # Log-ins seen good a moment ago: a burst of requests asks the database once.
    good: dict[UUID | str, tuple[float, Actor]] = {}
    # Grows with each thing that is forgotten: what was read before is not remembered after it.
    forgotten = 0


def use_key(key: bytes) -> None:
    """Sign and check tokens with this key. Called once, by the API role."""
    _State.key = key
    _State.good.clear()


def use_session_limits(*, lasting: timedelta, idle: timedelta | None) -> None:
    """How long a log-in lasts at all, and without being used. Called once, by the API role."""
    _State.lasting, _State.idle = lasting, idle
    _State.good.clear()


def _idle() -> timedelta | None:
    # "Last used" may be so much too early.
    return None if _State.idle is None else _State.idle + SEEN_EVERY


def signing_key() -> bytes:
    """The key of this studio's tokens, which `use_key` gave."""
    if _State.key is None:
        raise RuntimeError("There is no key to sign tokens with: call use_key first.")
    return _State.key


async def open_session(
    actor: Actor,
    *,
    label: str,
    lasting: timedelta | None = None,
    of_studio: bool = False,
    device: str | None = None,
) -> Login:
    """A session for somebody who has proved who they are, or for the studio's own programs.

    `device` is the mark of their browser, by which it is known again.
    """
    session_id = new_id()
    lasting = lasting or _State.lasting
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO sessions (id, user_id, label, expires_at, of_studio, address, device)
               VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            session_id,
            actor.user_id,
            label.replace("\0", "")[:200],
            datetime.now(UTC) + lasting,
            of_studio,
            client_address.get(),
            None if device is None else tokens.hash_secret(device),
        )
        if not of_studio:
            await audit("login.opened", actor.user_id, device=label[:200])
    token = tokens.issue_token(signing_key(), actor.user_id, session_id, lifetime=lasting)
    known = msgspec.structs.replace(actor, session_id=session_id)
    return Login(known, token, int(lasting.total_seconds()))


async def authenticate(token: str) -> Actor:
    """The person behind the token of a log-in, or behind a personal API token.

    Raises `account.…` when it is forged, too old, ended, or its person is disabled.
    """
    if token.startswith(tokens.API_TOKEN_PREFIX):
        return await _by_api_token(tokens.hash_secret(token))
    claims = tokens.verify_token(signing_key(), token)
    cached, asked = _cached(claims.session_id), _State.forgotten
    if cached is not None:
        return cached
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            """SELECT u.*, s.seen_at AS login_seen_at,
                 NOT s.of_studio AND s.seen_at < now() - $3::interval AS idle
               FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.id = $1 AND u.id = $2 AND s.revoked_at IS NULL AND s.expires_at > now()
                 AND u.disabled_at IS NULL""",
            claims.session_id,
            claims.user_id,
            _idle(),
        )
        if row is None:
            raise session_over()
        if row["idle"]:
            raise _session_idle()
        if _is_due(row["login_seen_at"]):
            await unit.execute(
                "UPDATE sessions SET seen_at = now(), address = $2 WHERE id = $1",
                claims.session_id,
                client_address.get(),
            )
    actor = msgspec.structs.replace(actor_of(row), session_id=claims.session_id)
    return _remember(claims.session_id, actor, asked)


async def _by_api_token(digest: str) -> Actor:
    cached, asked = _cached(digest), _State.forgotten
    if cached is not None:
        return cached
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            """SELECT u.*, t.id AS token_id, t.scopes, t.seen_at AS login_seen_at
               FROM api_tokens t JOIN users u ON u.id = t.user_id
               WHERE t.digest = $1 AND t.revoked_at IS NULL AND t.expires_at > now()
                 AND u.disabled_at IS NULL""",
            digest,
        )
        if row is None:
            raise DirectorError(
                "account.bad_token",
                "This token was revoked, is too old, or is not this studio's.",
                hint="Make another one.",
                status=401,
            )
        if _is_due(row["login_seen_at"]):
            await unit.execute(
                "UPDATE api_tokens SET seen_at = now(), address = $2 WHERE id = $1",
                row["token_id"],
                client_address.get(),
            )
    actor = msgspec.structs.replace(
        actor_of(row),
        token_id=row["token_id"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
    )
    return _remember(digest, actor, asked)


def _is_due(seen: datetime | None) -> bool:
    return seen is None or datetime.now(UTC) - seen > SEEN_EVERY


def _cached(key: UUID | str) -> Actor | None:
    found = _State.good.get(key)
    return found[1] if found is not None and time.monotonic() - found[0] < CACHE_SECONDS else None


def _remember(key: UUID | str, actor: Actor, asked: int) -> Actor:
    if len(_State.good) > CACHE_SIZE:
        _State.good.clear()
    if asked == _State.forgotten:
        _State.good[key] = (time.monotonic(), actor)
    return actor


def forget_person(user_id: UUID) -> None:
    """Ask the database again about all log-ins of somebody, some of which may have ended."""
    _State.forgotten += 1
    for key in [key for key, (_, actor) in _State.good.items() if actor.user_id == user_id]:
        del _State.good[key]


def forget_logins(ids: Iterable[UUID]) -> None:
    """Ask the database again about these log-ins, which have ended; their tickets are void."""
    _State.forgotten += 1
    ended = set(ids)
    for key in [key for key, (_, actor) in _State.good.items() if actor.login_id in ended]:
        del _State.good[key]
    for login in ended:
        void_tickets(login)


async def logins_alive(ids: set[UUID]) -> set[UUID]:
    """Which of these log-ins and API tokens are still good."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT l.id FROM (
                 SELECT id, user_id, expires_at, revoked_at FROM sessions
                 WHERE id = ANY($1::uuid[])
                   AND (of_studio OR $2::interval IS NULL OR seen_at >= now() - $2)
                 UNION ALL
                 SELECT id, user_id, expires_at, revoked_at FROM api_tokens
                 WHERE id = ANY($1::uuid[])) l
               JOIN users u ON u.id = l.user_id
               WHERE l.revoked_at IS NULL AND l.expires_at > now() AND u.disabled_at IS NULL""",
            list(ids),
            _idle(),
        )
    return {row["id"] for row in rows}


async def note_use(session_ids: set[UUID]) -> None:
    """Those who work over an open socket use their log-ins, though they ask for nothing else."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE sessions SET seen_at = now()
               WHERE id = ANY($1::uuid[]) AND seen_at < now() - $2::interval
                 AND ($3::interval IS NULL OR seen_at >= now() - $3)""",
            list(session_ids),
            SEEN_EVERY,
            _idle(),
        )


async def check_login(actor: Actor) -> None:
    """Raises `account.session_over` when the log-in that an actor came by has ended meanwhile."""
    if actor.login_id is not None and not await logins_alive({actor.login_id}):
        raise session_over()


async def list_sessions(actor: Actor, page: PageRequest) -> Page[SessionInfo]:
    """The log-ins of somebody that are good, newest first. Needs a log-in, not a token."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT * FROM sessions WHERE user_id = $1 AND revoked_at IS NULL
                 AND expires_at > now() AND NOT of_studio AND ($2::uuid IS NULL OR id < $2)
                 AND ($4::interval IS NULL OR seen_at >= now() - $4)
               ORDER BY id DESC LIMIT $3""",
            actor.user_id,
            page.after(UUID),
            page.rows,
            _idle(),
        )

    def info(row: asyncpg.Record) -> SessionInfo:
        return SessionInfo(
            id=row["id"],
            device=row["label"],
            address=row["address"],
            created_at=row["created_at"],
            seen_at=row["seen_at"],
            expires_at=row["expires_at"],
            current=row["id"] == actor.session_id,
        )

    return page.answer(rows, lambda row: row["id"], info)


async def revoke_session(actor: Actor, session_id: UUID) -> None:
    """End one of one's own log-ins. Raises `account.no_session`."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        ended = await unit.execute(
            """UPDATE sessions SET revoked_at = now()
               WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL""",
            session_id,
            actor.user_id,
        )
        if not ended:
            raise DirectorError(
                "account.no_session", "You have no such log-in, or it has ended.", status=404
            )
        await audit("login.ended", actor.user_id, session=session_id)
    forget_logins([session_id])


async def revoke_other_sessions(actor: Actor) -> int:
    """End all of one's own log-ins but this one. Says how many that were."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        ended = await end_sessions(unit, actor.user_id, but=actor.session_id)
        await audit("login.others_ended", actor.user_id, count=len(ended))
    forget_logins(ended)
    return len(ended)


async def log_out(actor: Actor) -> None:
    """End the session that somebody uses. Raises `account.session_required` for a token."""
    actor.demand_session()
    assert actor.session_id is not None
    await revoke_session(actor, actor.session_id)


async def end_sessions(unit: UnitOfWork, user_id: UUID, *, but: UUID | None = None) -> list[UUID]:
    """End the log-ins of somebody, those of the studio's own programs apart; their ids."""
    rows = await unit.fetch(
        """UPDATE sessions SET revoked_at = now()
           WHERE user_id = $1 AND revoked_at IS NULL AND NOT of_studio
             AND id IS DISTINCT FROM $2 RETURNING id""",
        user_id,
        but,
    )
    return [row["id"] for row in rows]


async def is_known_device(email: str, device: str) -> bool:
    """Whether somebody has logged in with this browser before."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return bool(
            await unit.fetchval(
                """SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
                   WHERE lower(u.email) = lower($1) AND s.device = $2
                     AND s.created_at > now() - interval '180 days' LIMIT 1""",
                email.strip()[:320],
                tokens.hash_secret(device),
            )
        )


async def purge_logins(keep: timedelta) -> int:
    """Remove the log-ins and API tokens that ended longer ago, and one-time links; how many."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        removed = await unit.execute(
            """DELETE FROM sessions
               WHERE least(revoked_at, expires_at) < now() - $1::interval""",
            keep,
        )
        removed += await unit.execute(
            """DELETE FROM api_tokens
               WHERE least(revoked_at, expires_at) < now() - $1::interval""",
            keep,
        )
        return removed + await unit.execute(
            """DELETE FROM setup_links
               WHERE least(used_at, expires_at) < now() - $1::interval""",
            keep,
        )


def session_over() -> DirectorError:
    """The refusal of a log-in that has ended."""
    return DirectorError(
        "account.session_over", "This session has ended.", hint="Log in again.", status=401
    )


def _session_idle() -> DirectorError:
    assert _State.idle is not None
    return DirectorError(
        "account.session_idle",
        f"You were logged out: this log-in was not used for {_in_words(_State.idle)}.",
        hint="Log in again.",
        status=401,
    )


def _in_words(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    units = ((24 * 60, "day"), (60, "hour"), (1, "minute"))
    size, unit = next(one for one in units if minutes % one[0] == 0)
    count = minutes // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


def account_disabled() -> DirectorError:
    """The refusal of somebody who is kept out; told to who proved who they are alone."""
    return DirectorError(
        "account.disabled",
        "This account was disabled.",
        hint="Ask the studio's owner.",
        status=403,
    )


def actor_of(row: asyncpg.Record | dict[str, Any]) -> Actor:
    """The person in a row of the table."""
    return Actor(
        user_id=row["id"], name=row["name"], email=row["email"] or "", is_owner=row["is_owner"]
    )
