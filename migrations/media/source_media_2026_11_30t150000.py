"""Who brought a file into a project, and where in its folder it lies as the project's own media."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T15:00:00:000000"

# Files that are there already are left as they are: they have been in exports and assets, and
# nobody expects a commit of them now.
SQL = """
ALTER TABLE project_objects ADD COLUMN brought_by uuid, ADD COLUMN source_path text;
CREATE INDEX project_objects_unsettled ON project_objects (project_id, brought_by, added_at)
    WHERE brought_by IS NOT NULL AND source_path IS NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
