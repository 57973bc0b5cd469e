"""Stored bytes by their digest, and which project may see them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T02:02:00:000000"

SQL = """
CREATE TABLE objects (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL CHECK (size >= 0),
    media_type text NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE project_objects (
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    digest text NOT NULL REFERENCES objects,
    name text NOT NULL DEFAULT '',
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, digest)
);

ALTER TABLE project_objects ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON project_objects TO director_app
    USING (director_is_member(project_id)) WITH CHECK (director_is_member(project_id));
CREATE POLICY everything ON project_objects TO director_service USING (true) WITH CHECK (true);
CREATE POLICY report ON project_objects TO director_worker USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON objects, project_objects TO director_app, director_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON objects, project_objects TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
