"""Passkeys (WebAuthn): made by who is logged in, named, listed, removed, and shown at a log-in.

Each is a discoverable credential whose authenticator has seen to the person (by finger, face or
PIN): it lets in alone, or stands beside the password where its person wants both. No attestation
is asked for. What is checked of an answer is checked by py_webauthn.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec

from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from . import passkey_ceremonies
from .audit import audit
from .model import Actor
from .passkey_challenges import Challenges
from .passkey_sites import Site

MAX_PASSKEYS = 20
MAX_NAME = 100

Base64Url = Annotated[str, msgspec.Meta(max_length=32_768)]

challenges = Challenges()


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey; `host` is the name by which the studio has to be open for it to be found."""

    id: UUID
    name: str
    host: str
    created_at: datetime
    used_at: datetime | None


class NewCredential(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `navigator.credentials.create()` gave, each part in base64url."""

    credential_id: Base64Url
    client_data: Base64Url
    attestation_object: Base64Url
    transports: Annotated[list[str], msgspec.Meta(max_length=10)] = []


class Assertion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `navigator.credentials.get()` gave, each part in base64url."""

    credential_id: Base64Url
    client_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url
    user_handle: Base64Url


class Proof(msgspec.Struct, frozen=True):
    """An assertion, and the page that it was made on."""

    assertion: Assertion
    site: Site


class VerifiedPasskey(msgspec.Struct, frozen=True):
    """Whose passkey was shown."""

    id: UUID
    user_id: UUID


async def begin_passkey(actor: Actor, site: Site) -> dict[str, Any]:
    """What `navigator.credentials.create()` is given, as JSON. The caller has checked the password.

    Raises `passkey.too_many`.
    """
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch("SELECT * FROM passkeys WHERE user_id = $1", actor.user_id)
    _check_count(len(rows))
    return await run_blocking(
        passkey_ceremonies.creation_options,
        site=site,
        user_id=actor.user_id.bytes,
        user_name=actor.email or actor.name,
        display_name=actor.name,
        challenge=challenges.issue(_making(actor, site)),
        known=[row["credential_id"] for row in rows if row["rp_id"] == site.rp_id],
    )


async def add_passkey(actor: Actor, name: str, credential: NewCredential, site: Site) -> Passkey:
    """Keep a passkey that somebody's authenticator made for this page a moment ago.

    Raises `passkey.bad_name`, `passkey.expired`, `passkey.refused`, `passkey.known` and
    `passkey.too_many`.
    """
    actor.demand_session()
    name = _checked_name(name)
    client_data = _bytes(credential.client_data)
    challenge = _challenge_of(client_data)
    challenges.use(challenge, _making(actor, site))
    made = await run_blocking(
        passkey_ceremonies.verify_creation,
        credential_id=_bytes(credential.credential_id),
        client_data=client_data,
        attestation_object=_bytes(credential.attestation_object),
        challenge=challenge,
        site=site,
    )
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            # Locked, so that two at once are counted one after the other.
            await unit.fetchval("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", actor.user_id)
            there = await unit.fetchval(
                "SELECT count(*) FROM passkeys WHERE user_id = $1", actor.user_id
            )
            _check_count(there)
            row = await unit.fetchrow(
                """INSERT INTO passkeys (id, user_id, name, credential_id, public_key, origin,
                     rp_id, transports, sign_count)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *""",
                new_id(),
                actor.user_id,
                name,
                made.credential_id,
                made.public_key,
                site.origin,
                site.rp_id,
                sorted(passkey_ceremonies.TRANSPORTS & set(credential.transports)),
                made.sign_count,
            )
            assert row is not None
            await audit("passkey.added", actor.user_id, passkey=row["id"], name=name)
    except asyncpg.UniqueViolationError as error:
        raise DirectorError(
            "passkey.known", "This passkey is there already.", hint="Use it.", status=409
        ) from error
    return _passkey(row)


async def list_passkeys(actor: Actor, page: PageRequest) -> Page[Passkey]:
    """One's own, newest first."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT * FROM passkeys WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3""",
            actor.user_id,
            page.after(UUID),
            page.rows,
        )
    return page.answer(rows, lambda row: row["id"], _passkey)


async def own_passkey(actor: Actor, passkey_id: UUID) -> Passkey:
    """One of one's own. Raises `passkey.not_found`."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            "SELECT * FROM passkeys WHERE id = $1 AND user_id = $2", passkey_id, actor.user_id
        )
    if row is None:
        raise _not_found()
    return _passkey(row)


async def rename_passkey(actor: Actor, passkey_id: UUID, name: str) -> Passkey:
    """Call one's own passkey something else. Raises `passkey.not_found` and `passkey.bad_name`."""
    actor.demand_session()
    name = _checked_name(name)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            "UPDATE passkeys SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING *",
            passkey_id,
            actor.user_id,
            name,
        )
        if row is None:
            raise _not_found()
        await audit("passkey.renamed", actor.user_id, passkey=passkey_id, name=name)
    return _passkey(row)


async def remove_passkey(actor: Actor, passkey_id: UUID) -> None:
    """Take one's own passkey away. The caller has checked the password.

    Without any left a log-in by password asks for none. Raises `passkey.not_found`.
    """
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        name = await unit.fetchval(
            "DELETE FROM passkeys WHERE id = $1 AND user_id = $2 RETURNING name",
            passkey_id,
            actor.user_id,
        )
        if name is None:
            raise _not_found()
        await audit("passkey.removed", actor.user_id, passkey=passkey_id, name=name)
        left = await unit.fetchval("SELECT 1 FROM passkeys WHERE user_id = $1", actor.user_id)
        if not left:
            await _set_required(unit, actor.user_id, False)


