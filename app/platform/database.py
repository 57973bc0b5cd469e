"""PostgreSQL: one pool for each role, and the one unit of work that all commands run in."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from node_registry import DirectorError

from .database_role import DatabaseRole
from .telemetry import get_logger

log = get_logger(__name__)

__all__ = [
    "CONNECTION_ERRORS",
    "ENGINE",
    "DatabaseRole",
    "PoolBusy",
    "UnitOfWork",
    "connect",
    "current_unit",
    "disconnect",
    "from_json",
    "in_unit",
    "open_connection",
    "pool_of",
    "to_json",
    "unit_of_work",
]

FROZEN_AFTER = 20.0
"""Seconds after which a worker's transaction ends in which nothing is asked."""

ACQUIRE_TIMEOUT = 15.0
"""Seconds that a unit of work waits for a connection."""

CONNECTION_ERRORS = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    TimeoutError,
)


class PoolBusy(TimeoutError):
    """All connections of a pool were in use for too long: the server is there, and overloaded."""


class UnitOfWork:
    """One transaction. Made by `unit_of_work()` only."""

    def __init__(self, connection: asyncpg.pool.PoolConnectionProxy, role: DatabaseRole) -> None:
        self.connection = connection
        self.role = role
        self._after_commit: list[Callable[[], Awaitable[None] | None]] = []

    def after_commit(self, callback: Callable[[], Awaitable[None] | None]) -> None:
        """Call this once the transaction is committed: only then may anything leave the process."""
        self._after_commit.append(callback)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """All rows."""
        return await self.connection.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        return await self.connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row, or None."""
        return await self.connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        """Run a statement and say how many rows it touched."""
        status = await self.connection.execute(sql, *args)
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def executemany(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a statement for each row, in one round trip."""
        await self.connection.executemany(sql, rows)


_pools: dict[DatabaseRole, asyncpg.Pool] = {}
_urls: dict[DatabaseRole, str] = {}
_current: contextvars.ContextVar[UnitOfWork | None] = contextvars.ContextVar("unit", default=None)


