"""Runs, tasks and takes over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect

from app import projects
from app.accounts import Actor
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.ranges import answer_bytes
from app.projects import Right
from app.scheduling import (
    Failure,
    Priority,
    Question,
    QueueEntry,
    TaskProgress,
    list_failures,
    list_questions,
    read_queue,
)
from node_registry import DirectorError

from . import service
from .estimates import Estimate
from .runs import Run
from .takes import Take

# A preview is a moment's, and comes from a backend: it is shown once, and never run.
PREVIEW_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}

NodeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Generate(msgspec.Struct, forbid_unknown_fields=True):
    """Which node to make a new take of. `request_id` makes a second click the same run. Without
    `auto_commit` the new takes wait for somebody's commit."""

    node_id: NodeId
    request_id: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    params: dict[str, Any] = {}
    auto_commit: bool = True
    priority: Priority | None = None


class Queued(msgspec.Struct):
    """What was begun; `run_id` is where its progress stands."""

    task_id: FromPath[str]
    run_id: FromPath[str]
    status: str = "queued"


class NewRun(msgspec.Struct, forbid_unknown_fields=True):
    """What to bring up to date. Without `auto_commit` new takes wait for somebody's commit.

    With `priority` the new tasks are begun before or after others of the studio."""

    targets: Annotated[list[NodeId], msgspec.Meta(min_length=1, max_length=10_000)]
    request_id: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    auto_commit: bool = True
    priority: Priority | None = None