async def require_passkey(actor: Actor, required: bool) -> None:
    """Whether one's own log-in by password asks for a passkey as well. The caller has checked the
    password. Raises `passkey.none`."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.fetchval("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", actor.user_id)
        there = await unit.fetchval("SELECT 1 FROM passkeys WHERE user_id = $1", actor.user_id)
        if required and not there:
            raise DirectorError(
                "passkey.none", "You have no passkey yet.", hint="Add one first.", status=409
            )
        await _set_required(unit, actor.user_id, required)


async def forget_passkeys(unit: UnitOfWork, user_id: UUID) -> None:
    """Take all passkeys of somebody away."""
    if count := await unit.execute("DELETE FROM passkeys WHERE user_id = $1", user_id):
        await audit("passkey.all_removed", user_id, count=count)
    await _set_required(unit, user_id, False)


async def ask_for_passkey(site: Site) -> dict[str, Any]:
    """What `navigator.credentials.get()` is given, as JSON: the same for everybody."""
    challenge = challenges.issue(_showing(site))
    return await run_blocking(passkey_ceremonies.request_options, site=site, challenge=challenge)


async def owner_of(assertion: Assertion) -> asyncpg.Record | None:
    """The row of the passkey that is shown, if there is one: that it is genuine is not said."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return await unit.fetchrow(
            "SELECT * FROM passkeys WHERE credential_id = $1", _bytes(assertion.credential_id)
        )


async def verify_passkey(row: asyncpg.Record | None, proof: Proof) -> VerifiedPasskey:
    """See that the answer was made for this page, now, by the authenticator that has this passkey.

    Raises `account.wrong_passkey`, `account.copied_passkey` and `passkey.expired`, all of which are
    written down.
    """
    try:
        return await _verified(row, proof)
    except DirectorError as error:
        async with unit_of_work(role=DatabaseRole.SERVICE):
            whose = row["user_id"] if row is not None else None
            passkey = {"passkey": row["id"]} if row is not None else {}
            await audit("passkey.failed", whose, why=error.code, **passkey)
        raise


async def _verified(row: asyncpg.Record | None, proof: Proof) -> VerifiedPasskey:
    given, site = proof.assertion, proof.site
    client_data = _bytes(given.client_data)
    challenge = _challenge_of(client_data)
    # Before all else: whatever comes of it, it was used.
    challenges.use(challenge, _showing(site))
    if (
        row is None
        or row["rp_id"] != site.rp_id
        or not (row["origin"] == site.origin or site.trusted)
        or _bytes(given.user_handle) != row["user_id"].bytes
    ):
        raise passkey_ceremonies.wrong_passkey()
    count = await run_blocking(
        passkey_ceremonies.verify_assertion,
        credential_id=row["credential_id"],
        client_data=client_data,
        authenticator_data=_bytes(given.authenticator_data),
        signature=_bytes(given.signature),
        challenge=challenge,
        site=site,
        public_key=row["public_key"],
    )
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Compared and stored in one: of two answers with one count, one is late. Many
        # authenticators do not count, and say 0 each time.
        used = await unit.execute(
            """UPDATE passkeys SET sign_count = $2, used_at = now()
               WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))""",
            row["id"],
            count,
        )
    if not used:
        raise DirectorError(
            "account.copied_passkey",
            "This passkey was used elsewhere since: there may be a copy of it.",
            hint="Log in another way, and remove it in the settings.",
            status=401,
        )
    return VerifiedPasskey(row["id"], row["user_id"])


async def _set_required(unit: UnitOfWork, user_id: UUID, required: bool) -> None:
    changed = await unit.execute(
        "UPDATE users SET passkey_required = $2 WHERE id = $1 AND passkey_required <> $2",
        user_id,
        required,
    )
    if changed:
        await audit("passkey.required" if required else "passkey.not_required", user_id)


def _making(actor: Actor, site: Site) -> str:
    return f"make {actor.session_id} {site.origin}"


def _showing(site: Site) -> str:
    return f"show {site.origin}"


def _challenge_of(client_data: bytes) -> bytes:
    try:
        told = msgspec.json.decode(client_data, type=_ClientData)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise passkey_ceremonies.refused() from error
    return _bytes(told.challenge)


class _ClientData(msgspec.Struct):
    challenge: str


def _bytes(text: str) -> bytes:
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise passkey_ceremonies.refused() from error


def _check_count(there: int) -> None:
    if there >= MAX_PASSKEYS:
        raise DirectorError(
            "passkey.too_many",
            f"You have {MAX_PASSKEYS} passkeys.",
            hint="Remove those that you do not use.",
            status=409,
        )


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= MAX_NAME:
        raise DirectorError("passkey.bad_name", f"A name has 1 to {MAX_NAME} characters.")
    return name


def _not_found() -> DirectorError:
    return DirectorError("passkey.not_found", "You have no such passkey.", status=404)


def _passkey(row: asyncpg.Record) -> Passkey:
    return Passkey(
        id=row["id"],
        name=row["name"],
        host=row["rp_id"],
        created_at=row["created_at"],
        used_at=row["used_at"],
    )
