"""The session of the studio's own programs, such as `director make`: the owner's, one at a time.

Its token lies in `studio.json`, for the eyes of the studio's user alone. It is worth nothing once
the studio has stopped or started again, and a copy of it lasts a week at most.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.platform.database import DatabaseRole, unit_of_work

from . import tokens
from .model import Actor
from .sessions import Login, open_session, signing_key

STUDIO_SESSION = timedelta(days=7)
RENEW_EVERY = timedelta(days=1)


async def open_studio_session(owner: Actor) -> Login:
    """A session for the studio's own programs; all earlier ones of theirs end."""
    await end_studio_sessions()
    return await open_session(owner, label="studio", lasting=STUDIO_SESSION, of_studio=True)


async def renew_studio_session(login: Login) -> Login:
    """The same session with as much time as at its beginning, and a token that says so."""
    assert login.actor.session_id is not None
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE sessions SET expires_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            login.actor.session_id,
            datetime.now(UTC) + STUDIO_SESSION,
        )
    token = tokens.issue_token(
        signing_key(), login.actor.user_id, login.actor.session_id, lifetime=STUDIO_SESSION
    )
    return Login(login.actor, token, int(STUDIO_SESSION.total_seconds()))


async def end_studio_sessions() -> None:
    """End the sessions of the studio's own programs: it stops, or another begins."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE sessions SET revoked_at = now() WHERE of_studio AND revoked_at IS NULL"
        )
