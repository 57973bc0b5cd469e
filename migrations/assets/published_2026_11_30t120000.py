"""Which version of each asset lies in the project's folder, and under which name."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T12:00:00:000000"

SQL = """
ALTER TABLE assets
    ADD COLUMN published_version integer NOT NULL DEFAULT 0,
    ADD COLUMN published_folder text NOT NULL DEFAULT '';
CREATE INDEX assets_unpublished ON assets (project_id, changed_by, id)
    WHERE (removed_at IS NULL AND (published_version <> version OR published_folder <> folder))
        OR (removed_at IS NOT NULL AND published_version <> 0);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="assets", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
