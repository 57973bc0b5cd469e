"""Who made a version in the studio that it was imported from: people of another are names here."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T11:00:00:000000"

SQL = "ALTER TABLE asset_versions ADD COLUMN author_name text NOT NULL DEFAULT '';"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="assets", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
