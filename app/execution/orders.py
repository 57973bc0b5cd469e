"""What travels from the plan through the queue to a worker: the task's plan, and its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from node_registry import RenderSettings, Request, Slate

from .plan import Step, digest_of


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


def wanted_by(plan: Mapping[str, Any], any_seed: bool = False) -> str:
    """What a task's plan (as JSON) wants made, as one digest that its inputs' takes leave alone.

    Two plans of one node with equal digests want the same, however much of what goes into it was
    made in between.
    """
    step = plan["step"]
    inputs = {
        socket: [
            [ref["node_id"], ref["socket"], ref["type"], ref["strength"], ref["value"]]
            + ([] if ref["step"] else [ref["digest"]])
            for ref in refs
        ]
        for socket, refs in step["inputs"].items()
    }
    told = [step[key] for key in ("key", "node_type", "part", "tier")]
    rest = [plan[key] for key in ("settings", "slate", "version", "special")]
    return digest_of([*told, inputs, *rest, None if any_seed else plan["seed"]])


class Order(msgspec.Struct, kw_only=True):
    """What a worker gets, as `tasks.request` keeps it: the request, and how its take is named."""

    request: Request
    stem: str
    version: int = 1
    iteration: str = ""
    made_by: dict[str, Any] = {}
