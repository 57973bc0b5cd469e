"""Consumes task events: has takes made active and their files published, closes runs.

Events are rows in PostgreSQL, handled in order and marked when that is done; a process that dies
in between handles them again, and each step is harmless when repeated. A step that fails holds up
nothing: it is scheduled again (`follow_up_retries.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

import asyncpg

from app import projects
from app.media import ObjectStore
from app.platform import bus, database
from app.platform.background import run_forever
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.disk import no_room
from app.platform.telemetry import get_logger
from app.scheduling import (
    Dispatcher,
    ProgressReader,
    TaskEvent,
    due_retries,
    mark_handled,
    unhandled_events,
)
from node_registry import DirectorError

from . import follow_up_retries
from .events import RunEnded, TaskEnded
from .follow_up_retries import FollowUp
from .project_files import ProjectFilePublisher
from .runs import close_runs
from .take_activation import activate
from .takes import Take, takes_by_id
from .task_traces import record_end, record_step

log = get_logger(__name__)

TICK_SECONDS = 1.0
MAX_EVENTS = 100
MAX_RETRIES = 20
FOLLOW_UPS: tuple[FollowUp, ...] = ("activate", "publish")

Takes = dict[UUID, Take]


class TaskEventConsumer:
    """Handles task events in order. One loop, in the API process."""

    def __init__(
        self,
        store: ObjectStore,
        dispatcher: Dispatcher,
        progress: ProgressReader,
        *,
        auto_commit: bool,
    ) -> None:
        self._progress = progress
        self._publisher = ProjectFilePublisher(store)
        self._auto_commit = auto_commit
        self._begun = False
        self._wake = asyncio.Event()
        dispatcher.on_change(self._wake.set)

    async def run(self) -> None:
        """Handle events until cancelled; a database that is away only makes it wait."""
        await run_forever(self._step, self._wake, TICK_SECONDS, name="task_events")

    async def _step(self) -> None:
        if not self._begun:
            async with unit_of_work(role=DatabaseRole.SERVICE):
                await follow_up_retries.requeue_abandoned()
            self._begun = True
        while await self.handle_batch():
            continue
        await self.retry_failed()
        await self._close_runs()
        if self._auto_commit:
            await self._publisher.commit_quiet_projects()

    async def handle_batch(self) -> int:
        """Handle the next events; returns how many there were."""
        async with unit_of_work(role=DatabaseRole.SERVICE):
            events = await unhandled_events(MAX_EVENTS)
            takes = await _takes_of(events)
        for _project, group in groupby(events, key=lambda e: (e.project_id, e.user_id)):
            await self._handle(list(group), takes)
        return len(events)

    async def retry_failed(self) -> int:
        """Try the steps again that failed before and are due; returns the number of events."""
        async with unit_of_work(role=DatabaseRole.SERVICE):
            events = await due_retries(MAX_RETRIES)
            takes = await _takes_of(events)
        for event in events:
            failed = await self._follow_up([event], takes)
            async with unit_of_work(role=DatabaseRole.SERVICE):
                await follow_up_retries.record_attempt(event, failed.get(event.id, ()))
        return len(events)

    async def _handle(self, events: Sequence[TaskEvent], takes: Takes) -> None:
        """Handle events of one project by one person, together."""
        failed = await self._follow_up([e for e in events if e.kind == "succeeded"], takes)
        for event in events:
            if event.kind != "requeued":
                self._progress.forget(event.task_id)
        async with unit_of_work(role=DatabaseRole.SERVICE):
            await mark_handled([event.id for event in events])
            await follow_up_retries.schedule(failed)
        for event in events:
            record_end(event)
            await bus.publish(
                TaskEnded(
                    project_id=event.project_id,
                    task_id=event.task_id,
                    node_id=event.node_id,
                    kind=event.kind,  # type: ignore[arg-type] - `late` ones are handled already
                    take=_take_of(event, takes),
                    error=event.error,
                )
            )

    async def _follow_up(
        self, events: Sequence[TaskEvent], takes: Takes
    ) -> dict[int, list[FollowUp]]:
        """Make takes active and publish their files; returns the steps that failed, by event."""
        made = [(event, take) for event in events if (take := _take_of(event, takes)) is not None]
        failed: dict[int, list[FollowUp]] = {}
        pending = [
            (event, take)
            for event, take in made
            if "activate" in (event.retry_steps or FOLLOW_UPS) and not event.superseded
        ]
        began = datetime.now(UTC)
        if pending and not await _succeeded(activate(pending), pending):
            if len(pending) > 1:
                # One that cannot be made active must not keep the others from it.
                pending = [m for m in pending if not await _succeeded(activate([m]), [m])]
            failed |= {event.id: ["activate"] for event, _ in pending}
        for event, _ in pending:
            record_step("task.activate", event, began, "activate" in failed.get(event.id, ()))
        for event, take in made:
            if "publish" not in (event.retry_steps or FOLLOW_UPS):
                continue
            began = datetime.now(UTC)
            if not await _succeeded(self._publisher.publish(event, take), [(event, take)]):
                failed.setdefault(event.id, []).append("publish")
            record_step("task.publish", event, began, "publish" in failed.get(event.id, ()))
        return failed

    async def _close_runs(self) -> None:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            closed = await close_runs(unit)
            for run in closed:
                await projects.note_activity(
                    run.project_id,
                    run.user_id,
                    "run.ended",
                    run_id=run.id,
                    status=run.status,
                    targets=len(run.targets),
                )
        for run in closed:
            await bus.publish(RunEnded(project_id=run.project_id, run_id=run.id, status=run.status))


async def _succeeded(step: Awaitable[None], made: Sequence[tuple[TaskEvent, Take]]) -> bool:
    """Whether a step succeeded. Raises what would keep every other step from it as well."""
    tasks = [str(event.task_id) for event, _ in made]
    try:
        await step
    except DirectorError as error:
        if error.code == "graph.fenced":
            raise
        # The takes are safe in the storage; only their follow-up failed, and is retried.
        log.warning("task_events.step_failed", tasks=tasks, code=error.code, error=str(error))
        return False
    except OSError as error:
        # A disk that is full or refuses a file shall not hold up the film; a network that is
        # away (whose errors name no file) is waited for.
        if error.filename is None and no_room(error) is None:
            raise
        log.warning("task_events.step_failed", tasks=tasks, code="disk.failed", error=str(error))
        return False
    except (asyncpg.PostgresError, *database.CONNECTION_ERRORS):
        raise
    except Exception:
        log.exception("task_events.step_failed", tasks=tasks)
        return False
    return True


async def _takes_of(events: Sequence[TaskEvent]) -> Takes:
    """The takes that events made or reused, by id."""
    return await takes_by_id([event.take_id for event in events if event.take_id is not None])


def _take_of(event: TaskEvent, takes: Takes) -> Take | None:
    return None if event.take_id is None else takes.get(event.take_id)
