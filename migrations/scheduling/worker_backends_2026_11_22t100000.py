"""Workers tell the versions of their backends and their servers; a task keeps the one it took."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T10:00:00:000000"

SQL = """
-- By name: {"comfyui.workflow": {"version": "1.0.0", "servers": {"comfyui/render-1": 1}}}. Workers
-- tell it anew when they start, so nothing of the former list is kept.
ALTER TABLE workers
    DROP COLUMN backends,
    ADD COLUMN backends jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN device_name text NOT NULL DEFAULT '';
-- The remote server that a task took a slot of last: what it submitted there is followed there.
-- `expected_seconds` is the backend's estimate of how long it runs.
ALTER TABLE tasks
    ADD COLUMN server text,
    ADD COLUMN expected_seconds double precision;
GRANT SELECT (server, reserved) ON tasks TO director_worker;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
