"""Segments of streams over HTTP: for people who are logged in, and for players with a link.

The playlist of a cut names them. A request waits until a worker has made the segment, so that a
player needs to know of nothing but HTTP; what an address answers with never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from node_registry.film import parse_rate

from app import projects
from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.ranges import answer_bytes
from app.projects import Right
from node_registry import DirectorError, Media

from .derivative_files import LONGEST_WAIT, DerivativeFiles, Pending
from .objects import is_digest
from .segments import placed, read_address_name
from .stream_links import stream_actor

Wait = Annotated[
    float,
    QueryParameter(ge=0, le=LONGEST_WAIT, description="Seconds to wait for what is not there yet."),
]
Expires = Annotated[int, QueryParameter(ge=0, le=2**40)]


class SegmentsController(Controller):
    """`…/media/{digest}/segments/{name}`, of a project and of a stream that a link is for."""

    tags = ["media"]

    @get("/api/v1/projects/{project_id:str}/media/{digest:str}/segments/{name:str}")
    async def segment(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        wait: Wait = LONGEST_WAIT,
    ) -> Response[Any]:
        """A segment of a stream, or the head of its segments, as fragmented MP4 (CMAF) with H.264
        and AAC; the playlist of a cut names them. One that is not made within `wait` seconds is
        503 with `Retry-After`, after which players ask again."""
        return await _answer(request, actor, parse_id(project_id, "project"), digest, name, wait)

    @get("/api/v1/streams/{project_id:str}/media/{digest:str}/segments/{name:str}")
    async def segment_of_link(
        self,
        project_id: FromPath[str],
        digest: FromPath[str],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        person: FromQuery[str],
        expires: FromQuery[Expires],
        signature: FromQuery[str],
    ) -> Response[Any]:
        """The same for whoever has the link to the playlist, which signs this address too."""
        actor, project = await stream_actor(request, project_id, person, expires, signature)
        return await _answer(request, actor, project, digest, name, LONGEST_WAIT)


async def _answer(
    request: Request[Any, Any, Any],
    actor: Actor,
    project: UUID,
    digest: str,
    name: str,
    wait: float,
) -> Response[Any]:
    # Before the name is read: who may not see the project is told nothing else.
    await projects.authorise(actor, project, Right.READ)
    segment, at = read_address_name(name)
    files: DerivativeFiles = request.app.state.derivatives
    if not is_digest(digest):
        digest = ""
    found = await files.segment(actor, project, digest, segment, wait=wait)
    if isinstance(found, Pending):
        raise DirectorError(
            "media.segment_pending",
            "This part of the film is still being made.",
            hint="Ask again in a moment.",
            status=503,
            fields={"retry_after": 1},
        )
    file, data = found
    if segment.first < segment.end:
        data = placed(data, file.facts, at, parse_rate(segment.rate))
    told = Media(
        digest=hashlib.sha256(data).hexdigest(), size=len(data), media_type=file.media_type
    )
    return answer_bytes(request, told, lambda _, start, end: _part(data, start, end))


async def _part(data: bytes, start: int, end: int) -> AsyncIterator[bytes]:
    yield data[start:end]


ROUTES = [SegmentsController]
