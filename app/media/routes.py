"""Bytes over HTTP: a file of a project by its digest, whole or in ranges."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import unquote

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter

from app import projects
from app.accounts import Actor
from app.platform.database import unit_of_work
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.ranges import answer_bytes
from app.platform.request_bodies import body_of, declared_size
from app.projects import Right
from node_registry import DirectorError, Media

from .derivative_routes import DerivativesController
from .library import MediaDetails, list_media, media_details
from .objects import is_digest
from .quotas import ProjectStorage, StorageUse, storage_of, storage_of_person
from .service import media_of
from .tus import UploadsController


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
        if not is_digest(digest):
            raise DirectorError("media.not_found", "This project has no such file.", status=404)
        async with unit_of_work(actor.user_id):
            media = await media_of(owner, digest)
        return answer_bytes(request, media, request.app.state.store.read)

    @get("/api/v1/projects/{project_id:str}/media")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        media_type: FromQuery[Literal["image", "video", "audio", "application"] | None] = None,
    ) -> Page[MediaDetails]:
        """The media of a project, newest first, with what is known of their derivatives."""
        return await list_media(actor, parse_id(project_id, "project"), page, media_type)

    @get("/api/v1/projects/{project_id:str}/media/{digest:str}/details")
    async def details(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], digest: FromPath[str]
    ) -> MediaDetails:
        """One file of a project: its facts, its derivatives, and why it cannot be shown."""
        return await media_details(actor, parse_id(project_id, "project"), digest)

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
            actor,
            parse_id(project_id, "project"),
            unquote(filename),
            body_of(request),
            declared_size(request),
        )

    @get("/api/v1/projects/{project_id:str}/storage")
    async def storage(
        self, actor: NamedDependency[Actor], project_id: FromPath[str]
    ) -> ProjectStorage:
        """How many bytes the project has, how many it may have, and for its owner those of all
        their projects together."""
        return await storage_of(actor, parse_id(project_id, "project"))

    @get("/api/v1/storage")
    async def own_storage(self, actor: NamedDependency[Actor]) -> StorageUse:
        """How many bytes all projects that you own have together, and how many they may have."""
        return await storage_of_person(actor)


ROUTES = [MediaController, UploadsController, DerivativesController]
