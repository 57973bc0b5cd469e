"""What still has to follow from the end of a task; and an index for who watches a project."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T08:20:00:000000"

SQL = """
-- A step that failed is owed: it is tried again at `retry_at`, and given up when that is null.
ALTER TABLE task_events
    ADD COLUMN owed text[] NOT NULL DEFAULT '{}',
    ADD COLUMN tries integer NOT NULL DEFAULT 0,
    ADD COLUMN retry_at timestamptz;
CREATE INDEX task_events_owed ON task_events (retry_at) WHERE owed <> '{}';

CREATE INDEX tasks_unfinished ON tasks (project_id)
    WHERE status NOT IN ('succeeded', 'failed', 'cancelled');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
