"""Whole projects over HTTP: duplicate, export, import."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.request_bodies import body_of, declared_size
from app.projects import Project

from . import service

Title = Annotated[str, msgspec.Meta(max_length=200)]


class NewCopy(msgspec.Struct, forbid_unknown_fields=True):
    """A copy to be made; without a title it is called as the first, and a copy."""

    title: Title = ""


class ArchivesController(Controller):
    """`/api/v1/projects/{project_id}/duplicate` and `…/export`, and `/api/v1/projects/import`."""

    tags = ["projects"]

    @post("/api/v1/projects/{project_id:str}/duplicate", status_code=201)
    async def duplicate(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewCopy]
    ) -> Project:
        """Make a project of yours with the same canvas, library, takes and files.

        Nothing is generated again: the copy's takes are those of the first. Its people, links,
        runs and git history are not copied.
        """
        return await service.duplicate(actor, parse_id(project_id, "project"), title=data.title)

    @get("/api/v1/projects/{project_id:str}/export", precompressed=True)
    async def export(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> Stream:
        """The whole project as a zip file, media included, to be imported elsewhere."""
        made = await service.export(actor, parse_id(project_id, "project"))
        name = quote(made.filename)
        return Stream(
            made.stream,
            media_type="application/zip",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    @post("/api/v1/projects/import", status_code=201, request_max_body_size=None)
    async def bring(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        title: Annotated[str, QueryParameter(max_length=200)] = "",
    ) -> Project:
        """Make a project of yours of an exported one: the body is the zip file.

        Whoever made a part of it in the other studio stands there with their name.
        """
        size = declared_size(request)
        return await service.import_project(actor, body_of(request), size=size, title=title)


ROUTES = [ArchivesController]
