"""From a project's graph to a plan: with its active takes, its format and its seeds."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
from node_registry.film import scene_name, shot_name

from app import collaboration
from app.accounts import Actor
from app.graph import Graph, Node, Registry, availability, in_effect, is_off, place_of
from app.platform.blocking import run_blocking
from app.platform.database import unit_of_work
from app.platform.ids import new_id
from app.platform.plugins import Plugins
from app.projects import Project, asset_stem, shot_stem
from app.scheduling import NewTask, list_workers
from node_registry import DirectorError, RenderSettings, Slate

from .bounds import Bounds
from .estimates import Estimator, estimator_of
from .plan import (
    ActiveTake,
    Plan,
    PlanStep,
    compile_plan,
    default_seed,
    expand_targets,
    explain,
    require_results,
)
from .takes import Take, newest_of_loops, takes_by_id
from .task_payload import TaskPlan

SHOT = "film.shot"


class PrepareTask(Protocol):
    """What the domain of an unusual node takes from the graph for the resolving of its task."""

    def __call__(self, graph: Graph, node: Node, settings: RenderSettings) -> dict[str, Any]: ...


class Planned(msgspec.Struct, kw_only=True):
    """A plan with what it was made from; `forced` are the nodes that run whatever is there."""

    graph_id: UUID
    graph: Graph
    plan: Plan
    takes: dict[str, Take]
    forced: frozenset[str] = frozenset()


class Planner:
    """Plans with what the plugins bring. `preparers` are by node type; `preferred_backends` are the
    operator's, behind those of each project."""

    def __init__(
        self,
        plugins: Plugins,
        registry: Registry,
        preparers: Mapping[str, PrepareTask] | None = None,
        preferred_backends: Sequence[str] = (),
        bounds: Bounds | None = None,
    ) -> None:
        self.plugins = plugins
        self._preferred_backends = preferred_backends
        self._bounds = bounds or Bounds()
        self.registry = registry
        self._preparers = dict(preparers or {})

    async def plan(
        self,
        actor: Actor,
        project: Project,
        targets: Sequence[str],
        *,
        force: bool = False,
        tolerant: bool = False,
    ) -> Planned:
        """What must run, and what is reused, so that the targets are up to date.

        With `force` the targets themselves run whatever is there; a container stands for its
        shots. What is muted or bypassed is as if it were not there. Raises `plan.…` for a target
        that cannot be planned or makes nothing; with `tolerant` it is left out instead.
        """
        graph_id = await collaboration.main_graph(actor, project.id)
        whole = await collaboration.read(actor, graph_id)
        targets = _switched_on(whole, targets, tolerant=tolerant)
        graph = await run_blocking(in_effect, whole, self.registry)
        takes = await active_takes(actor, graph)
        known = await _by_iteration(actor, project.id, takes)

        def compiled() -> tuple[Plan, frozenset[str]]:
            chosen = expand_targets(graph, self.registry, targets) if force else ()
            plan = compile_plan(
                graph,
                self.registry,
                targets,
                settings=project.settings.render_settings(),
                takes=known,
                tier=project.quality,
                force=frozenset(chosen),
                availability=self._why_not,
                tolerant=tolerant,
            )
            if not tolerant:
                require_results(graph, self.registry, targets, plan)
            return plan, frozenset(chosen)

        plan, forced = await run_blocking(compiled)
        return Planned(graph_id=graph_id, graph=graph, plan=plan, takes=takes, forced=forced)

    def check_bounds(self, planned: Planned, project: Project) -> None:
        """Raises `task.too_large` for a step that would ask for more than one run may."""
        settings = project.settings.render_settings()
        for step in planned.plan.to_run:
            if step.node_type not in self._preparers:
                self._bounds.check(step.label, step.params, settings)

    def tasks(
        self, planned: Planned, project: Project, *, auto_commit: bool = True
    ) -> list[NewTask]:
        """The tasks of a plan, in order. Forced nodes get a new seed unless theirs is locked."""
        reseed = planned.forced
        settings = project.settings.render_settings()
        ids = {step.key: new_id() for step in planned.plan.to_run}
        steps = {step.key: step for step in planned.plan.steps}
        tasks: list[NewTask] = []
        for ordinal, step in enumerate(planned.plan.to_run):
            node = planned.graph.nodes[step.node_id]
            needs = [ids[key] for key in step.dependencies if key in ids]
            plan = TaskPlan(
                project_id=str(project.id),
                step=step,
                seed=_seed(step, reseed),
                settings=settings,
                slate=slate_of(planned.graph, node, project),
                stem=_stem(node, step),
                version=int(node.data.get("version") or 1),
                tasks={key: str(ids[key]) for key in step.dependencies if key in ids},
                takes={key: _take_id(steps[key]) for key in step.dependencies if key not in ids},
                backends=project.settings.backends,
                when_unavailable=project.settings.when_unavailable,
                special=self._prepare(planned.graph, node, settings),
                auto_commit=auto_commit,
            )
            tasks.append(
                NewTask(
                    id=ids[step.key],
                    node_id=step.node_id if step.kind == "task" else step.key,
                    node_type=step.node_type,
                    label=step.label,
                    tier=step.tier,
                    plan=msgspec.to_builtins(plan),
                    iteration="/".join(str(index) for index in step.iteration),
                    ordinal=ordinal,
                    reasons=_reasons(step, step.node_id in reseed),
                    needs=needs,
                )
            )
        return tasks

    async def steps_of(
        self, actor: Actor, project: Project, node_ids: Sequence[str]
    ) -> dict[str, PlanStep]:
        """The step that makes each of these nodes anew, by node; those that have none are left out.

        No take is looked at, so it says nothing of what is there already.
        """
        whole = await collaboration.read(actor, await collaboration.main_graph(actor, project.id))
        graph = await run_blocking(in_effect, whole, self.registry)
        there = [node_id for node_id in node_ids if node_id in graph.nodes]

        def compiled() -> dict[str, PlanStep]:
            plan = compile_plan(
                graph,
                self.registry,
                there,
                settings=project.settings.render_settings(),
                tier=project.quality,
                tolerant=True,
            )
            wanted = set(there)
            steps = [s for s in plan.steps if s.node_id in wanted and s.kind == "task"]
            return {step.node_id: step for step in reversed(steps)}

        return await run_blocking(compiled)

    async def estimator(self, project: Project, node_types: Collection[str]) -> Estimator:
        """What estimates the project's runs. Inside of a unit of work."""
        return await estimator_of(
            self.plugins,
            (project.settings.backends, self._preferred_backends),
            project.id,
            node_types,
            await list_workers(),
            may_lower=project.settings.when_unavailable == "lower",
        )

    def _prepare(self, graph: Graph, node: Node, settings: RenderSettings) -> dict[str, Any] | None:
        prepare = self._preparers.get(node.type)
        return None if prepare is None else prepare(graph, node, settings)

    def _why_not(self, node_type: str) -> str | None:
        known = self.registry.node_type(node_type)
        if known is None:
            return "No plugin here knows this kind of node."
        return availability(known, self.plugins.backends.values())


