"""Makes people and sessions, and turns a token back into the person."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, current_unit, unit_of_work
from app.platform.ids import new_id
from node_registry import DirectorError

from . import passwords, tokens
from .audit import audit
from .login_throttle import LoginThrottle
from .model import Actor
from .tables import Sessions, Users
from .tickets import void_tickets

SESSION = timedelta(days=14)
REMEMBERED = 5.0

_throttle = LoginThrottle()
_hashing = asyncio.Semaphore(2)


class Login(msgspec.Struct):
    """A session that was just opened."""

    actor: Actor
    token: str
    expires_in: int


class _Keys:
    key: bytes | None = None
    # Sessions seen good a moment ago: a burst of requests asks the database once.
    good: dict[UUID, tuple[float, Actor]] = {}


def use_key(key: bytes) -> None:
    """Sign and check tokens with this key. Called once, by the API role."""
    _Keys.key = key
    _Keys.good.clear()


def _key() -> bytes:
    if _Keys.key is None:
        raise RuntimeError("There is no key to sign tokens with: call use_key first.")
    return _Keys.key


async def ensure_owner() -> Actor:
    """The owner of this studio; made at first start, without a password until the link is used."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO users (id, name, is_owner) VALUES ($1, 'Owner', true)
               ON CONFLICT (is_owner) WHERE is_owner DO NOTHING""",
            new_id(),
        )
        rows = await Users.select().where(Users.is_owner.eq(True))
    return _actor(rows[0])


async def create_setup_link() -> str | None:
    """A fresh one-time code for the owner, or None when the owner has a password already."""
    code, digest = tokens.new_setup_token()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if await unit.fetchval("SELECT 1 FROM users WHERE is_owner AND password_hash IS NOT NULL"):
            return None
        await unit.execute("DELETE FROM setup_links WHERE used_at IS NULL AND user_id IS NULL")
        await unit.execute("INSERT INTO setup_links (digest) VALUES ($1)", digest)
    return code


async def claim_ownership(code: str, email: str, password: str, name: str) -> Login:
    """Use the one-time link: the owner gets an address and a password. Works once."""
    email = _checked_email(email)
    hashed = await _hashed(password, name, email)
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            used = await unit.execute(
                # Not a link that lets somebody else back in.
                """UPDATE setup_links SET used_at = now()
                   WHERE digest = $1 AND used_at IS NULL AND user_id IS NULL""",
                tokens.hash_setup_token(code),
            )
            if not used:
                raise DirectorError(
                    "account.bad_setup_link",
                    "This link was used already, or is not this studio's.",
                    hint="Start the studio again: it prints a fresh one until there is an owner.",
                    status=403,
                )
            await unit.execute(
                "UPDATE users SET email = $1, name = $2, password_hash = $3 WHERE is_owner",
                email,
                _checked_name(name),
                hashed,
            )
            rows = await Users.select().where(Users.is_owner.eq(True))
    except asyncpg.UniqueViolationError as error:
        raise _email_taken() from error
    return await open_session(_actor(rows[0]), label="setup")


async def register(email: str, password: str, name: str) -> Login:
    """Make an account and log it in. Raises `account.email_taken`."""
    person = await prepare_person(email, password, name)
    async with unit_of_work(role=DatabaseRole.SERVICE):
        await add_person(person)
    return await open_session(person.actor, label="register")


class NewPerson(msgspec.Struct, frozen=True):
    """Somebody who is about to get an account."""

    actor: Actor
    password_hash: str


async def prepare_person(email: str, password: str, name: str) -> NewPerson:
    """Check what a new person gives, and hash the password. Raises `account.…`."""
    email, name = _checked_email(email), _checked_name(name)
    hashed = await _hashed(password, name, email)
    return NewPerson(Actor(user_id=new_id(), name=name, email=email), hashed)


async def add_person(person: NewPerson) -> None:
    """Make an account, in the current unit of the service. Raises `account.email_taken`."""
    try:
        # A savepoint: the unit can still be used when the address is taken.
        async with unit_of_work() as unit:
            await unit.execute(
                "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)",
                person.actor.user_id,
                person.actor.email,
                person.actor.name,
                person.password_hash,
            )
    except asyncpg.UniqueViolationError as error:
        raise _email_taken() from error
    await audit("account.created", person.actor.user_id, email=person.actor.email)


async def log_in(email: str, password: str, *, label: str) -> Login:
    """Open a session. Raises `account.wrong`: for an unknown address as for a wrong password.

    After several wrong passwords for an address it raises `account.too_many_tries` for a while.
    """
    _throttle.check(email)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            "SELECT * FROM users WHERE lower(email) = lower($1)", email.strip()[:320]
        )
    hashed = row["password_hash"] if row is not None else None
    # An unknown address costs the same time as a known one; a flood leaves threads for the rest.
    async with _hashing:
        good = await run_blocking(passwords.verify_password, hashed, password)
    if row is None or not hashed or not good:
        _throttle.failed(email)
        raise DirectorError(
            "account.wrong",
            "The address or the password is not right.",
            hint="Check both.",
            status=401,
        )
    _throttle.succeeded(email)
    if passwords.needs_rehash(hashed):
        fresh = await run_blocking(passwords.hash_password, password)
        async with unit_of_work(role=DatabaseRole.SERVICE):
            await Users.update({Users.password_hash: fresh}).where(Users.id == row["id"])
    return await open_session(_actor(dict(row)), label=label)


async def open_session(
    actor: Actor, *, label: str, lasting: timedelta = SESSION, of_studio: bool = False
) -> Login:
    """A session for somebody who has proved who they are, or for the studio's own programs."""
    session_id = new_id()
    expires = datetime.now(UTC) + lasting
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO sessions (id, user_id, label, expires_at, of_studio)
               VALUES ($1, $2, $3, $4, $5)""",
            session_id,
            actor.user_id,
            label,
            expires,
            of_studio,
        )
    token = tokens.issue_token(_key(), actor.user_id, session_id, lifetime=lasting)
    known = msgspec.structs.replace(actor, session_id=session_id)
    return Login(known, token, int(lasting.total_seconds()))


async def authenticate(token: str) -> Actor:
    """The person behind a token. Raises `account.…` when it is forged, too old or logged out."""
    claims = tokens.verify_token(_key(), token)
    remembered = _Keys.good.get(claims.session_id)
    if remembered is not None and time.monotonic() - remembered[0] < REMEMBERED:
        return remembered[1]
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            """SELECT u.* FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.id = $1 AND u.id = $2 AND s.revoked_at IS NULL AND s.expires_at > now()""",
            claims.session_id,
            claims.user_id,
        )
    if row is None:
        _Keys.good.pop(claims.session_id, None)
        raise _session_over()
    actor = msgspec.structs.replace(_actor(dict(row)), session_id=claims.session_id)
    if len(_Keys.good) > 10_000:
        _Keys.good.clear()
    _Keys.good[claims.session_id] = (time.monotonic(), actor)
    return actor


async def sessions_alive(session_ids: set[UUID]) -> set[UUID]:
    """Which of these log-ins are still good."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT id FROM sessions
               WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL AND expires_at > now()""",
            list(session_ids),
        )
    return {row["id"] for row in rows}


async def check_session(actor: Actor) -> None:
    """Raises `account.session_over` when the log-in that an actor came by has ended meanwhile."""
    if actor.session_id is not None and not await sessions_alive({actor.session_id}):
        raise _session_over()


def forget_sessions(session_ids: Iterable[UUID]) -> None:
    """Ask the database again about these sessions, which have ended."""
    for session_id in session_ids:
        _Keys.good.pop(session_id, None)
        void_tickets(session_id)


def forget_person(user_id: UUID) -> None:
    """Ask the database again about all sessions of somebody, some of which may have ended."""
    for session_id in [key for key, (_, a) in _Keys.good.items() if a.user_id == user_id]:
        del _Keys.good[session_id]


async def log_out(actor: Actor) -> None:
    """End the session that somebody uses."""
    if actor.session_id is None:
        return
    forget_sessions([actor.session_id])
    async with unit_of_work(role=DatabaseRole.SERVICE):
        await Sessions.update({Sessions.revoked_at: datetime.now(UTC)}).where(
            Sessions.id == actor.session_id
        )


async def people(user_ids: list[UUID]) -> dict[UUID, Actor]:
    """People by their ids, for attributing what the studio does for them."""
    async with unit_of_work(role=DatabaseRole.SERVICE):
        rows = await Users.select().where(Users.id.is_in(user_ids)) if user_ids else []
    return {row["id"]: _actor(row) for row in rows}


async def name_of(user_id: UUID) -> str:
    """What somebody is called; empty for nobody. Reads in the current unit of work, of any role."""
    return await current_unit().fetchval("SELECT name FROM users WHERE id = $1", user_id) or ""


async def _hashed(password: str, name: str, email: str) -> str:
    passwords.check_rules(password, name=name, email=email)
    return await run_blocking(passwords.hash_password, password)


def _session_over() -> DirectorError:
    return DirectorError(
        "account.session_over", "This session has ended.", hint="Log in again.", status=401
    )


def _email_taken() -> DirectorError:
    return DirectorError(
        "account.email_taken", "There is an account with this address.", hint="Log in.", status=409
    )


def _checked_email(email: str) -> str:
    email = email.strip()
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,255}", email):
        raise DirectorError("account.bad_email", f"{email[:60]!r} is not an e-mail address.")
    return email


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise DirectorError("account.bad_name", "A name has 1 to 100 characters.")
    return name


def _actor(row: dict) -> Actor:
    return Actor(
        user_id=row["id"], name=row["name"], email=row["email"] or "", is_owner=row["is_owner"]
    )
