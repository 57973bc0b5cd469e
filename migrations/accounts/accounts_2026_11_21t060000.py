"""One-time links for people who are locked out, and which sessions are the studio's own."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T06:00:00:000000"

SQL = """
-- Without a person it is the link that makes the owner, which lasts until it is used.
ALTER TABLE setup_links
    ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE,
    ADD COLUMN expires_at timestamptz;
CREATE INDEX setup_links_user ON setup_links (user_id);
-- A session of the studio's own programs. It is not ended with those that a person opened: its
-- token lies in a file that this machine's user alone can read.
ALTER TABLE sessions ADD COLUMN of_studio boolean NOT NULL DEFAULT false;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
