"""Whether new takes of a project are committed by themselves."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T12:10:00:000000"

SQL = """
ALTER TABLE projects ADD COLUMN auto_commit boolean NOT NULL DEFAULT true;
CREATE INDEX projects_by_hand ON projects (id) WHERE NOT auto_commit;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="projects", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