class UnitEngine(PostgresEngine):
    """Piccolo's engine, bound to the current unit of work: a query outside of one is an error."""

    async def check_version(self) -> None:
        """Nothing: the version is seen to where the server is chosen, not when this is imported."""

    def transaction(self, allow_nested: bool = True) -> Any:
        """A savepoint of the current unit of work (what Piccolo's migrations ask for)."""
        return current_unit().connection.transaction()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        query, args = querystring.compile_string(engine_type=self.engine_type)
        return await current_unit().connection.fetch(query, *args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await current_unit().connection.fetch(ddl)


ENGINE = UnitEngine(config={})


def current_unit() -> UnitOfWork:
    """The unit of work that this code runs in."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError("A query was made outside of a unit of work.")
    return unit


def in_unit() -> bool:
    """Whether this code runs inside a unit of work."""
    return _current.get() is not None


async def connect(urls: Mapping[DatabaseRole, str], *, size: int = 8) -> None:
    """Open a pool for each role; one that is open at this address already stays, one at another
    address is closed. Raises `database.unreachable` after trying for ten seconds."""
    for role, url in urls.items():
        former = _pools.get(role)
        if former is not None and _urls[role] == url:
            continue
        _pools[role] = await _open_pool(url, size, _settings_of(role))
        _urls[role] = url
        if former is not None:
            await _close_pool(former)


async def open_connection(role: DatabaseRole) -> asyncpg.Connection:
    """A connection of one's own, for what must not share one (locks of a session).

    A server that went away silently is noticed within half a minute, so that its locks are free.
    """
    return await asyncpg.connect(
        _urls[role],
        command_timeout=30,
        timeout=10,
        server_settings={
            "application_name": "director graphs",
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        },
    )


def _settings_of(role: DatabaseRole) -> dict[str, str]:
    if role is not DatabaseRole.WORKER:
        return {}
    # A worker that is frozen in the middle of a transaction would keep the lock of its task's row,
    # and nobody could give the task to another.
    return {"idle_in_transaction_session_timeout": str(int(FROZEN_AFTER * 1000))}


async def _open_pool(url: str, size: int, settings: dict[str, str]) -> asyncpg.Pool:
    deadline = asyncio.get_running_loop().time() + 10
    while True:
        try:
            return await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                command_timeout=60,
                max_inactive_connection_lifetime=120,
                reset=_leave,
                server_settings={"application_name": "director", **settings},
            )
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as e:
            raise DirectorError(
                "database.refused",
                "PostgreSQL refused the user name or the password.",
                hint="Check DIRECTOR_DATABASE_URL.",
                status=503,
            ) from e
        except asyncpg.InvalidCatalogNameError as e:
            raise DirectorError(
                "database.missing",
                f"PostgreSQL answers, but: {e}.",
                hint="Create the database, or correct DIRECTOR_DATABASE_URL.",
                status=503,
            ) from e
        except CONNECTION_ERRORS as e:
            if asyncio.get_running_loop().time() > deadline:
                raise DirectorError(
                    "database.unreachable",
                    "PostgreSQL did not answer within 10 s.",
                    hint="Start it, check DIRECTOR_DATABASE_URL, or run `director doctor`.",
                    status=503,
                ) from e
            await asyncio.sleep(0.2)


async def _leave(_connection: asyncpg.pool.PoolConnectionProxy) -> None:
    """Nothing: what a unit of work sets is set for its transaction alone.

    The driver would ask the server to reset the session, one round trip for each unit of work.
    Whoever listens on a connection of the pool resets it before giving it back.
    """


async def disconnect() -> None:
    """Close all pools."""
    pools = list(_pools.values())
    _pools.clear()
    _urls.clear()
    for pool in pools:
        await _close_pool(pool)


async def _close_pool(pool: asyncpg.Pool) -> None:
    """Without this a pool whose database is gone tries to reach it for as long as it lives."""
    try:
        await asyncio.wait_for(pool.close(), 5)
    except TimeoutError:
        pool.terminate()


def pool_of(role: DatabaseRole) -> asyncpg.Pool:
    """The pool of a role, for what needs a connection of its own (LISTEN)."""
    return _pools[role]


@asynccontextmanager
async def unit_of_work(
    actor: UUID | None = None, *, role: DatabaseRole = DatabaseRole.APP
) -> AsyncIterator[UnitOfWork]:
    """Run what is inside in one transaction: all of it is stored, or nothing.

    `actor` is the person whose rights apply (row-level security). Inside another unit of work it
    is a savepoint of that one, with its role and actor. The connection always goes back, also
    when the commit fails; callbacks of `after_commit` run once the outermost one is stored.
    """
    outer = _current.get()
    if outer is not None:
        promised = len(outer._after_commit)
        try:
            async with outer.connection.transaction():
                yield outer
        except BaseException:
            # What was taken back must not leave the process after all.
            del outer._after_commit[promised:]
            raise
        return
    pool = _pools.get(role)
    if pool is None:
        raise RuntimeError(f"This process has no connection as {role.value}.")
    async with _connection_of(pool) as connection:
        unit = UnitOfWork(connection, role)
        token = _current.set(unit)
        try:
            async with connection.transaction():
                if role is DatabaseRole.APP:
                    await connection.execute(
                        "SELECT set_config('director.actor', $1, true)", str(actor or "")
                    )
                yield unit
        finally:
            _current.reset(token)
    for callback in unit._after_commit:
        try:
            result = callback()
            if result is not None:
                await result
        except Exception:
            # It is stored: whoever asked for it must not be told that it failed.
            log.exception("database.after_commit_failed")


@asynccontextmanager
async def _connection_of(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
    try:
        connection = await pool.acquire(timeout=ACQUIRE_TIMEOUT)
    except TimeoutError as error:
        if pool.get_size() - pool.get_idle_size() >= pool.get_max_size():
            raise PoolBusy from error
        raise
    try:
        yield connection
    finally:
        await pool.release(connection)


def to_json(value: Any) -> str:
    """A value as the text of a JSONB parameter."""
    return msgspec.json.encode(value).decode()


def from_json(text: str | bytes | None) -> Any:
    """The value of a JSONB column, which the driver gives as text."""
    return None if text is None else msgspec.json.decode(text)
