"""Each waiting task has a named cause, and says for which kind of device and quality it waits."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T21:30:00:000000"

SQL = """
-- `cause_kind` names the `cause` beside it, `cause_hint` says what to do; without a cause the queue
-- works it out. `device` is known once the dispatcher has looked at the task.
ALTER TABLE tasks
    ADD COLUMN cause_kind text NOT NULL DEFAULT '',
    ADD COLUMN cause_hint text NOT NULL DEFAULT '',
    ADD COLUMN tier text NOT NULL DEFAULT 'standard' CHECK (tier IN ('low', 'standard', 'high')),
    ADD COLUMN device text CHECK (device IN ('cpu', 'gpu'));
GRANT UPDATE (cause_kind, cause_hint) ON tasks TO director_worker;
UPDATE tasks SET tier = plan #>> '{step,tier}'
    WHERE plan #>> '{step,tier}' IN ('low', 'high')
      AND status NOT IN ('succeeded', 'failed', 'cancelled');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
