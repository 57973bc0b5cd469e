"""Graphs, the log of their operations, and snapshots."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T02:03:00:000000"

SQL = """
CREATE TABLE graphs (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    name text NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (project_id, name)
);

-- The log is only ever added to: history, undo and catch-up read it, nothing rewrites it.
CREATE TABLE graph_ops (
    graph_id uuid NOT NULL REFERENCES graphs ON DELETE CASCADE,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    client_id text NOT NULL,
    client_seq bigint NOT NULL,
    user_id uuid NOT NULL,
    ts timestamptz NOT NULL DEFAULT now(),
    label text NOT NULL DEFAULT '',
    undo_of bigint,
    ops jsonb NOT NULL,
    inverse jsonb NOT NULL,
    touched text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (graph_id, version),
    UNIQUE (graph_id, client_id, client_seq)
);

CREATE TABLE graph_snapshots (
    graph_id uuid NOT NULL REFERENCES graphs ON DELETE CASCADE,
    version bigint NOT NULL,
    state bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (graph_id, version)
);

ALTER TABLE graphs ENABLE ROW LEVEL SECURITY;
ALTER TABLE graph_ops ENABLE ROW LEVEL SECURITY;
ALTER TABLE graph_snapshots ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON graphs TO director_app
    USING (director_is_member(project_id)) WITH CHECK (director_is_member(project_id));
CREATE POLICY members ON graph_ops TO director_app
    USING (EXISTS (SELECT 1 FROM graphs g
        WHERE g.id = graph_id AND director_is_member(g.project_id)));
CREATE POLICY members ON graph_snapshots TO director_app
    USING (EXISTS (SELECT 1 FROM graphs g
        WHERE g.id = graph_id AND director_is_member(g.project_id)));
CREATE POLICY everything ON graphs TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON graph_ops TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON graph_snapshots TO director_service USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON graphs TO director_app;
GRANT SELECT ON graph_ops, graph_snapshots TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON graphs TO director_service;
GRANT SELECT, INSERT ON graph_ops TO director_service;
GRANT SELECT, INSERT, DELETE ON graph_snapshots TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collaboration", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
