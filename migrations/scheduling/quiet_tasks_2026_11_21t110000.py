"""Tasks notify only when one has changed: a statement that touches none wakes nobody."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T11:00:00:000000"

# A trigger for each statement fires for no rows too: the dispatcher's own look woke it again.
SQL = """
DROP TRIGGER tasks_changed ON tasks;
DROP TRIGGER events_changed ON task_events;
CREATE TRIGGER tasks_changed AFTER INSERT OR UPDATE OF status ON tasks
    FOR EACH ROW EXECUTE FUNCTION notify_tasks();
CREATE TRIGGER events_changed AFTER INSERT ON task_events
    FOR EACH ROW EXECUTE FUNCTION notify_tasks();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
