"""Links to stored bytes over HTTP: made for members, followed by anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app import projects
from app.accounts import Actor
from app.platform.database import unit_of_work
from app.platform.ids import parse_id
from app.platform.ranges import answer_bytes
from app.projects import Right
from node_registry import DirectorError, Media

from .links import ADDRESS, LONGEST, Link
from .objects import is_digest
from .service import media_of

Seconds = Annotated[int, QueryParameter(ge=1, le=int(LONGEST.total_seconds()))]


class LinksController(Controller):
    """`…/media/{digest}/link`, and `/api/v1/objects/{digest}`."""

    tags = ["media"]

    @post("/api/v1/projects/{project_id:str}/media/{digest:str}/link", status_code=200)
    async def make(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        expires_in: Seconds = 3600,
    ) -> Link:
        """A link to a file of the project that is good for so many seconds, without a log-in.

        It leads to the S3 server where the studio keeps its bytes there, or to the studio.
        """
        owner = parse_id(project_id, "project")
        await projects.authorise(actor, owner, Right.EXPORT)
        async with unit_of_work(actor.user_id):
            media = await media_of(owner, digest if is_digest(digest) else "")
        lasts = timedelta(seconds=expires_in)
        expires_at = datetime.now(UTC).replace(microsecond=0) + lasts
        url = await request.app.state.store.link(
            media.digest, expires=lasts, filename=media.name or None
        )
        return Link(url=url or request.app.state.links.sign(media, expires_at),
                    expires_at=expires_at)  # fmt: skip

    @get(ADDRESS + "/{digest:str}")
    async def follow(
        self,
        digest: FromPath[str],
        request: Request[Any, Any, Any],
        size: FromQuery[int],
        media_type: FromQuery[str],
        expires: FromQuery[int],
        signature: FromQuery[str],
        filename: FromQuery[str] = "",
    ) -> Response[Any]:
        """The bytes that a signed link is for; `Range` is honoured."""
        if not is_digest(digest):
            raise DirectorError("media.not_found", "There is no such file.", status=404)
        media = Media(digest=digest, size=size, media_type=media_type, name=filename)
        request.app.state.links.check(media, expires, signature)
        await request.app.state.store.size_of(digest)
        return answer_bytes(request, media, request.app.state.store.read)


ROUTES = [LinksController]
