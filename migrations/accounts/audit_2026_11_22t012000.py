"""The audit log: log-ins, tokens, changes of roles, deletions, and from which address."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T01:20:00:000000"

SQL = """
-- No foreign keys: what happened stays known when the person or the project is gone.
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    user_id uuid,
    project_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    address text NOT NULL DEFAULT ''
);
CREATE INDEX audit_log_project ON audit_log (project_id, id) WHERE project_id IS NOT NULL;
CREATE INDEX audit_log_at ON audit_log USING brin (at);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
-- Everybody's deeds are written; whoever may read them is asked by the API, and then the service.
CREATE POLICY report ON audit_log FOR INSERT TO director_app
    WITH CHECK (user_id = nullif(current_setting('director.actor', true), '')::uuid);
CREATE POLICY everything ON audit_log TO director_service USING (true) WITH CHECK (true);
GRANT INSERT ON audit_log TO director_app;
GRANT SELECT, INSERT, DELETE ON audit_log TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
