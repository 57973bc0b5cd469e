"""The workflows of a project over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from .library import LARGEST, Library, PipelineTemplate, Suggestion

ALL = "/api/v1/projects/{project_id:str}/pipelines"
ONE = ALL + "/{pipeline_id:str}"


class NewPipeline(msgspec.Struct, forbid_unknown_fields=True):
    """A template that somebody has looked at and confirmed."""

    template: dict[str, Any]
    format: Annotated[str, msgspec.Meta(max_length=40)] = "comfyui"


class PipelinesController(Controller):
    """`/api/v1/projects/{project_id}/pipelines`."""

    tags = ["pipelines"]
    # A larger one is told that it is too large for a workflow, up to where it is not read at all.
    request_max_body_size = 2 * LARGEST

    @post(ALL + "/preview", status_code=200)
    async def preview(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        filename: Annotated[
            str, HeaderParameter(name="X-Filename", required=False, max_length=500)
        ] = "",
        format: Annotated[str, QueryParameter(max_length=40)] = "",
    ) -> Suggestion:
        """What a workflow's file suggests: parameters, results, models; nothing is kept.

        The body is the file itself, its name in `X-Filename`. Without a `format` it is told by the
        file.
        """
        title = unquote(filename).rpartition("/")[2].rpartition("\\")[2].removesuffix(".json")
        return await _library(request).suggest(
            actor,
            parse_id(project_id, "project"),
            format,
            await request.body(),
            title.strip() or "Workflow",
        )

    @post(ALL, status_code=201)
    async def keep(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        data: JSONBody[NewPipeline],
    ) -> PipelineTemplate:
        """Keep a template in the project's library; `media` goes onto a pipeline's node."""
        return await _library(request).keep(
            actor, parse_id(project_id, "project"), data.format, data.template
        )

    @get(ALL + "/starters")
    async def starters(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        request: Request[Any, Any, Any],
    ) -> Page[Suggestion]:
        """Workflows that come with the plugins, or that the operator offers: keep one to use it."""
        return await _library(request).starters(actor, parse_id(project_id, "project"), page)

    @get(ALL)
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        request: Request[Any, Any, Any],
    ) -> Page[PipelineTemplate]:
        """The workflows of a project, newest first."""
        return await _library(request).list_all(actor, parse_id(project_id, "project"), page)

    @get(ONE)
    async def read(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        pipeline_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> dict[str, Any]:
        """A template as it is kept: its workflow with the parameters that were confirmed."""
        return await _library(request).content(
            actor, parse_id(project_id, "project"), parse_id(pipeline_id, "pipeline")
        )

    @delete(ONE, status_code=204)
    async def remove(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        pipeline_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> None:
        """Take a workflow out of the library; nodes that chose it keep it."""
        await _library(request).remove(
            actor, parse_id(project_id, "project"), parse_id(pipeline_id, "pipeline")
        )


def _library(request: Request[Any, Any, Any]) -> Library:
    return request.app.state.pipelines


ROUTES = [PipelinesController]