def _switched_on(graph: Graph, targets: Sequence[str], *, tolerant: bool) -> list[str]:
    """The targets that are neither muted nor bypassed. Raises `plan.switched_off`."""
    on: list[str] = []
    for target in targets:
        node = graph.nodes.get(target)
        if node is None or not is_off(graph, node):
            on.append(target)
        elif not tolerant:
            raise DirectorError(
                "plan.switched_off",
                f"{place_of(graph, node)} is muted or bypassed, or lies in what is.",
                hint="Switch it on again (M, or B), then generate.",
                status=409,
            )
    return on


async def active_takes(actor: Actor, graph: Graph) -> dict[str, Take]:
    """The active take of each node that has one."""
    ids: dict[str, UUID] = {}
    for node in graph.nodes.values():
        take_id = node.data.get("active_take")
        if isinstance(take_id, str):
            ids[node.id] = UUID(take_id)
    if not ids:
        return {}
    async with unit_of_work(actor.user_id):
        takes = await takes_by_id(list(ids.values()))
    return {node_id: takes[take_id] for node_id, take_id in ids.items() if take_id in takes}


async def _by_iteration(
    actor: Actor, project_id: UUID, takes: Mapping[str, Take]
) -> dict[Any, ActiveTake]:
    """The active takes as the planner wants them: those of loops by node and iteration."""
    known: dict[Any, ActiveTake] = {
        node_id: _as_active(take) for node_id, take in takes.items() if not take.iteration
    }
    looped = [node_id for node_id, take in takes.items() if take.iteration]
    if looped:
        async with unit_of_work(actor.user_id):
            for take in await newest_of_loops(project_id, looped):
                iteration = tuple(int(index) for index in take.iteration.split("/"))
                known[take.node_id, iteration] = _as_active(take)
    return known


def slate_of(graph: Graph, node: Node, project: Project) -> Slate:
    """What the board of a node's take says."""
    if node.type != SHOT:
        return Slate(project=project.title)
    parent = graph.nodes.get(node.parent) if node.parent else None
    scene, shot = (str(n.data.get("code") or "") if n else "" for n in (parent, node))
    return Slate(
        project=project.title,
        scene=scene_name(scene),
        shot=shot_name(shot),
        version=int(node.data.get("version") or 1),
    )


def _as_active(take: Take) -> ActiveTake:
    return ActiveTake(
        basis=take.basis,
        output=take.digest,
        take_id=str(take.id),
        # What was asked for: one that was made in a lower quality for want of a card is no other.
        tier=take.made_by.get("asked_tier") or take.made_by.get("tier"),
        seed=take.made_by.get("seed"),
        made_from=take.made_from,
    )


def _take_id(step: PlanStep) -> str:
    assert step.take is not None
    return step.take.take_id


def _seed(step: PlanStep, reseed: frozenset[str]) -> int:
    if step.seed is not None:
        return step.seed
    if step.node_id in reseed:
        return secrets.randbits(63)
    return default_seed(step.node_id, step.iteration)


def _stem(node: Node, step: PlanStep) -> str:
    if node.type == SHOT:
        return shot_stem(str(node.data.get("code") or "000"))
    if step.kind == "convert":
        return asset_stem(step.node_type.rsplit(".", 1)[-1])
    name = node.data.get("name") or node.data.get("title") or node.type.rsplit(".", 1)[-1]
    return asset_stem(str(name)) or "ASSET"


def _reasons(step: PlanStep, asked: bool) -> list[str]:
    if step.take is None:
        return ["It has no take yet."]
    if asked:
        return ["A new take was asked for."]
    return explain(step.take.made_from, step.made_from) or ["One of its inputs is made again."]
