"""Puts tasks into the queue, cancels, retries and lists them, and answers questions about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import jsonschema_rs

from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from app.platform.tracing import traceparent
from node_registry import DirectorError

from .model import (
    PRIORITIES,
    PRIORITY_OF_TIER,
    TASK_COLUMNS,
    NewTask,
    Priority,
    Task,
    TaskStatus,
    task_of,
)
from .turns import count_dependents


async def insert_tasks(
    unit: UnitOfWork,
    tasks: list[NewTask],
    *,
    project_id: UUID,
    run_id: UUID,
    user_id: UUID,
    priority: Priority | None = None,
) -> None:
    """Queue tasks; those that need others wait until these have succeeded.

    Without a `priority` each has that of its quality.
    """
    trace = traceparent()
    unblocks = count_dependents({task.id: task.needs for task in tasks})
    await unit.executemany(
        """INSERT INTO tasks (id, project_id, run_id, user_id, node_id, node_type, label,
               iteration, ordinal, status, reasons, priority, plan, tier, priority_chosen, unblocks,
               traceparent)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16,
               $17)""",
        [
            (
                task.id,
                project_id,
                run_id,
                user_id,
                task.node_id,
                task.node_type,
                task.label,
                task.iteration,
                task.ordinal,
                "blocked" if task.needs else "queued",
                task.reasons,
                PRIORITIES[priority or PRIORITY_OF_TIER[task.tier]],
                to_json(task.plan),
                task.tier,
                priority is not None,
                unblocks[task.id],
                trace,
            )
            for task in tasks
        ],
    )
    needs = [(task.id, needed) for task in tasks for needed in dict.fromkeys(task.needs)]
    if needs:
        await unit.executemany("INSERT INTO task_needs (task_id, needs_id) VALUES ($1, $2)", needs)


async def list_tasks(
    *,
    project_id: UUID | None = None,
    run_id: UUID | None = None,
    status: TaskStatus | None = None,
    limit: int = 1000,
) -> list[Task]:
    """Tasks of a project or a run, in the order in which they were planned."""
    rows = await current_unit().fetch(
        f"""SELECT {TASK_COLUMNS} FROM tasks t
            WHERE ($1::uuid IS NULL OR project_id = $1) AND ($2::uuid IS NULL OR run_id = $2)
              AND ($3::text IS NULL OR status = $3)
            ORDER BY created_at, ordinal LIMIT $4""",  # noqa: S608 - columns are our own
        project_id,
        run_id,
        status,
        limit,
    )
    return [task_of(row) for row in rows]


async def read_task(task_id: UUID) -> Task:
    """One task. Raises `task.not_found`."""
    row = await current_unit().fetchrow(
        f"SELECT {TASK_COLUMNS} FROM tasks t WHERE id = $1",  # noqa: S608 - columns are our own
        task_id,
    )
    if row is None:
        raise DirectorError("task.not_found", "There is no such task.", status=404)
    return task_of(row)


async def find_twin(project_id: UUID, recipe: str, task_id: UUID) -> str | None:
    """The label of another task of the project that runs with this recipe now, or None."""
    return await current_unit().fetchval(
        """SELECT label FROM tasks WHERE project_id = $1 AND recipe = $2
           AND status IN ('assigned', 'running') AND id <> $3 LIMIT 1""",
        project_id,
        recipe,
        task_id,
    )


async def takes_of_tasks(task_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The ids of the takes that tasks made or reused; those that have none are left out."""
    rows = await current_unit().fetch(
        "SELECT id, take_id FROM tasks WHERE id = ANY($1::uuid[]) AND take_id IS NOT NULL",
        list(task_ids),
    )
    return {row["id"]: row["take_id"] for row in rows}


