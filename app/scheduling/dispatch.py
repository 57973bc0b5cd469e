"""The dispatcher: assigns ready tasks to idle workers. One loop, in the API process."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import msgspec
from arq.connections import ArqRedis
from redis.asyncio import Redis

from app.platform import database
from app.platform.background import run_forever
from app.platform.database import DatabaseRole, UnitOfWork, from_json, to_json, unit_of_work
from app.platform.redis import CONNECTION_ERRORS, RedisError
from app.platform.telemetry import get_logger
from node_registry import Needs

from . import leases, waiting, wakeups, workers
from .causes import LASTING, Cause
from .circuits import Circuits, read_circuits
from .controls import queue_paused_by
from .device_rules import DeviceRules, read_rules
from .fair_share import FairShare, read_fair_share
from .placement import possible_places
from .quotas import Quotas, Running, note_quota, read_running
from .reservations import Reservations
from .workers import Worker

log = get_logger(__name__)

TICK_SECONDS = 1.0
CLAIM_SECONDS = 10
MAX_PASSED = 512
BATCH = 16
LOOKED_AT = 16
LOOKED_AHEAD = 16


class Waiting(msgspec.Struct, frozen=True):
    """The task cannot run now, for this cause."""

    cause: Cause


class Reused(msgspec.Struct, frozen=True):
    """The task needs no run: an equal recipe made this take already."""

    take_id: UUID
    recipe: str


class Refused(msgspec.Struct, frozen=True):
    """The task cannot run as it is, and fails: `error` has `code`, `message` and `hint`."""

    error: dict[str, Any]


class ReadyTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task whose inputs are all there: its whole request, and what it needs to run.

    At least one live worker could run it when it is idle. `expected_seconds` is how long it will
    run, as such runs took before; without it, as its needs say.
    """

    request: dict[str, Any]
    backend: str
    backend_version: str
    needs: Needs
    basis: str
    recipe: str | None
    made_from: dict[str, Any]
    expected_seconds: float | None = None

    @property
    def seconds(self) -> float:
        """How long it is expected to run."""
        return self.needs.seconds if self.expected_seconds is None else self.expected_seconds


class ResolveTask(Protocol):
    """What the execution domain does for the dispatcher: turn a plan into a request.

    Called inside the dispatcher's unit of work, with the live workers.
    """

    async def __call__(
        self, task_id: UUID, plan: dict[str, Any], workers: list[Worker]
    ) -> ReadyTask | Reused | Waiting | Refused: ...


