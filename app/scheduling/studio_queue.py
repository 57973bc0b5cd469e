"""The queue of the whole studio, for its owner: what runs where, what waits, and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from app import accounts, projects
from app.accounts import Actor, demand_studio_owner
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.pagination import Page, PageRequest
from node_registry import Tier

from . import causes
from .model import PRIORITIES, Priority, TaskStatus
from .queue import read_all_queues

RUNS = ("assigned", "running")

_BEING_BEGUN = {"cause": causes.behind(1).sentence, "cause_kind": "next", "expected_wait": 0}


class StudioTask(msgspec.Struct, kw_only=True):
    """A task that runs or waits, as the studio's owner sees it.

    `label` and `project` (its title) are empty for projects that the owner does not belong to.
    `position`, `cause`, `cause_kind`, `hint` and `expected_wait` (seconds) are those of a waiting
    task; `worker`, `running_seconds` and `expected_seconds` those of one that runs.
    """

    task_id: UUID
    run_id: UUID
    project_id: UUID
    project: str
    person: str
    label: str
    tier: Tier
    priority: Priority
    status: TaskStatus
    created_at: datetime
    position: int | None = None
    cause: str = ""
    cause_kind: str = ""
    hint: str = ""
    expected_wait: int | None = None
    worker: str = ""
    running_seconds: float | None = None
    expected_seconds: float | None = None


async def read_studio_queue(actor: Actor, page: PageRequest) -> Page[StudioTask]:
    """All tasks that run or wait: first what runs, then by priority that ages.

    Raises `account.not_owner`.
    """
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT t.id, t.run_id, t.project_id, t.user_id, t.label, t.tier, t.priority,
                 t.status, t.created_at, t.ordinal, t.unblocks,
                 task_turn(t.created_at, t.priority, t.priority_chosen) AS turn,
                 coalesce(w.name, '') AS worker,
                 extract(epoch FROM now() - coalesce(t.started_at, t.assigned_at))::float8
                   AS running_seconds, t.expected_seconds
               FROM tasks t LEFT JOIN workers w
                 ON w.id = t.worker_id AND t.status IN ('assigned', 'running')
               WHERE t.status NOT IN ('succeeded', 'failed', 'cancelled')"""
        )
        waiting = await read_all_queues()
    people = await accounts.people(list({row["user_id"] for row in rows}))
    titles = await projects.titles(actor, list({row["project_id"] for row in rows}))
    names: dict[int, Priority] = {value: name for name, value in PRIORITIES.items()}

    def to_task(row: asyncpg.Record) -> StudioTask:
        person = people.get(row["user_id"])
        runs = row["status"] in RUNS
        task = StudioTask(
            task_id=row["id"],
            run_id=row["run_id"],
            project_id=row["project_id"],
            project=titles.get(row["project_id"], ""),
            person=person.name if person else "",
            label=row["label"] if row["project_id"] in titles else "",
            tier=row["tier"],
            priority=names.get(row["priority"], "normal"),
            status=row["status"],
            created_at=row["created_at"],
            worker=row["worker"],
            running_seconds=round(row["running_seconds"], 1) if runs else None,
            expected_seconds=row["expected_seconds"] if runs else None,
        )
        entry = waiting.get(row["id"])
        if entry is None:
            # One that waited in the first of the two looks alone is just being begun.
            begun = row["status"] in ("queued", "blocked")
            return msgspec.structs.replace(task, **_BEING_BEGUN) if begun else task
        return msgspec.structs.replace(
            task,
            position=entry.position,
            cause=entry.cause,
            cause_kind=entry.cause_kind,
            hint=entry.hint,
            expected_wait=entry.expected_wait,
        )

    def key(row: asyncpg.Record) -> tuple[bool, datetime, int, int, UUID]:
        waits = row["status"] not in RUNS
        return waits, row["turn"], -row["unblocks"], row["ordinal"], row["id"]

    after = page.after(tuple[bool, datetime, int, int, UUID])
    rest = [row for row in sorted(rows, key=key) if after is None or key(row) > after]
    return page.answer(rest[: page.rows], key, to_task)
