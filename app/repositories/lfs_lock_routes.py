"""The locks API of Git LFS: `git lfs lock`, `git lfs locks`, `git lfs unlock`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.accounts import Actor
from app.platform.ids import parse_id
from app.projects import Right
from node_registry import DirectorError

from . import file_locks, service
from .file_locks import FileLock
from .lfs_routes import MAX_BODY, answer, read_body, tell_lfs

MAX_LISTED = 100


class LockRequest(msgspec.Struct, frozen=True):
    """A file to be locked."""

    path: str


class UnlockRequest(msgspec.Struct, frozen=True):
    """Whether a lock of somebody else is to be taken away."""

    force: bool = False


class VerifyRequest(msgspec.Struct, frozen=True):
    """Which page of all locks, one's own and others'."""

    cursor: str | None = None
    limit: int | None = None


class LfsLocksController(Controller):
    """`/git/{repository}/info/lfs/locks`."""

    path = "/git/{repository:str}/info/lfs/locks"
    include_in_schema = False
    exception_handlers = {DirectorError: tell_lfs}

    @post(status_code=201, request_max_body_size=MAX_BODY)
    async def lock(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """Lock a file; 409 with the lock of who has it."""
        project = await service.open_repository(git_actor, repository, Right.EDIT)
        wanted = await read_body(request, LockRequest)
        try:
            made = await file_locks.lock(git_actor, project.id, wanted.path)
        except DirectorError as error:
            if error.code != "lock.held":
                raise
            held = await file_locks.find(git_actor, project, path=wanted.path)
            problem: dict[str, Any] = {"message": error.message}
            return answer(problem | ({"lock": _to_json(held[0])} if held else {}), 409)
        return answer({"lock": _to_json(made)}, 201)

    @get()
    async def list_locks(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """The locks, of one path or with one id where that is asked for."""
        project = await service.open_repository(git_actor, repository, Right.READ)
        asked = request.query_params
        lock_id = parse_id(asked["id"], "lock") if asked.get("id") else None
        found = await file_locks.find(
            git_actor, project, path=asked.get("path") or None, lock_id=lock_id
        )
        page, more = _page(found, asked.get("cursor"), asked.get("limit"))
        return answer({"locks": [_to_json(one) for one in page], "next_cursor": more})

    @post("/verify", status_code=200, request_max_body_size=MAX_BODY)
    async def verify(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """What git-lfs asks before a push: which locks are one's own, and which are others'."""
        project = await service.open_repository(git_actor, repository, Right.EDIT)
        asked = await read_body(request, VerifyRequest)
        found = await file_locks.find(git_actor, project)
        page, more = _page(found, asked.cursor, str(asked.limit or ""))
        mine = [_to_json(one) for one in page if one.user_id == git_actor.user_id]
        theirs = [_to_json(one) for one in page if one.user_id != git_actor.user_id]
        return answer({"ours": mine, "theirs": theirs, "next_cursor": more})

    @post("/{lock_id:str}/unlock", status_code=200, request_max_body_size=MAX_BODY)
    async def unlock(
        self,
        git_actor: NamedDependency[Actor],
        repository: FromPath[str],
        lock_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[Any]:
        """Unlock a file."""
        project = await service.open_repository(git_actor, repository, Right.EDIT)
        asked = await read_body(request, UnlockRequest)
        held = await file_locks.unlock(
            git_actor, project.id, parse_id(lock_id, "lock"), force=asked.force
        )
        return answer({"lock": _to_json(held)})


def _page(
    found: list[FileLock], cursor: str | None, limit: str | None
) -> tuple[list[FileLock], str]:
    """One page of locks, and the cursor of the next; the id of the first lock of a page is one."""
    most = min(int(limit), MAX_LISTED) if limit and limit.isdigit() and int(limit) else MAX_LISTED
    start = _position(found, parse_id(cursor, "lock")) if cursor else 0
    page = found[start : start + most]
    more = found[start + most :]
    return page, str(more[0].id) if more else ""


def _position(found: list[FileLock], first: UUID) -> int:
    return next((place for place, one in enumerate(found) if one.id >= first), len(found))


def _to_json(lock: FileLock) -> dict[str, Any]:
    locked_at = lock.locked_at.isoformat(timespec="seconds")
    return {
        "id": str(lock.id),
        "path": lock.path,
        "locked_at": locked_at,
        "owner": {"name": lock.name},
    }


ROUTES = [LfsLocksController]
