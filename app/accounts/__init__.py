"""People: who they are, how they prove it, and what a session of theirs is."""

from .audit import AuditEntry, audit, forget_audit, project_audit, studio_audit
from .model import Actor, Scope, SystemActor
from .resets import create_reset_link, reset_password
from .service import (
    Login,
    NewPerson,
    add_person,
    authenticate,
    check_session,
    claim_ownership,
    create_setup_link,
    ensure_owner,
    forget_person,
    log_in,
    log_out,
    name_of,
    open_session,
    people,
    prepare_person,
    register,
    sessions_alive,
    use_key,
)
from .teams import check_team_lead, join_team, leads_team, team_name, teams_by_id
from .tickets import LIFETIME as TICKET_LIFETIME
from .tickets import issue_ticket, redeem_ticket

__all__ = [
    "TICKET_LIFETIME",
    "Actor",
    "AuditEntry",
    "Login",
    "NewPerson",
    "Scope",
    "SystemActor",
    "add_person",
    "audit",
    "authenticate",
    "check_session",
    "check_team_lead",
    "claim_ownership",
    "create_reset_link",
    "create_setup_link",
    "ensure_owner",
    "forget_audit",
    "forget_person",
    "issue_ticket",
    "join_team",
    "leads_team",
    "log_in",
    "log_out",
    "name_of",
    "open_session",
    "people",
    "prepare_person",
    "project_audit",
    "redeem_ticket",
    "register",
    "reset_password",
    "sessions_alive",
    "studio_audit",
    "team_name",
    "teams_by_id",
    "use_key",
]
