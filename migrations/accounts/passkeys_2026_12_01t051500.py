"""Passkeys: public keys by which people log in, and who is asked for one beside the password."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-12-01T05:15:00:000000"

SQL = """
CREATE TABLE passkeys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    -- The authenticator's own id of it, of at most 1023 bytes.
    credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    -- As COSE_Key.
    public_key bytea NOT NULL CHECK (length(public_key) BETWEEN 1 AND 2048),
    -- The page on which it was made; the name of the host that it is for (the RP id).
    origin text NOT NULL,
    rp_id text NOT NULL,
    transports text[] NOT NULL DEFAULT '{}',
    sign_count bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO director_service;

ALTER TABLE users ADD COLUMN passkey_required boolean NOT NULL DEFAULT false;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
