"""People: who they are, how they prove it, and what a session of theirs is."""

from .audit import AuditEntry, audit, forget_audit, project_audit, studio_audit
from .model import Actor, Scope, SystemActor
from .resets import create_reset_link, reset_password
from .sealing import use_sealing_key
from .service import (
    NewPerson,
    active_person,
    add_person,
    claim_ownership,
    create_setup_link,
    ensure_owner,
    log_in,
    name_of,
    people,
    prepare_person,
    register,
)
from .sessions import (
    ENDED_KEPT,
    Login,
    authenticate,
    check_login,
    forget_person,
    log_out,
    logins_alive,
    note_use,
    open_session,
    purge_logins,
    use_key,
    use_session_limits,
)
from .studio_people import demand_studio_owner, may_invite, owns_studio
from .studio_sessions import (
    RENEW_EVERY,
    end_studio_sessions,
    open_studio_session,
    renew_studio_session,
)
from .teams import check_team_lead, join_team, leads_team, team_name, teams_by_id
from .tickets import LIFETIME as TICKET_LIFETIME
from .tickets import issue_ticket, redeem_ticket
from .tokens import hash_secret, new_secret

__all__ = [
    "ENDED_KEPT",
    "RENEW_EVERY",
    "TICKET_LIFETIME",
    "Actor",
    "AuditEntry",
    "Login",
    "NewPerson",
    "Scope",
    "SystemActor",
    "active_person",
    "add_person",
    "audit",
    "authenticate",
    "check_login",
    "check_team_lead",
    "claim_ownership",
    "create_reset_link",
    "create_setup_link",
    "demand_studio_owner",
    "end_studio_sessions",
    "ensure_owner",
    "forget_audit",
    "forget_person",
    "hash_secret",
    "issue_ticket",
    "join_team",
    "leads_team",
    "log_in",
    "log_out",
    "logins_alive",
    "may_invite",
    "name_of",
    "new_secret",
    "note_use",
    "open_session",
    "open_studio_session",
    "owns_studio",
    "people",
    "prepare_person",
    "project_audit",
    "purge_logins",
    "redeem_ticket",
    "register",
    "renew_studio_session",
    "reset_password",
    "studio_audit",
    "team_name",
    "teams_by_id",
    "use_key",
    "use_sealing_key",
    "use_session_limits",
]
