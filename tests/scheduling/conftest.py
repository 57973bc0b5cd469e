"""What the tests of scheduling share: rows of tasks and workers, without any film behind them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.scheduling import (
    Dispatcher,
    NewTask,
    OfferedBackend,
    ReadyTask,
    Worker,
    insert_tasks,
    workers,
)
from node_registry import Needs


def service():
    return unit_of_work(role=DatabaseRole.SERVICE)


class Stage:
    """One project with a run, in whose name tasks are made."""

    def __init__(self) -> None:
        self.user, self.project, self.run = new_id(), new_id(), new_id()

    async def set(self) -> None:
        graph = new_id()
        async with service() as unit:
            await unit.execute("INSERT INTO users (id, name) VALUES ($1, 'Ina')", self.user)
            await unit.execute(
                "INSERT INTO projects (id, owner_id, title, folder) VALUES ($1, $2, 'x', $3)",
                self.project,
                self.user,
                str(self.project),
            )
            await unit.execute(
                "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, 'owner')",
                self.project,
                self.user,
            )
            await unit.execute(
                "INSERT INTO graphs (id, project_id, name) VALUES ($1, $2, 'main')",
                graph,
                self.project,
            )
            await unit.execute(
                """INSERT INTO runs (id, project_id, graph_id, graph_version, user_id, targets)
                   VALUES ($1, $2, $3, 1, $4, '{x}')""",
                self.run,
                self.project,
                graph,
                self.user,
            )

    async def tasks(self, *given: dict[str, Any]) -> list[UUID]:
        """Tasks from `label`, `needs` and `plan`; their ids."""
        made = [
            NewTask(
                id=new_id(),
                node_id=str(new_id()),
                node_type="test.node",
                label=task.get("label", "A"),
                plan=task.get("plan", {}),
                ordinal=place,
                needs=task.get("needs", []),
            )
            for place, task in enumerate(given)
        ]
        async with service() as unit:
            await insert_tasks(
                unit, made, project_id=self.project, run_id=self.run, user_id=self.user
            )
        return [task.id for task in made]

    async def ended(self, task: UUID, seconds: float) -> None:
        """Let an assigned task have run so long, and end."""
        await self.set_task(
            task,
            "status = 'succeeded', ended_at = now(), lease_until = NULL, "
            f"started_at = now() - make_interval(secs => {seconds})",
        )

    async def row(self, task: UUID) -> dict[str, Any]:
        async with service() as unit:
            row = await unit.fetchrow("SELECT * FROM tasks WHERE id = $1", task)
        assert row is not None
        return dict(row)

    async def events(self, task: UUID) -> list[str]:
        async with service() as unit:
            rows = await unit.fetch(
                "SELECT kind FROM task_events WHERE task_id = $1 ORDER BY id", task
            )
        return [row["kind"] for row in rows]

    async def set_task(self, task: UUID, what: str) -> None:
        async with service() as unit:
            await unit.execute(f"UPDATE tasks SET {what} WHERE id = $1", task)

    async def assigned(self, task: UUID, worker: Worker, attempt: int = 1) -> None:
        async with service() as unit:
            await unit.execute(
                """UPDATE tasks SET status = 'assigned', worker_id = $2, attempt = $3,
                     backend = 'test', request = '{}', basis = 'b', made_from = '{}',
                     assigned_at = now(), lease_until = now() + interval '10 s' WHERE id = $1""",
                task,
                worker.id,
                attempt,
            )


async def a_worker(device: str = "cpu", **given: Any) -> Worker:
    now = datetime.now(UTC)
    name = given.pop("name", f"worker-{new_id()}")
    worker = Worker(
        id=new_id(),
        name=name,
        device=device,  # type: ignore[arg-type]
        device_id=f"{device}:{name}",
        vram_bytes=given.pop("vram_bytes", 0),
        backends=given.pop("backends", {"test": OfferedBackend(version="1")}),
        started_at=now,
        seen_at=now,
    )
    async with unit_of_work(role=DatabaseRole.WORKER) as unit:
        await workers.register(unit, worker)
    return worker


class Answers:
    """In place of the execution domain: resolves tasks as their plan says."""

    def __init__(self) -> None:
        self.failed = asyncio.Event()
        self.answers: dict[UUID, Any] = {}

    async def __call__(self, task_id: UUID, plan: dict[str, Any], workers: list[Worker]) -> Any:
        answer = self.answers.get(task_id)
        if isinstance(answer, Exception):
            self.failed.set()
            raise answer
        return answer or ready(**plan)


def ready(**given: Any) -> ReadyTask:
    return ReadyTask(
        request={},
        backend=given.get("backend", "test"),
        basis="b",
        recipe=given.get("recipe"),
        made_from={},
        backend_version=given.get("version", "1"),
        expected_seconds=given.get("expected_seconds"),
        model=given.get("model", ""),
        needs=Needs(
            device=given.get("device", "cpu"),
            vram_bytes=given.get("vram_bytes", 0),
            servers=tuple(given.get("servers", ())),
            seconds=given.get("seconds", 1.0),
        ),
    )


class WakeUps:
    """The queue of wake-ups, recorded."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []
        self.heard = asyncio.Event()

    async def enqueue_job(self, _name: str, task: str, attempt: int, **_: object) -> None:
        self.sent.append((task, attempt))
        self.heard.set()


@pytest.fixture
async def stage(connected) -> Stage:
    async with service() as unit:
        await unit.execute("DELETE FROM tasks")
        await unit.execute("DELETE FROM workers")
    stage = Stage()
    await stage.set()
    return stage


@pytest.fixture
def wake_ups() -> WakeUps:
    return WakeUps()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def dispatcher(stage, valkey, wake_ups, answers) -> Dispatcher:
    async def open_queue() -> WakeUps:
        return wake_ups

    return Dispatcher(answers, valkey, open_queue)  # type: ignore[arg-type]


@pytest.fixture
async def worker(stage) -> Worker:
    return await a_worker()
