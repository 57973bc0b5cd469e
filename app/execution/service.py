"""Starts, cancels and reads runs; chooses takes; says what is stale. The actor comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app import collaboration, projects
from app.accounts import Actor, SystemActor
from app.graph import Graph, SetNode, Transaction, in_effect
from app.media import check_room
from app.platform import costly, tracing
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id, parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.redis import client as redis_client
from app.projects import Right
from app.scheduling import (
    NewTask,
    Priority,
    Task,
    answer_task,
    cancel_tasks,
    insert_tasks,
    list_tasks,
    plans_of_runs,
    read_preview,
    read_queues,
    read_task,
    retry_task,
    set_priority,
)
from node_registry import DirectorError

from .estimates import Estimate
from .plan import stale as compare_takes
from .planning import Planner
from .reviews import check_approvals
from .runs import (
    Run,
    find_request,
    insert_run,
    list_runs,
    open_runs,
    reopen_runs,
    run_of,
    running_runs,
)
from .takes import Take, find_takes, list_takes, take_of
from .task_payload import intent_digest

_planner: Planner | None = None


class PlannedStep(msgspec.Struct):
    """One step of a plan that was not begun: made (with the reasons), or reused as it is.

    `estimate` is about what making it takes, as such steps took in the project lately, else as its
    backend declares; null for what is reused, and where nothing here can make it.
    """

    node_id: str
    label: str
    node_type: str
    reused: bool
    reasons: list[str]
    estimate: Estimate | None = None


class StaleNode(msgspec.Struct):
    """A node whose active take no longer shows what the node means, and the reasons."""

    node_id: str
    label: str
    reasons: list[str]


class StaleNodes(msgspec.Struct):
    """All stale nodes of a project's main graph at one of its versions."""

    version: int
    nodes: list[StaleNode]


def use_planner(planner: Planner) -> None:
    """Plan with this one. Called once, by the API role."""
    global _planner
    _planner = planner


def _plans() -> Planner:
    if _planner is None:
        raise RuntimeError("There is no planner: call use_planner first.")
    return _planner


async def start(
    actor: Actor,
    project_id: UUID,
    targets: Sequence[str],
    *,
    request_id: str | None = None,
    force: bool = False,
    auto_commit: bool = True,
    priority: Priority | None = None,
) -> Run:
    """Bring nodes up to date: make what is missing or stale below them, reuse the rest.

    With `force` the targets themselves are made anew in any case, with new seeds unless theirs
    are locked: that is what Generate does. Without a `request_id`, a second request for nodes
    that are on their way returns the run that is under way.
    """
    project = await projects.authorise(actor, project_id, Right.GENERATE)
    earlier = await _begun_before(actor, project_id, request_id)
    if earlier is not None:
        return earlier
    costly.spend("generate", actor.user_id)
    await check_room(project_id)
    planner = _plans()
    with tracing.span("run.plan") as span:
        planned = await planner.plan(actor, project, targets, force=force)
        planner.check_bounds(planned, project)
        tasks = planner.tasks(planned, project, auto_commit=auto_commit)
        span.note({"director.tasks": len(tasks), "director.steps": len(planned.plan.steps)})
    run = Run(
        id=new_id(),
        project_id=project_id,
        graph_id=planned.graph_id,
        graph_version=planned.graph.version,
        user_id=actor.user_id,
        targets=list(targets),
        request_id=request_id,
        status="running",
        reused=len(planned.plan.steps) - len(tasks),
        created_at=project.modified_at,
        ended_at=None,
    )
    try:
        async with unit_of_work(actor.user_id) as unit:
            # Of two clicks at the same moment, the second waits here and finds the first.
            await unit.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"runs of {project_id}"
            )
            same = None
            if request_id is None:
                same = await _under_way(actor, project_id, targets, tasks, force)
            if same is None:
                await check_approvals(project_id, planned)
                await insert_run(unit, run)
                await insert_tasks(
                    unit,
                    tasks,
                    project_id=project_id,
                    run_id=run.id,
                    user_id=actor.user_id,
                    priority=priority,
                )
                if not tasks:
                    await unit.execute(
                        "UPDATE runs SET status = 'succeeded', ended_at = now() WHERE id = $1",
                        run.id,
                    )
    except asyncpg.UniqueViolationError:
        # The same request came twice at the same moment: the other one began the run.
        earlier = await _begun_before(actor, project_id, request_id)
        assert earlier is not None
        return earlier
    return await read(actor, same or run.id)


