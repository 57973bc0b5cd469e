"""The suite's own servers: a migrated database for each module, nothing left over from others."""

import asyncpg

from app.platform.database import DatabaseRole, unit_of_work


async def test_units_of_work_run_in_each_role_that_is_no_superuser(connected) -> None:
    for role in (DatabaseRole.APP, DatabaseRole.SERVICE, DatabaseRole.WORKER):
        async with unit_of_work(role=role) as unit:
            assert await unit.fetchval("SELECT current_user") == role.value
            assert not await unit.fetchval(
                "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            assert await unit.fetchval("SELECT current_database()") == connected.name


async def test_a_database_of_ones_own_is_migrated_and_is_another(
    connected, own_database_urls
) -> None:
    assert own_database_urls.name != connected.name
    tables = []
    for url in (connected.owner_url, own_database_urls.owner_url):
        connection = await asyncpg.connect(url)
        rows = await connection.fetch("SELECT tablename FROM pg_tables ORDER BY tablename")
        tables.append([row["tablename"] for row in rows])
        await connection.close()
    assert tables[0] == tables[1]
    assert "migration" in tables[0]


async def test_the_valkey_database_is_empty(valkey) -> None:
    assert await valkey.dbsize() == 0
    await valkey.set("left", "over")


async def test_and_empty_again(valkey) -> None:
    assert await valkey.dbsize() == 0
