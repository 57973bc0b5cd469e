"""The dispatcher: assigns ready tasks to idle workers. One loop, in the API process."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
from arq.connections import ArqRedis
from redis.asyncio import Redis

from app.platform import database
from app.platform.background import run_forever
from app.platform.database import DatabaseRole, UnitOfWork, from_json, unit_of_work
from app.platform.redis import CONNECTION_ERRORS, RedisError
from app.platform.telemetry import get_logger

from . import causes, leases, waiting, wakeups, workers
from .assignments import (
    Assignment,
    read_candidates,
    write_assignments,
    write_refused,
    write_reused,
)
from .backlog import Backlog, read_backlog
from .causes import LASTING
from .circuits import Circuits, read_circuits
from .controls import queue_paused_by
from .decisions import Round, Taken, Wanted
from .device_rules import DeviceRules, read_rules
from .fair_share import FairShare, charged_gb, read_fair_share
from .placement import Place
from .quotas import Quotas, Running, note_quota, read_running
from .reservations import Reservations, reservation_for
from .resolving import ReadyTask, Refused, ResolveTask, Reused, Waiting
from .storage_hold import FindRoom, StorageHold
from .wakeups import WakeUp
from .warm_models import WarmModels, choose_warm, read_warm_models
from .workers import Worker

log = get_logger(__name__)

TICK_SECONDS = 1.0
MAX_PASSED = 512
BATCH = 64
BATCH_SECONDS = 0.05
"""After which a transaction takes no more tasks: the first of it are told to their workers."""

LEAST_EACH = 4
LOOKED_AHEAD = 16


class Batch:
    """What is decided in one transaction, before it is written down.

    `rows` are the next tasks of the people whose turn it is, at most `each` of them.
    """

    def __init__(
        self,
        unit: UnitOfWork,
        rows: dict[UUID, list[asyncpg.Record]],
        each: int,
        live: list[Worker],
        studio: Round,
        passed: set[UUID],
    ) -> None:
        self.unit = unit
        self.rows = rows
        self.live = live
        self.studio = studio
        self.passed = passed
        self.decided: list[Assignment] = []
        self._unread = {user for user, found in rows.items() if len(found) == each}
        self._recipes: dict[tuple[UUID, str], str] = {}

    def has_more(self, user: UUID) -> bool:
        """Whether a person may have tasks that were not read."""
        return user in self._unread

    def has_warm(self, user: UUID) -> bool:
        """Whether a person's next task finds its model loaded."""
        rows, warm = self.rows.get(user, []), self.studio.warm_models()
        return bool(rows and warm) and rows[self._place_of_next(rows)]["model"] in warm

    def take_next(self, user: UUID) -> asyncpg.Record:
        """The next task of a person: the first, or one soon after it whose model is loaded."""
        rows = self.rows[user]
        return rows.pop(self._place_of_next(rows))

    def _place_of_next(self, rows: list[asyncpg.Record]) -> int:
        turns = [(row["turn"], row["model"]) for row in rows]
        return choose_warm(turns, self.studio.warm_models())

    def twin_of(self, row: asyncpg.Record, ready: ReadyTask) -> str | None:
        """The label of a task of this batch that makes the same in the same project, or None."""
        return self._recipes.get((row["project_id"], ready.recipe)) if ready.recipe else None

    def add(self, row: asyncpg.Record, ready: ReadyTask, place: Place) -> None:
        """Remember that a task is to run at a place."""
        if ready.recipe:
            self._recipes[row["project_id"], ready.recipe] = row["label"]
        wanted = place.resources(ready.backend, ready.needs)
        self.decided.append(
            Assignment(
                task_id=row["id"],
                attempt=row["attempt"],
                ready=ready,
                place=place,
                reserves=reservation_for(row["id"], row["attempt"], wanted),
            )
        )


