"""A project's repository over the API: where git reaches it."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.accounts import Actor
from app.platform.ids import parse_id

from . import service
from .git_routes import ROUTES as GIT_ROUTES
from .lfs_routes import ROUTES as LFS_ROUTES


class RepositoriesController(Controller):
    """`/api/v1/projects/{project_id}/git`."""

    path = "/api/v1/projects/{project_id:str}/git"
    tags = ["projects"]

    @get()
    async def describe(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> service.Repository:
        """The address for `git clone`. Its password is an API token; any name will do."""
        base = str(request.base_url)
        return await service.describe(actor, parse_id(project_id, "project"), base)


ROUTES = [RepositoriesController, *GIT_ROUTES, *LFS_ROUTES]
