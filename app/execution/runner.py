"""Runs one task at a time in a worker: claims it, renews its lease, and stores what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from node_registry.tracing import traceparent

from app.media import ObjectStore
from app.platform import database, tracing
from app.platform.background import end_task
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.disk import DiskFloor, no_room
from app.platform.plugins import Plugins
from app.platform.redis import client as redis_client
from app.platform.spans import Span
from app.platform.telemetry import get_logger
from app.scheduling import Claim, ProgressWriter, TaskProgress, circuits, leases
from node_registry import (
    Backend,
    BackendError,
    Cancelled,
    DirectorError,
    Gpu,
    NeedsInput,
    Request,
    Reserved,
    Tier,
)

from .context import WorkerContext
from .peak_memory import peak_bytes, reset_peak
from .retry_policy import policy_for, tried_enough
from .run_record import RunRecord
from .silence import Silence
from .takes import TakeOutput, record_take
from .task_payload import TaskPayload

log = get_logger(__name__)

REPORT_TIMEOUT = 600.0
STOP_TIMEOUT = 5.0


TIMEOUTS: Mapping[Tier, float] = {"low": 120.0, "standard": 300.0, "high": 600.0}
"""Seconds after which a run is ended that gave no sign of itself."""

START_TIMEOUT = 900.0
"""The same before it works: while it loads a model, say."""

RUN_TIMEOUT = 21_600.0
"""The most that a run takes, whatever it says of itself."""

MOST_TIMES_USUAL = 10.0
"""Times what such runs take: where that is longer, it is the most that a run takes."""

LONGER_THAN_USUAL = 3.0
"""Times what such runs take: where that is longer, it is what a run has."""


class Runner:
    """Runs the tasks of a worker process, one at a time. `wake_up` returns at once."""

    def __init__(
        self,
        worker_id: UUID,
        plugins: Plugins,
        store: ObjectStore,
        *,
        folder: Path,
        floor: DiskFloor | None = None,
        lease_seconds: int,
        gpu: Gpu | None = None,
        timeouts: Mapping[Tier, float] | None = None,
        start_timeout: float = START_TIMEOUT,
        run_timeout: float | None = None,
    ) -> None:
        self._worker_id = worker_id
        self._plugins = plugins
        self._store = store
        self._folder = folder
        self._floor = floor
        self._lease_seconds = lease_seconds
        self._gpu = gpu
        self._start_timeout = start_timeout
        self._run_timeout = RUN_TIMEOUT if run_timeout is None else run_timeout
        self._timeouts = TIMEOUTS if timeouts is None else timeouts
        self._backends: dict[str, Backend] = {}
        self._running: asyncio.Task[None] | None = None
        self._last_busy = time.monotonic()
        self._context: WorkerContext | None = None
        self._stopping = False

    async def wake_up(self, task_id: UUID, attempt: int) -> None:
        """Begin the task unless one runs already (the dispatcher notifies again)."""
        if self._stopping or self.busy:
            return
        self._running = asyncio.create_task(self.run(task_id, attempt))
        self._running.add_done_callback(self._note_end)

    @property
    def busy(self) -> bool:
        """Whether a task is running."""
        return self._running is not None and not self._running.done()

    @property
    def idle_seconds(self) -> float:
        """How long no task has run here; 0 while one runs. A worker begins with 0."""
        return 0.0 if self.busy else time.monotonic() - self._last_busy

    def _note_end(self, _: asyncio.Task[None]) -> None:
        self._last_busy = time.monotonic()

    async def stop(self) -> None:
        """Stop the running task, give it back for another worker, and close all backends."""
        self._stopping = True
        if self._running is not None and not self._running.done():
            self._abandon()
            await asyncio.wait([self._running], timeout=STOP_TIMEOUT)
            # First it is made to give the task back; then, when nothing answers, to let go.
            for _ in range(2):
                if not self._running.done():
                    self._running.cancel()
                    await asyncio.wait([self._running], timeout=STOP_TIMEOUT)
        for backend in self._backends.values():
            await backend.close()
        self._backends.clear()

    def _abandon(self) -> None:
        """End the run here, while its task goes on: in another worker, or in the next attempt.

        What left a job on a remote server is cut off in its wait, so that the job is not cancelled
        but resumed. Everything else is told to stop.
        """
        if self._context is not None and self._context.resumable and self._running is not None:
            self._running.cancel()
        elif self._context is not None:
            self._context.cancelled.set()

    async def run(self, task_id: UUID, attempt: int) -> None:
        """Run one task from claim to end. Raises nothing: what goes wrong is the task's error."""
        self._context = None
        try:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                claim = await leases.claim(
                    unit, task_id, attempt, self._worker_id, self._lease_seconds
                )
        except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            # The dispatcher notifies again.
            log.warning("run.not_claimed", task=str(task_id), error=str(error)[:200])
            return
        if claim is None:
            return
        facts = {"director.attempt": attempt, "director.worker_id": str(self._worker_id)}
        with tracing.task_span("task.run", claim.traceparent, task_id, facts) as span:
            await self._run_claimed(claim, span)

    async def _run_claimed(self, claim: Claim, span: Span) -> None:
        try:
            if self._floor is not None:
                self._floor.check()
        except DirectorError as error:
            await self._fail(claim, span, error, retryable=True)
            return
        try:
            scratch = Path(tempfile.mkdtemp(prefix="run-", dir=self._scratch_root()))
        except OSError as error:
            problem = no_room(error) or DirectorError(
                "worker.no_scratch",
                f"The worker cannot write to its scratch folder: {error.strerror}.",
                hint="Check the disk of the worker's DIRECTOR_HOME.",
            )
            await self._fail(claim, span, problem, retryable=False)
            return
        try:
            await self._run_in(scratch, claim, span)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    async def _run_in(self, scratch: Path, claim: Claim, span: Span) -> None:
        payload = msgspec.convert(claim.request, TaskPayload)
        request = msgspec.structs.replace(
            payload.request,
            attempt=claim.attempt,
            resume=claim.checkpoint,
            params=_answered(claim, payload),
        )
        context = WorkerContext(
            request,
            self._store,
            scratch=scratch,
            cache=self._cache_of(claim.backend),
            gpu=self._gpu,
            reserved=Reserved(
                vram_bytes=claim.reserved.get(self._gpu.uuid, 0) if self._gpu else 0,
                server=claim.server,
            ),
            keep=lambda state: self._keep(claim, state),
            file_stem=payload.stem,
            probes=tuple(self._plugins.probes.values()),
        )
        self._context = context
        began = time.monotonic()
        reset_peak()
        silence = self._watch(payload)
        run = asyncio.current_task()
        renewing = asyncio.create_task(self._renew(claim, context, silence, run))
        try:
            record = await self._execute(claim, request, context, silence)
            seconds = round(time.monotonic() - began, 3)
            took = {"seconds": seconds, "ram_bytes": peak_bytes(), **record.facts()}
            made_by = {**payload.made_by, **took}
            with tracing.span("take.record"):
                await self._report(
                    claim, lambda u: self._succeed(u, claim, payload, record.outputs, made_by)
                )
        except (Cancelled, asyncio.CancelledError) as error:
            current = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and current is not None:
                current.uncancel()
            if silence.ended_run:
                await self._fail(claim, span, silence.error(), retryable=True)
            else:
                span.fail("task.cancelled")
                await self._report(claim, lambda u: self._cancelled(u, claim))
        except _InputNeeded as waiting:
            asked = waiting.asked
            await self._report(
                claim,
                lambda u: leases.wait_for_input(
                    u, claim, self._worker_id, asked.question, asked.answer
                ),
            )
        except BackendError as error:
            await self._fail(claim, span, error, retryable=error.retryable)
        except DirectorError as error:
            await self._fail(claim, span, error, retryable=False)
        except Exception as error:
            full = no_room(error)
            if full is not None:
                await self._fail(claim, span, full, retryable=True)
                return
            log.exception("run.crashed", task=str(claim.task_id), backend=claim.backend)
            sentence = f"{claim.backend} stopped on an error of its own: {type(error).__name__}."
            hint = "The worker's log holds the details."
            crash = DirectorError("backend.crashed", sentence, hint=hint)
            await self._fail(claim, span, crash, retryable=False)
        finally:
            await end_task(renewing)

    async def _execute(
        self, claim: Claim, request: Request, context: WorkerContext, silence: Silence
    ) -> RunRecord:
        backend = await self._backend(claim.backend)
        writer = ProgressWriter(
            redis_client(),
            TaskProgress(
                task_id=claim.task_id,
                project_id=claim.project_id,
                node_id=claim.node_id,
                progress=0,
                step="Starting",
            ),
        )
        record = RunRecord(claim.task_id, writer)
        try:
            with _traced(claim, request):
                async with contextlib.aclosing(backend.run(request, context)) as events:  # type: ignore[type-var]
                    async for event in events:
                        silence.broken_by(event)
                        if isinstance(event, NeedsInput):
                            raise _InputNeeded(event)
                        await record.add(event)
                        if context.cancelled.is_set():
                            raise Cancelled
        finally:
            await writer.close()
        if not record.outputs:
            raise BackendError("backend.no_output", f"{claim.backend} ended without a result.")
        return record

    async def _backend(self, name: str) -> Backend:
        backend = self._backends.get(name)
        if backend is None:
            spec = self._plugins.backends.get(name)
            if spec is None:
                raise BackendError(
                    "backend.missing",
                    f"This worker has no backend {name!r}.",
                    hint="Install the plugin here too, or stop this worker.",
                    retryable=True,
                )
            backend = spec.factory()
            await backend.open()
            self._backends[name] = backend
        return backend

    async def _succeed(
        self,
        unit: database.UnitOfWork,
        claim: Claim,
        payload: TaskPayload,
        outputs: list[TakeOutput],
        made_by: dict[str, Any],
    ) -> bool:
        take_id = await record_take(
            unit,
            claim,
            outputs,
            stem=payload.stem,
            version=payload.version,
            iteration=payload.iteration,
            made_by=made_by,
        )
        accepted = await leases.finish(unit, claim, self._worker_id, "succeeded", take_id=take_id)
        if not accepted:
            raise _Fenced
        await circuits.record_success(unit, claim.backend, claim.server)
        return True

    async def _cancelled(self, unit: database.UnitOfWork, claim: Claim) -> bool:
        if self._stopping:
            return await leases.requeue(
                unit,
                claim.task_id,
                claim.attempt,
                leases.WORKER_STOPPED,
                code="task.worker_stopped",
            )
        return await leases.finish(unit, claim, self._worker_id, "cancelled")

    async def _fail(
        self, claim: Claim, span: Span, error: DirectorError, *, retryable: bool
    ) -> None:
        span.fail(error.code)
        # PostgreSQL keeps no NUL, and a backend's message may hold what another program printed.
        texts = [text.replace("\0", "") for text in (error.code, error.message, error.hint)]
        facts: dict[str, str] = dict(zip(("code", "message", "hint"), texts, strict=True))
        log.warning("run.failed", task=str(claim.task_id), **facts)
        policy = policy_for(error, retryable=retryable)
        failures = claim.failures + 1
        pause = policy.pause_after(failures)

        async def write(unit: database.UnitOfWork) -> bool:
            if policy.blames_backend:
                await circuits.record_failure(unit, claim.backend, claim.server, texts[1])
            if pause is not None:
                return await leases.requeue(
                    unit,
                    claim.task_id,
                    claim.attempt,
                    texts[1],
                    code=texts[0],
                    pause=pause,
                    failed=True,
                )
            told = facts if policy.attempts == 1 else tried_enough(failures, facts)
            return await leases.finish(unit, claim, self._worker_id, "failed", error=told)

        await self._report(claim, write)

    async def _report(self, claim: Claim, write: Any) -> None:
        """Store an end, retrying while the database is away; record and drop a fenced one."""
        deadline = time.monotonic() + REPORT_TIMEOUT
        while True:
            try:
                async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                    accepted = await write(unit)
                if accepted:
                    return
                break
            except (_Fenced, asyncpg.IntegrityConstraintViolationError):
                # Another execution was accepted, or the project is gone.
                break
            except database.CONNECTION_ERRORS as error:
                if time.monotonic() > deadline:
                    log.error("run.report_lost", task=str(claim.task_id), error=str(error)[:200])
                    return
                await asyncio.sleep(0.5)
        try:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                if not await leases.record_late_execution(unit, claim, self._worker_id):
                    return
        except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            log.warning("run.late_uncounted", error=str(error)[:200])
        log.warning("run.came_too_late", task=str(claim.task_id), attempt=claim.attempt)

    def _watch(self, payload: TaskPayload) -> Silence:
        """The limits of a run, by its quality and by what such runs take."""
        usual = float(payload.made_by.get("predicted", {}).get("seconds") or 0.0)
        return Silence(
            max(self._timeouts[payload.request.tier], LONGER_THAN_USUAL * usual),
            self._start_timeout,
            max(self._run_timeout, MOST_TIMES_USUAL * usual),
        )

    async def _renew(
        self,
        claim: Claim,
        context: WorkerContext,
        silence: Silence,
        run: asyncio.Task[Any] | None,
    ) -> None:
        """Hold the lease; end the run when it was cancelled, given to another, or fell silent."""
        while True:
            # Twice as often as a lease needs, since this is also how a cancel is heard.
            await asyncio.sleep(min(1.0, self._lease_seconds / 3, silence.shortest_limit / 3))
            if silence.is_over():
                silence.ended_run = True
                context.cancelled.set()
                if run is not None and silence.is_over(STOP_TIMEOUT):
                    # It does not listen: cut off where it waits.
                    run.cancel()
            try:
                async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                    state = await leases.renew(unit, claim, self._worker_id, self._lease_seconds)
            except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("run.renewal_lost", task=str(claim.task_id), error=str(error)[:200])
                continue
            if state == "cancel":
                context.cancelled.set()
            elif state == "lost":
                # Another execution counts now, and may be following the same remote job.
                self._abandon()
                return

    async def _keep(self, claim: Claim, state: bytes) -> None:
        async with unit_of_work(role=DatabaseRole.WORKER) as unit:
            if not await leases.save_checkpoint(unit, claim, self._worker_id, state):
                raise Cancelled

    def _scratch_root(self) -> Path:
        root = self._folder / "scratch"
        root.mkdir(parents=True, exist_ok=True)
        return root

    def _cache_of(self, backend: str) -> Path:
        folder = self._folder / "cache" / backend.replace("/", "_")
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@contextlib.contextmanager
def _traced(claim: Claim, request: Request) -> Iterator[None]:
    """A span for the work of a backend, which it hands on to the server that it asks."""
    facts = {"director.backend": claim.backend, "director.node_type": request.node_type}
    with tracing.span("backend.run", {**facts, "director.tier": request.tier}):
        # Outside a trace there is none to hand on: also not one of an earlier run.
        earlier = traceparent.set(tracing.traceparent() or "")
        try:
            yield
        finally:
            traceparent.reset(earlier)


def _answered(claim: Claim, payload: TaskPayload) -> dict[str, Any]:
    params = payload.request.params
    return params if claim.answer is None else {**params, "answer": claim.answer}


class _Fenced(Exception):
    pass


class _InputNeeded(Exception):
    def __init__(self, asked: NeedsInput) -> None:
        super().__init__(asked.question)
        self.asked = asked
