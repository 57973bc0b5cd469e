"""The files of a project over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from .project_tree import LONGEST_FOLDER, TreeEntry, list_folder


class TreeController(Controller):
    """`/api/v1/projects/{project_id}/files`."""

    tags = ["projects"]

    @get("/api/v1/projects/{project_id:str}/files")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        folder: Annotated[str, QueryParameter(max_length=LONGEST_FOLDER)] = "",
    ) -> Page[TreeEntry]:
        """What lies in one folder of the project's, folders first: names, kinds, sizes, ids.

        `folder` is a `path` that this list gave; without it, the root.
        """
        return await list_folder(actor, parse_id(project_id, "project"), folder, page)


ROUTES = [TreeController]
