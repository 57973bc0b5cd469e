"""People pause tasks and the queue, drain workers, and keep cards for a project or a backend."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T21:45:00:000000"

SQL = """
-- By whom, as people are told; what runs is never paused.
ALTER TABLE tasks ADD COLUMN paused_by text;
ALTER TABLE workers ADD COLUMN drained_by text NOT NULL DEFAULT '';

-- One row: the queue of the whole studio.
CREATE TABLE queue_state (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    paused_by text,
    paused_at timestamptz
);
INSERT INTO queue_state DEFAULT VALUES;

-- A device that takes the tasks of one project, or of one backend, alone.
CREATE TABLE device_rules (
    device_id text PRIMARY KEY,
    project_id uuid REFERENCES projects ON DELETE CASCADE,
    backend text,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT device_rules_say_something CHECK (num_nonnulls(project_id, backend) > 0)
);
ALTER TABLE device_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON device_rules TO director_service USING (true) WITH CHECK (true);

GRANT SELECT ON queue_state TO director_app;
GRANT SELECT, UPDATE ON queue_state TO director_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON device_rules TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
