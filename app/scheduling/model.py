"""Tasks, as they are queued and as people see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import from_json
from node_registry import Tier

TaskStatus = Literal[
    "queued",
    "blocked",
    "assigned",
    "running",
    "waiting_for_input",
    "succeeded",
    "failed",
    "cancelled",
]

Priority = Literal["low", "normal", "high"]
"""Before which other tasks a task is begun, whoever asked for them and when."""

PRIORITIES: dict[Priority, int] = {"low": -1, "normal": 0, "high": 1}

PRIORITY_OF_TIER: dict[Tier, Priority] = {"low": "high", "standard": "normal", "high": "low"}
"""The priority of a task for which nobody chose one: drafts are waited for, finals can wait."""

FinalStatus = Literal["succeeded", "failed", "cancelled"]


class NewTask(msgspec.Struct, kw_only=True):
    """A task to be put into the queue. `plan` is what its dispatch will need, as JSON.

    `needs` are the tasks whose results it takes in; `reasons` say why it is made at all.
    """

    id: UUID
    node_id: str
    node_type: str
    label: str
    plan: dict[str, Any]
    iteration: str = ""
    ordinal: int = 0
    tier: Tier = "standard"
    reasons: list[str] = []
    needs: list[UUID] = []


class Task(msgspec.Struct, kw_only=True):
    """A task. `cause` says in a sentence why it waits; `reasons` why it is made."""

    id: UUID
    project_id: UUID
    run_id: UUID
    user_id: UUID
    node_id: str
    node_type: str
    label: str
    iteration: str
    status: TaskStatus
    cause: str
    reasons: list[str]
    priority: int
    attempt: int
    backend: str | None
    take_id: UUID | None
    reused: bool
    error: dict[str, Any] | None
    question: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


TASK_COLUMNS = ", ".join(f"t.{field.name}" for field in msgspec.structs.fields(Task))


def task_of(row: asyncpg.Record) -> Task:
    """The task that a row of `TASK_COLUMNS` describes."""
    values = dict(row)
    values["error"] = from_json(values["error"])
    values["question"] = from_json(values["question"])
    return msgspec.convert(values, Task, from_attributes=False)
