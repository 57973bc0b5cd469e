"""Uploads that go on after a break: whose they are, how large, and how they ended."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T09:00:00:000000"

SQL = """
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    metadata text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused')),
    media jsonb,
    error jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX uploads_project ON uploads (project_id) WHERE state = 'open';
CREATE INDEX uploads_expiry ON uploads (expires_at);

ALTER TABLE uploads ENABLE ROW LEVEL SECURITY;
-- Members see each other's, since all of them count for the quota; writing is its person's own.
CREATE POLICY read ON uploads FOR SELECT TO director_app USING (director_is_member(project_id));
CREATE POLICY make ON uploads FOR INSERT TO director_app
    WITH CHECK (user_id = director_actor() AND director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY change ON uploads FOR UPDATE TO director_app
    USING (user_id = director_actor() AND director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY remove ON uploads FOR DELETE TO director_app
    USING (user_id = director_actor() AND director_is_member(project_id));
CREATE POLICY everything ON uploads TO director_service USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON uploads TO director_app, director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
