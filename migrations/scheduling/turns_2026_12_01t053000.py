"""Priority ages, a person's choice is kept apart from it, and cards are charged by their memory."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.platform.database import current_unit

ID = "2026-12-01T05:30:00:000000"

SQL = """
-- `priority_chosen`: a person chose it, and not the quality. `unblocks`: how many tasks of its run
-- wait for it, directly or not. `charged_gb`: each second of it is charged so many times.
-- `vram_bytes` and `model`: the memory that it needs of a card, and what is loaded to run it, known
-- once it was looked at.
ALTER TABLE tasks
    ADD COLUMN priority_chosen boolean NOT NULL DEFAULT false,
    ADD COLUMN unblocks integer NOT NULL DEFAULT 0,
    ADD COLUMN charged_gb double precision NOT NULL DEFAULT 1,
    ADD COLUMN vram_bytes bigint,
    ADD COLUMN model text NOT NULL DEFAULT '';

-- Immutable in truth: an interval of seconds moves a moment alike in every time zone. Python has
-- the same in `app/scheduling/turns.py`.
CREATE FUNCTION task_turn(created_at timestamptz, priority integer, chosen boolean)
    RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT created_at - make_interval(secs => priority * CASE WHEN chosen THEN 86400.0
                                                                    ELSE 1800.0 END) $$;

DROP INDEX tasks_of_person;
CREATE INDEX tasks_of_person
    ON tasks (user_id, task_turn(created_at, priority, priority_chosen), unblocks DESC, ordinal)
    WHERE status = 'queued';
DROP INDEX tasks_ready;
CREATE INDEX tasks_ready
    ON tasks (task_turn(created_at, priority, priority_chosen), unblocks DESC, ordinal)
    WHERE status IN ('queued', 'blocked');
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="scheduling", description=__doc__ or "")

    async def run() -> None:
        await current_unit().connection.execute(SQL)

    manager.add_raw(run)
    return manager
