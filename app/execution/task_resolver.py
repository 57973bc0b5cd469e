"""Resolves a task at its dispatch, when its inputs are there: request, basis, recipe, backend."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import msgspec

from app.media import project_sees
from app.platform.database import CONNECTION_ERRORS, UnitOfWork, current_unit
from app.platform.plugins import Plugins
from app.platform.telemetry import get_logger
from app.scheduling import (
    ReadyTask,
    Refused,
    Reused,
    Waiting,
    Worker,
    causes,
    find_twin,
    takes_of_tasks,
)
from node_registry import BackendSpec, DirectorError, Input, Media, Needs, Request

from .backend_choice import (
    Choice,
    choose_with_fallback,
    ingredients_of,
    pipeline_of,
    unknown_backends,
)
from .bounds import Bounds
from .estimates import Kind, Measured, measured_runs
from .plan import InputRef, is_media
from .recipe import Recipe
from .takes import Take, find_by_recipe, takes_by_id
from .task_payload import TaskPayload, TaskPlan

log = get_logger(__name__)


class ResolveParams(Protocol):
    """Makes the params of an unusual node from what it prepared and the takes of its inputs."""

    def __call__(
        self, special: dict[str, Any], takes: Mapping[str, Take], params: dict[str, Any]
    ) -> dict[str, Any]: ...


class TaskResolver:
    """Tells the dispatcher what a task needs. `param_resolvers` are by node type.

    `preferred_backends` are the operator's (`DIRECTOR_BACKENDS`); a project's come before them.
    """

    def __init__(
        self,
        plugins: Plugins,
        param_resolvers: Mapping[str, ResolveParams],
        preferred_backends: Sequence[str] = (),
        bounds: Bounds | None = None,
    ) -> None:
        self._plugins = plugins
        self._param_resolvers = param_resolvers
        self._preferred_backends = preferred_backends
        self._measured = MeasuredInUnit()
        self._bounds = bounds or Bounds()
        unknown = unknown_backends(plugins, preferred_backends)
        if unknown:
            log.warning("backends.unknown", setting="DIRECTOR_BACKENDS", names=unknown)

    async def __call__(
        self, task_id: UUID, plan: dict[str, Any], workers: Sequence[Worker]
    ) -> ReadyTask | Reused | Waiting | Refused:
        """The task as it is ready to run; or why it needs no run, must wait, or cannot run."""
        task = msgspec.convert(plan, TaskPlan)
        try:
            return await self._resolve(task_id, task, workers)
        except DirectorError as error:
            return Refused({"code": error.code, "message": error.message, "hint": error.hint})
        except (asyncpg.PostgresError, *CONNECTION_ERRORS):
            raise
        except Exception as error:
            # One task that cannot be resolved must not hold up all others.
            log.exception("task.not_resolved", task=str(task_id))
            return Refused(
                {
                    "code": "task.not_completed",
                    "message": f"What it needs could not be worked out: {type(error).__name__}.",
                    "hint": "The studio's log holds the details; a plugin may be at fault.",
                }
            )

    async def _resolve(
        self, task_id: UUID, task: TaskPlan, workers: Sequence[Worker]
    ) -> ReadyTask | Reused | Waiting | Refused:
        step = task.step
        takes = await _takes_of_inputs(task)
        outputs = {key: take.digest for key, take in takes.items()}
        basis = step.basis_when(outputs)
        preferences = (task.backends, self._preferred_backends)
        pipeline = pipeline_of([ref.value for ref in step.inputs.get("pipeline", ())])
        params = step.params
        if task.special is not None:
            params = self._param_resolvers[step.node_type](task.special, takes, params)
        else:
            self._bounds.check(step.label, params, task.settings)
        request = Request(
            task_id=str(task_id),
            attempt=1,
            node_id=step.node_id,
            node_type=step.node_type,
            params=params,
            inputs={
                socket: [_input(ref, takes) for ref in refs] for socket, refs in step.inputs.items()
            },
            seed=task.seed,
            tier=step.tier,
            settings=task.settings,
            slate=task.slate,
            catalog_digest=self._catalog_digest(step.node_type) or "",
        )
        await _check_media(UUID(task.project_id), request)
        choice = choose_with_fallback(
            self._plugins,
            request,
            workers,
            preferences,
            pipeline,
            may_lower=task.when_unavailable == "lower",
        )
        request = msgspec.structs.replace(request, tier=choice.tier)
        recipe = self._recipe(choice.backend, request)
        digest = recipe.digest(basis, request)
        if digest is not None:
            made = await _existing_result(UUID(task.project_id), task_id, digest)
            if made is not None:
                return made
        if choice.needs is None:
            assert choice.cause is not None
            return Waiting(choice.cause)
        measured = await self._measured.read(UUID(task.project_id), request.node_type)
        predicted = _predicted(request, choice, choice.needs, measured)
        return ReadyTask(
            request=msgspec.to_builtins(_payload(task, request, recipe, choice, predicted)),
            backend=choice.backend.name,
            backend_version=choice.backend.version,
            needs=choice.needs,
            expected_seconds=predicted.get("seconds"),
            basis=basis,
            recipe=digest,
            made_from=step.made_from_when(outputs),
            model=_model_of(choice.backend, recipe),
        )

    def _recipe(self, backend: BackendSpec, request: Request) -> Recipe:
        return Recipe(
            backend=backend,
            ingredients=ingredients_of(backend, request),
            catalog_digest=self._catalog_digest(request.node_type),
        )

    def _catalog_digest(self, node_type: str) -> str | None:
        entry = self._plugins.catalog_entries.get(node_type)
        return None if entry is None else entry.digest


async def _existing_result(project_id: UUID, task_id: UUID, recipe: str) -> Reused | Waiting | None:
    """The take that is equal to what this task would make, or the word that one is under way."""
    equal = await find_by_recipe(project_id, recipe)
    if equal is not None:
        return Reused(equal, recipe)
    twin = await find_twin(project_id, recipe, task_id)
    return None if twin is None else Waiting(causes.same_under_way(twin))


def _model_of(backend: BackendSpec, recipe: Recipe) -> str:
    """What is loaded to run it, as one name; empty for a backend that names no models."""
    models = sorted(recipe.ingredients.models)
    return "\n".join([backend.name, *models]) if models else ""


class MeasuredInUnit:
    """What runs took, read once in a unit of work for each project and node type.

    The dispatcher resolves many tasks of a project in one transaction of some milliseconds.
    """

    def __init__(self) -> None:
        self._unit: weakref.ref[UnitOfWork] | None = None
        self._known: dict[tuple[UUID, str], dict[Kind, Measured]] = {}

    async def read(self, project_id: UUID, node_type: str) -> dict[Kind, Measured]:
        """What the newest runs of a node type took in a project."""
        unit = current_unit()
        if self._unit is None or self._unit() is not unit:
            self._unit, self._known = weakref.ref(unit), {}
        key = project_id, node_type
        if key not in self._known:
            self._known[key] = await measured_runs(project_id, [node_type])
        return self._known[key]


def _predicted(
    request: Request, choice: Choice, needs: Needs, measured: Mapping[Kind, Measured]
) -> dict[str, Any]:
    """What this run should take, to stand beside what it took: as measured, else as declared."""
    kind = (request.node_type, choice.backend.name, choice.tier)
    known = measured.get(kind)
    found: dict[str, Any] = {"seconds": needs.seconds, "vram_bytes": needs.vram_bytes}
    if known is not None:
        found = {
            "seconds": known.seconds,
            "vram_bytes": known.vram_bytes or needs.vram_bytes,
            "ram_bytes": known.ram_bytes or 0,
            "measured_runs": known.runs,
        }
    return {name: value for name, value in found.items() if value}


def _payload(
    task: TaskPlan, request: Request, recipe: Recipe, choice: Choice, predicted: dict[str, Any]
) -> TaskPayload:
    made_by: dict[str, Any] = {
        **recipe.facts(),
        "node_type": request.node_type,
        "tier": request.tier,
        "asked_tier": task.step.tier,
        "seed": task.seed,
        "predicted": predicted,
    }
    for name, why in (("lowered", choice.lowered), ("passed_over", choice.passed_over)):
        if why:
            made_by[name] = why
    return TaskPayload(
        request=request,
        stem=task.stem,
        version=task.version,
        iteration="/".join(str(index) for index in task.step.iteration),
        made_by=made_by,
    )


async def _takes_of_inputs(task: TaskPlan) -> dict[str, Take]:
    """The takes that go into a task, by step key."""
    by_key = {key: UUID(take_id) for key, take_id in task.takes.items()}
    if task.tasks:
        made = await takes_of_tasks([UUID(task_id) for task_id in task.tasks.values()])
        by_key |= {key: made[UUID(task_id)] for key, task_id in task.tasks.items()}
    takes = await takes_by_id(list(by_key.values())) if by_key else {}
    return {key: takes[take_id] for key, take_id in by_key.items()}


async def _check_media(project_id: UUID, request: Request) -> None:
    """See that all bytes that a run will read are this project's: digests are no secrets."""
    digests: set[str] = set()
    waiting: list[Any] = [request.params, msgspec.to_builtins(request.inputs)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if is_media(value):
                digests.add(value["digest"])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    if not digests:
        return
    unseen = digests - await project_sees(project_id, list(digests))
    if unseen:
        raise DirectorError(
            "media.not_in_project",
            f"It refers to {len(unseen)} files that this project does not have.",
            hint="Upload them to this project, then choose them again.",
            status=404,
        )


def _input(ref: InputRef, takes: Mapping[str, Take]) -> Input:
    media: Media | None = None
    if ref.step is not None:
        media = takes[ref.step].output(ref.socket)
    elif ref.media is not None:
        media = msgspec.convert(ref.media, Media)
    return Input(
        node_id=ref.node_id,
        label=ref.label,
        value=ref.value,
        media=media,
        strength=ref.strength,
    )
