"""People: the owner, new accounts, log-ins by password, and what people change of themselves."""

from __future__ import annotations

import functools
import re
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import DatabaseRole, current_unit, unit_of_work
from app.platform.ids import new_id
from app.platform.request_context import client_address, network_of
from node_registry import DirectorError

from . import passwords, tokens
from .api_tokens import end_api_tokens
from .audit import audit
from .hashing import HASHING, hash_checked, hash_password
from .login_throttle import LoginThrottle, too_many_tries
from .model import Actor
from .passkeys import Proof
from .second_factor import check_second_factor
from .sessions import (
    Login,
    account_disabled,
    actor_of,
    end_sessions,
    forget_logins,
    forget_person,
    is_known_device,
    open_session,
)
from .tables import Users

_throttle = LoginThrottle()


async def ensure_owner() -> Actor:
    """The owner of this studio; made at first start, without a password until the link is used."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO users (id, name, is_owner) VALUES ($1, 'Owner', true)
               ON CONFLICT (is_owner) WHERE is_owner DO NOTHING""",
            new_id(),
        )
        rows = await Users.select().where(Users.is_owner.eq(True))
    return actor_of(rows[0])


async def create_setup_link() -> str | None:
    """A fresh one-time code for the owner, or None when the owner has a password already."""
    code, digest = tokens.new_secret()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if await unit.fetchval("SELECT 1 FROM users WHERE is_owner AND password_hash IS NOT NULL"):
            return None
        await unit.execute("DELETE FROM setup_links WHERE used_at IS NULL AND user_id IS NULL")
        await unit.execute("INSERT INTO setup_links (digest) VALUES ($1)", digest)
    return code


async def claim_ownership(
    code: str, email: str, password: str, name: str, *, device: str | None = None
) -> Login:
    """Use the one-time link: the owner gets an address and a password. Works once."""
    email, name = _checked_email(email), _checked_name(name)
    digest = tokens.hash_secret(code)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Looked for before the password is hashed, which costs more. Not a link that lets
        # somebody else back in.
        found = await unit.fetchval(
            """SELECT 1 FROM setup_links
               WHERE digest = $1 AND used_at IS NULL AND user_id IS NULL""",
            digest,
        )
    if not found:
        raise _bad_setup_link()
    hashed = await hash_checked(password, name, email)
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            # Of two at once, one finds it used.
            used = await unit.execute(
                """UPDATE setup_links SET used_at = now()
                   WHERE digest = $1 AND used_at IS NULL AND user_id IS NULL""",
                digest,
            )
            if not used:
                raise _bad_setup_link()
            await unit.execute(
                "UPDATE users SET email = $1, name = $2, password_hash = $3 WHERE is_owner",
                email,
                name,
                hashed,
            )
            rows = await Users.select().where(Users.is_owner.eq(True))
            await audit("studio.claimed", rows[0]["id"])
    except asyncpg.UniqueViolationError as error:
        raise _email_taken() from error
    return await open_session(actor_of(rows[0]), label="setup", device=device)


async def register(
    email: str, password: str, name: str, *, label: str = "register", device: str | None = None
) -> Login:
    """Make an account and log it in. Raises `account.email_taken`."""
    person = await prepare_person(email, password, name)
    async with unit_of_work(role=DatabaseRole.SERVICE):
        await add_person(person)
    return await open_session(person.actor, label=label, device=device)


class NewPerson(msgspec.Struct, frozen=True):
    """Somebody who is about to get an account."""

    actor: Actor
    password_hash: str


async def prepare_person(email: str, password: str, name: str) -> NewPerson:
    """Check what a new person gives, and hash the password. Raises `account.…`."""
    email, name = _checked_email(email), _checked_name(name)
    hashed = await hash_checked(password, name, email)
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


