"""Segments of streams: many derivatives of one kind, told apart by their variant."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-12-01T04:00:00:000000"

SQL = """
ALTER TABLE derivatives
    ADD COLUMN variant text NOT NULL DEFAULT '' CHECK (length(variant) <= 100),
    DROP CONSTRAINT derivatives_kind_check,
    ADD CONSTRAINT derivatives_kind_check
        CHECK (kind IN ('thumbnail', 'filmstrip', 'proxy', 'waveform', 'segment')),
    ADD CONSTRAINT derivatives_variant_of_segment CHECK ((kind = 'segment') = (variant <> '')),
    DROP CONSTRAINT derivatives_pkey,
    ADD PRIMARY KEY (digest, kind, variant);
CREATE INDEX derivatives_segments ON derivatives (ended_at) WHERE kind = 'segment';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="media", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
