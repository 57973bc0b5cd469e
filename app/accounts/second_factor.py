"""A second factor: a code of an authenticator app (TOTP, RFC 6238), and recovery codes.

A person sets it up with their password, and confirms it with a first code. From then on a log-in by
password needs a code too, or a passkey, which can be wanted without an app as well. No code works
twice; wrong ones are counted as wrong passwords are.
"""

from __future__ import annotations

import base64
import secrets
import time
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from node_registry import DirectorError

from . import tokens
from .audit import audit
from .login_throttle import LoginThrottle, too_many_tries
from .model import Actor
from .passkeys import Proof, owner_of, verify_passkey
from .sealing import is_sealed, seal, unseal

ISSUER = "Movie Director"
PERIOD = 30
# A clock that is half a minute off, before or behind, still works.
DRIFT = 1
RECOVERY_CODES = 10
# Without letters that look like others.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"

_throttle = LoginThrottle()


class SecondFactor(msgspec.Struct, frozen=True):
    """Whether a log-in by password needs a code, and how many recovery codes are left; and whether
    it needs a passkey, which a code stands for as well."""

    enabled: bool
    recovery_codes: int
    passkey_required: bool = False


class Setup(msgspec.Struct, frozen=True):
    """What an authenticator app is given: the secret in base 32, and the same as a link that its
    camera reads (`otpauth://`). It counts once it is confirmed."""

    secret: str
    uri: str


async def second_factor(actor: Actor) -> SecondFactor:
    """How it stands with one's own."""
    actor.demand_session()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await _row(unit, actor.user_id)
        required = await _passkey_required(unit, actor.user_id)
    enabled = row is not None and row["confirmed_at"] is not None
    codes = len(row["recovery"]) if row is not None and enabled else 0
    return SecondFactor(enabled, codes, required)


async def begin_second_factor(actor: Actor) -> Setup:
    """A fresh secret, which replaces one that was never confirmed. The caller has checked the
    password. Raises `second_factor.enabled`."""
    from pyotp.totp import TOTP

    actor.demand_session()
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        made = await unit.execute(
            """INSERT INTO second_factors (user_id, secret) VALUES ($1, $2)
               ON CONFLICT (user_id) DO UPDATE SET secret = $2
               WHERE second_factors.confirmed_at IS NULL""",
            actor.user_id,
            seal(secret, actor.user_id),
        )
    if not made:
        raise DirectorError(
            "second_factor.enabled",
            "You have a second factor already.",
            hint="Turn it off first.",
            status=409,
        )
    uri = TOTP(secret).provisioning_uri(name=actor.email or actor.name, issuer_name=ISSUER)
    return Setup(secret, uri)


async def confirm_second_factor(actor: Actor, code: str) -> list[str]:
    """Turn it on with a first code; the recovery codes, which are shown this once.

    Raises `second_factor.none` and `second_factor.wrong_code`.
    """
    actor.demand_session()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    source = str(actor.session_id)
    _wait(actor.email, source, known=True)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await _row(unit, actor.user_id, lock=True)
        if row is None or row["confirmed_at"] is not None:
            raise DirectorError(
                "second_factor.none",
                "There is no second factor that waits to be confirmed.",
                hint="Begin with POST /api/v1/auth/second-factor.",
                status=409,
            )
        step = _step_of(row, code)
        if step is not None:
            await unit.execute(
                """UPDATE second_factors SET confirmed_at = now(), last_step = $2, recovery = $3
                   WHERE user_id = $1""",
                actor.user_id,
                step,
                [tokens.hash_secret(one) for one in codes],
            )
            await audit("second_factor.enabled", actor.user_id)
    if step is None:
        _throttle.failed(actor.email, source, known=True)
        raise _wrong_code(logged_in=True)
    return codes


async def remove_second_factor(actor: Actor, code: str) -> None:
    """Turn it off, with a code. The caller has checked the password."""
    actor.demand_session()
    source = str(actor.session_id)
    await check_second_factor(actor.user_id, actor.email, code, source, known=True, logged_in=True)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await forget_second_factor(unit, actor.user_id)


async def forget_second_factor(unit: UnitOfWork, user_id: UUID) -> None:
    """Take somebody's second factor away."""
    if await unit.execute("DELETE FROM second_factors WHERE user_id = $1", user_id):
        await audit("second_factor.removed", user_id)


