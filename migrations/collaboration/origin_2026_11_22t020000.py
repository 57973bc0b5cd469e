"""Origin: whether somebody asked for a transaction in person, or the system acted by itself."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T02:00:00:000000"

SQL = """
ALTER TABLE graph_ops ADD COLUMN origin text NOT NULL DEFAULT 'person'
    CHECK (origin IN ('person', 'system'));
UPDATE graph_ops SET origin = 'system' WHERE by_studio;
DROP INDEX graph_ops_steps;
-- Each person's undo and redo read this alone.
CREATE INDEX graph_ops_steps ON graph_ops (graph_id, user_id, version) INCLUDE (undo_of)
    WHERE origin = 'person' AND ops <> '[]'::jsonb;
ALTER TABLE graph_ops DROP COLUMN by_studio;

ALTER TABLE graph_past ADD COLUMN origin text NOT NULL DEFAULT 'person'
    CHECK (origin IN ('person', 'system'));
UPDATE graph_past SET origin = 'system' WHERE by_studio;
ALTER TABLE graph_past DROP CONSTRAINT graph_past_pkey;
ALTER TABLE graph_past ADD PRIMARY KEY (graph_id, day, user_id, origin);
ALTER TABLE graph_past DROP COLUMN by_studio;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collaboration", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