async def generate(
    actor: Actor,
    project_id: UUID,
    node_id: str,
    *,
    request_id: str | None = None,
    auto_commit: bool = True,
    priority: Priority | None = None,
) -> Task:
    """Make a new take of a node, and first what it needs. Returns the task that makes the take.

    Of a container it is the task of its last shot. Raises `plan.…` for what cannot be made, and
    `run.made_nothing` for a `request_id` of a run that found everything up to date.
    """
    run = await start(
        actor,
        project_id,
        [node_id],
        request_id=request_id,
        force=True,
        auto_commit=auto_commit,
        priority=priority,
    )
    if not run.tasks:
        raise DirectorError(
            "run.made_nothing",
            "The run that this request_id began had nothing to make.",
            hint="Ask with another request_id.",
            status=409,
        )
    return next((task for task in run.tasks if task.node_id == node_id), run.tasks[-1])


async def _begun_before(actor: Actor, project_id: UUID, request_id: str | None) -> Run | None:
    """The run that the same request began, or None."""
    if request_id is None:
        return None
    async with unit_of_work(actor.user_id):
        earlier = await find_request(project_id, request_id)
    return None if earlier is None else await read(actor, earlier.id)


async def _under_way(
    actor: Actor,
    project_id: UUID,
    targets: Sequence[str],
    tasks: Sequence[NewTask],
    force: bool,
) -> UUID | None:
    """The run that is making all of this already, or None.

    An earlier run by the same person that was begun before the graph changed is cancelled: it
    would end with a film that is not wanted any more.
    """
    async with unit_of_work(actor.user_id):
        runs = await running_runs(project_id, targets)
        plans = await plans_of_runs([run.id for run in runs])
        # A second click on Generate asks for what the first one did, whatever its seed.
        wanted = {intent_digest(msgspec.to_builtins(task.plan), force) for task in tasks}
        for run in runs:
            made = {intent_digest(plan, force) for plan in plans.get(run.id, ())}
            if not made:
                continue
            if wanted <= made:
                return run.id
            if run.user_id == actor.user_id and not force:
                await cancel_tasks(run_id=run.id, by="a newer run")
    return None


async def preview(
    actor: Actor, project_id: UUID, targets: Sequence[str], page: PageRequest
) -> Page[PlannedStep]:
    """What a run would make, what it would reuse, and why, in the order of the plan.

    Nothing is begun. Raises `run.plan_changed` for a cursor of a plan that is another by now.
    """
    after = page.after(tuple[int, str, str])
    project = await projects.authorise(actor, project_id, Right.READ)
    planner = _plans()
    planned = await planner.plan(actor, project, targets)
    tasks = planner.tasks(planned, project)
    reasons = {(task.node_id, task.iteration): task.reasons for task in tasks}
    steps = [
        (place, step.node_id, "/".join(str(i) for i in step.iteration))
        for place, step in enumerate(planned.plan.steps)
    ]
    types = {step.node_type for step in planned.plan.steps if not step.current}
    settings = project.settings.render_settings()
    async with unit_of_work(actor.user_id):
        estimator = await planner.estimator(project, types)
    first = 0 if after is None else after[0] + 1
    if after is not None and after not in steps[max(0, first - 1) : first]:
        raise DirectorError(
            "run.plan_changed",
            "The plan is another one than when its first page was read.",
            hint="Read it again from the first page, without `cursor`.",
            status=409,
        )

    def planned_step(place: tuple[int, str, str]) -> PlannedStep:
        step = planned.plan.steps[place[0]]
        return PlannedStep(
            step.node_id,
            step.label,
            step.node_type,
            step.current,
            reasons.get(place[1:], []),
            None if step.current else estimator.estimate(step, settings),
        )

    shown = steps[first : first + page.rows]
    return await run_blocking(page.answer, shown, lambda place: place, planned_step)


