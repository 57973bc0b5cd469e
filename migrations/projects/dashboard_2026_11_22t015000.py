"""Projects that are archived, or deleted and not gone yet; their posters; when each was opened."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T01:50:00:000000"

SQL = """
ALTER TABLE projects
    ADD COLUMN archived_at timestamptz,
    -- Deleted: nobody sees it, its owner can have it back for a time, and then it is removed.
    ADD COLUMN deleted_at timestamptz,
    -- The digest of the media that stands for it.
    ADD COLUMN poster text;
CREATE INDEX projects_deleted ON projects (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX projects_owner ON projects (owner_id);

CREATE TABLE project_visits (
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    opened_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, user_id)
);
ALTER TABLE project_visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON project_visits TO director_app
    USING (user_id = director_actor())
    WITH CHECK (user_id = director_actor() AND director_is_member(project_id));
CREATE POLICY everything ON project_visits TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON project_visits TO director_app, director_service;

-- As before; and nobody has a role in a project that is deleted.
CREATE OR REPLACE FUNCTION director_role_of(project uuid, person uuid) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM projects WHERE id = project AND deleted_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT held.role FROM (
            SELECT m.role FROM project_members m
            WHERE m.project_id = project AND m.user_id = person
            UNION ALL
            SELECT s.role FROM project_teams s JOIN team_members t USING (team_id)
            WHERE s.project_id = project AND t.user_id = person
        ) held
        ORDER BY array_position(ARRAY['owner', 'editor', 'reviewer', 'viewer'], held.role)
        LIMIT 1);
END $$;

CREATE FUNCTION director_member_count(project uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*) FROM (
        SELECT user_id FROM project_members WHERE project_id = project
        UNION
        SELECT t.user_id FROM project_teams s JOIN team_members t USING (team_id)
        WHERE s.project_id = project) people $$;

CREATE FUNCTION director_notify_own_project_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('director_rights', 'project:' || NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER projects_rights AFTER UPDATE OF archived_at, deleted_at ON projects
    FOR EACH ROW EXECUTE FUNCTION director_notify_own_project_rights();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="projects", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
