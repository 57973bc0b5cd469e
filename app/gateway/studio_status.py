"""What the studio can do: its node types, socket types, plugins, workers and health."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from app.accounts import Actor
from app.graph import availability
from app.platform.database import CONNECTION_ERRORS, DatabaseRole, unit_of_work
from app.platform.pagination import Page, PageRequest
from app.platform.plugins import PluginReport, Plugins
from app.scheduling import Worker, list_kept_workers
from node_registry import DirectorError, Health, NodeType, Socket, SocketType

from .security import provide_actor


class NodeTypeView(msgspec.Struct, kw_only=True):
    """A node type as a canvas draws it: its sockets, its form, and whether anything can run it."""

    id: str
    title: str
    category: str
    kind: str
    version: str
    description: str
    inputs: tuple[Socket, ...]
    outputs: tuple[Socket, ...]
    params: dict[str, Any]
    color: str
    icon: str
    width: int
    unavailable: str | None
    backends: list[str]


class ConverterView(msgspec.Struct):
    """A conversion that is put in where an edge needs it."""

    source: str
    target: str
    lossy: bool


class PartHealth(msgspec.Struct):
    """The health of one part."""

    part: str
    state: str
    message: str
    remedy: str = ""


class StudioHealth(msgspec.Struct):
    """The health of the studio: the worst of its parts."""

    state: str
    parts: list[PartHealth]


class StudioStatusController(Controller):
    """`/api/v1/node-types`, `/socket-types`, `/converters`, `/plugins`, `/workers`, `/health`."""

    path = "/api/v1"
    tags = ["studio"]

    @get("/node-types")
    async def node_types(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[NodeTypeView]:
        """Every node type, with the JSON Schema of its form."""
        plugins: Plugins = request.app.state.plugins
        views = [node_type_view(t, plugins) for t in plugins.node_types.values()]
        return page.of(views, lambda node_type: (node_type.id,))

    @get("/socket-types")
    async def socket_types(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[SocketType]:
        """Every socket type; what converts into what is at /converters."""
        plugins: Plugins = request.app.state.plugins
        return page.of(plugins.socket_types.values(), lambda socket_type: (socket_type.id,))

    @get("/converters")
    async def converters(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[ConverterView]:
        """The conversions that are put in where an edge joins two types."""
        plugins: Plugins = request.app.state.plugins
        views = [ConverterView(c.source, c.target, c.lossy) for c in plugins.converters]
        return page.of(views, lambda converter: (converter.source, converter.target))

    @get("/plugins")
    async def plugins(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[PluginReport]:
        """Every installed plugin: what it brought, or why it could not be loaded."""
        reports = [
            msgspec.structs.replace(
                report, errors=[without_folders(text) for text in report.errors]
            )
            for report in request.app.state.plugins.reports
        ]
        return page.of(reports, lambda report: (report.name,))

    @get("/workers")
    async def workers(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[Worker]:
        """The workers that are there, and what each is busy with and kept for."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            found = await list_kept_workers(unit)
        return page.of(found, lambda worker: (worker.name, str(worker.id)))

    @get("/health")
    async def health(self, request: Request[Any, Any, Any]) -> Response[StudioHealth]:
        """Whether the studio works: 200 when it does, 503 when a part that it needs is down.

        Which part that is, people are told who are logged in; a stranger learns the state alone.
        """
        state = request.app.state
        parts = list(await asyncio.gather(*(check() for check in state.health_checks)))
        # What is not configured is no fault.
        order = ("not_configured", "ok", "degraded", "failed")
        worst = max(("ok", *(part.state for part in parts)), key=order.index)
        told = StudioHealth(worst, parts if await _is_known(request) else [])
        return Response(told, status_code=503 if worst == "failed" else 200)


async def _is_known(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody with an account asks; nobody is known while the database is away."""
    try:
        await provide_actor(request)
    except (DirectorError, *CONNECTION_ERRORS):
        return False
    return True


def without_folders(text: str) -> str:
    """A sentence whose paths are shortened to the files' names: no folder leaves the server."""
    return re.sub(r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\][^/\\\s:'\")]+)*[/\\](?=[^/\\\s])", "", text)


def node_type_view(node_type: NodeType, plugins: Plugins) -> NodeTypeView:
    """What the API tells of a node type."""
    serving = plugins.backends_of(node_type.id)
    return NodeTypeView(
        id=node_type.id,
        title=node_type.title,
        category=node_type.category,
        kind=node_type.kind,
        version=node_type.version,
        description=node_type.description,
        inputs=node_type.inputs,
        outputs=node_type.outputs,
        params=node_type.params,
        color=node_type.color,
        icon=node_type.icon,
        width=node_type.width,
        unavailable=availability(node_type, plugins.backends.values()),
        backends=[backend.name for backend in serving],
    )


def part_health(part: str, health: Health) -> PartHealth:
    """A plugin's own health as the studio tells it."""
    return PartHealth(part, health.state, health.message, health.remedy)


ROUTES = [StudioStatusController]
