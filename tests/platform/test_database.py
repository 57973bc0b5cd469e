"""Units of work: stored whole or not at all, and nothing leaves the process before that."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from app.platform import database
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id

SERVICE = {"role": DatabaseRole.SERVICE}


@pytest.fixture(autouse=True)
async def tables(connected) -> None:
    connection = await asyncpg.connect(connected.owner_url)
    await connection.execute(
        """CREATE TABLE IF NOT EXISTS notes (id uuid PRIMARY KEY, other uuid REFERENCES notes
             DEFERRABLE INITIALLY DEFERRED);
           GRANT ALL ON notes TO director_service"""
    )
    await connection.close()


async def insert(unit, other=None):
    note = new_id()
    await unit.execute("INSERT INTO notes VALUES ($1, $2)", note, other)
    return note


async def is_there(note) -> bool:
    async with unit_of_work(**SERVICE) as unit:
        return bool(await unit.fetchval("SELECT 1 FROM notes WHERE id = $1", note))


async def test_what_fails_inside_is_not_stored() -> None:
    with pytest.raises(ValueError, match="no"):  # noqa: PT012 - the unit is what raises
        async with unit_of_work(**SERVICE) as unit:
            note = await insert(unit)
            raise ValueError("no")
    assert not await is_there(note)


async def test_an_inner_unit_is_a_savepoint_of_the_outer_one() -> None:
    received: list[str] = []
    async with unit_of_work(**SERVICE) as outer:
        first = await insert(outer)
        outer.after_commit(lambda: received.append("outer"))
        with pytest.raises(ValueError, match="no"):  # noqa: PT012 - the unit is what raises
            async with unit_of_work() as inner:
                assert inner is outer
                second = await insert(inner)
                inner.after_commit(lambda: received.append("inner"))
                raise ValueError("no")
        assert received == []
    assert (await is_there(first), await is_there(second)) == (True, False)
    assert received == ["outer"]


async def test_nothing_is_told_before_the_commit_nor_when_it_fails() -> None:
    received: list[str] = []
    async with unit_of_work(**SERVICE) as unit:
        unit.after_commit(lambda: received.append("one"))
        assert received == []
    assert received == ["one"]
    with pytest.raises(asyncpg.ForeignKeyViolationError):  # noqa: PT012 - the commit raises
        async with unit_of_work(**SERVICE) as unit:
            # Checked at the commit alone.
            await insert(unit, other=new_id())
            unit.after_commit(lambda: received.append("two"))
    assert received == ["one"]


async def test_a_callback_that_fails_undoes_nothing_and_holds_up_no_other() -> None:
    received: list[str] = []
    async with unit_of_work(**SERVICE) as unit:
        note = await insert(unit)
        unit.after_commit(lambda: 1 / 0)
        unit.after_commit(lambda: received.append("after"))
    assert received == ["after"]
    assert await is_there(note)


async def test_connections_come_back_after_failed_commits_and_cancelled_units() -> None:
    pool = database.pool_of(DatabaseRole.SERVICE)
    for _ in range(2 * pool.get_max_size()):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with unit_of_work(**SERVICE) as unit:
                await insert(unit, other=new_id())
    began = asyncio.Event()

    async def hold() -> None:
        async with unit_of_work(**SERVICE):
            began.set()
            await asyncio.Event().wait()

    for _ in range(2 * pool.get_max_size()):
        began.clear()
        task = asyncio.create_task(hold())
        await began.wait()
        task.cancel()
        await asyncio.wait([task])
    async with asyncio.timeout(60), unit_of_work(**SERVICE) as unit:
        assert await unit.fetchval("SELECT 1") == 1
    assert not database.in_unit()


async def test_the_actor_of_one_unit_is_not_that_of_the_next() -> None:
    me = new_id()
    asked = "SELECT current_setting('director.actor', true)"
    async with unit_of_work(me) as unit:
        assert await unit.fetchval(asked) == str(me)
    for _ in range(database.pool_of(DatabaseRole.APP).get_max_size()):
        async with unit_of_work() as unit:
            assert await unit.fetchval(asked) == ""


async def test_a_query_outside_of_a_unit_is_an_error() -> None:
    with pytest.raises(RuntimeError):
        database.current_unit()


async def test_a_role_without_a_pool_is_named(monkeypatch) -> None:
    monkeypatch.delitem(database._pools, DatabaseRole.OWNER)
    with pytest.raises(RuntimeError, match="director_owner"):
        async with unit_of_work(role=DatabaseRole.OWNER):
            pass


async def test_a_role_that_is_connected_again_leaves_no_pool_behind(connected) -> None:
    role = DatabaseRole.WORKER
    pool = database.pool_of(role)
    await database.connect({role: connected.urls[role]}, size=2)
    assert database.pool_of(role) is pool
    elsewhere = f"{connected.urls[role]}&application_name=elsewhere"
    await database.connect({role: elsewhere}, size=2)
    assert database.pool_of(role) is not pool
    assert pool.is_closing()


async def test_who_gets_no_connection_hears_that_all_are_in_use(connected, monkeypatch) -> None:
    role = DatabaseRole.WORKER
    await database.connect({role: connected.urls[role]}, size=1)
    pool = database.pool_of(role)
    monkeypatch.setattr(database, "ACQUIRE_TIMEOUT", 0.05)
    held = [await pool.acquire(timeout=60) for _ in range(pool.get_max_size())]
    try:
        with pytest.raises(database.PoolBusy):
            async with unit_of_work(role=role):
                pass
    finally:
        for one in held:
            await pool.release(one)
    async with unit_of_work(role=role) as unit:
        assert await unit.fetchval("SELECT 1") == 1


async def test_a_worker_that_is_frozen_in_a_transaction_loses_its_locks(
    connected, monkeypatch
) -> None:
    role = DatabaseRole.WORKER
    monkeypatch.setattr(database, "FROZEN_AFTER", 0.2)
    await database.connect({role: connected.urls[role] + "&application_name=frozen"}, size=1)
    try:
        with pytest.raises((*database.CONNECTION_ERRORS, asyncpg.PostgresError)):  # noqa: PT012
            async with unit_of_work(role=role) as unit:
                await unit.fetchval("SELECT 1")
                await asyncio.sleep(2)
                await unit.fetchval("SELECT 1")
    finally:
        await database.connect({role: connected.urls[role]}, size=2)
