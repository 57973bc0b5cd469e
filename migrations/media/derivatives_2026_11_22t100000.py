"""Derivatives of media: thumbnails, filmstrips, proxies, waveforms, and who makes each."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T10:00:00:000000"

SQL = """
CREATE TABLE derivatives (
    digest text NOT NULL REFERENCES objects ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('thumbnail', 'filmstrip', 'proxy', 'waveform')),
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'ready', 'failed')),
    -- The most urgent is made first.
    urgency integer NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    worker_id uuid,
    lease_until timestamptz,
    made_by text NOT NULL DEFAULT '',
    files jsonb NOT NULL DEFAULT '[]',
    error jsonb,
    requested_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    PRIMARY KEY (digest, kind)
);
CREATE INDEX derivatives_queued ON derivatives (urgency DESC, requested_at)
    WHERE state = 'queued';
CREATE INDEX derivatives_running ON derivatives (lease_until) WHERE state = 'running';
CREATE INDEX project_objects_digest ON project_objects (digest);
CREATE INDEX project_objects_added ON project_objects (project_id, added_at DESC, digest);

CREATE FUNCTION director_want_derivatives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('director_derivatives_wanted', '');
    RETURN NULL;
END $$;
CREATE TRIGGER derivatives_wanted AFTER INSERT OR UPDATE OF urgency, state ON derivatives
    FOR EACH ROW WHEN (NEW.state = 'queued') EXECUTE FUNCTION director_want_derivatives();

-- They belong to the bytes: whoever sees these in a project of theirs may have them made.
ALTER TABLE derivatives ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON derivatives TO director_app
    USING (EXISTS (SELECT 1 FROM project_objects p WHERE p.digest = derivatives.digest))
    WITH CHECK (EXISTS (SELECT 1 FROM project_objects p WHERE p.digest = derivatives.digest));
CREATE POLICY everything ON derivatives TO director_service USING (true) WITH CHECK (true);
CREATE POLICY make ON derivatives TO director_worker USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON derivatives TO director_app, director_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON derivatives TO director_service;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
