"""The feed of a project: who did what, for its members."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T01:30:00:000000"

SQL = """
CREATE TABLE activity (
    -- UUIDv7: the order of the ids is the order of time.
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX activity_project ON activity (project_id, id DESC);

ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON activity FOR SELECT TO director_app USING (director_is_member(project_id));
CREATE POLICY report ON activity FOR INSERT TO director_app
    WITH CHECK (user_id = director_actor() AND director_is_member(project_id));
CREATE POLICY everything ON activity TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON activity TO director_app;
GRANT SELECT, INSERT, DELETE ON activity TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="projects", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
