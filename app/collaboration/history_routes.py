"""The past of a canvas over HTTP: timeline, versions, differences, undo, and the way back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from . import comparison, history, rollback, service, versions
from .undo_redo import Undone, redo, undo

Version = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]


class NewVersion(msgspec.Struct, forbid_unknown_fields=True):
    """A name for a version; without `version`, for the present one."""

    name: str
    version: Version | None = None


class RollbackRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be brought back to which version. `node_id` for a subflow or a node."""

    version: Version
    scope: rollback.Scope = "graph"
    node_id: str = ""


class HistoryController(Controller):
    """`/api/v1/projects/{project_id}/graph/…`: the past of the main canvas."""

    path = "/api/v1/projects/{project_id:str}/graph"
    tags = ["graph"]

    @get("/history")
    async def timeline(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[history.HistoryEntry]:
        """Who did what on the canvas, the newest first; git's history is …/commits."""
        return await history.timeline(actor, await _graph(actor, project_id), page)

    @get("/history/{version:int}")
    async def version_row(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], version: FromPath[int]
    ) -> history.VersionRow:
        """One version with its operations."""
        graph_id = await _graph(actor, project_id)
        if not 0 <= version < 2**62:
            raise DirectorError("graph.no_version", "There is no such version.", status=404)
        return await history.version_row(actor, graph_id, version)

    @get("/attribution")
    async def attribution(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        node: FromQuery[str],
        page: NamedDependency[PageRequest],
    ) -> Page[history.Attribution]:
        """Who wrote each field of a node or an edge last."""
        return await history.attribution(actor, await _graph(actor, project_id), node, page)

    @get("/diff")
    async def diff(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        first: Annotated[int, QueryParameter(name="from", ge=0, lt=2**62)],
        second: Annotated[int, QueryParameter(name="to", ge=0, lt=2**62)],
    ) -> comparison.NamedDifference:
        """What differs between two versions, field by field."""
        return await comparison.compare(actor, await _graph(actor, project_id), first, second)

    @get("/versions")
    async def versions(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[versions.NamedVersion]:
        """The versions that have a name, the newest first."""
        return await versions.list_versions(actor, await _graph(actor, project_id), page)

    @post("/versions", status_code=201)
    async def name_version(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewVersion]
    ) -> versions.NamedVersion:
        """Give a version a name, and keep it for good."""
        graph_id = await _graph(actor, project_id)
        return await versions.name_version(actor, graph_id, data.name, data.version)

    @delete("/versions/{version_id:str}")
    async def delete_version(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], version_id: FromPath[str]
    ) -> None:
        """Take a name away."""
        named: UUID = parse_id(version_id, "version")
        await versions.delete_version(actor, await _graph(actor, project_id), named)

    @post("/undo", status_code=200)
    async def undo(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Undone:
        """Take back one's own last step."""
        return await undo(actor, await _graph(actor, project_id))

    @post("/redo", status_code=200)
    async def redo(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Undone:
        """Do again what one took back last."""
        return await redo(actor, await _graph(actor, project_id))

    @post("/rollback", status_code=200)
    async def roll_back(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[RollbackRequest],
    ) -> rollback.RolledBack:
        """Bring the canvas, a subflow or a node back to a version, as a step that can be undone."""
        graph_id = await _graph(actor, project_id)
        return await rollback.roll_back(actor, graph_id, data.version, data.scope, data.node_id)


async def _graph(actor: Actor, project_id: str) -> UUID:
    return await service.main_graph(actor, parse_id(project_id, "project"))


ROUTES = [HistoryController]
