"""The workflows of projects that pipelines choose from."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-30T15:10:00:000000"

SQL = """
CREATE TABLE pipeline_templates (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    format text NOT NULL,
    digest text NOT NULL,
    size bigint NOT NULL,
    summary jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    -- Looked at before the commit, when a project that is deleted is gone with all its parts.
    CONSTRAINT pipeline_templates_file FOREIGN KEY (digest, project_id)
        REFERENCES project_objects (digest, project_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX pipeline_templates_project ON pipeline_templates (project_id, created_at, id);
CREATE INDEX pipeline_templates_digest ON pipeline_templates (digest);

ALTER TABLE pipeline_templates ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON pipeline_templates FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY make ON pipeline_templates FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY change ON pipeline_templates FOR UPDATE TO director_app
    USING (director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY everything ON pipeline_templates TO director_service
    USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON pipeline_templates TO director_app;
GRANT UPDATE (removed_at) ON pipeline_templates TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON pipeline_templates TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="pipelines", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
