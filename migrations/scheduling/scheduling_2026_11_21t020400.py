"""Workers, tasks with their leases, and the facts that tasks leave behind."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T02:04:00:000000"

SQL = """
CREATE TABLE workers (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    device text NOT NULL CHECK (device IN ('cpu', 'gpu')),
    device_id text NOT NULL,
    vram_bytes bigint NOT NULL DEFAULT 0,
    backends text[] NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    run_id uuid NOT NULL,
    user_id uuid NOT NULL,
    node_id text NOT NULL,
    node_type text NOT NULL,
    label text NOT NULL DEFAULT '',
    iteration text NOT NULL DEFAULT '',
    ordinal integer NOT NULL DEFAULT 0,
    status text NOT NULL CHECK (status IN ('queued', 'blocked', 'assigned', 'running',
        'waiting_for_input', 'succeeded', 'failed', 'cancelled')),
    -- Why it waits, or why it is made at all, in a sentence for people.
    cause text NOT NULL DEFAULT '',
    reasons text[] NOT NULL DEFAULT '{}',
    priority integer NOT NULL DEFAULT 0,
    attempt integer NOT NULL DEFAULT 1,
    max_attempts integer NOT NULL DEFAULT 5,
    worker_id uuid,
    backend text,
    lease_until timestamptz,
    plan jsonb NOT NULL,
    request jsonb,
    basis text,
    recipe text,
    made_from jsonb,
    take_id uuid,
    reused boolean NOT NULL DEFAULT false,
    error jsonb,
    checkpoint bytea,
    -- What a run asks a person, and what was answered.
    question jsonb,
    answer jsonb,
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    assigned_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX tasks_ready ON tasks (priority DESC, created_at, ordinal)
    WHERE status IN ('queued', 'blocked');
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE status IN ('assigned', 'running');
CREATE INDEX tasks_run ON tasks (run_id);
CREATE INDEX tasks_node ON tasks (project_id, node_id);
CREATE INDEX tasks_recipe ON tasks (project_id, recipe) WHERE status IN ('assigned', 'running');

CREATE TABLE task_needs (
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    needs_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    PRIMARY KEY (task_id, needs_id)
);
CREATE INDEX task_needs_reverse ON task_needs (needs_id);

CREATE TABLE task_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    project_id uuid NOT NULL,
    kind text NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    detail jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now(),
    handled_at timestamptz,
    committed_at timestamptz
);
CREATE INDEX task_events_open ON task_events (id) WHERE handled_at IS NULL;
CREATE INDEX task_events_uncommitted ON task_events (project_id)
    WHERE kind = 'succeeded' AND handled_at IS NOT NULL AND committed_at IS NULL;
CREATE INDEX task_events_task ON task_events (task_id, id);

CREATE FUNCTION notify_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('director_tasks', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tasks_changed AFTER INSERT OR UPDATE OF status ON tasks
    FOR EACH STATEMENT EXECUTE FUNCTION notify_tasks();
CREATE TRIGGER events_changed AFTER INSERT ON task_events
    FOR EACH STATEMENT EXECUTE FUNCTION notify_tasks();

ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE task_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON tasks TO director_app
    USING (director_is_member(project_id)) WITH CHECK (director_is_member(project_id));
CREATE POLICY members ON task_events TO director_app
    USING (director_is_member(project_id)) WITH CHECK (director_is_member(project_id));
CREATE POLICY everything ON tasks TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON task_events TO director_service USING (true) WITH CHECK (true);
-- A worker sees only what was given to a worker once; its writes are fenced by the attempt.
CREATE POLICY assigned ON tasks TO director_worker
    USING (assigned_at IS NOT NULL) WITH CHECK (assigned_at IS NOT NULL);
CREATE POLICY report ON task_events FOR INSERT TO director_worker WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON tasks TO director_app;
GRANT SELECT, INSERT ON task_events TO director_app;
GRANT SELECT, INSERT ON task_needs TO director_app;
GRANT SELECT ON workers TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks, task_needs, task_events, workers TO director_service;
GRANT SELECT (id, project_id, run_id, user_id, node_id, node_type, status, attempt, worker_id,
    backend, lease_until, request, basis, recipe, made_from, checkpoint, answer,
    cancel_requested) ON tasks
    TO director_worker;
GRANT UPDATE (status, attempt, worker_id, lease_until, started_at, ended_at, take_id, error,
    checkpoint, cause, question) ON tasks TO director_worker;
GRANT INSERT ON task_events TO director_worker;
GRANT SELECT, INSERT, UPDATE ON workers TO director_worker;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
