"""The library: assets, their versions, the files that each names, and what a project demands."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T11:00:00:000000"

SQL = """
CREATE TABLE assets (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('character', 'style', 'environment', 'prop')),
    name text NOT NULL,
    sort_name text NOT NULL,
    search text NOT NULL,
    folder text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz
);
CREATE UNIQUE INDEX assets_folder ON assets (project_id, kind, folder);
CREATE INDEX assets_list ON assets (project_id, sort_name, id) WHERE removed_at IS NULL;
CREATE INDEX assets_list_kind ON assets (project_id, kind, sort_name, id)
    WHERE removed_at IS NULL;

CREATE TABLE asset_versions (
    asset_id uuid NOT NULL REFERENCES assets ON DELETE CASCADE,
    version integer NOT NULL,
    project_id uuid NOT NULL,
    content jsonb NOT NULL,
    changed text[] NOT NULL DEFAULT '{}',
    note text NOT NULL DEFAULT '',
    restored_from integer,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    approval text NOT NULL DEFAULT 'pending'
        CHECK (approval IN ('pending', 'approved', 'rejected')),
    decided_by uuid,
    decided_at timestamptz,
    comment text NOT NULL DEFAULT '',
    PRIMARY KEY (asset_id, version)
);

-- A version can name only files that its project knows, and they cannot be taken from it.
CREATE TABLE asset_media (
    asset_id uuid NOT NULL REFERENCES assets ON DELETE CASCADE,
    version integer NOT NULL,
    digest text NOT NULL,
    project_id uuid NOT NULL,
    field text NOT NULL,
    PRIMARY KEY (asset_id, version, digest),
    -- Looked at before the commit, when a project that is deleted is gone with all its parts.
    CONSTRAINT asset_media_file FOREIGN KEY (digest, project_id)
        REFERENCES project_objects (digest, project_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX asset_media_digest ON asset_media (project_id, digest);

CREATE TABLE asset_policies (
    project_id uuid PRIMARY KEY REFERENCES projects ON DELETE CASCADE,
    approval_from text NOT NULL CHECK (approval_from IN ('low', 'standard', 'high'))
);

ALTER TABLE assets ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_media ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_policies ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON assets FOR SELECT TO director_app USING (director_is_member(project_id));
CREATE POLICY make ON assets FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY change ON assets FOR UPDATE TO director_app
    USING (director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY read ON asset_versions FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY make ON asset_versions FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY decide ON asset_versions FOR UPDATE TO director_app
    USING (director_role(project_id) IN ('owner', 'editor', 'reviewer'));
CREATE POLICY read ON asset_media FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY make ON asset_media FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) IN ('owner', 'editor'));
CREATE POLICY read ON asset_policies FOR SELECT TO director_app
    USING (director_is_member(project_id));
CREATE POLICY make ON asset_policies FOR INSERT TO director_app
    WITH CHECK (director_role(project_id) = 'owner');
CREATE POLICY change ON asset_policies FOR UPDATE TO director_app
    USING (director_role(project_id) = 'owner');
CREATE POLICY remove ON asset_policies FOR DELETE TO director_app
    USING (director_role(project_id) = 'owner');
CREATE POLICY everything ON assets TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON asset_versions TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON asset_media TO director_service USING (true) WITH CHECK (true);
CREATE POLICY everything ON asset_policies TO director_service USING (true) WITH CHECK (true);

-- A version is never changed: only what was decided about it.
GRANT SELECT, INSERT, UPDATE ON assets TO director_app;
GRANT SELECT, INSERT ON asset_versions, asset_media TO director_app;
GRANT UPDATE (approval, decided_by, decided_at, comment) ON asset_versions TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON asset_policies TO director_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assets, asset_versions, asset_media, asset_policies
    TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="assets", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
