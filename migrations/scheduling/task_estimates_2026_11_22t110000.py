"""What recent tasks were expected to take is found at once, for the waits of the queue."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T11:00:00:000000"

SQL = """
CREATE INDEX tasks_estimated ON tasks (assigned_at DESC)
    WHERE expected_seconds IS NOT NULL AND assigned_at IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
