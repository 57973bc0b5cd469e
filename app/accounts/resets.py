"""One-time links for people who are locked out: made on the studio's machine, used in a browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from node_registry import DirectorError

from . import tokens
from .api_tokens import end_api_tokens
from .audit import audit
from .hashing import hash_checked
from .model import Actor
from .passkeys import forget_passkeys
from .second_factor import forget_second_factor
from .sessions import Login, end_sessions, forget_logins, open_session

LASTS = timedelta(hours=24)


async def create_reset_link(email: str) -> str:
    """A fresh one-time code for somebody; an earlier one is void. Raises `account.unknown`."""
    code, digest = tokens.new_secret()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        user_id = await unit.fetchval(
            "SELECT id FROM users WHERE lower(email) = lower($1)", email.strip()[:320]
        )
        if user_id is None:
            raise DirectorError(
                "account.unknown",
                f"Nobody in this studio has the address {email.strip()[:80]!r}.",
                hint="Give the address that is used to log in. A studio that has no owner yet "
                "prints the owner's link when it starts.",
                status=404,
            )
        await unit.execute(
            "DELETE FROM setup_links WHERE user_id = $1 AND used_at IS NULL", user_id
        )
        await unit.execute(
            "INSERT INTO setup_links (digest, user_id, expires_at) VALUES ($1, $2, $3)",
            digest,
            user_id,
            datetime.now(UTC) + LASTS,
        )
    return code


async def reset_password(code: str, password: str, *, device: str | None = None) -> Login:
    """Use a reset link: the person gets this password; their log-ins, API tokens, passkeys and
    second factor end.

    Works once, and not after `LASTS`. Raises `account.bad_reset_link` or `account.weak_password`;
    with the latter the link can be used again.
    """
    digest = tokens.hash_secret(code)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await _person_of(unit, digest)
    name, email = row["name"], row["email"] or ""
    hashed = await hash_checked(password, name, email)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Asked again, and locked: of two at once, one finds it used.
        row = await _person_of(unit, digest)
        await unit.execute("UPDATE setup_links SET used_at = now() WHERE digest = $1", digest)
        await unit.execute("UPDATE users SET password_hash = $2 WHERE id = $1", row["id"], hashed)
        ended = await end_sessions(unit, row["id"])
        ended += await end_api_tokens(unit, row["id"])
        # The only way back for who has lost the app and the recovery codes; and whoever took the
        # account over may have left a passkey of theirs.
        await forget_second_factor(unit, row["id"])
        await forget_passkeys(unit, row["id"])
        await audit("password.reset", row["id"], ended=len(ended))
    forget_logins(ended)
    actor = Actor(user_id=row["id"], name=name, email=email, is_owner=row["is_owner"])
    return await open_session(actor, label="reset", device=device)


async def _person_of(unit: UnitOfWork, digest: str) -> dict[str, Any]:
    row = await unit.fetchrow(
        """SELECT u.* FROM setup_links l JOIN users u ON u.id = l.user_id
           WHERE l.digest = $1 AND l.used_at IS NULL AND l.expires_at > now()
           FOR UPDATE OF l""",
        digest,
    )
    if row is None:
        raise DirectorError(
            "account.bad_reset_link",
            "This link was used already, is too old, or is not this studio's.",
            hint="Let a fresh one be made on the studio's machine: director users reset EMAIL.",
            status=403,
        )
    return dict(row)
