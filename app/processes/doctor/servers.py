"""The servers of the studio, its own or yours by URL, and the address that it listens on."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import redis.asyncio
from redis.exceptions import RedisError

from app.platform.database import DatabaseRole
from app.settings import Settings
from node_registry import DirectorError, Health

from ..embedded import EmbeddedPostgres, EmbeddedValkey, runtime_folder
from ..embedded.postgres_cluster import check_cluster
from ..embedded.postgres_programs import OLDEST, as_ordinary_user, find_programs
from ..embedded.valkey import valkey_binary
from ..studio_lock import StudioLock, is_locked

PATIENCE = 5
# Leases live by the database's clock and log-ins by this machine's.
CLOCKS_MAY_DIFFER = 5.0
OLDEST_REDIS = (6, 2)
RUN_ROLES = tuple(role.value for role in DatabaseRole if role is not DatabaseRole.OWNER)


async def postgres(settings: Settings, trial: asyncio.Lock) -> Health:
    """The database: does it run, answer, and have the studio's roles."""
    if settings.database_url:
        return await _database(settings.database_url, "Check DIRECTOR_DATABASE_URL.")
    programs = find_programs()
    as_ordinary_user([])
    which = f"PostgreSQL {programs.version} of our own"
    data = settings.home / "postgres"
    if not data.exists():
        return Health(state="ok", message=f"{which}; its database is made at the first start.")
    check_cluster(data, programs)
    server = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
    async with trial, AsyncExitStack() as stack:
        await _run_unless_running(stack, settings.home, server)
        return await _database(server.url(), "", which)


async def _database(url: str, remedy: str, which: str = "") -> Health:
    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as e:
        return Health(
            state="failed",
            message=f"PostgreSQL does not let us in: {str(e) or type(e).__name__}.",
            remedy=remedy or "Read logs/postgres.log in the data folder.",
        )
    try:
        return await _examine(connection, which)
    finally:
        await connection.close(timeout=PATIENCE)


async def _examine(connection: asyncpg.Connection, which: str) -> Health:
    version = connection.get_server_version()
    which = which or f"PostgreSQL {version.major} by URL"
    if version.major < OLDEST:
        return Health(
            state="failed",
            message=f"{which} is too old.",
            remedy=f"Use PostgreSQL {OLDEST} or newer.",
        )
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        return Health(
            state="failed",
            message=f"{which}: the database is written in {encoding}, not in UTF8.",
            remedy="Create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
        )
    before = time.time()
    theirs = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
    assert isinstance(theirs, float)
    ahead = theirs - (before + time.time()) / 2
    if abs(ahead) > CLOCKS_MAY_DIFFER:
        return Health(
            state="degraded",
            message=f"{which}: its clock differs from this machine's by {abs(ahead):.0f} s.",
            remedy="Switch on time synchronisation on both machines.",
        )
    known = await connection.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", RUN_ROLES
    )
    missing = sorted(set(RUN_ROLES) - {row["rolname"] for row in known})
    if not missing:
        return Health(state="ok", message=f"{which} answers, and has the studio's roles.")
    may = await connection.fetchval(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    if may:
        return Health(state="ok", message=f"{which} answers; roles are made at the first start.")
    return Health(
        state="failed",
        message=f"{which}: the roles {', '.join(missing)} are missing, "
        "and the user of the URL may not make them.",
        remedy="Give it CREATEROLE, or let an administrator run `director migrate` once.",
    )


async def valkey(settings: Settings, trial: asyncio.Lock) -> Health:
    """The memory of queues and progress: Valkey, or Redis by URL."""
    if settings.redis_url:
        return await _memory(settings.redis_url, "Check DIRECTOR_REDIS_URL.", "by URL")
    valkey_binary()
    if not settings.home.is_dir():
        return Health(state="ok", message="Valkey of our own; it starts with the studio.")
    server = EmbeddedValkey(settings.home, runtime_folder(settings.home))
    async with trial, AsyncExitStack() as stack:
        await _run_unless_running(stack, settings.home, server)
        return await _memory(server.url, "Read logs/valkey.log in the data folder.", "of our own")


async def _memory(url: str, remedy: str, which: str) -> Health:
    try:
        client = redis.asyncio.Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        )
    except ValueError as error:
        return Health(state="failed", message=f"The address is none: {error}.", remedy=remedy)
    try:
        facts = await client.info()
    except (RedisError, OSError, TimeoutError) as error:
        return Health(state="failed", message=f"It does not answer: {error}.", remedy=remedy)
    finally:
        await client.aclose()
    name = "Valkey" if "valkey_version" in facts else "Redis"
    version = str(facts.get("valkey_version") or facts.get("redis_version") or "0")
    text = f"{name} {version} {which}"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return Health(state="failed", message=f"{text} is too old.", remedy="Use 6.2 or newer.")
    policy = str(facts.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        return Health(
            state="degraded",
            message=f"{text} throws keys away when it is full ({policy}): work may start late.",
            remedy="Set maxmemory-policy noeviction, or give the studio a server of its own.",
        )
    return Health(state="ok", message=f"{text} answers.")


async def _run_unless_running(
    stack: AsyncExitStack, home: Path, server: EmbeddedPostgres | EmbeddedValkey
) -> None:
    """Start the server for as long as the stack lives, unless a studio has it running."""
    if is_locked(home):
        return
    stack.enter_context(StudioLock(home))
    await stack.enter_async_context(server)


async def address(settings: Settings) -> Health:
    """Whether the studio can listen where it should, and who can reach it there."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        return Health(
            state="failed",
            message=f"{settings.host} is no address: {error.strerror}.",
            remedy="Set DIRECTOR_HOST to 127.0.0.1, or to an address of this machine.",
        )
    family, kind, protocol, _, name = found[0]
    try:
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(name)
    except OSError as error:
        return _not_bound(settings, error)
    return _reach(settings, f"{settings.address} is free")


def _not_bound(settings: Settings, error: OSError) -> Health:
    if error.errno == errno.EADDRINUSE:
        try:
            ours = is_locked(settings.home)
        except DirectorError:
            ours = False
        if ours:
            return _reach(settings, f"{settings.address} is the running studio's")
        return Health(
            state="failed",
            message=f"Port {settings.port} is in use by another program.",
            remedy=f"Stop it, or take another port: DIRECTOR_PORT={settings.port + 1}.",
        )
    if error.errno == errno.EACCES:
        return Health(
            state="failed",
            message=f"Port {settings.port} is reserved for the administrator.",
            remedy="Take a port above 1023 (DIRECTOR_PORT), and a proxy in front of it.",
        )
    return Health(
        state="failed",
        message=f"The studio cannot listen on {settings.host}: {error.strerror}.",
        remedy="Set DIRECTOR_HOST to 127.0.0.1, or to an address of this machine.",
    )


def _reach(settings: Settings, text: str) -> Health:
    local = settings.host in ("127.0.0.1", "::1", "localhost")
    if local or settings.secure_cookies:
        return Health(state="ok", message=f"{text}.")
    return Health(
        state="degraded",
        message=f"{text}, but whoever listens on the network between can read log-ins.",
        remedy="Put a proxy with HTTPS in front of it, and set DIRECTOR_SECURE_COOKIES=true.",
    )
