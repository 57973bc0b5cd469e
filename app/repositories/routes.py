"""A project's repository over the API: where git reaches it, its branches, and merging them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.accounts import Actor
from app.graph import Choice
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from node_registry import Branch, Commit

from . import branches, commits, file_locks, merging, service
from .file_locks import FileLock
from .git_routes import ROUTES as GIT_ROUTES
from .lfs_lock_routes import ROUTES as LFS_LOCK_ROUTES
from .lfs_routes import ROUTES as LFS_ROUTES

BranchName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class CommitMessage(msgspec.Struct, forbid_unknown_fields=True):
    """What a commit says."""

    message: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Committed(msgspec.Struct):
    """The commit that was made, or null when nothing differs; `sentence` says which, for people."""

    commit: Commit | None
    sentence: str


class NewFileLock(msgspec.Struct, forbid_unknown_fields=True):
    """A file to be locked, by its path relative to the project."""

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class NewBranch(msgspec.Struct, forbid_unknown_fields=True):
    """A branch to be made: of the project as it is now, or from a commit or a branch (`start`)."""

    name: BranchName
    start: BranchName | None = None


class MergeRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A branch to be merged. `choices` say for the `key` of each conflict which side stays."""

    branch: BranchName
    message: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    choices: dict[str, Choice] = {}


class RepositoriesController(Controller):
    """A project's repository: where git reaches it, its branches, and merging them."""

    path = "/api/v1/projects/{project_id:str}"
    tags = ["projects"]

    @get("/file-locks")
    async def list_file_locks(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[FileLock]:
        """The files that somebody works on alone, whose pushes of others are refused."""
        return await file_locks.list_locks(actor, parse_id(project_id, "project"), page)

    @post("/file-locks", status_code=201)
    async def lock_file(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewFileLock]
    ) -> FileLock:
        """Take a file of the project's folder for oneself, as `git lfs lock` does."""
        return await file_locks.lock(actor, parse_id(project_id, "project"), data.path)

    @delete("/file-locks/{lock_id:str}")
    async def unlock_file(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        lock_id: FromPath[str],
        force: FromQuery[bool] = False,
    ) -> None:
        """Give a file back. With `force` the owner of the project takes anybody's lock away."""
        await file_locks.unlock(
            actor, parse_id(project_id, "project"), parse_id(lock_id, "lock"), force=force
        )

    @get("/branches")
    async def list_branches(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[Branch]:
        """The branches, each with its newest commit. `main` is the project itself."""
        return await branches.list_branches(actor, parse_id(project_id, "project"), page)

    @post("/branches", status_code=201)
    async def create_branch(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewBranch]
    ) -> Branch:
        """Make a branch."""
        project = parse_id(project_id, "project")
        return await branches.create(actor, project, data.name, data.start)

    @delete("/branches")
    async def delete_branch(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        name: Annotated[str, QueryParameter(min_length=1, max_length=200)],
    ) -> None:
        """Delete a branch; what was merged of it stays."""
        await branches.delete(actor, parse_id(project_id, "project"), name)

    @get("/merges/preview")
    async def preview_merge(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        branch: Annotated[str, QueryParameter(min_length=1, max_length=200)],
    ) -> merging.MergePreview:
        """What a merge of a branch would bring, and which conflicts it has."""
        return await merging.preview(actor, parse_id(project_id, "project"), branch)

    @post("/merges", status_code=200)
    async def merge(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[MergeRequest],
        request: Request[Any, Any, Any],
    ) -> merging.MergeResult:
        """Merge a branch into the project; its canvas enters the live one as a single step."""
        return await merging.merge(
            actor,
            parse_id(project_id, "project"),
            data.branch,
            request.app.state.store,
            message=data.message,
            choices=data.choices,
        )

    @get("/git")
    async def describe(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> service.Repository:
        """The address for `git clone`. Its password is an API token; any name will do."""
        base = str(request.base_url)
        return await service.describe(actor, parse_id(project_id, "project"), base)


@post(
    ["/api/v1/projects/{project_id:str}/commits", "/api/projects/{project_id:str}/commit"],
    status_code=200,
    tags=["projects"],
)
async def commit(
    actor: NamedDependency[Actor],
    project_id: FromPath[str],
    data: JSONBody[CommitMessage],
    request: Request[Any, Any, Any],
) -> Committed:
    """Commit the project as it is now: takes that wait for it, the canvas and project.json."""
    store = request.app.state.store
    made = await commits.commit(actor, parse_id(project_id, "project"), data.message, store)
    if made is None:
        return Committed(None, "There was nothing to commit: the last commit has all of it.")
    return Committed(made, f"Committed as {made.id[:8]}.")


ROUTES = [RepositoriesController, commit, *GIT_ROUTES, *LFS_ROUTES, *LFS_LOCK_ROUTES]
