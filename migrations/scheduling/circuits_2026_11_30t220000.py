"""Backends that keep failing get a rest; attempts that failed are counted apart from stopped."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T22:00:00:000000"

SQL = """
-- A backend, on a server where it uses one, that failed some times in a row. Until `open_until` it
-- gets nothing; then one task at a time, until one succeeds and the row goes.
CREATE TABLE circuits (
    backend text NOT NULL,
    server text NOT NULL DEFAULT '',
    failures integer NOT NULL DEFAULT 0,
    cause text NOT NULL DEFAULT '',
    open_until timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (backend, server)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON circuits TO director_service, director_worker;

-- Attempts that failed for a reason that may pass; those that were stopped are none.
ALTER TABLE tasks ADD COLUMN failures integer NOT NULL DEFAULT 0;
GRANT SELECT (failures), UPDATE (failures) ON tasks TO director_worker;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
