"""What was decided about takes: by whom, when, and why."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T12:00:00:000000"

SQL = """
CREATE TABLE take_reviews (
    take_id uuid PRIMARY KEY REFERENCES takes ON DELETE CASCADE,
    project_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    comment text NOT NULL DEFAULT ''
);
CREATE INDEX take_reviews_project ON take_reviews (project_id, take_id);

ALTER TABLE take_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON take_reviews FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY make ON take_reviews FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) IN ('owner', 'editor', 'reviewer'));
CREATE POLICY change ON take_reviews FOR UPDATE TO director_app
    USING (director_role(project_id) IN ('owner', 'editor', 'reviewer'));
CREATE POLICY everything ON take_reviews TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON take_reviews TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON take_reviews TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="execution", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
