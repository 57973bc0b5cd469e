"""Runs and their immutable takes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T02:05:00:000000"

SQL = """
CREATE TABLE runs (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    graph_id uuid NOT NULL REFERENCES graphs ON DELETE CASCADE,
    graph_version bigint NOT NULL,
    user_id uuid NOT NULL,
    targets text[] NOT NULL,
    request_id text,
    status text NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
    kept integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX runs_request ON runs (project_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX runs_project ON runs (project_id, created_at DESC);
ALTER TABLE tasks ADD FOREIGN KEY (run_id) REFERENCES runs ON DELETE CASCADE;

-- The next take of a set-up; an UPDATE of one row gives every take a number of its own.
CREATE TABLE take_counters (
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    node_id text NOT NULL,
    version integer NOT NULL,
    last integer NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, node_id, version)
);

CREATE TABLE takes (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    node_id text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    number integer NOT NULL CHECK (number >= 1),
    iteration text NOT NULL DEFAULT '',
    name text NOT NULL,
    task_id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL,
    basis text NOT NULL,
    recipe text,
    made_from jsonb NOT NULL,
    made_by jsonb NOT NULL,
    digest text NOT NULL REFERENCES objects,
    outputs jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (project_id, node_id, version, number)
);
CREATE INDEX takes_recipe ON takes (project_id, recipe);
CREATE INDEX takes_node ON takes (project_id, node_id, created_at);

-- A take is never changed: not by a bug, not by a person with the database's shell.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'takes are immutable';
END $$;
CREATE TRIGGER takes_immutable BEFORE UPDATE ON takes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE takes ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON runs TO director_app
    USING (director_is_member(project_id)) WITH CHECK (director_is_member(project_id));
CREATE POLICY members ON takes TO director_app USING (director_is_member(project_id));
CREATE POLICY everything ON runs TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON takes TO director_service USING (true) WITH CHECK (true);
CREATE POLICY report ON takes FOR INSERT TO director_worker WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON runs TO director_app;
GRANT SELECT ON takes TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON runs, takes, take_counters TO director_service;
GRANT INSERT ON takes TO director_worker;
GRANT SELECT, INSERT, UPDATE ON take_counters TO director_worker;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="execution", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
