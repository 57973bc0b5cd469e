"""The cut as a stream over HTTP: its playlist, and a link to it for players."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app import projects
from app.accounts import Actor
from app.execution import active_takes, graph_in_effect
from app.media import LONGEST_LINK, Link, sign_stream, stream_actor
from app.platform.ids import parse_id
from app.projects import Right

from .playlist import MEDIA_TYPE, write_playlist
from .task import cut_of

Seconds = Annotated[int, QueryParameter(ge=1, le=int(LONGEST_LINK.total_seconds()))]
Expires = Annotated[int, QueryParameter(ge=0, le=2**40)]


class PlaylistController(Controller):
    """`…/cut/playlist.m3u8`, of a project and of a stream that a link is for."""

    tags = ["cut"]

    @get("/api/v1/projects/{project_id:str}/cut/playlist.m3u8")
    async def playlist(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """The film as it stands as an HLS playlist, for players: the takes of its shots one after
        the other, black where a shot has none, frame n of the cut at n frames' time. Transitions
        are cuts in their middle; of sound, what the takes have is heard."""
        return await _answer(request, actor, parse_id(project_id, "project"))

    @post("/api/v1/projects/{project_id:str}/cut/playlist.m3u8/link", status_code=200)
    async def link(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        expires_in: Seconds = 3600,
    ) -> Link:
        """A link to the playlist that plays without a log-in for so many seconds.

        Whoever has it sees the film as it stands, and nothing else of the project, as long as the
        person who made it may give out the project's media.
        """
        project = parse_id(project_id, "project")
        await projects.authorise(actor, project, Right.EXPORT)
        lasts = timedelta(seconds=expires_in)
        expires_at = datetime.now(UTC).replace(microsecond=0) + lasts
        query = sign_stream(request, actor, project, expires_at)
        return Link(
            url=f"/api/v1/streams/{project}/cut/playlist.m3u8?{query}", expires_at=expires_at
        )

    @get("/api/v1/streams/{project_id:str}/cut/playlist.m3u8")
    async def playlist_of_link(
        self,
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        person: FromQuery[str],
        expires: FromQuery[Expires],
        signature: FromQuery[str],
    ) -> Response[Any]:
        """The playlist for whoever has the link; the addresses in it are signed as it is."""
        actor, project = await stream_actor(request, project_id, person, expires, signature)
        expires_at = datetime.fromtimestamp(expires, UTC)
        query = sign_stream(request, actor, project, expires_at)
        return await _answer(request, actor, project, query)


async def _answer(
    request: Request[Any, Any, Any], actor: Actor, project_id: UUID, query: str = ""
) -> Response[Any]:
    project = await projects.authorise(actor, project_id, Right.READ)
    settings = project.settings.render_settings()
    graph = await graph_in_effect(actor, project.id)
    cut = cut_of(graph, await active_takes(actor, graph), settings)
    text = write_playlist(cut, settings, query)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
    # The addresses in it are for ever, the playlist is for now.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(text.encode(), media_type=MEDIA_TYPE, headers=headers)
