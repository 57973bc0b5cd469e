"""Bytes over HTTP: a file of a project by its digest, whole or in ranges."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import unquote

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter

from app import projects
from app.accounts import Actor
from app.platform.database import unit_of_work
from app.platform.ids import parse_id
from app.platform.ranges import answer_bytes
from app.projects import Right
from node_registry import DirectorError, Media

from .service import media_of
from .tus import UploadsController, body_of


class MediaController(Controller):
    """`/api/v1/projects/{project_id}/media/{digest}`."""

    tags = ["media"]

    @get(
        "/api/v1/projects/{project_id:str}/media/{digest:str}",
    )
    async def read(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """The bytes; `Range` is honoured, so that a player can seek. They never change."""
        owner = parse_id(project_id, "project")
        await projects.authorise(actor, owner, Right.READ)
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise DirectorError("media.not_found", "This project has no such file.", status=404)
        async with unit_of_work(actor.user_id):
            media = await media_of(owner, digest)
        return answer_bytes(request, media, request.app.state.store.read)

    @post("/api/v1/projects/{project_id:str}/media", status_code=201, request_max_body_size=None)
    async def upload(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        filename: Annotated[
            str, HeaderParameter(name="X-Filename", required=False, max_length=500)
        ] = "",
    ) -> Media:
        """Bring a picture, video or sound: the body is the file, its name in `X-Filename`."""
        return await request.app.state.uploads.bring(
            actor, parse_id(project_id, "project"), unquote(filename), body_of(request)
        )


ROUTES = [MediaController, UploadsController]
