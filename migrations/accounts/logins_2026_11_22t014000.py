"""Where and when a session was last used, personal API tokens, and people who are disabled."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T01:40:00:000000"

SQL = """
ALTER TABLE sessions
    ADD COLUMN address text NOT NULL DEFAULT '',
    ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(),
    -- The digest of a mark in the browser: who has logged in with it before is no stranger.
    ADD COLUMN device text;
CREATE INDEX sessions_device ON sessions (device, user_id) WHERE device IS NOT NULL;

ALTER TABLE users ADD COLUMN disabled_at timestamptz;

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    -- The token itself is shown once and never stored.
    digest text NOT NULL UNIQUE,
    scopes text[] NOT NULL
        CHECK (scopes <> '{}' AND scopes <@ ARRAY['read', 'edit', 'generate', 'admin']),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    seen_at timestamptz,
    address text NOT NULL DEFAULT '',
    revoked_at timestamptz
);
CREATE INDEX api_tokens_user ON api_tokens (user_id, id);
GRANT SELECT, INSERT, UPDATE, DELETE ON api_tokens TO director_service;

CREATE TRIGGER api_tokens_rights AFTER UPDATE OF revoked_at, expires_at OR DELETE ON api_tokens
    FOR EACH ROW EXECUTE FUNCTION director_notify_user_rights();
CREATE FUNCTION director_notify_person_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('director_rights', 'user:' || NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER users_rights AFTER UPDATE OF disabled_at ON users
    FOR EACH ROW EXECUTE FUNCTION director_notify_person_rights();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
