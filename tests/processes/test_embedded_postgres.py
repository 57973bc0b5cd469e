"""The embedded PostgreSQL on real servers: first start, crashes, what it says when it cannot."""

import asyncio
import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.embedded.postgres_cluster import processes_in
from app.processes.embedded.postgres_failures import explain_failure
from app.processes.supervisor import Supervisor
from node_registry import DirectorError


@pytest.fixture
def home(tmp_path: Path):
    yield tmp_path
    folder = runtime_folder(tmp_path)
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()


def embedded(home: Path, **settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(home, runtime_folder(home), fsync=False, **settings)


async def query(postgres: EmbeddedPostgres, sql: str):
    connection = await asyncpg.connect(postgres.url())
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_fresh_folder_becomes_a_private_database(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a person has set for another PostgreSQL is none of ours.
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATABASE", "theirs")
    monkeypatch.setenv("LC_ALL", "xx_XX.nowhere")
    async with embedded(home) as postgres:
        assert await query(postgres, "SHOW server_encoding") == "UTF8"
        assert await query(postgres, "SELECT upper('été')") == "ÉTÉ"
        assert await query(postgres, "SHOW listen_addresses") == ""
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.url(password="guessed"))
        for path in (postgres.data, postgres.runtime, home / "secrets"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "secrets/postgres-director_owner").stat().st_mode) == 0o600
        assert not list(home.glob("postgres.*")), "nothing unfinished, no password file"
    assert postgres.pid is None
    assert processes_in(postgres.data) == []


async def test_it_ends_when_its_parent_is_killed_and_keeps_what_was_committed(home: Path) -> None:
    data = home / "postgres"
    commit_and_be_killed(home)
    async with embedded(home) as postgres:
        assert await query(postgres, "SELECT title FROM film") == "kept"
    assert processes_in(data) == []


def commit_and_be_killed(home: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "committed\n"
    assert processes_in(home / "postgres")
    parent.kill()
    parent.communicate()


_PARENT = """
import asyncio, sys, time
from pathlib import Path
import asyncpg
from app.processes.embedded import EmbeddedPostgres, runtime_folder
async def main():
    home = Path(sys.argv[1])
    postgres = EmbeddedPostgres(home, runtime_folder(home), fsync=False)
    await postgres.start()
    connection = await asyncpg.connect(postgres.url())
    await connection.execute("CREATE TABLE film AS SELECT 'kept' AS title")
    print("committed", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_killed_postmaster_is_started_again_though_a_backend_still_computes(
    home: Path,
) -> None:
    postgres = embedded(home)
    async with Supervisor(back_off=(0, 0, 0, 0)) as supervisor:
        await supervisor.start(postgres.child())
        await query(postgres, "CREATE TABLE film AS SELECT 'kept' AS title")
        busy = asyncio.create_task(
            query(postgres, "SELECT count(*) FROM generate_series(1, 1000000000000)")
        )
        await asyncio.sleep(0.2)
        first = supervisor.pids["PostgreSQL"]
        assert first is not None
        os.kill(first, signal.SIGKILL)
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await busy
        title = None
        deadline = time.monotonic() + 10
        while title is None and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                title = await query(postgres, "SELECT title FROM film")
        assert title == "kept"
        assert supervisor.pids["PostgreSQL"] not in (None, first)
    assert processes_in(postgres.data) == []


async def test_it_repairs_an_interrupted_first_start_a_stale_lock_and_a_lost_password(
    home: Path,
) -> None:
    unfinished = home / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    async with embedded(home) as postgres:
        await query(postgres, "CREATE TABLE film AS SELECT 'kept' AS title")
    # A lock file whose number now belongs to a process that has nothing to do with it.
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n1\n5432\n")
    (home / "secrets/postgres-director_owner").unlink()
    async with embedded(home) as postgres:
        assert await query(postgres, "SELECT title FROM film") == "kept"


async def test_files_that_it_cannot_serve_are_explained(home: Path) -> None:
    async with embedded(home) as postgres:
        pass
    version = postgres.data / "PG_VERSION"
    true_version = version.read_text()
    for text, code in (("9\n", "postgres.other_version"), ("", "postgres.corrupt")):
        version.write_text(text)
        with pytest.raises(DirectorError) as caught:
            await embedded(home).start()
        assert caught.value.code == code
        assert caught.value.hint
    version.write_text(true_version)
    (postgres.data / "global/pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(DirectorError) as caught:
        await embedded(home).start()
    assert caught.value.code == "postgres.corrupt"
    assert processes_in(postgres.data) == []


def test_a_full_disk_at_the_first_start_is_explained_and_leaves_nothing(tmp_path: Path) -> None:
    script = """
import asyncio, sys
from pathlib import Path
from app.processes.embedded import EmbeddedPostgres
from node_registry import DirectorError
home = Path(sys.argv[1])
(home / "run").mkdir()
try:
    asyncio.run(EmbeddedPostgres(home, home / "run").start())
except DirectorError as error:
    print(error.code, sorted(p.name for p in home.iterdir()))
"""
    small_disk = 'mount -t tmpfs -o size=12m none "$1" && exec "$2" -c "$3" "$1"'
    argv = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", small_disk]
    answer = subprocess.run(
        [*argv, "sh", str(tmp_path), sys.executable, script], capture_output=True, text=True
    )
    assert answer.stdout == "postgres.disk_full ['run', 'secrets']\n", answer.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("FATAL:  could not create shared memory segment: No space left on device", "disk_full"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "shared_memory"),
        ('FATAL:  data directory "/x" has wrong ownership', "not_owner"),
        ('FATAL:  data directory "/x" has group or world access', "permissions"),
        ('FATAL:  lock file "postmaster.pid" already exists', "in_use"),
        ("PANIC:  could not locate a valid checkpoint record at 0/16ED7C0", "corrupt"),
    ],
)
def test_last_words_become_a_code_and_a_remedy(words: str, code: str) -> None:
    error = explain_failure(f"LOG:  starting\n{words}\nLOG:  shut down")
    assert error is not None
    assert error.code == f"postgres.{code}"
    assert error.hint
    assert error.fields["log"] == words


def test_the_runtime_folder_is_private_short_and_not_somebody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its own name: the last part of this test is in the machine's /tmp.
    home = tmp_path / uuid4().hex
    # Short: the folders of tests may be too deep for a socket by themselves.
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    folder = runtime_folder(home)
    assert folder == runtime_folder(home) != runtime_folder(tmp_path / "other")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(DirectorError) as caught:
        runtime_folder(home)
    assert caught.value.code == "runtime.unsafe"
    folder.unlink()
    (short / runtime_folder(tmp_path / "other").name).rmdir()
    short.rmdir()

    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    folder = runtime_folder(home)
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 104
    folder.rmdir()
