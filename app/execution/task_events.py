"""Consumes task events: makes takes active, publishes their files, closes runs.

Events are rows in PostgreSQL (`task_events`), handled in order and marked when that is done; a
process that dies in between handles them again, and each step is harmless when repeated. A step
that fails holds up nothing: it is scheduled again (`retries.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app import accounts, collaboration
from app.graph import SetNode, Transaction
from app.media import ObjectStore
from app.platform import bus, database
from app.platform.database import DatabaseRole, from_json, unit_of_work
from app.platform.disk import no_room
from app.platform.redis import CONNECTION_ERRORS, RedisError
from app.platform.telemetry import get_logger
from app.scheduling import Dispatcher, ProgressReader
from node_registry import DirectorError

from . import retries
from .events import RunEnded, TaskEnded
from .project_files import ProjectFilePublisher
from .retries import FollowUp
from .runs import end_runs
from .takes import Take, takes_by_id

log = get_logger(__name__)

TICK_SECONDS = 1.0
BATCH_SIZE = 100
FOLLOW_UPS: tuple[FollowUp, ...] = ("activate", "publish")
# A take that is tried again must not take the place of one that was made after it.
EVENT_COLUMNS = """e.id AS event_id, e.kind, e.detail, e.retry_steps, t.id AS task_id,
       t.project_id, t.user_id, t.node_id, t.iteration, t.plan, t.take_id,
       e.retry_steps <> '{}' AND EXISTS (
         SELECT 1 FROM tasks u JOIN task_events l ON l.task_id = u.id
         WHERE u.project_id = t.project_id AND u.node_id = t.node_id
           AND l.kind = 'succeeded' AND l.id > e.id AND l.handled_at IS NOT NULL) AS superseded
    FROM task_events e JOIN tasks t ON t.id = e.task_id"""


class TaskEvent(msgspec.Struct, kw_only=True):
    """An event of a task, with what its follow-up steps need.

    `retry_steps` are the steps that failed before. `superseded` says that a later event of the
    same node has been handled meanwhile: its take is the newer one.
    """

    event_id: int
    task_id: UUID
    project_id: UUID
    user_id: UUID
    node_id: str
    iteration: str
    kind: str
    plan: dict[str, Any]
    error: dict[str, Any] | None
    take: Take | None
    retry_steps: list[FollowUp] = []
    superseded: bool = False


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
        self._dispatcher = dispatcher
        self._progress = progress
        self._publisher = ProjectFilePublisher(store)
        self._auto_commit = auto_commit
        self._wake = asyncio.Event()
        dispatcher.on_change(self._wake.set)

    async def run(self) -> None:
        """Handle events until cancelled; a database that is away only makes it wait."""
        begun = False
        while True:
            self._wake.clear()
            try:
                if not begun:
                    await retries.requeue_abandoned()
                    begun = True
                while await self.handle_batch():
                    continue
                await self.retry_failed()
                await self._close_runs()
                if self._auto_commit:
                    await self._publisher.commit_quiet_projects()
            except (
                *database.CONNECTION_ERRORS,
                *CONNECTION_ERRORS,
                RedisError,
                asyncpg.PostgresError,
            ) as error:
                log.warning("task_events.interrupted", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.5)
            except Exception:
                # A fault of ours must not end the loop that every run waits for.
                log.exception("task_events.failed")
                await asyncio.sleep(0.5)
            # Not wait_for: on Python 3.11 it can lose a cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()

    async def handle_batch(self) -> int:
        """Handle the next events; returns how many there were."""
        events = await _open_events()
        for _project, group in groupby(events, key=lambda e: (e.project_id, e.user_id)):
            await self._handle(list(group))
        return len(events)

    async def retry_failed(self) -> int:
        """Try the steps again that failed before and are due; returns the number of events."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            due = await retries.due_events(unit)
        for event in await _events(due):
            left = await self._follow_up([event])
            await retries.record_attempt(event.event_id, left.get(event.event_id, ()))
        return len(due)

    async def _handle(self, events: Sequence[TaskEvent]) -> None:
        """Events of one project by one person, together."""
        failed = await self._follow_up(
            [e for e in events if e.kind == "succeeded" and e.take is not None]
        )
        for event in events:
            if event.kind != "requeued":
                self._progress.forget(event.task_id)
                await self._dispatcher.release(event.task_id)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute(
                "UPDATE task_events SET handled_at = now() WHERE id = ANY($1::bigint[])",
                [event.event_id for event in events],
            )
            await retries.schedule(unit, failed)
        for event in events:
            await bus.publish(
                TaskEnded(
                    project_id=event.project_id,
                    task_id=event.task_id,
                    node_id=event.node_id,
                    kind=event.kind,  # type: ignore[arg-type] - the table holds these alone
                    take=event.take,
                    error=event.error,
                )
            )

    async def _follow_up(self, made: Sequence[TaskEvent]) -> dict[int, list[FollowUp]]:
        """Make takes active and publish their files; returns the steps that failed, by event id."""
        failed: dict[int, list[FollowUp]] = {}
        activate = [
            e for e in made if "activate" in (e.retry_steps or FOLLOW_UPS) and not e.superseded
        ]
        if activate and not await _succeeded(self._activate(activate), activate):
            if len(activate) > 1:
                # One that cannot be made active must not keep the others from it.
                activate = [e for e in activate if not await _succeeded(self._activate([e]), [e])]
            failed |= {event.event_id: ["activate"] for event in activate}
        for event in made:
            steps = event.retry_steps or FOLLOW_UPS
            if "publish" in steps and not await _succeeded(self._publisher.publish(event), [event]):
                failed.setdefault(event.event_id, []).append("publish")
        return failed

    async def _activate(self, made: Sequence[TaskEvent]) -> None:
        """Make the new takes the active ones of their nodes, in one transaction of the graph."""
        newest: dict[str, Take] = {
            event.node_id: event.take
            for event in made
            if event.take is not None and event.plan["step"]["kind"] == "task"
        }
        if not newest:
            return
        actor = await _acting_for(made[0].user_id)
        graph_id = await collaboration.main_graph(actor, made[0].project_id)
        graph = await collaboration.read(actor, graph_id)
        writes = [
            SetNode(id=node_id, values={"data.active_take": str(take.id)})
            for node_id, take in newest.items()
            if node_id in graph.nodes
            and graph.nodes[node_id].data.get("active_take") != str(take.id)
        ]
        if writes:
            names = ", ".join(sorted(take.name for take in newest.values())[:5])
            await collaboration.submit(
                actor,
                graph_id,
                Transaction(label=f"New take: {names}"[:200], ops=tuple(writes)),
                system=True,
                by_studio=True,
            )

    async def _close_runs(self) -> None:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            closed = await end_runs(unit)
        for run in closed:
            await bus.publish(RunEnded(project_id=run.project_id, run_id=run.id, status=run.status))