class Dispatcher:
    """Assigns tasks whenever one changes, and once a second."""

    def __init__(
        self,
        resolve: ResolveTask,
        redis: Redis,
        wakeup_queue: Callable[[], Awaitable[ArqRedis]],
        quotas: Quotas | None = None,
        find_room: FindRoom | None = None,
        *,
        lease_seconds: float = 30,
    ) -> None:
        self._resolve = resolve
        self._lease_seconds = lease_seconds
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
        self._storage = StorageHold(find_room)
        self._batch = BATCH
        self._offered: object = None
        self._warm: WarmModels | None = None

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
            reaped = await leases.reap(unit, self._lease_seconds)
            while await leases.fail_dependents(unit):
                continue
            await leases.unblock(unit)
            await workers.delete_stale(unit)
        if reaped:
            log.warning("dispatch.reaped", tasks=reaped)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await self._reservations.release_ended(unit)
            share, backlog = await read_fair_share(unit), await read_backlog(unit)
            if self._warm is None:
                self._warm = await read_warm_models(unit)
            self._rules = await read_rules(unit)
            self._circuits = await read_circuits(unit)
            self._running = await read_running(unit, self._quotas)
            paused = await queue_paused_by(unit) is not None
            live = await workers.list_workers()
            offered = {worker.id: worker.drained_by for worker in live}, self._rules
            if offered != self._offered:
                self._offered = offered
                await waiting.forget_causes(unit, list(LASTING))
            await self._storage.look(unit)
        await self._notify_again()
        if not paused and not self._storage.room.disk_full:
            await self._assign_all(share, live, backlog)
        await self._look_ahead(live)

    async def _assign_all(self, share: FairShare, live: list[Worker], backlog: Backlog) -> None:
        """Assign while there is a task and a worker for it, some in one transaction."""
        passed: set[UUID] = set()
        # After a fault one by one, so that what it is in takes nothing else back with it.
        size, self._batch = self._batch, 1
        held = self._reservations.held()
        studio = Round(live, self._rules, self._circuits, held, backlog, self._warm)
        await self._assign_in(studio, share, live, size, passed)
        if studio.kept and studio.has_idle:
            # What large cards were left for has been given them: the rest may have what is free.
            studio.keeping = False
            share.resume()
            await self._assign_in(studio, share, live, size, passed - studio.kept)
        self._batch = BATCH

    async def _assign_in(
        self, studio: Round, share: FairShare, live: list[Worker], size: int, passed: set[UUID]
    ) -> None:
        """Assign what is not `passed` yet until everybody's turn was there."""
        while share.waiting and len(passed) < MAX_PASSED:
            async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
                users = share.first(size)
                each = max(LEAST_EACH, -(-size // len(users)))
                rows = await read_candidates(
                    unit,
                    users,
                    each=each,
                    passed=passed,
                    full_projects=[
                        *self._running.full_projects,
                        *self._storage.room.full_projects,
                    ],
                )
                batch = Batch(unit, rows, each, live, studio, passed)
                ends = time.monotonic() + BATCH_SECONDS
                for _ in range(size):
                    user = share.next_user(batch.has_warm)
                    if user is None or user not in rows or len(passed) >= MAX_PASSED:
                        break
                    if time.monotonic() > ends:
                        break
                    if not await self._assign_next(batch, user, share):
                        break
                await self._give(batch)

    async def _assign_next(self, batch: Batch, user: UUID, share: FairShare) -> bool:
        """Assign, reuse or refuse the next ready task of a person, whose turn it is.

        The batch collects the tasks that must wait, so that the next call looks behind them; who
        has none left, or none for which a worker is idle, is dropped from the `share`. False when
        more rows must be read first.
        """
        unit, passed = batch.unit, batch.passed
        if self._running.is_full(user):
            await note_quota(unit, user, None, self._running.cause(user))
            share.drop(user)
            return True
        while batch.rows[user]:
            row = batch.take_next(user)
            if self._running.is_project_full(row["project_id"]):
                continue
            answer = await self._resolve(row["id"], from_json(row["plan"]), batch.live)
            if isinstance(answer, Reused):
                await write_reused(unit, row["id"], answer)
                return True
            if isinstance(answer, Refused):
                await write_refused(unit, row["id"], answer)
                return True
            if isinstance(answer, ReadyTask):
                if batch.twin_of(row, answer) is None:
                    if await self._decide(batch, row, answer):
                        share.charge(user, answer.seconds, charged_gb(answer.needs))
                        self._running.add(user, row["project_id"])
                        return True
                    passed.add(row["id"])
                    if not batch.studio.has_idle:
                        await waiting.clear_causes(unit, user, passed)
                        share.drop(user)
                        return True
                    continue
                answer = Waiting(causes.same_under_way(batch.twin_of(row, answer) or ""))
            passed.add(row["id"])
            await waiting.set_cause(unit, row["id"], answer.cause)
        if batch.has_more(user):
            return False
        if self._running.full_projects:
            full = self._running.full_projects
            await note_quota(unit, user, full, self._running.cause(user))
        share.drop(user)
        return True

    async def _decide(self, batch: Batch, row: asyncpg.Record, ready: ReadyTask) -> bool:
        """Place a task that is ready; where there is no place, keep why."""
        wanted = Wanted(
            task_id=row["id"],
            project_id=row["project_id"],
            backend=ready.backend,
            version=ready.backend_version,
            needs=ready.needs,
            resumes_on=row["server"] if row["resumes"] else None,
            model=ready.model,
            seconds=ready.seconds,
            waited=row["waited"],
        )
        decision = batch.studio.place(wanted)
        if isinstance(decision, Place):
            batch.add(row, ready, decision)
            return True
        if isinstance(decision, Taken):
            # What holds it may have been placed just now.
            await self._give(batch)
        cause = await waiting.cause_of(batch.unit, wanted, decision, batch.live, self._rules)
        await waiting.set_cause(batch.unit, row["id"], cause)
        await waiting.keep_forecast(batch.unit, row["id"], ready)
        return False

    async def _give(self, batch: Batch) -> None:
        """Reserve what was decided, and write it down; the workers are told after the commit."""
        decided, batch.decided = batch.decided, []
        if not decided:
            return
        room = await self._reservations.reserve(batch.unit, [one.reserves for one in decided])
        reserved = [one for one, fits in zip(decided, room, strict=True) if fits]
        for one in decided:
            if one not in reserved:
                batch.passed.add(one.task_id)
        given = await write_assignments(batch.unit, reserved) if reserved else set[UUID]()
        told = [
            WakeUp(one.place.worker.id, one.task_id, one.attempt)
            for one in reserved
            if one.task_id in given
        ]
        for one in reserved:
            if one.task_id not in given:
                # It left since this round began. What was reserved is released with the next one.
                batch.live.remove(one.place.worker)
        batch.unit.after_commit(functools.partial(self._notify, told))

    async def _notify(self, wake_ups: list[WakeUp]) -> None:
        try:
            if self._wakeup_queue is None:
                self._wakeup_queue = await self._open_wakeup_queue()
            await wakeups.notify(self._wakeup_queue, wake_ups)
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
        await self._notify([WakeUp(row["worker_id"], row["id"], row["attempt"]) for row in rows])

    async def _look_ahead(self, live: list[Worker]) -> None:
        """Look at some tasks whose turn has not come: what no worker can ever do says so at once,
        and of the others it is known for what kind of device they wait, and how long they run."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            rows = await unit.fetch(
                """SELECT id, plan FROM tasks
                   WHERE status = 'queued' AND device IS NULL AND cause = ''
                     AND NOT cancel_requested
                   ORDER BY task_turn(created_at, priority, priority_chosen), unblocks DESC, ordinal
                   LIMIT $1
                   FOR UPDATE SKIP LOCKED""",
                LOOKED_AHEAD,
            )
            for row in rows:
                answer = await self._resolve(row["id"], from_json(row["plan"]), live)
                if isinstance(answer, Waiting):
                    await waiting.set_cause(unit, row["id"], answer.cause)
                elif isinstance(answer, ReadyTask):
                    await waiting.keep_forecast(unit, row["id"], answer)

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
