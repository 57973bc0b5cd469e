"""A task carries the trace of the request that began it, where the studio is traced."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-12-01T05:45:00:000000"

SQL = """
-- As the W3C writes it; null where nothing is traced.
ALTER TABLE tasks ADD COLUMN traceparent text;
GRANT SELECT (traceparent, assigned_at) ON tasks TO director_worker;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
