"""A run counts the steps whose takes it reused under the name that the code has for it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T12:01:00:000000"

SQL = "ALTER TABLE runs RENAME COLUMN kept TO reused;"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="execution", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
