"""History: whose row is the studio's own, named versions, kept snapshots, what was compacted."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T08:30:00:000000"

SQL = """
-- What the studio wrote in somebody's name (a new take) is no step that they could take back.
ALTER TABLE graph_ops ADD COLUMN by_studio boolean NOT NULL DEFAULT false;
-- Each person's undo and redo read this alone.
CREATE INDEX graph_ops_steps ON graph_ops (graph_id, user_id, version) INCLUDE (undo_of)
    WHERE NOT by_studio AND ops <> '[]'::jsonb;
-- Finds what is old enough to be compacted.
CREATE INDEX graph_ops_ts ON graph_ops USING brin (ts);

-- The newest snapshot of a graph opens it; a kept one is for its history.
ALTER TABLE graph_snapshots ADD COLUMN kept boolean NOT NULL DEFAULT false;

CREATE TABLE graph_versions (
    id uuid PRIMARY KEY,
    graph_id uuid NOT NULL REFERENCES graphs ON DELETE CASCADE,
    version bigint NOT NULL,
    name text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (graph_id, name)
);

-- What is left of rows that were compacted: one row for each person and day.
CREATE TABLE graph_past (
    graph_id uuid NOT NULL REFERENCES graphs ON DELETE CASCADE,
    day date NOT NULL,
    user_id uuid NOT NULL,
    by_studio boolean NOT NULL,
    first_version bigint NOT NULL,
    last_version bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    steps bigint NOT NULL,
    kinds jsonb NOT NULL,
    PRIMARY KEY (graph_id, day, user_id, by_studio)
);

ALTER TABLE graph_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE graph_past ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON graph_versions TO director_app
    USING (EXISTS (SELECT 1 FROM graphs g
        WHERE g.id = graph_id AND director_is_member(g.project_id)));
CREATE POLICY members ON graph_past TO director_app
    USING (EXISTS (SELECT 1 FROM graphs g
        WHERE g.id = graph_id AND director_is_member(g.project_id)));
CREATE POLICY everything ON graph_versions TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON graph_past TO director_service USING (true) WITH CHECK (true);

GRANT SELECT ON graph_versions, graph_past TO director_app;
GRANT SELECT, INSERT, DELETE ON graph_versions TO director_service;
GRANT SELECT, INSERT, UPDATE ON graph_past TO director_service;
GRANT DELETE ON graph_ops TO director_service;
GRANT UPDATE (kept) ON graph_snapshots TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collaboration", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
