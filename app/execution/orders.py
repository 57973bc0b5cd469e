"""What travels from the plan through the queue to a worker: the task's plan, and its order."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import RenderSettings, Request, Slate

from .steps import Step


class TaskPlan(msgspec.Struct, kw_only=True):
    """What a task's dispatch needs, as `tasks.plan` keeps it.

    `tasks` are the tasks that make its inputs and `takes` those inputs that are there already,
    both by step key. `special` is what the domain of an unusual node (the assembly) prepared.
    """

    project_id: str
    step: Step
    seed: int
    settings: RenderSettings
    slate: Slate
    stem: str
    version: int
    tasks: dict[str, str] = {}
    takes: dict[str, str] = {}
    special: dict[str, Any] | None = None


class Order(msgspec.Struct, kw_only=True):
    """What a worker gets, as `tasks.request` keeps it: the request, and how its take is named."""

    request: Request
    stem: str
    version: int = 1
    iteration: str = ""
    made_by: dict[str, Any] = {}