class NewPriority(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a waiting task is begun before the others of the studio, among them, or after."""

    priority: Priority


class RunView(msgspec.Struct):
    """A run, and the newest progress of its tasks that are under way."""

    run: Run
    progress: list[TaskProgress]


class Stopped(msgspec.Struct):
    """How many tasks a cancel reached."""

    tasks: int


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What a person answers; it must fit the JSON Schema in the task's question."""

    answer: Any


class ChosenTake(msgspec.Struct, forbid_unknown_fields=True):
    """The take that a node shall give."""

    take_id: FromPath[str]


class RunsController(Controller):
    """Runs of a project, and the documents' own address for Generate."""

    tags = ["runs"]

    @post(
        ["/api/v1/projects/{project_id:str}/generate", "/api/projects/{project_id:str}/generate"],
        status_code=202,
    )
    async def generate(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[Generate]
    ) -> Queued:
        """Make a new take of a node, and first what it needs."""
        if data.params:
            raise DirectorError(
                "run.params_not_here",
                "Params of a node are set on the node, so that its take can be made again.",
                hint="Write them with …/graph/operations, then generate.",
            )
        task = await service.generate(
            actor,
            parse_id(project_id, "project"),
            data.node_id,
            request_id=data.request_id,
            auto_commit=data.auto_commit,
            priority=data.priority,
        )
        return Queued(str(task.id), str(task.run_id))

    @post("/api/v1/projects/{project_id:str}/runs", status_code=202)
    async def start(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewRun]
    ) -> Run:
        """Bring nodes up to date: only what is missing or stale is made."""
        return await service.start(
            actor,
            parse_id(project_id, "project"),
            data.targets,
            request_id=data.request_id,
            auto_commit=data.auto_commit,
            priority=data.priority,
        )

    @get("/api/v1/projects/{project_id:str}/runs")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Run]:
        """The runs of a project, newest first."""
        return await service.runs_of(actor, parse_id(project_id, "project"), page)

    @get("/api/v1/projects/{project_id:str}/plan")
    async def preview(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        target: FromQuery[list[str]],
        page: NamedDependency[PageRequest],
    ) -> Page[service.PlannedStep]:
        """What a run would make and why, in the order of the plan, without beginning it."""
        return await service.preview(actor, parse_id(project_id, "project"), target, page)

    @get("/api/v1/projects/{project_id:str}/estimates")
    async def estimates(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        node: FromQuery[Annotated[list[str], msgspec.Meta(min_length=1, max_length=200)]],
        page: NamedDependency[PageRequest],
    ) -> Page[Estimate]:
        """About what another take of each of these nodes takes: time, time of a card, memory."""
        return await service.estimates(actor, parse_id(project_id, "project"), node, page)

    @get("/api/v1/runs/{run_id:str}")
    async def read(
        self, actor: NamedDependency[Actor], run_id: FromPath[str], request: Request[Any, Any, Any]
    ) -> RunView:
        """A run with its tasks and their progress."""
        run = await service.read(actor, parse_id(run_id, "run"))
        last = request.app.state.progress.last
        return RunView(run, [last[t.id] for t in run.tasks if t.id in last])

    @post("/api/v1/runs/{run_id:str}/cancel", status_code=200)
    async def cancel(self, actor: NamedDependency[Actor], run_id: FromPath[str]) -> Stopped:
        """Cancel what of a run has not ended."""
        return Stopped(await service.cancel(actor, run_id=parse_id(run_id, "run")))

    @post("/api/v1/tasks/{task_id:str}/cancel", status_code=200)
    async def cancel_task(self, actor: NamedDependency[Actor], task_id: FromPath[str]) -> Stopped:
        """Cancel one task."""
        return Stopped(await service.cancel(actor, task_id=parse_id(task_id, "task")))

    @get("/api/v1/tasks/{task_id:str}/preview", media_type="image/jpeg")
    async def task_preview(
        self, actor: NamedDependency[Actor], task_id: FromPath[str], number: FromQuery[int] = 0
    ) -> Response[bytes]:
        """The newest picture of a running task; `number` only makes the address of each its own."""
        del number
        image = await service.task_preview(actor, parse_id(task_id, "task"))
        return Response(image, media_type="image/jpeg", headers=PREVIEW_HEADERS)

    @post("/api/v1/tasks/{task_id:str}/retry", status_code=204)
    async def retry(self, actor: NamedDependency[Actor], task_id: FromPath[str]) -> None:
        """Try a task again that failed or was cancelled, and those that failed because of it."""
        await service.retry(actor, parse_id(task_id, "task"))

    @put("/api/v1/tasks/{task_id:str}/priority", status_code=204)
    async def prioritise(
        self, actor: NamedDependency[Actor], task_id: FromPath[str], data: JSONBody[NewPriority]
    ) -> None:
        """Let a waiting task be begun before others of the studio, with what it needs, or after."""
        await service.prioritise(actor, parse_id(task_id, "task"), data.priority)

    @post("/api/v1/tasks/{task_id:str}/answer", status_code=204)
    async def answer(
        self, actor: NamedDependency[Actor], task_id: FromPath[str], data: JSONBody[Answer]
    ) -> None:
        """Answer what a task asks (`question` of the task); it goes on where it stopped."""
        await service.answer(actor, parse_id(task_id, "task"), data.answer)

    @get("/api/v1/projects/{project_id:str}/queue")
    async def queue(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[QueueEntry]:
        """The project's waiting tasks: place in the studio's queue, and why each waits."""
        owner = parse_id(project_id, "project")
        await projects.authorise(actor, owner, Right.READ)
        # What stands before it may be somebody else's, of which only the number is told.
        async with unit_of_work(role=DatabaseRole.SERVICE):
            return await read_queue(owner, page)

    @get("/api/v1/projects/{project_id:str}/questions")
    async def questions(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Question]:
        """What tasks of the project ask people; `…/tasks/{task_id}/answer` takes the answers."""
        owner = parse_id(project_id, "project")
        await projects.authorise(actor, owner, Right.READ)
        async with unit_of_work(actor.user_id):
            return await list_questions(owner, page)

    @get("/api/v1/projects/{project_id:str}/failures")
    async def failures(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Failure]:
        """The nodes whose last run failed, why, and what to do."""
        owner = parse_id(project_id, "project")
        await projects.authorise(actor, owner, Right.READ)
        async with unit_of_work(actor.user_id):
            return await list_failures(owner, page)

    @get("/api/v1/projects/{project_id:str}/stale")
    async def stale(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[service.StaleNode]:
        """The nodes whose take no longer shows what they mean, and why."""
        return await service.stale(actor, parse_id(project_id, "project"), page)


class TakesController(Controller):
    """Takes: their facts, their bytes, and which one counts."""

    tags = ["takes"]

    @get("/api/v1/projects/{project_id:str}/takes")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        node_id: Annotated[list[str] | None, QueryParameter(max_items=200)] = None,
    ) -> Page[Take]:
        """The takes of a project, or of some of its nodes, oldest first."""
        return await service.takes(actor, parse_id(project_id, "project"), page, node_id)

    @get("/api/v1/takes/{take_id:str}")
    async def read(self, actor: NamedDependency[Actor], take_id: FromPath[str]) -> Take:
        """One take: what it was made from, by what, and its files."""
        return await service.take(actor, parse_id(take_id, "take"))

    @get("/api/v1/takes/{take_id:str}/content")
    async def content(
        self,
        actor: NamedDependency[Actor],
        take_id: FromPath[str],
        request: Request[Any, Any, Any],
        output: FromQuery[str | None] = None,
    ) -> Response[Any]:
        """The bytes of a take; `output` names one of its results, else it is the first."""
        take = await service.take(actor, parse_id(take_id, "take"))
        media = take.output(output)
        suffix = media.name.rpartition(".")[2]
        named = msgspec.structs.replace(media, name=f"{take.name}.{suffix}")
        return answer_bytes(request, named, request.app.state.store.read)

    @get("/api/v1/takes/{take_id:str}/thumbnail", status_code=307)
    async def thumbnail(
        self,
        actor: NamedDependency[Actor],
        take_id: FromPath[str],
        size: FromQuery[Literal["small", "medium", "large"]] = "medium",
        wait: FromQuery[int] = 0,
    ) -> Redirect:
        """Where the picture of what the take shows is: the thumbnail of its media."""
        take = await service.take(actor, parse_id(take_id, "take"))
        media = f"/api/v1/projects/{take.project_id}/media/{take.digest}"
        return Redirect(
            f"{media}/thumbnail?size={size}&wait={wait}",
            status_code=307,
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )

    @post("/api/v1/projects/{project_id:str}/nodes/{node_id:str}/active-take", status_code=204)
    async def choose(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        node_id: FromPath[str],
        data: JSONBody[ChosenTake],
    ) -> None:
        """Choose the take that a node gives."""
        await service.choose_take(
            actor, parse_id(project_id, "project"), node_id, parse_id(data.take_id, "take")
        )

    @post("/api/v1/projects/{project_id:str}/nodes/{node_id:str}/version", status_code=201)
    async def new_version(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], node_id: FromPath[str]
    ) -> dict[str, int]:
        """Begin a new version of a shot: takes count from 1 again."""
        version = await service.new_version(actor, parse_id(project_id, "project"), node_id)
        return {"version": version}


ROUTES = [RunsController, TakesController]
