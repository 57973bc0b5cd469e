"""Tasks are assigned in turns of people; one that failed for a passing reason waits a while."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T16:30:00:000000"

SQL = """
-- Not given to a worker before this, after it failed for a reason that may pass.
ALTER TABLE tasks ADD COLUMN not_before timestamptz;
GRANT UPDATE (not_before) ON tasks TO director_worker;
CREATE INDEX tasks_of_person ON tasks (user_id, priority DESC, created_at, ordinal)
    WHERE status = 'queued';
CREATE INDEX tasks_ended ON tasks (ended_at) WHERE started_at IS NOT NULL;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
