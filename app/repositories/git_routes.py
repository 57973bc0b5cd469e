"""Git over HTTP, as stock clients speak it: `git clone http://…/git/the-lighthouse.git`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.params import FromPath
from litestar.response import Stream

from app.accounts import Actor
from app.projects import Right
from node_registry import DirectorError

from . import pushes, service

NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Movie Director: any name, an API token"'}
RIGHTS = {"git-upload-pack": Right.READ, "git-receive-pack": Right.EDIT}


def tell_git(request: Request[Any, Any, Any], error: DirectorError) -> Response[str]:
    """An error as a git client shows it: plain text, which it prints as `remote: …`."""
    headers = dict(CHALLENGE) if error.status == 401 else {}
    if "retry_after" in error.fields:
        headers["Retry-After"] = str(error.fields["retry_after"])
    text = f"{error.message}\n{error.hint}\n" if error.hint else f"{error.message}\n"
    return Response(text, status_code=error.status, media_type=MediaType.TEXT, headers=headers)


class GitController(Controller):
    """The smart protocol. Who asks is known by HTTP Basic: any name, and an API token."""

    path = "/git/{repository:str}"
    include_in_schema = False
    exception_handlers = {DirectorError: tell_git}

    @get("/info/refs")
    async def advertise(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Stream:
        """The branches, and what a client may ask for next."""
        asked = request.query_params.get("service", "")
        if asked not in RIGHTS:
            raise DirectorError(
                "repository.no_dumb_protocol",
                "This repository is served by git's smart protocol alone.",
                hint="Use git 1.6.6 or newer.",
                status=403,
            )
        project = await service.open_repository(git_actor, repository, RIGHTS[asked])
        told = service.advertise(project, asked, request.headers.get("git-protocol", ""))
        return _answer(await service.begun(told), f"application/x-{asked}-advertisement")

    @post("/git-upload-pack", status_code=200, request_max_body_size=None)
    async def fetch(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Stream:
        """The history that a client lacks."""
        project = await service.open_repository(git_actor, repository, Right.READ)
        answer = service.fetch(
            project,
            body_of(request),
            request.headers.get("content-encoding", ""),
            request.headers.get("git-protocol", ""),
        )
        return _answer(await service.begun(answer), "application/x-git-upload-pack-result")

    @post("/git-receive-pack", status_code=200, request_max_body_size=None)
    async def push(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Stream:
        """Commits that somebody pushes; what is wrong with them is told in git's own answer."""
        project = await service.open_repository(git_actor, repository, Right.EDIT)
        answer = pushes.receive(
            git_actor,
            project,
            body_of(request),
            request.headers.get("content-encoding", ""),
            request.app.state.store,
        )
        return _answer(await service.begun(answer), "application/x-git-receive-pack-result")


async def body_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The body as it comes. Raises `repository.broken_off` when the client goes away."""
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except InternalServerException as error:
        # This is how Litestar says that the client went away.
        raise DirectorError("repository.broken_off", "The connection was lost.") from error


def _answer(stream: AsyncIterator[bytes], media_type: str) -> Stream:
    return Stream(stream, media_type=media_type, headers=NO_CACHE)


ROUTES = [GitController]
