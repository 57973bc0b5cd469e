"""Removes stored bytes that nothing names any more, after a time of grace.

What names bytes: a project that knows them (what was brought, every take, every version of an
asset), the domains' own rows once more, and every commit of every project's repository. What is
stored and not noted yet (a task that runs, an upload, an import) is younger than the time of grace.

The row goes first, in a transaction that fails if anything refers to it; the bytes go only if
nobody has stored them again meanwhile. Interrupted anywhere, it leaves at most bytes without a
row, which the next one finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from app.platform.backup_lock import backup_runs
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, current_unit, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .derivatives import forget_segments, segments_before
from .objects import ObjectStore, is_digest

log = get_logger(__name__)

BATCH = 500

SEGMENTS_LAST = timedelta(days=30)

Named = Callable[[list[str]], Awaitable[set[str]]]
"""Those of these digests that a domain names. Part of the caller's unit of work."""


class Collected(msgspec.Struct, kw_only=True):
    """What a collection removed, or would remove: files and bytes, derivatives among them.

    `named` are the files that something names, `young` those within the time of grace;
    `repository_bytes` is by how much the projects' histories became smaller.
    """

    files: int = 0
    bytes: int = 0
    named: int = 0
    young: int = 0
    repository_bytes: int = 0
    dry_run: bool = False


class Collector:
    """Collects by what the domains and the repositories name; `names` are asked in batches.

    `tidy` makes the repositories smaller, and says by how many bytes.
    """

    def __init__(
        self,
        store: ObjectStore,
        names: Sequence[Named],
        committed: Callable[[], Awaitable[set[str]]],
        tidy: Callable[[timedelta], Awaitable[int]],
        grace: timedelta,
    ) -> None:
        self._store = store
        self._names = [media_named, *names]
        self._committed = committed
        self._tidy = tidy
        self._grace = grace
        self._running = asyncio.Lock()

    async def collect(self, *, dry_run: bool = False) -> Collected:
        """Remove what nothing names, or only count it."""
        async with self._running:
            before = datetime.now(UTC) - self._grace
            done = Collected(dry_run=dry_run)
            if not dry_run:
                await _refuse_beside_backup()
            if not dry_run:
                # First: what no branch reaches any more names nothing either.
                done.repository_bytes = await self._tidy(self._grace)
            # Asked before the first row is: what is committed is noted first, so that nothing
            # falls between the two.
            committed = await self._committed()
            await self._forget_segments(done)
            for prefix in ("objects/", "derivatives/"):
                async for batch in self._old(prefix, before, done):
                    await self._collect(batch, committed, before, done)
            if done.files and not dry_run:
                log.info("media.collected", files=done.files, bytes=done.bytes)
            return done

    async def _forget_segments(self, done: Collected) -> None:
        """Remove segments that are a month old: those that are still watched are made again."""
        now = datetime.now(UTC)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            old = segments_before if done.dry_run else forget_segments
            files = await old(unit, now - SEGMENTS_LAST)
        for file in files:
            # Unless somebody has it made again meanwhile.
            if not done.dry_run:
                await self._store.remove(file.key, now)
            done.files += 1
            done.bytes += file.size

    async def _old(
        self, prefix: str, before: datetime, done: Collected
    ) -> AsyncIterator[dict[str, list[tuple[str, int]]]]:
        """Stored keys with their sizes, by the digest that they belong to, in batches."""
        batch: dict[str, list[tuple[str, int]]] = {}
        async for stored in self._store.stored(prefix):
            digest = stored.key.split("/")[1]
            if not is_digest(digest):
                continue
            if stored.modified >= before:
                done.young += 1
                continue
            if len(batch) >= BATCH and digest not in batch:
                yield batch
                batch = {}
            batch.setdefault(digest, []).append((stored.key, stored.size))
        if batch:
            yield batch

    async def _collect(
        self,
        batch: dict[str, list[tuple[str, int]]],
        committed: set[str],
        before: datetime,
        done: Collected,
    ) -> None:
        named = batch.keys() & committed
        if not done.dry_run:
            await _refuse_beside_backup()
        async with unit_of_work(role=DatabaseRole.SERVICE):
            for names in self._names:
                named |= await names(list(batch.keys() - named))
        for digest, keys in batch.items():
            if digest in named or not (done.dry_run or await _forget(digest)):
                done.named += len(keys)
                continue
            for key, size in keys:
                if not done.dry_run:
                    await self._store.remove(key, before)
                done.files += 1
                done.bytes += size
            if not done.dry_run:
                await run_blocking(self._store.forget, digest)


async def _refuse_beside_backup() -> None:
    async with unit_of_work(role=DatabaseRole.SERVICE):
        if await backup_runs():
            raise DirectorError(
                "storage.backup_runs",
                "A backup copies the stored files just now, so that none is removed.",
                hint="Try again when it has ended.",
                status=409,
            )


async def media_named(digests: list[str]) -> set[str]:
    """Those of these digests that any project knows. Part of the caller's unit of work."""
    rows = await current_unit().fetch(
        "SELECT DISTINCT digest FROM project_objects WHERE digest = ANY($1::text[])", digests
    )
    return {row["digest"] for row in rows}


async def known_objects(connection: asyncpg.Connection) -> dict[str, int]:
    """The digests of all objects that the database knows, as this connection sees it, with their
    sizes in bytes."""
    rows = await connection.fetch("SELECT digest, size FROM objects")
    return {row["digest"]: row["size"] for row in rows}


async def _forget(digest: str) -> bool:
    """Remove the row of an object; False when anything refers to it after all."""
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute("DELETE FROM objects WHERE digest = $1", digest)
    except asyncpg.ForeignKeyViolationError:
        return False
    return True
