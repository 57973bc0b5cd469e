"""People: who they are, how they prove it, and what a session of theirs is."""

from .model import Actor, Scope, SystemActor
from .resets import create_reset_link, reset_password
from .service import (
    Login,
    authenticate,
    claim_ownership,
    create_setup_link,
    ensure_owner,
    log_in,
    log_out,
    open_session,
    people,
    register,
    sessions_alive,
    use_key,
)
from .tickets import LIFETIME as TICKET_LIFETIME
from .tickets import issue_ticket, redeem_ticket

__all__ = [
    "TICKET_LIFETIME",
    "Actor",
    "Login",
    "Scope",
    "SystemActor",
    "authenticate",
    "claim_ownership",
    "create_reset_link",
    "create_setup_link",
    "ensure_owner",
    "issue_ticket",
    "log_in",
    "log_out",
    "open_session",
    "people",
    "redeem_ticket",
    "register",
    "reset_password",
    "sessions_alive",
    "use_key",
]
