"""`graph_states`: graphs as rows for other programs."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T10:00:00:000000"

SQL = """
CREATE TABLE graph_states (
    graph_id uuid PRIMARY KEY REFERENCES graphs ON DELETE CASCADE,
    version bigint NOT NULL,
    nodes jsonb NOT NULL,
    edges jsonb NOT NULL,
    viewport jsonb,
    updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE graph_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON graph_states TO director_app
    USING (EXISTS (SELECT 1 FROM graphs g
        WHERE g.id = graph_id AND director_is_member(g.project_id)));
CREATE POLICY everything ON graph_states TO director_service USING (true) WITH CHECK (true);
GRANT SELECT ON graph_states TO director_app;
GRANT SELECT, INSERT, UPDATE ON graph_states TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collaboration", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
