"""Derivatives over HTTP: thumbnails, filmstrips, proxies and waveforms of media.

One that is there is answered at once, and cached for ever. One that is not is wanted from then on:
the answer is 202 with `Retry-After`, or the derivative itself when it is ready within `wait`
seconds, so that an `<img>` needs nothing but its address.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.ranges import answer_bytes
from node_registry import DerivativeKind, Media

from .derivative_files import LONGEST_WAIT, DerivativeFiles, Pending, read_file
from .objects import is_digest

Wait = Annotated[
    float,
    QueryParameter(ge=0, le=LONGEST_WAIT, description="Seconds to wait for what is not there yet."),
]
ONE = "/api/v1/projects/{project_id:str}/media/{digest:str}"


class DerivativesController(Controller):
    """`/api/v1/projects/{project_id}/media/{digest}/…`."""

    tags = ["media"]

    @get(f"{ONE}/thumbnail")
    async def thumbnail(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        size: FromQuery[Literal["small", "medium", "large"]] = "medium",
        wait: Wait = 0,
    ) -> Response[Any]:
        """A picture, or a frame of a video, as WebP: 160, 480 or 1280 pixels on its longest side,
        and never larger than the original."""
        return await answer_derivative(
            request,
            actor,
            parse_id(project_id, "project"),
            digest,
            "thumbnail",
            f"{size}.webp",
            wait,
        )

    @get(f"{ONE}/filmstrip")
    async def filmstrip(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        wait: Wait = 0,
    ) -> Response[Any]:
        """Up to 100 small frames of a video in one WebP, to scrub by; `…/filmstrip/index` says
        where each is."""
        return await answer_derivative(
            request, actor, parse_id(project_id, "project"), digest, "filmstrip", "strip.webp", wait
        )

    @get(f"{ONE}/filmstrip/index")
    async def filmstrip_index(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        wait: Wait = 0,
    ) -> Response[Any]:
        """Of a filmstrip: the tiles' size in pixels, columns, rows, and the time of each in
        seconds."""
        return await answer_derivative(
            request, actor, parse_id(project_id, "project"), digest, "filmstrip", "index.json", wait
        )

    @get(f"{ONE}/proxy")
    async def proxy(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        wait: Wait = 0,
    ) -> Response[Any]:
        """What every browser plays: H.264 of at most 720 lines with AAC, in MP4 (a sound: AAC in
        M4A). It is the original where that is no heavier."""
        return await answer_derivative(
            request, actor, parse_id(project_id, "project"), digest, "proxy", "", wait
        )

    @get(f"{ONE}/waveform")
    async def waveform(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        resolution: FromQuery[Literal["fine", "coarse"]] = "coarse",
        encoding: FromQuery[Literal["json", "binary"]] = "json",
        wait: Wait = 0,
    ) -> Response[Any]:
        """Peaks of the sound, each pair of 256 (`fine`) or 4096 samples (`coarse`), in the format
        of audiowaveform, version 2, which players draw."""
        name = f"{resolution}.{'json' if encoding == 'json' else 'dat'}"
        return await answer_derivative(
            request, actor, parse_id(project_id, "project"), digest, "waveform", name, wait
        )


async def answer_derivative(
    request: Request[Any, Any, Any],
    actor: Actor,
    project: UUID,
    digest: str,
    kind: DerivativeKind,
    name: str,
    wait: float,
) -> Response[Any]:
    """A file of a derivative, or 202 while it is being made. Raises `media.not_found`."""
    if not is_digest(digest):
        digest = ""  # Nobody's: the rights are told of before that.
    files: DerivativeFiles = request.app.state.derivatives
    found = await files.open(actor, project, digest, kind, name, wait=wait)
    if isinstance(found, Pending):
        headers = {"Retry-After": "1", "Cache-Control": "no-store"}
        return Response(found, status_code=202, headers=headers)
    if isinstance(found, Media):
        return answer_bytes(request, found, request.app.state.store.read)
    media, path = found
    return answer_bytes(request, media, lambda _, start, end: read_file(path, start, end))