async def plans_of_runs(run_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The plans of the tasks that each run still makes, or has made, as JSON.

    A run that is being cancelled is left out: it ends without what it was begun for, whatever it
    has made, and its last task may wait for the lease of a worker that is gone.
    """
    rows = await current_unit().fetch(
        """SELECT run_id, plan FROM tasks t
           WHERE run_id = ANY($1::uuid[]) AND status NOT IN ('failed', 'cancelled')
             AND NOT EXISTS (
               SELECT 1 FROM tasks c WHERE c.run_id = t.run_id
               AND (c.cancel_requested OR c.status = 'cancelled'))""",
        list(run_ids),
    )
    plans: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        plans.setdefault(row["run_id"], []).append(from_json(row["plan"]))
    return plans


async def cancel_tasks(*, run_id: UUID | None = None, task_id: UUID | None = None, by: str) -> int:
    """Cancel the tasks that have not ended: waiting ones end now, running ones are told to stop.

    Returns how many.
    """
    unit = current_unit()
    rows = await unit.fetch(
        """UPDATE tasks SET
             cancel_requested = true,
             cause = CASE WHEN status IN ('assigned', 'running') THEN 'Being cancelled by ' || $3
                          ELSE 'Cancelled by ' || $3 END,
             ended_at = CASE WHEN status IN ('assigned', 'running') THEN NULL ELSE now() END,
             status = CASE WHEN status IN ('assigned', 'running') THEN status ELSE 'cancelled' END
           WHERE ($1::uuid IS NULL OR run_id = $1) AND ($2::uuid IS NULL OR id = $2)
             AND ($1::uuid IS NOT NULL OR $2::uuid IS NOT NULL)
             AND status NOT IN ('succeeded', 'failed', 'cancelled')
           RETURNING id, project_id, status, attempt""",
        run_id,
        task_id,
        by,
    )
    ended = [r for r in rows if r["status"] == "cancelled"]
    await unit.executemany(
        """INSERT INTO task_events (task_id, project_id, kind, attempt)
           VALUES ($1, $2, 'cancelled', $3)""",
        [(r["id"], r["project_id"], r["attempt"]) for r in ended],
    )
    return len(rows)


async def set_priority(task_id: UUID, priority: Priority) -> None:
    """Let a task that waits be begun before others, or after them.

    A person's choice counts more than the priority of a quality. What it needs first is raised
    with it; what is lowered is this task alone, since others may need the same.

    Raises `task.not_waiting` for one that was begun or has ended.
    """
    unit = current_unit()
    rows = await unit.fetch(
        """WITH RECURSIVE needed AS (
             SELECT id FROM tasks WHERE id = $1 AND status IN ('queued', 'blocked')
             UNION
             SELECT n.needs_id FROM task_needs n JOIN needed d ON n.task_id = d.id)
           UPDATE tasks t SET priority = $2, priority_chosen = true
           FROM needed WHERE t.id = needed.id AND t.status IN ('queued', 'blocked')
             AND (t.id = $1 OR task_turn(t.created_at, $2, true)
                  < task_turn(t.created_at, t.priority, t.priority_chosen))
           RETURNING t.id""",
        task_id,
        PRIORITIES[priority],
    )
    if not rows:
        raise DirectorError(
            "task.not_waiting",
            "This task does not wait any more: its place in the queue cannot change.",
            status=409,
        )


async def retry_task(task_id: UUID) -> list[UUID]:
    """Queue a task that failed or was cancelled again, and those that failed because of it.

    It begins anew: what an earlier attempt left on a remote server is not resumed.

    Returns the runs that they belong to. Raises `task.not_over` for one that waits, runs or
    succeeded.
    """
    unit = current_unit()
    rows = await unit.fetch(
        """WITH RECURSIVE retried AS (
             SELECT id FROM tasks WHERE id = $1 AND status IN ('failed', 'cancelled')
             UNION
             SELECT n.task_id FROM task_needs n JOIN retried a ON n.needs_id = a.id
             JOIN tasks t ON t.id = n.task_id WHERE t.status IN ('failed', 'cancelled'))
           UPDATE tasks t SET status = 'blocked', attempt = attempt + 1,
             max_attempts = attempt + 5, cancel_requested = false, error = NULL, cause = '',
             worker_id = NULL, lease_until = NULL, ended_at = NULL, checkpoint = NULL,
             server = NULL, not_before = NULL, paused_by = NULL, failures = 0, traceparent = $2
           FROM retried WHERE t.id = retried.id
           RETURNING t.id, t.project_id, t.run_id, t.attempt""",
        task_id,
        traceparent(),
    )
    if not rows:
        raise DirectorError(
            "task.not_over",
            "Only a task that failed or was cancelled can be tried again.",
            status=409,
        )
    await unit.executemany(
        """INSERT INTO task_events (task_id, project_id, kind, attempt)
           VALUES ($1, $2, 'requeued', $3)""",
        [(row["id"], row["project_id"], row["attempt"]) for row in rows],
    )
    return list({row["run_id"] for row in rows})


async def answer_task(task_id: UUID, answer: Any) -> None:
    """Give a waiting task what it asked for, and queue it again with its last checkpoint.

    Raises `task.asks_nothing`, and `task.bad_answer` for one that does not fit what was asked.
    """
    unit = current_unit()
    task = await read_task(task_id)
    if task.status != "waiting_for_input" or task.question is None:
        raise DirectorError("task.asks_nothing", "This task waits for no answer.", status=409)
    try:
        jsonschema_rs.validate(task.question["answer"], answer)
    except jsonschema_rs.ValidationError as error:
        raise DirectorError(
            "task.bad_answer", f"The answer does not fit what was asked: {error.message}."
        ) from error
    # To be asked is no failure: it takes nothing from the attempts that are left.
    answered = await unit.execute(
        """UPDATE tasks SET status = 'queued', attempt = attempt + 1, worker_id = NULL,
             max_attempts = max_attempts + 1, answer = $2::jsonb, question = NULL, cause = ''
           WHERE id = $1 AND status = 'waiting_for_input'""",
        task_id,
        to_json(answer),
    )
    if not answered:
        raise DirectorError("task.asks_nothing", "Somebody has answered already.", status=409)