async def log_in(
    email: str,
    password: str,
    *,
    label: str,
    device: str | None = None,
    code: str | None = None,
    passkey: Proof | None = None,
) -> Login:
    """Open a session. Raises `account.wrong`: for an unknown address as for a wrong password.

    `code` is of the second factor of who has one; without it `account.code_required` is raised,
    with a wrong one `account.wrong_code`. A `passkey` stands for it; `account.passkey_required` is
    raised where nothing else does. `device` is the mark of the browser, if it has one. After
    several wrong passwords or codes from where somebody is it raises `account.too_many_tries` for a
    while.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            "SELECT * FROM users WHERE lower(email) = lower($1)", email.strip()[:320]
        )
    known = device is not None and await is_known_device(email, device)
    source = device if device is not None and known else network_of(client_address.get())
    if not await _is_right(row, email, password, source, known=known):
        # For an unknown address as well: what takes longer would tell who has an account.
        async with unit_of_work(role=DatabaseRole.SERVICE):
            await audit("login.failed", row["id"] if row is not None else None, device=label[:200])
        raise _wrong()
    assert row is not None
    if row["disabled_at"] is not None:
        raise account_disabled()
    await check_second_factor(row["id"], email, code, source, known=known, passkey=passkey)
    if passwords.needs_rehash(row["password_hash"]):
        fresh = await hash_password(password)
        async with unit_of_work(role=DatabaseRole.SERVICE):
            await Users.update({Users.password_hash: fresh}).where(Users.id == row["id"])
    return await open_session(actor_of(row), label=label, device=device)


async def change_password(
    actor: Actor, current: str, password: str, *, revoke_tokens: bool = False
) -> int:
    """Give oneself another password; one's other log-ins end, and API tokens if that is wanted.

    Says how many ended. Raises `account.wrong` for a wrong current password, and
    `account.weak_password`.
    """
    actor.demand_session()
    await check_password(actor, current)
    hashed = await hash_checked(password, actor.name, actor.email)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE users SET password_hash = $2 WHERE id = $1", actor.user_id, hashed
        )
        ended = await end_sessions(unit, actor.user_id, but=actor.session_id)
        if revoke_tokens:
            ended += await end_api_tokens(unit, actor.user_id)
        await audit("password.changed", actor.user_id, ended=len(ended))
    forget_logins(ended)
    return len(ended)


async def change_profile(
    actor: Actor, *, name: str | None, email: str | None, current: str | None
) -> Actor:
    """Change one's own name, or the address to log in with, which needs the current password.

    Raises `account.wrong`, `account.email_taken`, `account.bad_email` and `account.bad_name`.
    """
    actor.demand_session()
    if email is not None:
        email = _checked_email(email)
        await check_password(actor, current or "")
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            row = await unit.fetchrow(
                """UPDATE users SET name = coalesce($2, name), email = coalesce($3, email)
                   WHERE id = $1 RETURNING *""",
                actor.user_id,
                None if name is None else _checked_name(name),
                email,
            )
            await audit("account.changed", actor.user_id, email=email, name=name)
    except asyncpg.UniqueViolationError as error:
        raise _email_taken() from error
    assert row is not None
    forget_person(actor.user_id)
    return msgspec.structs.replace(actor, name=row["name"], email=row["email"] or "")


async def check_password(actor: Actor, password: str) -> None:
    """Raises `account.wrong_password` when this is not that of who is logged in."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow("SELECT * FROM users WHERE id = $1", actor.user_id)
    if not await _is_right(row, actor.email, password, str(actor.session_id), known=True):
        # Not 401: a slip of the keyboard is no reason to leave, which clients do then.
        raise DirectorError(
            "account.wrong_password",
            "The password is not right.",
            hint="Type it again.",
            status=403,
        )


async def _is_right(
    row: asyncpg.Record | None, email: str, password: str, source: str, *, known: bool
) -> bool:
    """Whether a password is this person's. Raises `account.too_many_tries` and
    `server.busy`."""
    # An unknown address costs the same time as a known one. Asked for the wait in one's turn: those
    # who tried at once are counted by then.
    async with HASHING.turn(source):
        if (wait := _throttle.wait(email, source, known=known)) > 0:
            raise too_many_tries(wait)
        stored_hash = row["password_hash"] if row is not None else None
        good = await HASHING.call(
            functools.partial(passwords.verify_password, stored_hash, password)
        )
        if good:
            _throttle.succeeded(email, source)
        else:
            _throttle.failed(email, source, known=known)
        return good


async def people(user_ids: list[UUID]) -> dict[UUID, Actor]:
    """People by their ids, for attributing what the studio does for them."""
    async with unit_of_work(role=DatabaseRole.SERVICE):
        rows = await Users.select().where(Users.id.is_in(user_ids)) if user_ids else []
    return {row["id"]: actor_of(row) for row in rows}


async def active_person(user_id: UUID) -> Actor | None:
    """A person who may log in, for what a link of theirs lets others do; None for anybody else."""
    async with unit_of_work(role=DatabaseRole.SERVICE):
        row = await Users.select().where(Users.id == user_id).first()
    return None if row is None or row["disabled_at"] is not None else actor_of(row)


async def name_of(user_id: UUID) -> str:
    """What somebody is called; empty for nobody. Reads in the current unit of work, of any role."""
    return await current_unit().fetchval("SELECT name FROM users WHERE id = $1", user_id) or ""


def _bad_setup_link() -> DirectorError:
    return DirectorError(
        "account.bad_setup_link",
        "This link was used already, or is not this studio's.",
        hint="Start the studio again: it prints a fresh one until there is an owner.",
        status=403,
    )


def _wrong() -> DirectorError:
    return DirectorError(
        "account.wrong",
        "The address or the password is not right.",
        hint="Check both.",
        status=401,
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
