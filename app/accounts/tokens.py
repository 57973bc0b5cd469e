"""Tokens: what a browser shows to prove a log-in, and the one-time link of the first owner."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from node_registry import DirectorError

ISSUER = "director"
ALGORITHM = "HS256"
KEY_BYTES = 32
_MAX_LENGTH = 4096


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says: who, by which log-in, until when (UTC)."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


def signing_key(path: Path) -> bytes:
    """The studio's key, from its file; made at the first start, readable by its owner alone.

    Several processes may start at once: the first to link its key into place wins, and all read
    the same one.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{uuid4().hex}.tmp")
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                return _read_key(path)
        finally:
            fresh.unlink(missing_ok=True)
    return _read_key(path)


def issue_token(
    key: bytes,
    user_id: UUID,
    session_id: UUID,
    *,
    lifetime: timedelta,
    now: datetime | None = None,
) -> str:
    """A signed token for a log-in. The session is checked with each request besides."""
    # Loaded when it is first needed: workers know of people, and never see a token.
    import jwt

    begun = now or datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": int(begun.timestamp()),
        "exp": int((begun + lifetime).timestamp()),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM)


def verify_token(key: bytes, token: str) -> Claims:
    """What a token says, when it is ours and still good.

    Raises `account.token_expired` for one that was good, `account.bad_token` for any other.
    """
    import jwt

    if len(token) > _MAX_LENGTH:
        raise _bad_token()
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "sid", "iss"]},
        )
        return Claims(
            user_id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except jwt.ExpiredSignatureError as error:
        raise DirectorError(
            "account.token_expired", "Your log-in has ended.", hint="Log in again.", status=401
        ) from error
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _bad_token() from error


def new_setup_token() -> tuple[str, str]:
    """A one-time secret for a link, and the hash of it that is kept in its place."""
    token = secrets.token_urlsafe(32)
    return token, hash_setup_token(token)


def hash_setup_token(token: str) -> str:
    """The hash under which a one-time secret is looked up. It is random: no slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_setup_token(token: str, kept: str) -> bool:
    """Whether a secret is the one that was kept, in a time that tells nothing."""
    return hmac.compare_digest(hash_setup_token(token).encode(), kept.encode())


def _read_key(path: Path) -> bytes:
    status = path.stat()
    if os.name == "posix" and status.st_mode & 0o077:
        raise DirectorError(
            "account.open_key",
            f"The studio's signing key ({path.name}) can be read by others on this machine.",
            hint="Delete it, so that a new one is made (everybody logs in again), or close it "
            "with `chmod 600`.",
            status=500,
        )
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise DirectorError(
            "account.bad_key",
            f"The studio's signing key ({path.name}) is damaged.",
            hint="Delete it: a new one is made at the next start, and everybody logs in again.",
            status=500,
        )
    return key


def _bad_token() -> DirectorError:
    return DirectorError(
        "account.bad_token",
        "This log-in is not one of this studio's.",
        hint="Log in again.",
        status=401,
    )
