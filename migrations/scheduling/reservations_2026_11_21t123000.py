"""What a task reserved stands on its row, so that the ledger in Redis can be rebuilt exactly."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T12:30:00:000000"

SQL = """
-- `reserved` holds units by resource ({"cpu:host:1": 1}, or bytes of a card), written when a task
-- is assigned and cleared when it is released; `reserved_attempt` is the attempt that holds them.
ALTER TABLE tasks
    ADD COLUMN reserved jsonb,
    ADD COLUMN reserved_attempt integer,
    ADD CONSTRAINT tasks_reserved_whole CHECK ((reserved IS NULL) = (reserved_attempt IS NULL));
CREATE INDEX tasks_reserved ON tasks (id) WHERE reserved IS NOT NULL;
UPDATE tasks t SET reserved_attempt = t.attempt, reserved = jsonb_build_object(
        w.device_id, CASE WHEN w.device = 'gpu' THEN w.vram_bytes ELSE 1 END)
    FROM workers w WHERE w.id = t.worker_id AND t.status IN ('assigned', 'running');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
