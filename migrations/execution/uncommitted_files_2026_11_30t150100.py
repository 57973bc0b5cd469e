"""Files that the studio changed in a project's folder and that no commit has yet."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T15:01:00:000000"

SQL = """
CREATE TABLE uncommitted_files (
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    path text NOT NULL,
    user_id uuid NOT NULL,
    subject text NOT NULL,
    digest text,
    size bigint,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (project_id, path)
);

ALTER TABLE uncommitted_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON uncommitted_files TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON uncommitted_files TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="execution", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
