"""Who may read the library is asked once for each query, and not once for each of its rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-11-22T13:00:00:000000"

# A policy is looked at before a search: of ten thousand assets, each row called a function.
SQL = """
DROP POLICY read ON assets;
CREATE POLICY read ON assets FOR SELECT TO director_app
    USING (project_id IN (SELECT director_projects()));
DROP POLICY read ON asset_versions;
CREATE POLICY read ON asset_versions FOR SELECT TO director_app
    USING (project_id IN (SELECT director_projects()));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="assets", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
