"""Measures the dispatcher: `python -m benchmarks.scheduler.dispatch [--cards 1200] [--jobs 6000]`.

The real dispatcher on a PostgreSQL and a Valkey of its own, with virtual cards: rows of workers
that claim nothing. Five people queue the jobs, each of which fits on a card; a round of the
dispatcher gives one to each card, then these end, and so on until none is left. Prints how many
jobs were given to workers in a second, with their reservations written and in the ledger, and a
wake-up sent for each. What a job needs is known beforehand: the execution domain is not measured.

Beside it, on the same servers and as many jobs, the least that a queue on PostgreSQL with wake-ups
by arq has to do: `SELECT … FOR UPDATE SKIP LOCKED` in turn of priority and age, one `UPDATE`, one
transaction and one wake-up for each job; no shares, no cards, no reservations.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis

from app.platform import database, redis
from app.platform.database import DatabaseRole, to_json, unit_of_work
from app.platform.ids import new_id
from app.platform.telemetry import configure_logs
from app.processes.connections import database_urls
from app.processes.embedded import EmbeddedPostgres, EmbeddedValkey, runtime_folder
from app.processes.migrate import migrate
from app.processes.secrets import database_passwords
from app.processes.supervisor import Supervisor
from app.scheduling import Dispatcher, OfferedBackend, ReadyTask, wakeups
from app.scheduling.wakeups import WakeUp
from app.settings import Settings
from node_registry import Needs

GB = 10**9
PEOPLE = 5
READY = ReadyTask(
    request={}, backend="virtual", backend_version="1", basis="b", recipe=None, made_from={},
    needs=Needs(device="gpu", vram_bytes=8 * GB, seconds=60.0),
)  # fmt: skip


async def resolve(task_id: UUID, plan: dict[str, Any], workers: list[Any]) -> ReadyTask:
    """Every job is ready."""
    return READY


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[str]:
    """A database with our tables and a Valkey; the URL of the latter."""
    postgres = EmbeddedPostgres(folder, runtime_folder(folder))
    valkey = EmbeddedValkey(folder, runtime_folder(folder))
    async with Supervisor() as supervisor:
        await supervisor.start(postgres.child(), valkey.child())
        await migrate(postgres.url(), database_passwords(folder))
        settings = Settings(home=folder, database_url=postgres.url())
        await database.connect(database_urls(settings, DatabaseRole.SERVICE, environ={}), size=4)
        try:
            yield valkey.url
        finally:
            await database.disconnect()


async def fill(cards: int, jobs: int) -> None:
    """Rows of cards, people with a project each, and their jobs."""
    offered = to_json({"virtual": OfferedBackend(version="1")})
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        for number in range(PEOPLE):
            user, project, graph, run = (new_id() for _ in range(4))
            await unit.execute("INSERT INTO users (id, name) VALUES ($1, 'P')", user)
            await unit.execute(
                "INSERT INTO projects (id, owner_id, title, folder) VALUES ($1, $2, 'x', $3)",
                project, user, str(project),
            )  # fmt: skip
            await unit.execute(
                "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, 'owner')",
                project, user,
            )  # fmt: skip
            await unit.execute(
                "INSERT INTO graphs (id, project_id, name) VALUES ($1, $2, 'main')", graph, project
            )
            await unit.execute(
                """INSERT INTO runs (id, project_id, graph_id, graph_version, user_id, targets)
                   VALUES ($1, $2, $3, 1, $4, '{x}')""",
                run, project, graph, user,
            )  # fmt: skip
            await unit.executemany(
                """INSERT INTO tasks (id, project_id, run_id, user_id, node_id, node_type, status,
                     plan, ordinal) VALUES ($1, $2, $3, $4, 'n', 'virtual', 'queued', '{}', $5)""",
                [(new_id(), project, run, user, place) for place in range(number, jobs, PEOPLE)],
            )
    await beat(cards, offered)


async def beat(cards: int, offered: str) -> None:
    """Register the cards, or renew their heartbeats."""
    now = datetime.now(UTC)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.executemany(
            """INSERT INTO workers (id, name, device, device_id, vram_bytes, backends, seen_at)
               VALUES ($1, $2, 'gpu', $2, $3, $4::jsonb, $5)""",
            [(new_id(), f"card-{n}", 12 * GB, offered, now) for n in range(cards)],
        )


async def rounds(dispatcher: Dispatcher, jobs: int) -> tuple[int, float]:
    """Dispatch until no job is left; how many that were, and the seconds of the dispatcher."""
    given, spent = 0, 0.0
    while given < jobs:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute(
                """UPDATE tasks SET status = 'succeeded', ended_at = now(), lease_until = NULL,
                     started_at = assigned_at WHERE status = 'assigned'"""
            )
            await unit.execute("UPDATE workers SET seen_at = now() + interval '10 minutes'")
        began = time.perf_counter()
        await dispatcher.tick()
        spent += time.perf_counter() - began
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            found = await unit.fetchval("SELECT count(*) FROM tasks WHERE assigned_at IS NOT NULL")
            over = await unit.fetchval(
                """SELECT count(*) FROM (SELECT worker_id FROM tasks WHERE status = 'assigned'
                   GROUP BY worker_id HAVING count(*) > 1) twice"""
            )
        assert not over, "a card was given two jobs"
        assert found > given, "a round gave nothing away"
        given = found
    return given, spent


async def bare(queue: ArqRedis, jobs: int) -> float:
    """Give as many jobs away by the least that does it; the seconds of it."""
    workers = itertools.cycle([new_id() for _ in range(100)])
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE tasks SET status = 'queued', worker_id = NULL, assigned_at = NULL,
                 started_at = NULL, ended_at = NULL, reserved = NULL, reserved_attempt = NULL"""
        )
    began = time.perf_counter()
    for _ in range(jobs):
        worker = next(workers)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            task = await unit.fetchval(
                """UPDATE tasks SET status = 'assigned', worker_id = $1, assigned_at = now()
                   WHERE id = (SELECT id FROM tasks WHERE status = 'queued'
                     ORDER BY priority DESC, created_at, ordinal LIMIT 1 FOR UPDATE SKIP LOCKED)
                   RETURNING id""",
                worker,
            )
        await wakeups.notify(queue, [WakeUp(worker, task, 1)])
    return time.perf_counter() - began


async def main(cards: int, jobs: int) -> None:
    """Measure once and print."""
    configure_logs("error", "text", role="benchmark")
    with tempfile.TemporaryDirectory() as scratch:
        async with servers(Path(scratch)) as url:
            await fill(cards, jobs)
            client = redis.connect(url)
            queue = await wakeups.open_wakeup_queue(url)

            async def open_queue() -> ArqRedis:
                return queue

            given, spent = await rounds(Dispatcher(resolve, client, open_queue), jobs)
            least = await bare(queue, jobs)
            await queue.aclose()
            await redis.close()
    ours, plain = given / spent, jobs / least
    print(f"{given} jobs on {cards} cards: {spent:.1f} s, {ours:.0f} dispatches a second")
    print(
        f"bare SKIP LOCKED with arq: {least:.1f} s, {plain:.0f} a second; ours ×{ours / plain:.2f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1200)
    parser.add_argument("--jobs", type=int, default=6000)
    wanted = parser.parse_args()
    asyncio.run(main(wanted.cards, wanted.jobs))