class Dispatcher:
    """Assigns tasks whenever one changes, and once a second."""

    def __init__(
        self,
        resolve: ResolveTask,
        redis: Redis,
        wakeup_queue: Callable[[], Awaitable[ArqRedis]],
        quotas: Quotas | None = None,
    ) -> None:
        self._resolve = resolve
        self._reservations = Reservations(redis)
        self._ticking = asyncio.Lock()
        self._open_wakeup_queue = wakeup_queue
        self._wakeup_queue: ArqRedis | None = None
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        # What the last round found: causes that last are worked out anew when it changed.
        self._rules = DeviceRules()
        self._circuits = Circuits()
        self._quotas = quotas or Quotas()
        self._running = Running(self._quotas)
        self._batch = BATCH
        self._offered: object = None

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
            await run_forever(self.tick, self._wake, TICK_SECONDS, name="dispatch")
        finally:
            listener.cancel()

    async def tick(self) -> None:
        """One round: reap, unblock and release, then assign while there is a task and a worker."""
        async with self._ticking:
            await self._tick()

    async def _tick(self) -> None:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            reaped = await leases.reap(unit)
            while await leases.fail_dependents(unit):
                continue
            await leases.unblock(unit)
            await workers.delete_stale(unit)
        if reaped:
            log.warning("dispatch.reaped", tasks=reaped)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await self._reservations.release_ended(unit)
            share = await read_fair_share(unit)
            self._rules = await read_rules(unit)
            self._circuits = await read_circuits(unit)
            self._running = await read_running(unit, self._quotas)
            paused = await queue_paused_by(unit) is not None
            live = await workers.list_workers()
            offered = {worker.id: worker.drained_by for worker in live}, self._rules
            if offered != self._offered:
                self._offered = offered
                await waiting.forget_causes(unit, list(LASTING))
        await self._notify_again()
        if not paused:
            await self._assign_all(share, live)
        await self._look_ahead(live)

    async def _assign_all(self, share: FairShare, live: list[Worker]) -> None:
        """Assign while there is a task and a worker for it, some in one transaction."""
        passed: set[UUID] = set()
        # After a fault one by one, so that what it is in takes nothing else back with it.
        size, self._batch = self._batch, 1
        while share.waiting and len(passed) < MAX_PASSED:
            async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
                for _ in range(size):
                    user = share.next_user()
                    if user is None or len(passed) >= MAX_PASSED:
                        break
                    await self._assign_next(unit, user, share, passed, live)
        self._batch = BATCH

    async def _assign_next(
        self,
        unit: UnitOfWork,
        user: UUID,
        share: FairShare,
        passed: set[UUID],
        live: list[Worker],
    ) -> None:
        """Assign, reuse or refuse the next ready task of a person, whose turn it is.

        `passed` collects the tasks that must wait, so that the next call looks behind them; who has
        none left, or none for which a worker is idle, is dropped from the `share`.
        """
        if self._running.is_full(user):
            await note_quota(unit, user, None, self._running.cause(user))
            share.drop(user)
            return
        full = self._running.full_projects
        idle = _idle(live)
        rows = await unit.fetch(
            """SELECT id, project_id, attempt, plan, server,
                 checkpoint IS NOT NULL AS resumes FROM tasks
               WHERE status = 'queued' AND user_id = $4 AND id <> ALL($2::uuid[])
                 AND (not_before IS NULL OR not_before <= now())
                 AND reserved IS NULL AND NOT cancel_requested AND paused_by IS NULL
                 AND attempt <= max_attempts AND cause <> $3
                 AND project_id <> ALL($5::uuid[])
               ORDER BY priority DESC, created_at, ordinal LIMIT $1
               FOR UPDATE SKIP LOCKED""",
            LOOKED_AT,
            list(passed),
            # The next tick looks at it first: it may be over, or get another attempt.
            leases.WORKER_STOPPED,
            user,
            full,
        )
        for row in rows:
            answer = await self._resolve(row["id"], from_json(row["plan"]), live)
            if isinstance(answer, Waiting):
                passed.add(row["id"])
                await waiting.set_cause(unit, row["id"], answer.cause)
            elif isinstance(answer, Reused):
                await _reuse(unit, row["id"], answer)
                return
            elif isinstance(answer, Refused):
                await _refuse(unit, row["id"], answer)
                return
            else:
                worker = await self._assign(unit, row, answer, live)
                if worker is None:
                    await waiting.keep_forecast(unit, row["id"], answer.needs, answer.seconds)
                if worker is not None:
                    worker.busy_with = row["id"]
                    unit.after_commit(
                        functools.partial(self._notify, worker.id, row["id"], row["attempt"])
                    )
                    share.charge(user, answer.seconds)
                    self._running.add(user, row["project_id"])
                    return
                if not idle:
                    passed.add(row["id"])
                    await waiting.clear_causes(unit, user, passed)
                    share.drop(user)
                    return
                passed.add(row["id"])
        if not rows:
            if full:
                await note_quota(unit, user, full, self._running.cause(user))
            share.drop(user)

    async def _assign(
        self, unit: UnitOfWork, row: asyncpg.Record, ready: ReadyTask, live: list[Worker]
    ) -> Worker | None:
        project = row["project_id"]
        idle = [
            worker
            for worker in _idle(live)
            if self._rules.allows(worker.device_id, project, ready.backend)
        ]
        # A server that no worker reaches any more can resume nothing.
        reached = row["resumes"] and any(
            row["server"] in offered.servers for w in live for offered in w.backends.values()
        )
        places = possible_places(
            ready.backend,
            ready.backend_version,
            ready.needs,
            idle,
            bound_to=row["server"] if reached else None,
        )
        if not places:
            cause = waiting.cause_of_no_place(
                row["project_id"],
                ready.backend,
                ready.backend_version,
                ready.needs,
                live,
                self._rules,
            )
            await waiting.set_cause(unit, row["id"], cause)
            return None
        held = [self._circuits.holding(ready.backend, place.server or "") for place in places]
        if all(held) and held[0] is not None:
            await waiting.set_cause(unit, row["id"], waiting.cause_of_circuit(held[0]))
            return None
        places = [place for place, circuit in zip(places, held, strict=True) if circuit is None]
        for place in places:
            wanted = place.resources(ready.backend, ready.needs)
            if await self._reservations.reserve(unit, row["id"], row["attempt"], wanted):
                break
        else:
            await waiting.set_cause(
                unit, row["id"], await waiting.cause_of_taken(unit, row, ready.needs, places)
            )
            return None
        worker = place.worker
        self._circuits = self._circuits.with_probe(ready.backend, place.server or "")
        given = await unit.execute(
            """UPDATE tasks SET status = 'assigned', worker_id = $2, backend = $3,
                 request = $4::jsonb, basis = $5, recipe = $6, made_from = $7::jsonb,
                 assigned_at = now(), lease_until = now() + make_interval(secs => $8),
                 cause = '', cause_kind = '', cause_hint = '',
                 server = $9, expected_seconds = $11, device = $12
               WHERE id = $1 AND EXISTS (
                 SELECT 1 FROM workers WHERE id = $2 AND drained_by = ''
                   AND seen_at > now() - make_interval(secs => $10))""",
            row["id"],
            worker.id,
            ready.backend,
            to_json(ready.request),
            ready.basis,
            ready.recipe,
            to_json(ready.made_from),
            float(CLAIM_SECONDS),
            place.server,
            float(workers.HEARTBEAT_TIMEOUT),
            ready.seconds,
            ready.needs.device,
        )
        if not given:
            # It left since this round began. What was reserved is released with the next one.
            live.remove(worker)
            return None
        return worker

    async def _notify(self, worker_id: UUID, task_id: UUID, attempt: int) -> None:
        try:
            if self._wakeup_queue is None:
                self._wakeup_queue = await self._open_wakeup_queue()
            await wakeups.notify(self._wakeup_queue, worker_id, task_id, attempt)
        except (*CONNECTION_ERRORS, RedisError) as error:
            # The next tick notifies again: the assignment is in PostgreSQL.
            log.warning("dispatch.notify_failed", error=str(error)[:100])

    async def _notify_again(self) -> None:
        """Notify workers of assigned tasks that they have not claimed: Redis may have lost it."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                """SELECT id, attempt, worker_id FROM tasks
                   WHERE status = 'assigned' AND assigned_at < now() - interval '2 seconds'"""
            )
        for row in rows:
            await self._notify(row["worker_id"], row["id"], row["attempt"])

    async def _look_ahead(self, live: list[Worker]) -> None:
        """Look at some tasks whose turn has not come: what no worker can ever do says so at once,
        and of the others it is known for what kind of device they wait, and how long they run."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                """SELECT id, plan FROM tasks
                   WHERE status = 'queued' AND device IS NULL AND cause = ''
                     AND NOT cancel_requested
                   ORDER BY priority DESC, created_at, ordinal LIMIT $1
                   FOR UPDATE SKIP LOCKED""",
                LOOKED_AHEAD,
            )
            for row in rows:
                answer = await self._resolve(row["id"], from_json(row["plan"]), live)
                if isinstance(answer, Waiting):
                    await waiting.set_cause(unit, row["id"], answer.cause)
                elif isinstance(answer, ReadyTask):
                    await waiting.keep_forecast(unit, row["id"], answer.needs, answer.seconds)

    async def _listen(self) -> None:
        """Wake on NOTIFY; while the connection is away, the tick alone does."""
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


def _idle(live: list[Worker]) -> list[Worker]:
    return [worker for worker in live if worker.busy_with is None and not worker.drained_by]


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