async def estimates(
    actor: Actor, project_id: UUID, node_ids: Sequence[str], page: PageRequest
) -> Page[Estimate]:
    """About what another take of each of these nodes takes, without what goes into it.

    Nodes that make nothing, or that nothing here can make, are left out.
    """
    project = await projects.authorise(actor, project_id, Right.READ)
    planner = _plans()
    steps = await planner.steps_of(actor, project, node_ids)
    settings = project.settings.render_settings()
    async with unit_of_work(actor.user_id):
        estimator = await planner.estimator(project, {s.node_type for s in steps.values()})
    found = await run_blocking(
        lambda: [estimator.estimate(steps[one], settings) for one in sorted(steps)]
    )
    return page.of([one for one in found if one is not None], lambda one: (one.node_id,))


async def graph_in_effect(actor: Actor, project_id: UUID) -> Graph:
    """The project's graph without what is muted, and around what is bypassed."""
    graph = await collaboration.read(actor, await collaboration.main_graph(actor, project_id))
    return await run_blocking(in_effect, graph, _plans().registry)


async def read(actor: Actor, run_id: UUID) -> Run:
    """A run with its tasks."""
    async with unit_of_work(actor.user_id):
        run = await run_of(run_id)
        run.tasks = await list_tasks(run_id=run_id, limit=20_000)
    waiting = [task for task in run.tasks if task.status in ("queued", "blocked")]
    if waiting:
        async with unit_of_work(role=DatabaseRole.SERVICE):
            queue = (await read_queues([run.project_id]))[run.project_id]
        causes = {entry.task_id: entry.cause for entry in queue}
        for task in waiting:
            task.cause = causes.get(task.id, task.cause)
    return run


async def task_preview(actor: Actor, task_id: UUID) -> bytes:
    """The newest picture of a running task's work, a JPEG. Raises `task.no_preview`."""
    async with unit_of_work(actor.user_id):
        task = await read_task(task_id)
    await projects.authorise(actor, task.project_id, Right.READ)
    image = await read_preview(redis_client(), task_id)
    if image is None:
        raise DirectorError("task.no_preview", "There is no preview of this task.", status=404)
    return image


async def runs_of(actor: Actor, project_id: UUID, page: PageRequest) -> Page[Run]:
    """The runs of a project, newest first, without their tasks."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id):
        return await list_runs(project_id, page)


async def cancel(actor: Actor, *, run_id: UUID | None = None, task_id: UUID | None = None) -> int:
    """Cancel a run or a task. Says how many tasks that stopped."""
    async with unit_of_work(actor.user_id):
        project_id = (
            (await run_of(run_id)).project_id
            if run_id is not None
            else (await read_task(task_id)).project_id  # type: ignore[arg-type] - one is given
        )
    await projects.authorise(actor, project_id, Right.GENERATE)
    async with unit_of_work(actor.user_id):
        return await cancel_tasks(run_id=run_id, task_id=task_id, by=actor.name)


async def stop_project(project_id: UUID) -> None:
    """Cancel all that runs in a project that was deleted."""
    async with unit_of_work(role=DatabaseRole.SERVICE):
        for run_id in await open_runs(project_id):
            await cancel_tasks(run_id=run_id, by="the deletion of the project")


async def retry(actor: Actor, task_id: UUID) -> None:
    """Queue a task that failed or was cancelled again."""
    async with unit_of_work(actor.user_id):
        task = await read_task(task_id)
    await projects.authorise(actor, task.project_id, Right.GENERATE)
    async with unit_of_work(actor.user_id):
        await reopen_runs(await retry_task(task_id))


async def prioritise(actor: Actor, task_id: UUID, priority: Priority) -> None:
    """Let a waiting task be begun before others of the studio, or after them.

    Raises `task.not_waiting`.
    """
    async with unit_of_work(actor.user_id):
        task = await read_task(task_id)
    await projects.authorise(actor, task.project_id, Right.GENERATE)
    async with unit_of_work(actor.user_id):
        await set_priority(task_id, priority)


async def answer(actor: Actor, task_id: UUID, given: Any) -> None:
    """Answer what a task asks; it goes on where it stopped."""
    async with unit_of_work(actor.user_id):
        task = await read_task(task_id)
    await projects.authorise(actor, task.project_id, Right.GENERATE)
    async with unit_of_work(actor.user_id):
        await answer_task(task_id, given)


async def takes(
    actor: Actor, project_id: UUID, page: PageRequest, node_ids: Sequence[str] | None = None
) -> Page[Take]:
    """The takes of some nodes, or of the whole project, oldest first."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id):
        return await list_takes(project_id, page, node_ids)


