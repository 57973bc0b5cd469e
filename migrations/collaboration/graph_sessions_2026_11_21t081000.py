"""Who has a graph open, and where in it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T08:10:00:000000"

SQL = """
-- Written behind what is in memory, for people who look after the studio: nothing depends on it,
-- so a crash may lose its last seconds (unlogged: it costs no write-ahead log).
CREATE UNLOGGED TABLE graph_sessions (
    id text PRIMARY KEY,
    process_id uuid NOT NULL,
    project_id uuid NOT NULL,
    graph_id uuid NOT NULL REFERENCES graphs ON DELETE CASCADE,
    user_id uuid NOT NULL,
    subflow text,
    cursor jsonb,
    selection text[] NOT NULL DEFAULT '{}',
    editing text,
    connected_at timestamptz NOT NULL DEFAULT now(),
    -- When the person did something, and when their process was last heard of.
    active_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX graph_sessions_project ON graph_sessions (project_id);
CREATE INDEX graph_sessions_process ON graph_sessions (process_id);

ALTER TABLE graph_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON graph_sessions FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY everything ON graph_sessions TO director_service USING (true) WITH CHECK (true);
GRANT SELECT ON graph_sessions TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON graph_sessions TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collaboration", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
