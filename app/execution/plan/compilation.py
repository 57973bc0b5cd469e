"""Graph → plan: which runs a film, a scene or a shot needs, in order, each with its basis.

Pure. Values are evaluated here, conversions are put in as steps, a Conditional lets one branch
through, a Loop repeats what follows it. What is to be reused is decided by who runs the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from app.graph import Graph, Registry
from node_registry import DirectorError, RenderSettings, Tier

from .builder import PlanBuilder
from .steps import ActiveTake, InputRef, Plan, PlanStep
from .targets import expand_targets

__all__ = ["ActiveTake", "InputRef", "Plan", "PlanStep", "compile_plan"]


def compile_plan(
    graph: Graph,
    registry: Registry,
    targets: Iterable[str],
    *,
    settings: RenderSettings | None = None,
    takes: Mapping[Any, ActiveTake] | None = None,
    tier: Tier = "standard",
    force: Set[str] = frozenset(),
    refresh: bool = True,
    availability: Callable[[str], str | None] | None = None,
    tolerant: bool = False,
) -> Plan:
    """The steps that make the targets: shots, a scene (its shots), an assembly (the film), any.

    `takes` are the active ones, by node id, or by `(node id, iteration)` inside loops. `force`
    are nodes that run whatever is there. Without `refresh`, stale takes of nodes that are no
    targets are used as they are. `availability` says of a node type why nothing can run it.
    A node that cannot be planned raises `plan.…`; with `tolerant` it is left out instead, with
    all that needs it, and named in the plan's `errors`.
    """
    builder = PlanBuilder(graph, registry, settings or RenderSettings(), takes or {}, tier)
    wanted = expand_targets(graph, registry, targets)
    builder.forced = force
    builder.reused = frozenset() if refresh else graph.nodes.keys() - set(wanted)
    builder.run(wanted)
    if not tolerant:
        builder.raise_first_error(wanted)
    plan = builder.plan(wanted)
    if availability is not None and not tolerant:
        for step in plan.to_run:
            why = availability(step.node_type)
            if why is not None:
                raise DirectorError("plan.unavailable", f"{step.label}: {why}")
    return plan
