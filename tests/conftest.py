"""Fixtures for the whole suite: real servers for the run, an own migrated database per module.

`servers` → `template` → `database_urls` → `connected`, each built on the one before and made only
when a test asks for it: a test that needs no database waits for none, and loads no driver.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.leaks import watch_clients, watch_for

# What a test starts is to have the signals of a terminal, also where the suite is a background job.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

if TYPE_CHECKING:
    import asyncpg
    import redis.asyncio

    from app.graph import Registry
    from app.platform.database import DatabaseRole
    from tests.brush import Brush
    from tests.studio import Studio

TEMPLATE = "director_template"

watch_clients()


@pytest.fixture(scope="session", autouse=True)
def no_path_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All studios of the run have their folders below this one; and the program below the clone."""
    folder = tmp_path_factory.getbasetemp()
    watch_for(folder.parent if folder.name.startswith("popen-") else folder)
    watch_for(Path(__file__).parents[1])


@dataclass(frozen=True)
class Servers:
    """The run's PostgreSQL and Valkey. `folder` is shared by all processes of the run."""

    folder: Path
    home: Path
    redis_url: str

    def owner_url(self, name: str = "postgres") -> str:
        """The address of one database, as the owner."""
        from app.processes.embedded import EmbeddedPostgres, runtime_folder

        return EmbeddedPostgres(self.home, runtime_folder(self.home)).url(database=name)


@dataclass(frozen=True)
class DatabaseUrls:
    """A migrated database of one's own: its address for the owner and for each role."""

    name: str
    owner_url: str
    urls: Mapping[DatabaseRole, str]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """PostgreSQL (fsync off) and Valkey, one of each for the whole run, however many workers."""
    folder = tmp_path_factory.getbasetemp()
    if hasattr(sys.modules.get("xdist"), "is_xdist_worker") and folder.name.startswith("popen-"):
        folder = folder.parent
    with (folder / "users.lock").open("ab") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with _alone(folder / "start.lock"):
            ready = folder / "servers.json"
            if not ready.exists():
                _start(folder, ready)
            text = json.loads(ready.read_text())
        yield Servers(folder, Path(text["home"]), text["redis_url"])


def _start(folder: Path, ready: Path) -> None:
    log = folder / "servers.log"
    with log.open("ab") as output:
        program = Path(__file__).with_name("servers.py")
        # A session of its own: Ctrl-C ends the tests first, and the servers when none uses them.
        process = subprocess.Popen(
            [sys.executable, program, folder], stdout=output, stderr=output, start_new_session=True
        )
    while not ready.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            pytest.exit(f"The tests' servers did not start:\n{log.read_text()}", returncode=3)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
async def template(servers: Servers) -> str:
    """The name of a database with all migrations, made once for the run; only copies are used."""
    from app.processes.migrate import migrate
    from app.processes.secrets import database_passwords

    with (servers.folder / "template.lock").open("ab") as file:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        async with _owner(servers) as owner:
            known = await owner.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE)
            if not known:
                building = f"{TEMPLATE}_building"
                await owner.execute(f"DROP DATABASE IF EXISTS {building}")
                await owner.execute(f"CREATE DATABASE {building}")
                await migrate(servers.owner_url(building), database_passwords(servers.home))
                await owner.execute(f"ALTER DATABASE {building} RENAME TO {TEMPLATE}")
    return TEMPLATE


@contextlib.asynccontextmanager
async def fresh_database(servers: Servers, template: str) -> AsyncIterator[DatabaseUrls]:
    """A copy of the template, dropped afterwards also when somebody is still connected."""
    from app.platform.database import DatabaseRole
    from app.processes.connections import database_role_url
    from app.processes.secrets import database_passwords

    name = f"test_{uuid.uuid4().hex[:12]}"
    async with _owner(servers) as owner:
        await owner.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    owner_url = servers.owner_url(name)
    passwords = database_passwords(servers.home)
    roles = {
        role: database_role_url(owner_url, role, password) for role, password in passwords.items()
    }
    try:
        yield DatabaseUrls(name, owner_url, {DatabaseRole.OWNER: owner_url} | roles)
    finally:
        async with _owner(servers) as owner:
            await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def database_urls(servers: Servers, template: str) -> AsyncIterator[DatabaseUrls]:
    """A migrated database for this test module alone."""
    async with fresh_database(servers, template) as urls:
        yield urls


@pytest.fixture
async def own_database_urls(servers: Servers, template: str) -> AsyncIterator[DatabaseUrls]:
    """A migrated database for this test alone, for what counts rows or breaks things."""
    async with fresh_database(servers, template) as urls:
        yield urls


@pytest.fixture(scope="module")
async def connected(database_urls: DatabaseUrls) -> AsyncIterator[DatabaseUrls]:
    """`unit_of_work()` works, in every role, on the database of this test module."""
    from app.platform import database

    await database.connect(database_urls.urls, size=4)
    try:
        yield database_urls
    finally:
        await database.disconnect()


@pytest.fixture(scope="session")
def redis_url(servers: Servers, worker_id: str) -> str:
    """The address of a Valkey database that no other worker of the run uses."""
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1
    return f"{servers.redis_url}?db={number % 64}"


@pytest.fixture
async def valkey(redis_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """A client of an empty Valkey database."""
    import redis.asyncio

    client = redis.asyncio.from_url(redis_url)
    try:
        await client.flushdb()
        yield client
    finally:
        await client.aclose()


@pytest.fixture(scope="module")
async def studio(
    database_urls: DatabaseUrls, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Studio]:
    """The whole API in this process, on the database of this test module; see `studio.py`."""
    async with _studio(database_urls, redis_url, tmp_path_factory) as studio:
        yield studio


@pytest.fixture
async def own_studio(
    own_database_urls: DatabaseUrls, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Studio]:
    """As `studio`, for this test alone. Not in a module that uses `studio`: they share globals."""
    async with _studio(own_database_urls, redis_url, tmp_path_factory) as studio:
        yield studio


@pytest.fixture
async def brush(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Brush]:
    """A worker paints the studio's shots with this brush; see `brush.py`."""
    from tests.brush import painting

    async with painting(studio, monkeypatch) as brush:
        yield brush


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The film's own node and socket types."""
    from tests.film import FILM

    return FILM


@contextlib.asynccontextmanager
async def _studio(
    database: DatabaseUrls, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Studio]:
    import redis.asyncio

    from app.platform.database import DatabaseRole
    from tests.studio import open_studio, own_task

    async with redis.asyncio.from_url(redis_url) as client:
        await client.flushdb()
    home = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as environment:
        for role in (DatabaseRole.APP, DatabaseRole.SERVICE):
            environment.setenv(f"DIRECTOR_DATABASE_{role.name}_URL", database.urls[role])
        async with own_task(open_studio(home, database.urls, redis_url)) as studio:
            yield studio


@contextlib.asynccontextmanager
async def _owner(servers: Servers) -> AsyncIterator[asyncpg.Connection]:
    import asyncpg

    connection = await asyncpg.connect(servers.owner_url())
    try:
        yield connection
    finally:
        await connection.close()
