"""The checks behind `/api/v1/health`: the parts that the API role needs, and the plugins' own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from app.gateway.studio_status import PartHealth, part_health
from app.media import StorageWatch, current_quotas
from app.platform import database, redis
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.plugins import Plugins
from app.platform.telemetry import get_logger
from app.scheduling import list_workers
from node_registry import DirectorError, HealthCheck

log = get_logger(__name__)

WITHIN = 5.0
AGAIN_AFTER = 10.0

Check = Callable[[], Awaitable[PartHealth]]


def health_checks(plugins: Plugins) -> list[Check]:
    """All checks of the API role."""
    return [
        _database,
        _redis,
        _workers,
        *(_plugin_check(name, check) for name, check in plugins.health_checks),
    ]


async def _database() -> PartHealth:
    began = time.monotonic()
    try:
        async with asyncio.timeout(WITHIN), unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.fetchval("SELECT 1")
    except database.CONNECTION_ERRORS:
        return PartHealth(
            "postgresql",
            "failed",
            "PostgreSQL does not answer.",
            "See its log; it is restarted by itself under `director up`.",
        )
    return PartHealth("postgresql", "ok", f"answers in {1000 * (time.monotonic() - began):.0f} ms")


async def _redis() -> PartHealth:
    try:
        async with asyncio.timeout(WITHIN):
            await redis.client().ping()  # pyright: ignore[reportGeneralTypeIssues]
    except (*redis.CONNECTION_ERRORS, redis.RedisError, TimeoutError):
        return PartHealth(
            "redis",
            "degraded",
            "Redis does not answer: no task can start, none is lost.",
            "It is restarted by itself under `director up`.",
        )
    return PartHealth("redis", "ok", "answers")


async def _workers() -> PartHealth:
    try:
        async with asyncio.timeout(WITHIN), unit_of_work(role=DatabaseRole.SERVICE):
            there = await list_workers()
    except database.CONNECTION_ERRORS:
        return PartHealth("workers", "degraded", "Not known while PostgreSQL is away.")
    if not there:
        return PartHealth(
            "workers", "degraded", "No worker is there: tasks wait.", "Start `director worker`."
        )
    return PartHealth("workers", "ok", f"{len(there)} there")


def storage_check(watch: StorageWatch) -> Check:
    """Whether everything that was made is in the storage."""

    async def run() -> PartHealth:
        state = watch.state
        if not state.waiting and state.reachable:
            return PartHealth("storage", "ok", "has all files")
        return PartHealth(
            "storage",
            "degraded",
            f"The storage is away: {state.waiting} files wait on this machine. None is lost."
            if not state.reachable
            else f"{state.waiting} files are being sent to the storage.",
            "They are sent by themselves when it is back; see `director doctor`.",
        )

    return run


async def disk_check() -> PartHealth:
    """Whether there is room for what people bring and make."""
    floor = current_quotas().floor
    try:
        await run_blocking(floor.check)
    except DirectorError as error:
        return PartHealth("disk", "degraded", error.message, error.hint)
    return PartHealth("disk", "ok", f"{await run_blocking(floor.free) // 10**9} GB for media")


def _plugin_check(plugin: str, check: HealthCheck) -> Check:
    """A check that starts processes or asks servers, however often anybody asks for our health."""
    name = f"{plugin}: {check.name}"
    alone = asyncio.Lock()
    last: list[tuple[float, PartHealth]] = []

    async def run() -> PartHealth:
        async with alone:
            if not last or time.monotonic() - last[0][0] > AGAIN_AFTER:
                found = await ask()
                last[:] = [(time.monotonic(), found)]
            return last[0][1]

    async def ask() -> PartHealth:
        try:
            async with asyncio.timeout(WITHIN):
                return part_health(name, await check.run())
        except Exception as error:
            # A plugin's check must not break the others.
            log.warning("health.check_failed", part=name, exc_info=error)
            return PartHealth(name, "degraded", f"Its check failed: {type(error).__name__}.")

    return run
