"""What the tasks of nodes and runs do now, and how the last ones ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from app.platform.database import current_unit

from .model import FinalStatus, TaskStatus

# A node's state waits for the follow-up of its task's end, but no longer than this, in seconds.
FOLLOW_UP_TIMEOUT = 10.0

Outcome = Literal["succeeded", "failed", "cancelled", "never"]


class UnfinishedTask(msgspec.Struct, frozen=True):
    """A task that has not ended; or has, and its event is not handled yet (`follow_up_pending`)."""

    task_id: UUID
    node_id: str
    status: TaskStatus
    cause: str
    follow_up_pending: bool


async def count_tasks() -> dict[TaskStatus, int]:
    """How many tasks of all projects have not ended, by status. Part of the caller's unit."""
    rows = await current_unit().fetch(
        """SELECT status, count(*) AS number FROM tasks
           WHERE status NOT IN ('succeeded', 'failed', 'cancelled') GROUP BY status"""
    )
    return {row["status"]: row["number"] for row in rows}


async def unfinished_tasks(project_ids: Sequence[UUID]) -> dict[UUID, list[UnfinishedTask]]:
    """The tasks of some projects that have not ended, or whose events are not handled yet."""
    rows = await current_unit().fetch(
        """SELECT id, project_id, node_id, status, cause, false AS follow_up_pending FROM tasks
           WHERE project_id = ANY($1::uuid[]) AND status NOT IN ('succeeded', 'failed', 'cancelled')
           UNION ALL
           SELECT t.id, t.project_id, t.node_id, t.status, t.cause, true
           FROM task_events e JOIN tasks t ON t.id = e.task_id
           WHERE e.handled_at IS NULL AND e.at > now() - make_interval(secs => $2)
             AND e.project_id = ANY($1::uuid[])
             AND t.status IN ('succeeded', 'failed', 'cancelled')""",
        list(project_ids),
        FOLLOW_UP_TIMEOUT,
    )
    found: dict[UUID, list[UnfinishedTask]] = {project_id: [] for project_id in project_ids}
    for row in rows:
        found[row["project_id"]].append(
            UnfinishedTask(
                row["id"], row["node_id"], row["status"], row["cause"], row["follow_up_pending"]
            )
        )
    return found


async def run_outcomes(run_ids: Sequence[UUID]) -> dict[UUID, FinalStatus]:
    """How the tasks of these runs ended, of each run that is over.

    A run is over when all of its tasks have ended and their events are handled. It failed when one
    of its tasks did, else it was cancelled when one was.
    """
    rows = await current_unit().fetch(
        """SELECT r.id, CASE
             WHEN EXISTS (SELECT 1 FROM tasks t WHERE t.run_id = r.id AND t.status = 'failed')
               THEN 'failed'
             WHEN EXISTS (SELECT 1 FROM tasks t WHERE t.run_id = r.id AND t.status = 'cancelled')
               THEN 'cancelled'
             ELSE 'succeeded' END AS status
           FROM unnest($1::uuid[]) AS r(id)
           WHERE NOT EXISTS (
               SELECT 1 FROM tasks t WHERE t.run_id = r.id
               AND t.status NOT IN ('succeeded', 'failed', 'cancelled'))
             AND NOT EXISTS (
               SELECT 1 FROM task_events e JOIN tasks t ON t.id = e.task_id
               WHERE t.run_id = r.id AND e.handled_at IS NULL)""",
        list(run_ids),
    )
    return {row["id"]: row["status"] for row in rows}


async def last_outcomes(
    project_id: UUID, node_ids: Sequence[str] | None = None
) -> dict[str, tuple[Outcome, bool]]:
    """The outcome of each node's tasks in the last run that it was in, and if any ever succeeded.

    All nodes of the project that had tasks, or those that are named. Of several tasks of a node
    (the rounds of a loop) one that failed counts before one that was cancelled.
    """
    rows = await current_unit().fetch(
        """SELECT node_id, bool_or(status = 'succeeded') AS ever,
             bool_or(status = 'failed') FILTER (WHERE run_id = last) AS failed,
             bool_or(status = 'cancelled') FILTER (WHERE run_id = last) AS cancelled,
             bool_or(status = 'succeeded') FILTER (WHERE run_id = last) AS succeeded
           FROM (
             SELECT node_id, status, run_id, first_value(run_id) OVER (
               PARTITION BY node_id ORDER BY created_at DESC, run_id DESC) AS last
             FROM tasks
             WHERE project_id = $1 AND ($2::text[] IS NULL OR node_id = ANY($2::text[]))) t
           GROUP BY node_id""",
        project_id,
        None if node_ids is None else list(node_ids),
    )
    outcomes: dict[str, tuple[Outcome, bool]] = {}
    for row in rows:
        outcome: Outcome = "never"
        for one in ("failed", "cancelled", "succeeded"):
            if row[one]:
                outcome = one
                break
        outcomes[row["node_id"]] = outcome, row["ever"]
    return outcomes
