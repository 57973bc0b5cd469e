"""Files that somebody has taken for themselves, so that nobody else changes them meanwhile."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T12:00:00:000000"

SQL = """
CREATE TABLE file_locks (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    path text NOT NULL,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    locked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (project_id, path)
);
CREATE INDEX file_locks_project ON file_locks (project_id, id);
CREATE INDEX file_locks_user ON file_locks (user_id);

ALTER TABLE file_locks ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON file_locks FOR SELECT TO director_app USING (director_is_member(project_id));
CREATE POLICY take ON file_locks FOR INSERT TO director_app
    WITH CHECK (user_id = director_actor() AND director_role(project_id) IN ('owner', 'editor'));
-- One's own, or anybody's for who owns the project.
CREATE POLICY give_back ON file_locks FOR DELETE TO director_app
    USING (director_role(project_id) = 'owner'
        OR (user_id = director_actor() AND director_role(project_id) = 'editor'));
CREATE POLICY everything ON file_locks TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON file_locks TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON file_locks TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="repositories", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
