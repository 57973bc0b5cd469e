"""Why nodes failed: the failed task of each node whose last run failed, with its error in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from app.platform.database import current_unit, from_json
from app.platform.pagination import Page, PageRequest


class Failure(msgspec.Struct, kw_only=True):
    """A task that failed: a sentence for people, what to do, and the code for programs."""

    task_id: UUID
    run_id: UUID
    node_id: str
    error: str
    code: str
    hint: str


async def list_failures(project_id: UUID, page: PageRequest) -> Page[Failure]:
    """The nodes of a project whose last run failed, by the order of their ids.

    Of several failed tasks of a node (the rounds of a loop) it is the one that ended last.
    """
    rows = await current_unit().fetch(
        """SELECT DISTINCT ON (node_id) id, run_id, node_id, error
           FROM (
             SELECT id, run_id, node_id, status, error, ended_at, first_value(run_id) OVER (
               PARTITION BY node_id ORDER BY created_at DESC, run_id DESC) AS last
             FROM tasks
             WHERE project_id = $1 AND ($2::text IS NULL OR node_id > $2)) t
           WHERE run_id = last AND status = 'failed'
           ORDER BY node_id, ended_at DESC LIMIT $3""",
        project_id,
        page.after(str),
        page.rows,
    )

    def failure_of(row: Any) -> Failure:
        error = from_json(row["error"]) or {}
        return Failure(
            task_id=row["id"],
            run_id=row["run_id"],
            node_id=row["node_id"],
            error=error.get("message") or "It failed.",
            code=error.get("code") or "",
            hint=error.get("hint") or "",
        )

    return page.answer(rows, lambda row: row["node_id"], failure_of)
