"""Runs: what somebody asked to be made, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, current_unit
from app.platform.pagination import Page, PageRequest
from app.scheduling import Task, run_outcomes
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


async def list_runs(project_id: UUID, page: PageRequest) -> Page[Run]:
    """The runs of a project, newest first."""
    created_at, last = page.after(tuple[datetime, UUID]) or (None, None)
    rows = await current_unit().fetch(
        """SELECT * FROM runs WHERE project_id = $1
             AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
           ORDER BY created_at DESC, id DESC LIMIT $4""",
        project_id,
        created_at,
        last,
        page.rows,
    )
    return page.answer(rows, lambda row: (row["created_at"], row["id"]), _run)


async def running_runs(project_id: UUID, targets: Sequence[str]) -> list[Run]:
    """The runs of a project for exactly these targets that are not over, newest first."""
    rows = await current_unit().fetch(
        """SELECT * FROM runs WHERE project_id = $1 AND status = 'running'
           AND targets = $2::text[] ORDER BY created_at DESC""",
        project_id,
        list(targets),
    )
    return [_run(row) for row in rows]


async def open_runs(project_id: UUID) -> list[UUID]:
    """The ids of all runs of a project that are not over."""
    rows = await current_unit().fetch(
        "SELECT id FROM runs WHERE project_id = $1 AND status = 'running'", project_id
    )
    return [row["id"] for row in rows]


async def close_runs(unit: UnitOfWork) -> list[Run]:
    """End the runs all of whose tasks have ended; returns them."""
    rows = await unit.fetch("SELECT id FROM runs WHERE status = 'running'")
    over = await run_outcomes([row["id"] for row in rows])
    if not over:
        return []
    # A task may be tried again at this moment, which opens its run again: so the runs are locked
    # before their tasks are looked at once more.
    rows = await unit.fetch(
        "SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND status = 'running' FOR UPDATE",
        list(over),
    )
    over = await run_outcomes([row["id"] for row in rows])
    rows = await unit.fetch(
        """UPDATE runs r SET ended_at = now(), status = o.status
           FROM unnest($1::uuid[], $2::text[]) AS o(id, status)
           WHERE r.id = o.id RETURNING r.*""",
        list(over),
        list(over.values()),
    )
    return [_run(row) for row in rows]


async def reopen_runs(run_ids: Sequence[UUID]) -> None:
    """Let runs go on that had ended, since a task of them is tried again."""
    await current_unit().execute(
        "UPDATE runs SET status = 'running', ended_at = NULL WHERE id = ANY($1::uuid[])",
        list(run_ids),
    )


def _run(row: asyncpg.Record) -> Run:
    return msgspec.convert(dict(row), Run)
