"""Writes refusals that concern safety into the security log: rights, tokens, limits."""

from __future__ import annotations

from uuid import UUID

from app.platform.security_log import security_event
from node_registry import DirectorError

# Not a word about who is not logged in yet; a wrong password is in the audit already.
_QUIET = {"account.required", "account.wrong"}


def note_refusal(error: DirectorError, user_id: UUID | None, **where: object) -> None:
    """Write a line when somebody was refused for want of rights, of a good token, or for haste."""
    if error.code in _QUIET:
        return
    if error.code == "account.too_many_tries":
        kind = "login.locked"
    elif error.status == 403:
        kind = "rights.denied"
    elif error.status == 401:
        kind = "token.refused"
    elif error.status == 429:
        kind = "limit.reached"
    else:
        return
    security_event(kind, "refused", user_id=user_id, code=error.code, **where)
