"""What a task carries: its plan, for the dispatch, and its payload, for the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from node_registry import RenderSettings, Request, Slate

from .plan import PlanStep, digest_of


class TaskPlan(msgspec.Struct, kw_only=True):
    """What a task's dispatch needs, as `tasks.plan` keeps it.

    `tasks` are the tasks that make its inputs and `takes` those inputs that are there already,
    both by step key. `backends` is the project's preference, `when_unavailable` its rule for a
    quality that nothing can make now. `special` is what the domain of an unusual node (the
    assembly) prepared. Without `auto_commit` its take is
    committed when somebody asks for it.
    """

    project_id: str
    step: PlanStep
    seed: int
    settings: RenderSettings
    slate: Slate
    stem: str
    version: int
    tasks: dict[str, str] = {}
    takes: dict[str, str] = {}
    backends: tuple[str, ...] = ()
    when_unavailable: Literal["wait", "lower"] = "wait"
    special: dict[str, Any] | None = None
    auto_commit: bool = True


def intent_digest(plan: Mapping[str, Any], any_seed: bool = False) -> str:
    """The digest of what a task's plan (as JSON) is to make, whatever takes its inputs have.

    Two plans of one node with equal digests ask for the same result, however many of their inputs
    were made in between. With `any_seed` the seed does not count.
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
    own = [step[key] for key in ("key", "node_type", "part", "tier")]
    rest = [plan[key] for key in ("settings", "slate", "version", "special")]
    rest += [plan.get("backends", []), plan.get("when_unavailable", "wait")]
    return digest_of([*own, inputs, *rest, None if any_seed else plan["seed"]])


class TaskPayload(msgspec.Struct, kw_only=True):
    """What a worker gets, as `tasks.request` holds it: the request, and how its take is named."""

    request: Request
    stem: str
    version: int = 1
    iteration: str = ""
    made_by: dict[str, Any] = {}