async def _acting_for(user_id: UUID) -> accounts.Actor:
    found = (await accounts.people([user_id])).get(user_id)
    return found or accounts.SystemActor(user_id)


async def _succeeded(step: Awaitable[None], events: Sequence[TaskEvent]) -> bool:
    """Whether a step succeeded. Raises what would keep every other step from it as well."""
    tasks = [str(event.task_id) for event in events]
    try:
        await step
    except DirectorError as error:
        if error.code == "graph.fenced":
            raise
        # The takes are safe in the storage; only their showing up failed, and is said.
        log.warning("task_events.follow_up_failed", tasks=tasks, code=error.code, error=str(error))
        return False
    except OSError as error:
        # A disk that is full or refuses a file shall not hold up the film; a network that is
        # away (whose errors name no file) is waited for.
        if error.filename is None and no_room(error) is None:
            raise
        log.warning(
            "task_events.follow_up_failed", tasks=tasks, code="disk.failed", error=str(error)
        )
        return False
    except (asyncpg.PostgresError, *database.CONNECTION_ERRORS):
        raise
    except Exception:
        log.exception("task_events.follow_up_failed", tasks=tasks)
        return False
    return True


async def _open_events() -> list[TaskEvent]:
    """The events that have not been handled, in order."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            f"SELECT {EVENT_COLUMNS} WHERE e.handled_at IS NULL ORDER BY e.id LIMIT $1",
            BATCH_SIZE,
        )
        return await _with_takes(rows)


async def _events(ids: Sequence[int]) -> list[TaskEvent]:
    """These events, in order."""
    if not ids:
        return []
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            f"SELECT {EVENT_COLUMNS} WHERE e.id = ANY($1::bigint[]) ORDER BY e.id",
            ids,
        )
        return await _with_takes(rows)


async def _with_takes(rows: Sequence[asyncpg.Record]) -> list[TaskEvent]:
    takes = await takes_by_id([row["take_id"] for row in rows if row["take_id"] is not None])
    return [
        TaskEvent(
            event_id=row["event_id"],
            task_id=row["task_id"],
            project_id=row["project_id"],
            user_id=row["user_id"],
            node_id=row["node_id"],
            iteration=row["iteration"],
            kind=row["kind"],
            plan=from_json(row["plan"]),
            error=from_json(row["detail"]).get("error"),
            take=takes.get(row["take_id"]),
            retry_steps=row["retry_steps"],
            superseded=row["superseded"],
        )
        for row in rows
    ]
