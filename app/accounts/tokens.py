"""Tokens: what a browser or a program shows to prove who it is, and the secrets in links."""

from __future__ import annotations

import hashlib
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
API_TOKEN_PREFIX = "director_pat_"  # noqa: S105 - how all begin
_MAX_LENGTH = 4096

_MOST_VERIFIED = 10_000
_VERIFIED: dict[bytes, Claims] = {}
"""What was verified by the digest of key and token: a signature is checked once, not with each of
the hundred requests of a page. Oldest first."""


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
    if len(token) > _MAX_LENGTH:
        raise _bad_token()
    digest = hashlib.blake2b(token.encode(errors="replace"), key=key, digest_size=32).digest()
    claims = _VERIFIED.get(digest)
    if claims is None:
        claims = _verify(key, token)
        if len(_VERIFIED) >= _MOST_VERIFIED:
            del _VERIFIED[next(iter(_VERIFIED))]
        _VERIFIED[digest] = claims
    elif claims.expires_at <= datetime.now(UTC):
        del _VERIFIED[digest]
        raise _token_expired()
    return claims


def _verify(key: bytes, token: str) -> Claims:
    import jwt

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
        raise _token_expired() from error
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _bad_token() from error


def new_secret() -> tuple[str, str]:
    """A secret for a link, and the hash of it that is kept in its place."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_secret(secret)


def new_api_token() -> str:
    """A personal API token; its beginning tells scanners of leaked secrets what it is."""
    return f"{API_TOKEN_PREFIX}{secrets.token_urlsafe(32)}"


def hash_secret(secret: str) -> str:
    """The hash under which a secret is looked up. It is random: no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


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


def _token_expired() -> DirectorError:
    return DirectorError(
        "account.token_expired", "Your log-in has ended.", hint="Log in again.", status=401
    )


def _bad_token() -> DirectorError:
    return DirectorError(
        "account.bad_token",
        "This log-in is not one of this studio's.",
        hint="Log in again.",
        status=401,
    )
