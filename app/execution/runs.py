"""Runs: what somebody asked to be made, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, current_unit
from app.scheduling import Task
from node_registry import DirectorError

RunStatus = Literal["running", "succeeded", "failed", "cancelled"]


class Run(msgspec.Struct, kw_only=True):
    """A run. `reused` counts the steps that were up to date, whose active takes are used."""

    id: UUID
    project_id: UUID
    graph_id: UUID
    graph_version: int
    user_id: UUID
    targets: list[str]
    request_id: str | None
    status: RunStatus
    reused: int
    created_at: datetime
    ended_at: datetime | None
    tasks: list[Task] = []


async def insert_run(unit: UnitOfWork, run: Run) -> None:
    """Store a new run."""
    await unit.execute(
        """INSERT INTO runs (id, project_id, graph_id, graph_version, user_id, targets, request_id,
               reused) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        run.id,
        run.project_id,
        run.graph_id,
        run.graph_version,
        run.user_id,
        run.targets,
        run.request_id,
        run.reused,
    )


async def run_of(run_id: UUID) -> Run:
    """One run. Raises `run.not_found`."""
    row = await current_unit().fetchrow("SELECT * FROM runs WHERE id = $1", run_id)
    if row is None:
        raise DirectorError("run.not_found", "There is no such run.", status=404)
    return _run(row)


async def find_request(project_id: UUID, request_id: str) -> Run | None:
    """The run that an earlier, equal request began, or None."""
    row = await current_unit().fetchrow(
        "SELECT * FROM runs WHERE project_id = $1 AND request_id = $2", project_id, request_id
    )
    return None if row is None else _run(row)


async def list_runs(project_id: UUID, limit: int = 50) -> list[Run]:
    """The runs of a project, newest first."""
    rows = await current_unit().fetch(
        "SELECT * FROM runs WHERE project_id = $1 ORDER BY created_at DESC LIMIT $2",
        project_id,
        limit,
    )
    return [_run(row) for row in rows]


async def end_runs(unit: UnitOfWork) -> list[Run]:
    """End the runs all of whose tasks have ended; returns them."""
    rows = await unit.fetch(
        """UPDATE runs r SET ended_at = now(), status = CASE
               WHEN EXISTS (SELECT 1 FROM tasks t WHERE t.run_id = r.id AND t.status = 'failed')
                 THEN 'failed'
               WHEN EXISTS (SELECT 1 FROM tasks t WHERE t.run_id = r.id AND t.status = 'cancelled')
                 THEN 'cancelled'
               ELSE 'succeeded' END
           WHERE r.status = 'running' AND NOT EXISTS (
             SELECT 1 FROM tasks t WHERE t.run_id = r.id
             AND t.status NOT IN ('succeeded', 'failed', 'cancelled'))
             AND NOT EXISTS (
             SELECT 1 FROM task_events e JOIN tasks t ON t.id = e.task_id
             WHERE t.run_id = r.id AND e.handled_at IS NULL)
           RETURNING *"""
    )
    return [_run(row) for row in rows]


def _run(row: asyncpg.Record) -> Run:
    return msgspec.convert(dict(row), Run)
