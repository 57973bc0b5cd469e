"""Bytes over HTTP: a file of a project by its digest, whole or in ranges."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote, unquote

from litestar import Controller, Request, Response, get, post
from litestar.params import Parameter
from litestar.response import Stream

from app import projects
from app.accounts import Actor
from app.platform.database import unit_of_work
from app.platform.ids import parse_id
from app.projects import Right
from node_registry import DirectorError, Media

from .objects import ObjectStore
from .service import media_of
from .uploads import receive


class MediaController(Controller):
    """`/api/v1/projects/{project_id}/media/{digest}`."""

    tags = ["media"]

    @get(
        "/api/v1/projects/{project_id:str}/media/{digest:str}",
    )
    async def read(
        self, actor: Actor, project_id: str, digest: str, request: Request[Any, Any, Any]
    ) -> Response[Any]:
        """The bytes; `Range` is honoured, so that a player can seek. They never change."""
        owner = parse_id(project_id, "project")
        await projects.authorise(actor, owner, Right.READ)
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise DirectorError("media.not_found", "This project has no such file.", status=404)
        async with unit_of_work(actor.user_id):
            media = await media_of(owner, digest)
        return serve(request, request.app.state.store, media)

    @post("/api/v1/projects/{project_id:str}/media", status_code=201, request_max_body_size=None)
    async def upload(
        self,
        actor: Actor,
        project_id: str,
        request: Request[Any, Any, Any],
        filename: Annotated[
            str, Parameter(header="X-Filename", required=False, max_length=500)
        ] = "",
    ) -> Media:
        """Bring a picture, video or sound: the body is the file, its name in `X-Filename`."""
        return await receive(
            actor,
            parse_id(project_id, "project"),
            request.stream(),
            unquote(filename),
            store=request.app.state.store,
            probes=request.app.state.plugins.probes.values(),
            incoming=request.app.state.settings.home / "cache" / "incoming",
        )


def serve(request: Request[Any, Any, Any], store: ObjectStore, media: Media) -> Response[Any]:
    """An answer with these bytes, or the range of them that was asked for."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{media.digest}"',
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if media.name:
        headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(media.name)}"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, status_code=304, headers=headers)
    start, end, status = 0, media.size, 200
    wanted = request.headers.get("range")
    if wanted:
        found = _range(wanted, media.size)
        if found is None:
            headers["Content-Range"] = f"bytes */{media.size}"
            return Response(None, status_code=416, headers=headers)
        start, end = found
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{media.size}"
    headers["Content-Length"] = str(end - start)
    return Stream(
        store.read(media.digest, start, end),
        status_code=status,
        headers=headers,
        media_type=media.media_type,
    )


def _range(header: str, size: int) -> tuple[int, int] | None:
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    return (start, end) if start < end else None


ROUTES = [MediaController]
