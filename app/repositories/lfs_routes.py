"""Git LFS over HTTP, as stock git-lfs speaks it: the batch API, and basic transfers."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.accounts import Actor
from app.platform.ranges import answer_bytes
from app.platform.request_bodies import declared_size
from app.projects import Right
from node_registry import DirectorError

from . import lfs, service
from .git_routes import CHALLENGE, body_of

LFS = "application/vnd.git-lfs+json"
MAX_BODY = 1024 * 1024

T = TypeVar("T")


def tell_lfs(_request: Request[Any, Any, Any], error: DirectorError) -> Response[Any]:
    """An error as git-lfs shows it."""
    headers = {}
    if error.status == 401:
        headers = {**CHALLENGE, "LFS-Authenticate": CHALLENGE["WWW-Authenticate"]}
    if "retry_after" in error.fields:
        headers["Retry-After"] = str(error.fields["retry_after"])
    message = f"{error.message} {error.hint}".strip()
    return answer({"message": message, "code": error.code}, error.status, headers)


class LfsController(Controller):
    """`/git/{repository}/info/lfs`, which git-lfs finds by the address of the clone."""

    path = "/git/{repository:str}/info/lfs"
    include_in_schema = False
    exception_handlers = {DirectorError: tell_lfs}

    @post("/objects/batch", status_code=200, request_max_body_size=MAX_BODY)
    async def batch(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """Where objects can be had, or are to be brought."""
        project = await service.open_repository(git_actor, repository, Right.READ)
        batch = await read_body(request, lfs.Batch)
        project = await service.open_repository(git_actor, repository, lfs.right_of(batch))
        address = f"{str(request.base_url).rstrip('/')}/git/{repository}/info/lfs"
        caller = lfs.Caller(address, request.headers.get("authorization", ""))
        store = request.app.state.store
        return answer(await lfs.answer_batch(git_actor, project, batch, store, caller))

    @get("/objects/{oid:str}")
    async def download(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        oid: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """The bytes of an object; `Range` is honoured, so that a download goes on."""
        project = await service.open_repository(git_actor, repository, Right.READ)
        media = await lfs.find_object(git_actor, project, oid)
        return answer_bytes(request, media, request.app.state.store.read)

    @put("/objects/{oid:str}", status_code=200, request_max_body_size=None)
    async def upload(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        oid: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> None:
        """The bytes of an object, which are those of its digest or are not kept."""
        project = await service.open_repository(git_actor, repository, Right.EDIT)
        uploads = request.app.state.uploads
        size = declared_size(request)
        await lfs.take_object(git_actor, project, oid, uploads, body_of(request), size)


async def read_body(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """The JSON of a request. Raises `lfs.bad_request`."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DirectorError("lfs.bad_request", f"The request is not right: {error}.") from error


def answer(
    content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response[Any]:
    """An answer in the form that git-lfs reads."""
    return Response(
        msgspec.json.encode(content), status_code=status, media_type=LFS, headers=headers
    )


ROUTES = [LfsController]
