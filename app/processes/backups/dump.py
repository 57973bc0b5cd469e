"""The database as one file: PostgreSQL's own `pg_dump` and `pg_restore`, of the right version."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import msgspec

from app import media
from app.platform.backup_lock import BACKUP_LOCK
from node_registry import DirectorError

from ..embedded.postgres_programs import plain_environment, programs_for

LOCK_TIMEOUT = 60_000
LAST_WORDS = 400


class Dumped(msgspec.Struct, frozen=True):
    """What the database said at the moment of the dump: its migrations, and the objects that it
    names, by their digests with their sizes in bytes."""

    migrations: list[str]
    objects: dict[str, int]


@asynccontextmanager
async def dumped(owner_url: str, target: Path) -> AsyncIterator[Dumped]:
    """Write the database to a file. Until the block ends, nothing that the dump names is removed
    from the disk. Raises `backup.database` and `backup.another`."""
    async with _connected(owner_url) as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", BACKUP_LOCK):
            # What removes files holds a share of it for moments only.
            await connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT}")
            try:
                await connection.execute("SELECT pg_advisory_lock($1)", BACKUP_LOCK)
            except asyncpg.LockNotAvailableError as error:
                raise DirectorError(
                    "backup.another",
                    "Another backup of this studio runs.",
                    hint="Wait for its end.",
                    status=409,
                ) from error
        version = connection.get_server_version().major
        # One moment for the dump and for the list: what both say fits together.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
            found = Dumped(
                migrations=sorted(
                    f"{row['app_name']} {row['name']}"
                    for row in await connection.fetch("SELECT app_name, name FROM migration")
                ),
                objects=await media.known_objects(connection),
            )
            await _run(
                "pg_dump",
                version,
                owner_url,
                ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"],
            )
        yield found


async def check_empty(owner_url: str) -> None:
    """Raises `restore.database_in_use` when the database has tables."""
    async with _connected(owner_url) as connection:
        tables = await connection.fetchval(
            """SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')"""
        )
    if tables:
        raise DirectorError(
            "restore.database_in_use",
            "The database of DIRECTOR_DATABASE_URL is not empty.",
            hint="Make an empty one for the restored studio, and name it there.",
            status=409,
        )


async def load(owner_url: str, dump: Path) -> None:
    """Bring a dump into an empty database: all of it, or nothing. The roles are there.

    Raises `backup.database`.
    """
    async with _connected(owner_url) as connection:
        version = connection.get_server_version().major
    await _run(
        "pg_restore",
        version,
        owner_url,
        ["--no-owner", "--exit-on-error", "--single-transaction", str(dump)],
    )


@asynccontextmanager
async def _connected(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await asyncpg.connect(owner_url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise DirectorError(
            "database.unreachable",
            f"The studio's database cannot be opened: {type(error).__name__}.",
            hint="Start it, or check DIRECTOR_DATABASE_URL; `director doctor` says more.",
            status=503,
        ) from error
    try:
        yield connection
    finally:
        await connection.close()


async def _run(program: str, version: int, owner_url: str, given: Sequence[str]) -> None:
    parts = urlsplit(owner_url)
    # The password goes by the environment: everybody on the machine can read command lines.
    user, _, place = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    url = urlunsplit(parts._replace(netloc=f"{name}@{place}" if name else place))
    environment = plain_environment()
    if password:
        environment["PGPASSWORD"] = unquote(password)
    process = await asyncio.create_subprocess_exec(
        os.fspath(programs_for(version) / program),
        f"--dbname={url}",
        "--no-password",
        *given,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        _, said = await process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        words = said.decode(errors="replace").strip()
        raise DirectorError(
            "backup.database",
            f"{program} of PostgreSQL failed: {words[-LAST_WORDS:] or 'it said nothing'}",
            hint="The user of the database must own its tables; "
            "see also whether the disk has room.",
            status=503,
        )
