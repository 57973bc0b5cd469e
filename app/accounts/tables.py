"""The tables of people and sessions. Private to this domain."""

from piccolo.columns import UUID, Boolean, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from app.platform.database import ENGINE


class Users(Table, tablename="users", db=ENGINE):
    """People. `email` is None until the owner's one-time link was used."""

    id = UUID(primary_key=True)
    email = Text(null=True, default=None)
    name = Text()
    password_hash = Text(null=True, default=None)
    is_owner = Boolean(default=False)
    created_at = Timestamptz()


class Sessions(Table, tablename="sessions", db=ENGINE):
    """Logins. A token carries the id of one, and is worth nothing once it is revoked."""

    id = UUID(primary_key=True)
    user_id = ForeignKey(Users, null=False)
    label = Text()
    created_at = Timestamptz()
    expires_at = Timestamptz()
    revoked_at = Timestamptz(null=True, default=None)
