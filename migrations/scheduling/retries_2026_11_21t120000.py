"""Columns of retries get the names that the code has for them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T12:00:00:000000"

SQL = """
ALTER TABLE task_events RENAME COLUMN owed TO retry_steps;
ALTER TABLE task_events RENAME COLUMN tries TO retry_count;
ALTER INDEX task_events_owed RENAME TO task_events_retries;
UPDATE task_events SET retry_steps = array_replace(retry_steps, 'place', 'publish')
    WHERE 'place' = ANY(retry_steps);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