async def takes_told_by(
    actor: Actor,
    project_id: UUID,
    *,
    ids: Sequence[UUID] = (),
    names: Sequence[str] = (),
    digests: Sequence[str] = (),
    recipes: Sequence[str] = (),
) -> list[Take]:
    """The takes of a project that one of these tells, oldest first: what a list from outside
    names."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id):
        return await find_takes(project_id, ids=ids, names=names, digests=digests, recipes=recipes)


async def take(actor: Actor, take_id: UUID) -> Take:
    """One take."""
    async with unit_of_work(actor.user_id):
        return await take_of(take_id)


async def choose_take(actor: Actor, project_id: UUID, node_id: str, take_id: UUID) -> None:
    """Make one of a node's takes its active one."""
    await projects.authorise(actor, project_id, Right.EDIT)
    async with unit_of_work(actor.user_id):
        chosen = await take_of(take_id)
    if chosen.project_id != project_id or chosen.node_id != node_id:
        raise DirectorError("take.not_found", "This node has no such take.", status=404)
    await _write(actor, project_id, node_id, {"data.active_take": str(take_id)}, chosen.name)


async def new_version(actor: Actor, project_id: UUID, node_id: str) -> int:
    """Begin a new creative set-up of a shot: its takes are numbered from v02_take01 on."""
    await projects.authorise(actor, project_id, Right.EDIT)
    graph_id = await collaboration.main_graph(actor, project_id)
    graph = await collaboration.read(actor, graph_id)
    node = graph.nodes.get(node_id)
    if node is None:
        raise DirectorError("graph.no_node", "There is no such node.", status=404)
    version = int(node.data.get("version") or 1) + 1
    await _write(actor, project_id, node_id, {"data.version": version}, f"Version {version}")
    return version


async def stale(actor: Actor, project_id: UUID, page: PageRequest) -> Page[StaleNode]:
    """The nodes whose active take no longer shows what they mean, with the reasons."""
    found = await _stale(actor, project_id)
    return page.of(found.nodes, lambda node: (node.node_id,))


async def stale_nodes(project_id: UUID) -> StaleNodes:
    """The same on nobody's behalf, to be told to everybody in the project."""
    return await _stale(SystemActor(await projects.owner_of(project_id)), project_id)


async def _stale(actor: Actor, project_id: UUID) -> StaleNodes:
    project = await projects.authorise(actor, project_id, Right.READ)
    planner = _plans()
    graph_id = await collaboration.main_graph(actor, project_id)
    graph = await collaboration.read(actor, graph_id)
    with_takes = [n.id for n in graph.nodes.values() if n.data.get("active_take")]
    if not with_takes:
        return StaleNodes(graph.version, [])
    planned = await planner.plan(actor, project, with_takes, tolerant=True)
    found = await run_blocking(compare_takes, planned.plan)
    labels = {step.node_id: step.label for step in planned.plan.steps}
    return StaleNodes(
        planned.graph.version,
        [
            StaleNode(node_id, labels.get(node_id, ""), [reason.sentence for reason in reasons])
            for node_id, reasons in found.items()
        ],
    )


async def _write(
    actor: Actor, project_id: UUID, node_id: str, values: dict[str, object], label: str
) -> None:
    graph_id = await collaboration.main_graph(actor, project_id)
    graph = await collaboration.read(actor, graph_id)
    if parse_id(node_id, "node") and node_id not in graph.nodes:
        raise DirectorError("graph.no_node", "There is no such node.", status=404)
    await collaboration.submit(
        actor.as_system(),
        graph_id,
        Transaction(label=label, ops=(SetNode(id=node_id, values=values),)),
    )
