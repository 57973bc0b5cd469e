"""The queue and the workers over HTTP, for who controls them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.accounts import Actor, demand_studio_owner
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from . import controls
from .load import Load, read_load
from .studio_queue import StudioTask, read_studio_queue


class Touched(msgspec.Struct):
    """How many tasks that concerned."""

    tasks: int


class KeptFor(msgspec.Struct, forbid_unknown_fields=True):
    """What a device takes, and nothing else: tasks of a project, of a backend, or of both."""

    project_id: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    backend: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None


class QueueController(Controller):
    """Pausing, resuming and cancelling what waits."""

    tags = ["queue"]

    @get("/api/v1/queue")
    async def studio(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[StudioTask]:
        """All tasks of the studio that run or wait, with where, why and about how long."""
        return await read_studio_queue(actor, page)

    @get("/api/v1/queue/load")
    async def load(self, actor: NamedDependency[Actor]) -> Load:
        """How much waits for workers, by quality and by kind of device."""
        demand_studio_owner(actor)
        async with unit_of_work(role=DatabaseRole.SERVICE):
            return await read_load()

    @put("/api/v1/queue/pause", status_code=204)
    async def pause_studio(self, actor: NamedDependency[Actor]) -> None:
        """Begin nothing more in the whole studio; what runs goes on."""
        await controls.pause_studio(actor, paused=True)

    @delete("/api/v1/queue/pause", status_code=204)
    async def resume_studio(self, actor: NamedDependency[Actor]) -> None:
        """Let the studio's queue go on."""
        await controls.pause_studio(actor, paused=False)

    @post("/api/v1/queue/cancel", status_code=200)
    async def cancel_studio(self, actor: NamedDependency[Actor]) -> Touched:
        """Cancel everything that runs or waits in the whole studio."""
        return Touched(await controls.cancel_studio(actor))

    @put("/api/v1/projects/{project_id:str}/queue/pause", status_code=200)
    async def pause_project(
        self, actor: NamedDependency[Actor], project_id: FromPath[str]
    ) -> Touched:
        """Let all that waits in the project wait until it is resumed; what comes later does not."""
        return await _pause(actor, "project", project_id, paused=True)

    @delete("/api/v1/projects/{project_id:str}/queue/pause", status_code=200)
    async def resume_project(
        self, actor: NamedDependency[Actor], project_id: FromPath[str]
    ) -> Touched:
        """Resume all that waits in the project."""
        return await _pause(actor, "project", project_id, paused=False)

    @post("/api/v1/projects/{project_id:str}/queue/cancel", status_code=200)
    async def cancel_project(
        self, actor: NamedDependency[Actor], project_id: FromPath[str]
    ) -> Touched:
        """Cancel everything that runs or waits in the project."""
        return Touched(await controls.cancel_project(actor, parse_id(project_id, "project")))

    @put("/api/v1/runs/{run_id:str}/pause", status_code=200)
    async def pause_run(self, actor: NamedDependency[Actor], run_id: FromPath[str]) -> Touched:
        """Let what waits of a run wait until it is resumed; what runs goes on."""
        return await _pause(actor, "run", run_id, paused=True)

    @delete("/api/v1/runs/{run_id:str}/pause", status_code=200)
    async def resume_run(self, actor: NamedDependency[Actor], run_id: FromPath[str]) -> Touched:
        """Resume a run."""
        return await _pause(actor, "run", run_id, paused=False)

    @put("/api/v1/tasks/{task_id:str}/pause", status_code=200)
    async def pause_task(self, actor: NamedDependency[Actor], task_id: FromPath[str]) -> Touched:
        """Let a waiting task wait until it is resumed."""
        return await _pause(actor, "task", task_id, paused=True)

    @delete("/api/v1/tasks/{task_id:str}/pause", status_code=200)
    async def resume_task(self, actor: NamedDependency[Actor], task_id: FromPath[str]) -> Touched:
        """Resume a task."""
        return await _pause(actor, "task", task_id, paused=False)


class WorkersController(Controller):
    """Draining workers, and keeping cards, for the owner of the studio."""

    tags = ["queue"]

    @put("/api/v1/workers/{worker_id:str}/drain", status_code=204)
    async def drain(self, actor: NamedDependency[Actor], worker_id: FromPath[str]) -> None:
        """Give a worker no further task; what it runs is finished."""
        await controls.drain(actor, parse_id(worker_id, "worker"), draining=True)

    @delete("/api/v1/workers/{worker_id:str}/drain", status_code=204)
    async def undrain(self, actor: NamedDependency[Actor], worker_id: FromPath[str]) -> None:
        """Give a worker tasks again."""
        await controls.drain(actor, parse_id(worker_id, "worker"), draining=False)

    @put("/api/v1/devices/{device_id:str}/rule", status_code=204)
    async def keep(
        self, actor: NamedDependency[Actor], device_id: FromPath[str], data: JSONBody[KeptFor]
    ) -> None:
        """Keep a card for a project, or for a backend and its models."""
        if data.project_id is None and data.backend is None:
            demand_studio_owner(actor)
            raise DirectorError(
                "device.rule_empty",
                "A rule names a project, a backend, or both.",
                hint="`director queue free` lets the device take everything again.",
            )
        project = None if data.project_id is None else parse_id(data.project_id, "project")
        await controls.keep_device(actor, device_id, project_id=project, backend=data.backend)

    @delete("/api/v1/devices/{device_id:str}/rule", status_code=204)
    async def free(self, actor: NamedDependency[Actor], device_id: FromPath[str]) -> None:
        """Let a card take everything again."""
        await controls.keep_device(actor, device_id)


async def _pause(actor: Actor, what: controls.Pausable, thing_id: str, *, paused: bool) -> Touched:
    return Touched(await controls.pause(actor, what, parse_id(thing_id, what), paused=paused))


ROUTES = [QueueController, WorkersController]
