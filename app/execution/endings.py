"""What follows from the end of a task: the active take, the project's folder, the run's end.

Ends are rows in PostgreSQL (`task_events`), handled in order and marked when that is done; a
process that dies in between handles them again, and each step is harmless when repeated. A step
that fails holds up nothing: it is owed, and tried again (`owed.py`).
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

from . import owed
from .events import RunEnded, TaskEnded
from .owed import Step
from .runs import end_runs
from .shelving import Shelf
from .takes import Take, takes_by_id

log = get_logger(__name__)

TICK = 1.0
BATCH = 100
STEPS: tuple[Step, ...] = ("activate", "place")
# A take that is tried again must not take the place of one that was made after it.
COLUMNS = """e.id AS event_id, e.kind, e.detail, e.owed, t.id AS task_id, t.project_id, t.user_id,
       t.node_id, t.iteration, t.plan, t.take_id,
       e.owed <> '{}' AND EXISTS (
         SELECT 1 FROM tasks u JOIN task_events l ON l.task_id = u.id
         WHERE u.project_id = t.project_id AND u.node_id = t.node_id
           AND l.kind = 'succeeded' AND l.id > e.id AND l.handled_at IS NOT NULL) AS superseded
    FROM task_events e JOIN tasks t ON t.id = e.task_id"""


class Ended(msgspec.Struct, kw_only=True):
    """A task's end, as it is read from the log of events."""

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
    owed: list[Step] = []
    superseded: bool = False


class Endings:
    """One loop in the API role. It follows the events of tasks, in order."""

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
        self._shelf = Shelf(store)
        self._auto_commit = auto_commit
        self._wake = asyncio.Event()
        dispatcher.on_change(self._wake.set)

    async def run(self) -> None:
        """Follow until cancelled; a database that is away only makes it wait."""
        begun = False
        while True:
            self._wake.clear()
            try:
                if not begun:
                    await owed.begin_anew()
                    begun = True
                while await self.handle_batch():
                    continue
                await self.retry_owed()
                await self._close_runs()
                if self._auto_commit:
                    await self._shelf.commit_quiet_projects()
            except (
                *database.CONNECTION_ERRORS,
                *CONNECTION_ERRORS,
                RedisError,
                asyncpg.PostgresError,
            ) as error:
                log.warning("endings.interrupted", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.5)
            except Exception:
                # A fault of ours must not end the loop that every run waits for.
                log.exception("endings.failed")
                await asyncio.sleep(0.5)
            # Not wait_for: on Python 3.11 it can lose a cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._wake.wait()

    async def handle_batch(self) -> int:
        """Handle the next events; says how many there were."""
        ended = await _open_events()
        for _project, group in groupby(ended, key=lambda e: (e.project_id, e.user_id)):
            await self._handle(list(group))
        return len(ended)

    async def retry_owed(self) -> int:
        """Try again what failed before and is due; says how many ends that were."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            due = await owed.due_events(unit)
        for end in await _events(due):
            left = await self._follow_up([end])
            await owed.settle(end.event_id, left.get(end.event_id, ()))
        return len(due)

    async def _handle(self, ended: Sequence[Ended]) -> None:
        """Events of one project by one person, together."""
        failed = await self._follow_up(
            [e for e in ended if e.kind == "succeeded" and e.take is not None]
        )
        for end in ended:
            if end.kind != "requeued":
                self._progress.forget(end.task_id)
                await self._dispatcher.release(end.task_id)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute(
                "UPDATE task_events SET handled_at = now() WHERE id = ANY($1::bigint[])",
                [end.event_id for end in ended],
            )
            await owed.owe(unit, failed)
        for end in ended:
            await bus.publish(
                TaskEnded(
                    project_id=end.project_id,
                    task_id=end.task_id,
                    node_id=end.node_id,
                    kind=end.kind,  # type: ignore[arg-type] - the table holds these alone
                    take=end.take,
                    error=end.error,
                )
            )

    async def _follow_up(self, made: Sequence[Ended]) -> dict[int, list[Step]]:
        """Make takes active and let their files appear; returns the steps that failed."""
        failed: dict[int, list[Step]] = {}
        activate = [e for e in made if "activate" in (e.owed or STEPS) and not e.superseded]
        if activate and not await _tried(self._activate(activate), activate):
            if len(activate) > 1:
                # One that cannot be made active must not keep the others from it.
                activate = [e for e in activate if not await _tried(self._activate([e]), [e])]
            failed |= {end.event_id: ["activate"] for end in activate}
        for end in made:
            if "place" in (end.owed or STEPS) and not await _tried(self._shelf.place(end), [end]):
                failed.setdefault(end.event_id, []).append("place")
        return failed

    async def _activate(self, made: Sequence[Ended]) -> None:
        """Make the new takes the active ones of their nodes, in one transaction of the graph."""
        newest: dict[str, Take] = {
            end.node_id: end.take
            for end in made
            if end.take is not None and end.plan["step"]["kind"] == "task"
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


async def _tried(step: Awaitable[None], ended: Sequence[Ended]) -> bool:
    """Whether a step could be done. Raises what would keep every other step from it as well."""
    tasks = [str(end.task_id) for end in ended]
    try:
        await step
    except DirectorError as error:
        if error.code == "graph.fenced":
            raise
        # The takes are safe in the storage; only their showing up failed, and is said.
        log.warning("endings.failed", tasks=tasks, code=error.code, error=str(error))
        return False
    except OSError as error:
        # A disk that is full or refuses a file shall not hold up the film; a network that is
        # away (whose errors name no file) is waited for.
        if error.filename is None and no_room(error) is None:
            raise
        log.warning("endings.failed", tasks=tasks, code="disk.failed", error=str(error))
        return False
    except (asyncpg.PostgresError, *database.CONNECTION_ERRORS):
        raise
    except Exception:
        log.exception("endings.failed", tasks=tasks)
        return False
    return True


async def _open_events() -> list[Ended]:
    """The events that nothing followed from yet, in order."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            f"SELECT {COLUMNS} WHERE e.handled_at IS NULL ORDER BY e.id LIMIT $1",
            BATCH,
        )
        return await _ended(rows)


async def _events(ids: Sequence[int]) -> list[Ended]:
    """These events, in order."""
    if not ids:
        return []
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            f"SELECT {COLUMNS} WHERE e.id = ANY($1::bigint[]) ORDER BY e.id",
            ids,
        )
        return await _ended(rows)


async def _ended(rows: Sequence[asyncpg.Record]) -> list[Ended]:
    takes = await takes_by_id([row["take_id"] for row in rows if row["take_id"] is not None])
    return [
        Ended(
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
            owed=row["owed"],
            superseded=row["superseded"],
        )
        for row in rows
    ]
