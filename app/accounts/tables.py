"""The tables of people, their sessions and teams. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    ForeignKey,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from app.platform.database import ENGINE


class Users(Table, tablename="users", db=ENGINE):
    """People. `email` is None until the owner's one-time link was used."""

    id = UUID(primary_key=True)
    email = Text(null=True, default=None)
    name = Text()
    password_hash = Text(null=True, default=None)
    is_owner = Boolean()
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True)
    passkey_required = Boolean()


class Sessions(Table, tablename="sessions", db=ENGINE):
    """Logins. A token carries the id of one, and is worth nothing once it is revoked."""

    id = UUID(primary_key=True)
    user_id = ForeignKey(Users, null=False)
    label = Text()
    created_at = Timestamptz()
    expires_at = Timestamptz()
    revoked_at = Timestamptz(null=True, default=None)
    of_studio = Boolean()
    address = Text()
    seen_at = Timestamptz()
    device = Text(null=True)


class SetupLinks(Table, tablename="setup_links", db=ENGINE):
    """One-time links, by the digest of their code; without a person, it makes the owner."""

    digest = Text(primary_key=True)
    created_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    user_id = ForeignKey(Users)
    expires_at = Timestamptz(null=True, default=None)


class Teams(Table, tablename="teams", db=ENGINE):
    """Named groups of people."""

    id = UUID(primary_key=True)
    name = Text()
    created_at = Timestamptz()


class TeamMembers(Table, tablename="team_members", db=ENGINE):
    """Who belongs to a team. A lead renames it, brings people in and takes them out."""

    team_id = ForeignKey(Teams, primary_key=True, null=False)
    user_id = ForeignKey(Users, primary_key=True, null=False)
    is_lead = Boolean()
    joined_at = Timestamptz()


class AuditLog(Table, tablename="audit_log", db=ENGINE):
    """Log-ins, tokens, changes of rights and deletions; no row of it refers to what may go."""

    id = UUID(primary_key=True)
    at = Timestamptz()
    kind = Text()
    user_id = UUID(null=True)
    project_id = UUID(null=True)
    detail = JSONB()
    address = Text()


class SecondFactors(Table, tablename="second_factors", db=ENGINE):
    """Authenticator apps; one that is not confirmed is never asked for."""

    user_id = ForeignKey(Users, primary_key=True, null=False)
    secret = Text()
    created_at = Timestamptz()
    confirmed_at = Timestamptz(null=True)
    last_step = BigInt()
    recovery = Array(Text())


class Passkeys(Table, tablename="passkeys", db=ENGINE):
    """Public keys of authenticators, by which people log in."""

    id = UUID(primary_key=True)
    user_id = ForeignKey(Users, null=False)
    name = Text()
    credential_id = Bytea()
    public_key = Bytea()
    origin = Text()
    rp_id = Text()
    transports = Array(Text())
    sign_count = BigInt()
    created_at = Timestamptz()
    used_at = Timestamptz(null=True)


class ApiTokens(Table, tablename="api_tokens", db=ENGINE):
    """Personal API tokens, by the digest of what is shown once."""

    id = UUID(primary_key=True)
    user_id = ForeignKey(Users, null=False)
    name = Text()
    digest = Text()
    scopes = Array(Text())
    created_at = Timestamptz()
    expires_at = Timestamptz()
    seen_at = Timestamptz(null=True)
    address = Text()
    revoked_at = Timestamptz(null=True)
