"""Teams: named groups of people, that a project can be shared with."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T01:00:00:000000"

SQL = """
CREATE TABLE teams (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE team_members (
    team_id uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- A lead renames the team, brings people in and takes them out.
    is_lead boolean NOT NULL DEFAULT false,
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user ON team_members (user_id);

-- Owner's rights, so that a policy on team_members may ask team_members.
CREATE FUNCTION director_in_team(team uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT 1 FROM team_members WHERE team_id = team
          AND user_id = nullif(current_setting('director.actor', true), '')::uuid) $$;
CREATE FUNCTION director_leads_team(team uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT 1 FROM team_members WHERE team_id = team AND is_lead
          AND user_id = nullif(current_setting('director.actor', true), '')::uuid) $$;

ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON teams FOR SELECT TO director_app USING (director_in_team(id));
CREATE POLICY read ON team_members FOR SELECT TO director_app USING (director_in_team(team_id));
CREATE POLICY change ON teams FOR UPDATE TO director_app
    USING (director_leads_team(id)) WITH CHECK (director_leads_team(id));
CREATE POLICY remove ON teams FOR DELETE TO director_app USING (director_leads_team(id));
CREATE POLICY change ON team_members FOR UPDATE TO director_app
    USING (director_leads_team(team_id)) WITH CHECK (director_leads_team(team_id));
CREATE POLICY remove ON team_members FOR DELETE TO director_app
    USING (director_leads_team(team_id)
        OR user_id = nullif(current_setting('director.actor', true), '')::uuid);
-- People enter a team by making it or by an invitation, which the service carries out.
CREATE POLICY everything ON teams TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON team_members TO director_service USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE, DELETE ON teams, team_members TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON teams, team_members TO director_service;

-- Tells the API whose rights have changed, whoever wrote it: open sockets look again at once.
CREATE FUNCTION director_notify_user_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('director_rights', 'user:' || coalesce(NEW.user_id, OLD.user_id));
    RETURN NULL;
END $$;
CREATE TRIGGER team_members_rights AFTER INSERT OR UPDATE OR DELETE ON team_members
    FOR EACH ROW EXECUTE FUNCTION director_notify_user_rights();
CREATE TRIGGER sessions_rights AFTER UPDATE OF revoked_at, expires_at OR DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION director_notify_user_rights();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
