"""Four roles, projects shared with teams, one function that knows a person's role, invitations."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T01:10:00:000000"

SQL = """
ALTER TABLE project_members DROP CONSTRAINT project_members_role_check;
ALTER TABLE project_members ADD CONSTRAINT project_members_role_check
    CHECK (role IN ('owner', 'editor', 'reviewer', 'viewer'));

CREATE TABLE project_teams (
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    team_id uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('editor', 'reviewer', 'viewer')),
    shared_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, team_id)
);
CREATE INDEX project_teams_team ON project_teams (team_id);

-- The highest of the roles that somebody holds in a project, by themselves and through teams;
-- null for who does not belong to it. Every policy and every check of the API rests on this one.
CREATE FUNCTION director_role_of(project uuid, person uuid) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
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
REVOKE ALL ON FUNCTION director_role_of(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION director_role_of(uuid, uuid) TO director_service;

CREATE FUNCTION director_role(project uuid) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN director_role_of(project, director_actor());
END $$;
CREATE OR REPLACE FUNCTION director_is_member(project uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN director_role_of(project, director_actor()) IS NOT NULL;
END $$;

-- The projects of the actor, for lists: found from the person, not asked of each project.
CREATE FUNCTION director_projects() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT project_id FROM project_members WHERE user_id = director_actor()
    UNION
    SELECT s.project_id FROM project_teams s JOIN team_members t USING (team_id)
    WHERE t.user_id = director_actor() $$;

-- The policies of before let every member write whatever members may read.
DROP POLICY members ON projects;
DROP POLICY members ON project_members;
CREATE POLICY read ON projects FOR SELECT TO director_app
    USING (owner_id = director_actor() OR director_is_member(id));
CREATE POLICY make ON projects FOR INSERT TO director_app
    WITH CHECK (owner_id = director_actor());
CREATE POLICY change ON projects FOR UPDATE TO director_app
    USING (director_role(id) IN ('owner', 'editor'))
    WITH CHECK (director_role(id) IN ('owner', 'editor'));
CREATE POLICY remove ON projects FOR DELETE TO director_app USING (director_role(id) = 'owner');
CREATE POLICY read ON project_members FOR SELECT TO director_app
    USING (user_id = director_actor() OR director_is_member(project_id));
-- Who makes a project is its first member. All others enter by an invitation, which the service
-- carries out.
CREATE POLICY make ON project_members FOR INSERT TO director_app
    WITH CHECK (user_id = director_actor() AND role = 'owner' AND EXISTS (
        SELECT 1 FROM projects p WHERE p.id = project_id AND p.owner_id = director_actor()));
CREATE POLICY change ON project_members FOR UPDATE TO director_app
    USING (director_role(project_id) = 'owner' AND role <> 'owner')
    WITH CHECK (role <> 'owner');
CREATE POLICY remove ON project_members FOR DELETE TO director_app
    USING (role <> 'owner'
        AND (user_id = director_actor() OR director_role(project_id) = 'owner'));

ALTER TABLE project_teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON project_teams FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY make ON project_teams FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) = 'owner' AND director_in_team(team_id));
CREATE POLICY change ON project_teams FOR UPDATE TO director_app
    USING (director_role(project_id) = 'owner') WITH CHECK (director_role(project_id) = 'owner');
CREATE POLICY remove ON project_teams FOR DELETE TO director_app
    USING (director_role(project_id) = 'owner');
CREATE POLICY everything ON project_teams TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON project_teams TO director_app, director_service;

-- A project always has one owner, and it is who stands on its row: looked at before each commit.
CREATE FUNCTION director_check_owner() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public AS $$
DECLARE
    project uuid := CASE TG_TABLE_NAME WHEN 'projects' THEN (to_jsonb(NEW) ->> 'id')
        ELSE coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'project_id' END;
    holder uuid;
BEGIN
    SELECT owner_id INTO holder FROM projects WHERE id = project;
    IF holder IS NOT NULL AND ARRAY[holder] IS DISTINCT FROM (
        SELECT array_agg(user_id) FROM project_members
        WHERE project_id = project AND role = 'owner')
    THEN
        RAISE EXCEPTION 'project % needs exactly one owner', project;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER project_has_owner AFTER INSERT OR UPDATE OF owner_id ON projects
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION director_check_owner();
CREATE CONSTRAINT TRIGGER project_keeps_owner AFTER INSERT OR UPDATE OR DELETE ON project_members
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION director_check_owner();

-- Links that let people in. The code itself is shown once and never stored.
CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    -- Into a project, into a team, or into the studio alone.
    project_id uuid REFERENCES projects ON DELETE CASCADE,
    team_id uuid REFERENCES teams ON DELETE CASCADE,
    role text CHECK (role IN ('editor', 'reviewer', 'viewer')),
    note text NOT NULL DEFAULT '',
    created_by uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- Null is as often as somebody likes.
    most_uses integer CHECK (most_uses > 0),
    uses integer NOT NULL DEFAULT 0,
    revoked_at timestamptz,
    CHECK (num_nonnulls(project_id, team_id) <= 1),
    CHECK ((project_id IS NULL) = (role IS NULL))
);
CREATE INDEX invitations_project ON invitations (project_id, id);
CREATE INDEX invitations_team ON invitations (team_id, id);
CREATE INDEX invitations_creator ON invitations (created_by, id);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON invitations FOR SELECT TO director_app
    USING (director_role(project_id) = 'owner' OR director_leads_team(team_id)
        OR created_by = director_actor());
CREATE POLICY make ON invitations FOR INSERT TO director_app
    WITH CHECK (created_by = director_actor() AND (director_role(project_id) = 'owner'
        OR director_leads_team(team_id) OR num_nonnulls(project_id, team_id) = 0));
-- Revoked, by whoever manages the project or the team by then.
CREATE POLICY change ON invitations FOR UPDATE TO director_app
    USING (director_role(project_id) = 'owner' OR director_leads_team(team_id)
        OR created_by = director_actor());
CREATE POLICY everything ON invitations TO director_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (revoked_at) ON invitations TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO director_service;

CREATE FUNCTION director_notify_project_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('director_rights', 'project:' || coalesce(NEW.project_id, OLD.project_id));
    RETURN NULL;
END $$;
CREATE TRIGGER project_members_rights AFTER INSERT OR UPDATE OR DELETE ON project_members
    FOR EACH ROW EXECUTE FUNCTION director_notify_user_rights();
CREATE TRIGGER project_teams_rights AFTER INSERT OR UPDATE OR DELETE ON project_teams
    FOR EACH ROW EXECUTE FUNCTION director_notify_project_rights();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="projects", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
