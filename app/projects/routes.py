"""Projects over HTTP: make, list, change, their folder and its history."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from node_registry import Commit, Tier

from . import changes, dashboard, founding, lifecycle, service
from .dashboard import ProjectCard, Wanted
from .manifest import FilmSettings
from .model import Project
from .rights import Right, authorise
from .structure import Entry


class NewSettings(FilmSettings, frozen=True, forbid_unknown_fields=True):
    """The format of a film as a request gives it: a misspelt field is refused, not ignored."""


class NewProject(msgspec.Struct, forbid_unknown_fields=True):
    """A project to be made. `origin` is a program's own mark, by which it finds it again."""

    title: str
    description: str = ""
    quality: Tier = "standard"
    settings: NewSettings | None = None
    origin: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class ProjectChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change; what is not given stays."""

    title: str | None = None
    description: str | None = None
    quality: Tier | None = None
    settings: NewSettings | None = None
    auto_commit: bool | None = None


class ProjectsController(Controller):
    """`/api/v1/projects`, and the documents' own addresses."""

    tags = ["projects"]

    @post(["/api/v1/projects", "/api/projects/create"], status_code=201)
    async def create(self, actor: NamedDependency[Actor], data: JSONBody[NewProject]) -> Project:
        """Make a project: a folder with the whole structure, versioned, and its record."""
        return await founding.create(
            actor,
            data.title,
            description=data.description,
            quality=data.quality,
            settings=data.settings,
            origin=data.origin,
        )

    @get("/api/v1/projects")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        page: NamedDependency[PageRequest],
        search: Annotated[str, QueryParameter(max_length=dashboard.MAX_SEARCH)] = "",
        show: FromQuery[dashboard.Show] = "active",
        whose: FromQuery[dashboard.Whose] = "all",
        sort: FromQuery[dashboard.Sort] = "changed",
        origin: FromQuery[str | None] = None,
    ) -> Page[ProjectCard]:
        """The projects that you belong to, as a dashboard shows them.

        `search` looks into title and description. `show` is `active`, `archived`, or `deleted`:
        those of yours that can be restored yet. `whose` is `mine`, `shared` (with you), or `all`.
        `sort` is `changed`, `opened` (by you) or `created`, newest first, or `title`. With
        `origin`, the one that was made from it.
        """
        wanted = Wanted(show=show, whose=whose, search=search, sort=sort, origin=origin)
        return await dashboard.list_projects(actor, page, wanted)

    @get("/api/v1/projects/{project_id:str}")
    async def read(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Project:
        """One project."""
        return await authorise(actor, parse_id(project_id, "project"), Right.READ)

    @patch("/api/v1/projects/{project_id:str}")
    async def change(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[ProjectChange],
    ) -> Project:
        """Change title, description, quality or format; or whether takes commit by themselves."""
        return await changes.update(
            actor,
            parse_id(project_id, "project"),
            title=data.title,
            description=data.description,
            quality=data.quality,
            settings=data.settings,
            auto_commit=data.auto_commit,
        )

    @delete("/api/v1/projects/{project_id:str}")
    async def remove(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> None:
        """Delete a project. Nobody sees it any more; you can restore it for a time."""
        await lifecycle.delete(actor, parse_id(project_id, "project"))

    @post("/api/v1/projects/{project_id:str}/restore", status_code=200)
    async def restore(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Project:
        """Bring a project of yours back that you deleted."""
        return await lifecycle.restore(actor, parse_id(project_id, "project"))

    @post("/api/v1/projects/{project_id:str}/archive", status_code=200)
    async def archive(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Project:
        """Put a project away: it can be read and taken out, and nothing in it changes."""
        return await lifecycle.archive(actor, parse_id(project_id, "project"))

    @post("/api/v1/projects/{project_id:str}/unarchive", status_code=200)
    async def unarchive(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Project:
        """Take a project out of the archive."""
        return await lifecycle.unarchive(actor, parse_id(project_id, "project"))

    @get(
        ["/api/v1/projects/{project_id:str}/structure", "/api/projects/{project_id:str}/structure"]
    )
    async def structure(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Entry:
        """The tree of the project's folder."""
        return await service.structure(actor, parse_id(project_id, "project"))

    @get(["/api/v1/projects/{project_id:str}/commits", "/api/projects/{project_id:str}/history"])
    async def commits(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        branch: Annotated[str | None, QueryParameter(max_length=200)] = None,
    ) -> Page[Commit]:
        """The commits of the project's folder in git, or of another branch, newest first.

        What happened on the canvas, step by step, is another list: …/graph/history.
        """
        return await service.commits(actor, parse_id(project_id, "project"), page, branch)


ROUTES = [ProjectsController]
