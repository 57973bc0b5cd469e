"""Projects over HTTP: make, list, change, their folder and its history."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from node_registry import Commit, DirectorError

from . import service
from .manifest import FilmSettings
from .model import Project, Quality
from .structure import Entry


class NewProject(msgspec.Struct, forbid_unknown_fields=True):
    """A project to be made. `origin` is a program's own mark, by which it finds it again."""

    title: str
    description: str = ""
    quality: Quality = "standard"
    settings: FilmSettings | None = None
    origin: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class ProjectChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change; what is not given stays."""

    title: str | None = None
    description: str | None = None
    quality: Quality | None = None
    settings: FilmSettings | None = None


class ProjectsController(Controller):
    """`/api/v1/projects`, and the documents' own addresses."""

    tags = ["projects"]

    @post(["/api/v1/projects", "/api/projects/create"], status_code=201)
    async def create(self, actor: NamedDependency[Actor], data: JSONBody[NewProject]) -> Project:
        """Make a project: a folder with the whole structure, versioned, and its record."""
        return await service.create(
            actor,
            data.title,
            description=data.description,
            quality=data.quality,
            settings=data.settings,
            origin=data.origin,
        )

    @get("/api/v1/projects")
    async def list_all(
        self, actor: NamedDependency[Actor], origin: FromQuery[str | None] = None
    ) -> list[Project]:
        """The projects that you belong to; with `origin`, the one that was made from it."""
        if origin is not None:
            found = await service.find_by_origin(actor, origin)
            return [] if found is None else [found]
        return await service.list_projects(actor)

    @get("/api/v1/projects/{project_id:str}")
    async def read(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Project:
        """One project."""
        return await service.authorise(actor, parse_id(project_id, "project"), service.Right.READ)

    @patch("/api/v1/projects/{project_id:str}")
    async def change(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[ProjectChange],
    ) -> Project:
        """Change title, description, quality or format."""
        return await service.update(
            actor,
            parse_id(project_id, "project"),
            title=data.title,
            description=data.description,
            quality=data.quality,
            settings=data.settings,
        )

    @delete("/api/v1/projects/{project_id:str}")
    async def remove(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> None:
        """Take a project out of the studio; its folder is kept on disk."""
        await service.delete(actor, parse_id(project_id, "project"))

    @get(
        ["/api/v1/projects/{project_id:str}/structure", "/api/projects/{project_id:str}/structure"]
    )
    async def structure(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Entry:
        """The tree of the project's folder."""
        return await service.structure(actor, parse_id(project_id, "project"))

    @get(["/api/v1/projects/{project_id:str}/history", "/api/projects/{project_id:str}/history"])
    async def history(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
        before: FromQuery[str | None] = None,
    ) -> list[Commit]:
        """The commits of the project, newest first; `before` continues after that commit."""
        if before is not None and not re_full_hex(before):
            raise DirectorError("request.bad_id", "`before` is the id of a commit.")
        return await service.history(
            actor, parse_id(project_id, "project"), limit=limit, before=before
        )


def re_full_hex(text: str) -> bool:
    """Whether a text is a whole object id of git."""
    return 4 <= len(text) <= 64 and all(letter in "0123456789abcdef" for letter in text)


ROUTES = [ProjectsController]
