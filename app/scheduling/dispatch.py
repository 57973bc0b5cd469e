"""The dispatcher: gives ready tasks to idle workers. One loop, in the API role."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import msgspec
from arq.connections import ArqRedis
from redis.asyncio import Redis

from app.platform import database
from app.platform.database import DatabaseRole, UnitOfWork, from_json, to_json, unit_of_work
from app.platform.redis import CONNECTION_ERRORS, RedisError
from app.platform.telemetry import get_logger

from . import leases, queue, workers
from .ledger import Booking, Ledger
from .workers import Worker

log = get_logger(__name__)

TICK = 1.0
CLAIM_SECONDS = 10
PASSED_AT_MOST = 512


class Waiting(msgspec.Struct, frozen=True):
    """Not now, for a reason that is shown."""

    cause: str


class Reused(msgspec.Struct, frozen=True):
    """Nothing to do: an equal recipe made this take already."""

    take_id: UUID
    recipe: str


class Refused(msgspec.Struct, frozen=True):
    """It can never run as it is; `error` is shown."""

    error: dict[str, Any]


class Completed(msgspec.Struct, frozen=True, kw_only=True):
    """A task whose inputs are all there: its whole request, and what it needs of a device."""

    request: dict[str, Any]
    backend: str
    basis: str
    recipe: str | None
    made_from: dict[str, Any]
    device: str
    vram_bytes: int = 0


class Complete(Protocol):
    """What the execution domain does for the dispatcher: turn a plan into a request."""

    async def __call__(
        self, unit: UnitOfWork, task_id: UUID, plan: dict[str, Any]
    ) -> Completed | Reused | Waiting | Refused: ...


class Dispatcher:
    """Wakes by every change of a task, and once a second."""

    def __init__(
        self, complete: Complete, redis: Redis, doorbells: Callable[[], Awaitable[ArqRedis]]
    ) -> None:
        self._complete = complete
        self._ledger = Ledger(redis)
        self._open_doorbells = doorbells
        self._doorbells: ArqRedis | None = None
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()
        for listener in self._listeners:
            listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a task changed or left an event."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Dispatch until cancelled. A database or a Redis that is down only makes it wait."""
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                try:
                    await self.tick()
                except (
                    *database.CONNECTION_ERRORS,
                    *CONNECTION_ERRORS,
                    RedisError,
                    asyncpg.PostgresError,
                ) as error:
                    log.warning("dispatch.interrupted", error=f"{type(error).__name__}: {error}")
                    await asyncio.sleep(0.5)
                except Exception:
                    # A fault of ours must not end the only loop that hands out work.
                    log.exception("dispatch.failed")
                    await asyncio.sleep(0.5)
                # Not wait_for: on Python 3.11 it can lose a cancellation.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._wake.wait()
                self._wake.clear()
        finally:
            listener.cancel()

    async def tick(self) -> None:
        """One round: take back, unblock, and hand out as long as there is work and a worker."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            reaped = await leases.reap(unit)
            while await leases.fail_dependents(unit):
                continue
            await leases.unblock(unit)
            await workers.forget_silent(unit)
        if reaped:
            log.warning("dispatch.reaped", tasks=reaped)
        await self._ring_again()
        passed: set[UUID] = set()
        while await self._hand_out(passed) and len(passed) < PASSED_AT_MOST:
            continue

    async def _hand_out(self, passed: set[UUID]) -> bool:
        """Deal with the next ready task; False when there is none, or nobody to run any.

        `passed` are those that must wait, so that they do not hold up what comes after them.
        """
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            idle = [w for w in await workers.list_workers() if w.busy_with is None]
            rows = await unit.fetch(
                """SELECT id, attempt, plan, cause FROM tasks
                   WHERE status = 'queued' AND id <> ALL($2::uuid[])
                     AND NOT cancel_requested AND attempt <= max_attempts AND cause <> $3
                   ORDER BY priority DESC, created_at, ordinal LIMIT $1
                   FOR UPDATE SKIP LOCKED""",
                max(16, 4 * len(idle)),
                list(passed),
                # The next tick looks at it first: it may be over, or get another attempt.
                leases.STOPPED,
            )
            for row in rows:
                answer = await self._complete(unit, row["id"], from_json(row["plan"]))
                if isinstance(answer, Waiting):
                    passed.add(row["id"])
                    await _say(unit, row, answer.cause)
                elif isinstance(answer, Reused):
                    await _reuse(unit, row["id"], answer)
                    return True
                elif isinstance(answer, Refused):
                    await _refuse(unit, row["id"], answer)
                    return True
                else:
                    worker = await self._assign(unit, row, answer, idle)
                    if worker is not None:
                        unit.after_commit(
                            functools.partial(self._ring, worker.id, row["id"], row["attempt"])
                        )
                        return True
                    if not idle:
                        await self._explain_rest(unit, rows)
                        return False
                    passed.add(row["id"])
            return bool(rows)

    async def _assign(
        self, unit: UnitOfWork, row: asyncpg.Record, ready: Completed, idle: list[Worker]
    ) -> Worker | None:
        fitting = [
            w
            for w in idle
            if w.device == ready.device
            and w.vram_bytes >= ready.vram_bytes
            and ready.backend in w.backends
        ]
        if not fitting:
            if idle:
                kind = "GPU" if ready.device == "gpu" else "CPU"
                await _say(unit, row, f"No {kind} worker fits it.")
            # With nobody idle all that wait are told their places, this one too.
            return None
        worker = min(fitting, key=lambda w: (w.vram_bytes, w.name))
        booking = Booking(
            device_id=worker.device_id,
            task_id=row["id"],
            attempt=row["attempt"],
            units=ready.vram_bytes if ready.device == "gpu" else 1,
        )
        capacity = worker.vram_bytes if ready.device == "gpu" else 1
        booked = await self._ledger.reserve(booking, capacity)
        if booked is None:
            await self._ledger.rebuild(await _live_bookings(unit))
            booked = await self._ledger.reserve(booking, capacity)
        if not booked:
            # The truth says idle and the index says full: believe the truth, mend the index.
            await self._ledger.rebuild(await _live_bookings(unit))
            if not await self._ledger.reserve(booking, capacity):
                await _say(unit, row, "Waiting for memory on the device.")
                return None
        await unit.execute(
            """UPDATE tasks SET status = 'assigned', worker_id = $2, backend = $3,
                 request = $4::jsonb, basis = $5, recipe = $6, made_from = $7::jsonb,
                 assigned_at = now(), lease_until = now() + make_interval(secs => $8), cause = ''
               WHERE id = $1""",
            row["id"],
            worker.id,
            ready.backend,
            to_json(ready.request),
            ready.basis,
            ready.recipe,
            to_json(ready.made_from),
            float(CLAIM_SECONDS),
        )
        return worker

    async def release(self, task_id: UUID) -> None:
        """Give back what a task that has ended held of a device."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            row = await unit.fetchrow(
                """SELECT w.device_id, t.attempt FROM tasks t JOIN workers w ON w.id = t.worker_id
                   WHERE t.id = $1""",
                task_id,
            )
        if row is not None:
            await self._ledger.release(
                Booking(
                    device_id=row["device_id"], task_id=task_id, attempt=row["attempt"], units=0
                )
            )

    async def _ring(self, worker_id: UUID, task_id: UUID, attempt: int) -> None:
        try:
            if self._doorbells is None:
                self._doorbells = await self._open_doorbells()
            await queue.ring(self._doorbells, worker_id, task_id, attempt)
        except (*CONNECTION_ERRORS, RedisError) as error:
            # The tick rings again: the assignment is in PostgreSQL, the doorbell is not needed.
            log.warning("dispatch.doorbell_lost", error=str(error)[:100])

    async def _ring_again(self) -> None:
        """Ring for what was assigned and not claimed: Redis may have forgotten it."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                """SELECT id, attempt, worker_id FROM tasks
                   WHERE status = 'assigned' AND assigned_at < now() - interval '2 seconds'"""
            )
        for row in rows:
            await self._ring(row["worker_id"], row["id"], row["attempt"])

    async def _explain_rest(self, unit: UnitOfWork, rows: list[asyncpg.Record]) -> None:
        for place, row in enumerate(rows):
            others = "another task" if place == 1 else f"{place} other tasks"
            ahead = f"Behind {others}." if place else "Next, when a worker is free."
            await _say(unit, row, ahead)

    async def _listen(self) -> None:
        """Wake on NOTIFY; the tick serves while the connection is away."""
        while True:
            try:
                async with database.pool_of(DatabaseRole.SERVICE).acquire() as connection:
                    await connection.add_listener("director_tasks", lambda *_: self.wake())
                    lost = asyncio.Event()
                    connection.add_termination_listener(lambda *_, lost=lost: lost.set())
                    try:
                        await lost.wait()
                    finally:
                        await connection.reset()
                    log.warning("dispatch.listen_lost")
            except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("dispatch.listen_lost", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.5)


async def _say(unit: UnitOfWork, row: asyncpg.Record, cause: str) -> None:
    if row["cause"] != cause:
        await unit.execute("UPDATE tasks SET cause = $2 WHERE id = $1", row["id"], cause)


async def _reuse(unit: UnitOfWork, task_id: UUID, reused: Reused) -> None:
    await unit.execute(
        """WITH ended AS (
             UPDATE tasks SET status = 'succeeded', take_id = $2, recipe = $3, reused = true,
               ended_at = now(), cause = '' WHERE id = $1 RETURNING id, project_id, attempt)
           INSERT INTO task_events (task_id, project_id, kind, attempt, detail)
           SELECT id, project_id, 'succeeded', attempt, '{"reused": true}' FROM ended""",
        task_id,
        reused.take_id,
        reused.recipe,
    )


async def _refuse(unit: UnitOfWork, task_id: UUID, refused: Refused) -> None:
    await unit.execute(
        """WITH ended AS (
             UPDATE tasks SET status = 'failed', error = $2::jsonb, ended_at = now(), cause = ''
             WHERE id = $1 RETURNING id, project_id, attempt)
           INSERT INTO task_events (task_id, project_id, kind, attempt, detail)
           SELECT id, project_id, 'failed', attempt, jsonb_build_object('error', $2::jsonb)
           FROM ended""",
        task_id,
        to_json(refused.error),
    )


async def _live_bookings(unit: UnitOfWork) -> list[Booking]:
    rows = await unit.fetch(
        """SELECT t.id, t.attempt, w.device_id, w.device, w.vram_bytes
           FROM tasks t JOIN workers w ON w.id = t.worker_id
           WHERE t.status IN ('assigned', 'running')"""
    )
    return [
        Booking(
            device_id=row["device_id"],
            task_id=row["id"],
            attempt=row["attempt"],
            # What it was booked with is not stored: a whole card is the safe guess.
            units=row["vram_bytes"] if row["device"] == "gpu" else 1,
        )
        for row in rows
    ]
