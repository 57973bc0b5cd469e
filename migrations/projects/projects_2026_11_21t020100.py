"""Projects, who belongs to them, and the row-level rights of their people."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-21T02:01:00:000000"

SQL = """
CREATE TABLE projects (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    folder text NOT NULL UNIQUE,
    quality text NOT NULL DEFAULT 'standard' CHECK (quality IN ('low', 'standard', 'high')),
    settings jsonb NOT NULL DEFAULT '{}',
    -- What a program made the project from, so that it finds it again (a digest, never a path).
    origin text,
    created_at timestamptz NOT NULL DEFAULT now(),
    modified_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX projects_origin ON projects (owner_id, origin) WHERE origin IS NOT NULL;

CREATE TABLE project_members (
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL DEFAULT 'editor' CHECK (role IN ('owner', 'editor', 'viewer')),
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_user ON project_members (user_id);

CREATE FUNCTION director_actor() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('director.actor', true), '')::uuid $$;

-- Owner's rights, so that a policy on project_members may ask project_members.
CREATE FUNCTION director_is_member(project uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT 1 FROM project_members
          WHERE project_id = project AND user_id = director_actor()) $$;

ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE project_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON projects TO director_app
    USING (owner_id = director_actor() OR director_is_member(id))
    WITH CHECK (owner_id = director_actor() OR director_is_member(id));
CREATE POLICY members ON project_members TO director_app
    USING (director_is_member(project_id) OR user_id = director_actor())
    WITH CHECK (director_is_member(project_id)
        OR EXISTS (SELECT 1 FROM projects p
            WHERE p.id = project_id AND p.owner_id = director_actor()));
CREATE POLICY everything ON projects TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON project_members TO director_service USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON projects, project_members TO director_app, director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="projects", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