async def check_second_factor(
    user_id: UUID,
    email: str,
    code: str | None,
    source: str,
    *,
    known: bool,
    logged_in: bool = False,
    passkey: Proof | None = None,
) -> None:
    """See that somebody who has a second factor shows a good code, which is used up by that, or a
    passkey of theirs.

    Nothing is asked of somebody who has none. Raises `account.code_required`,
    `account.passkey_required`, `account.wrong_code` (`second_factor.wrong_code` of who is
    `logged_in`), what `verify_passkey` raises, and `account.too_many_tries`.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await _row(unit, user_id)
        has_app = row is not None and row["confirmed_at"] is not None
        required = not logged_in and await _passkey_required(unit, user_id)
    if not has_app and not required:
        return
    if passkey is not None:
        _wait(email, source, known=known)
        await _check_passkey(user_id, email, passkey, source, known=known)
        return
    if not has_app:
        raise DirectorError(
            "account.passkey_required",
            "This account needs a passkey beside the password.",
            hint="Log in with a browser that has it; programs use an API token.",
            status=401,
        )
    if not code:
        raise DirectorError(
            "account.code_required",
            "This account needs a code of your authenticator app.",
            hint="Give it as `code`; a recovery code does as well.",
            status=401,
        )
    _wait(email, source, known=known)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        good = await _use(unit, user_id, code)
        if not good:
            await audit("second_factor.failed", user_id)
    if not good:
        _throttle.failed(email, source, known=known)
        raise _wrong_code(logged_in=logged_in)
    _throttle.succeeded(email, source)


async def _check_passkey(
    user_id: UUID, email: str, proof: Proof, source: str, *, known: bool
) -> None:
    row = await owner_of(proof.assertion)
    try:
        # Another's is worth as little as one that nobody has.
        await verify_passkey(row if row and row["user_id"] == user_id else None, proof)
    except DirectorError:
        _throttle.failed(email, source, known=known)
        raise
    _throttle.succeeded(email, source)


async def _passkey_required(unit: UnitOfWork, user_id: UUID) -> bool:
    return bool(await unit.fetchval("SELECT passkey_required FROM users WHERE id = $1", user_id))


async def _use(unit: UnitOfWork, user_id: UUID, code: str) -> bool:
    # Locked: of two that show one code at once, one finds it used.
    row = await _row(unit, user_id, lock=True)
    if row is None:
        return False
    step = _step_of(row, code)
    if step is not None:
        await unit.execute(
            "UPDATE second_factors SET last_step = $2 WHERE user_id = $1", user_id, step
        )
        if not is_sealed(row["secret"]):
            await unit.execute(
                "UPDATE second_factors SET secret = $2 WHERE user_id = $1",
                user_id,
                seal(row["secret"], user_id),
            )
        return True
    digest = tokens.hash_secret(code.strip().lower().replace("-", "").replace(" ", ""))
    if digest not in row["recovery"]:
        return False
    await unit.execute(
        "UPDATE second_factors SET recovery = array_remove(recovery, $2) WHERE user_id = $1",
        user_id,
        digest,
    )
    await audit("second_factor.recovery_used", user_id, left=len(row["recovery"]) - 1)
    return True


def _step_of(row: asyncpg.Record, code: str) -> int | None:
    """The time step of a second factor whose code this is, later than the last that was used."""
    from pyotp.totp import TOTP

    digits = code.strip().replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    secret = unseal(row["secret"], row["user_id"])
    if secret is None:
        return None
    now = int(time.time()) // PERIOD
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > row["last_step"] and TOTP(secret).verify(digits, for_time=step * PERIOD):
            return step
    return None


async def _row(unit: UnitOfWork, user_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    if lock:
        await unit.execute("SELECT 1 FROM second_factors WHERE user_id = $1 FOR UPDATE", user_id)
    return await unit.fetchrow("SELECT * FROM second_factors WHERE user_id = $1", user_id)


def _wait(email: str, source: str, *, known: bool) -> None:
    if (wait := _throttle.wait(email, source, known=known)) > 0:
        raise too_many_tries(wait)


def _recovery_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def _wrong_code(*, logged_in: bool) -> DirectorError:
    sentence = "The code is not right, or was used already."
    hint = "Wait for the next one, and see that the clocks of both machines are right."
    if logged_in:
        # Not 401, at which clients leave: where a log-in is open, it stays open.
        return DirectorError("second_factor.wrong_code", sentence, hint=hint, status=403)
    return DirectorError("account.wrong_code", sentence, hint=hint, status=401)
