"""Edited cuts over HTTP: look at what one would change, and confirm it."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.accounts import Actor
from app.platform import costly
from app.platform.ids import parse_id

from . import service
from .reading import MAX_BYTES


class EditsController(Controller):
    """The body is the file itself: OTIO, EDL, FCPXML, Final Cut 7 XML or MLT."""

    tags = ["cut"]
    # A larger one is told that it is too large for a cut, up to where it is not read at all.
    request_max_body_size = 2 * MAX_BYTES

    @post("/api/v1/projects/{project_id:str}/cut/edits/preview", status_code=200)
    async def preview_edit(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> service.EditPreview:
        """What an edited cut would change in the film; nothing is kept."""
        costly.spend("breakdown", actor.user_id)
        return await service.preview_edit(
            actor, parse_id(project_id, "project"), await request.body()
        )

    @post("/api/v1/projects/{project_id:str}/cut/edits", status_code=200)
    async def import_edit(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        confirmed: Annotated[str, QueryParameter(max_length=64)],
    ) -> service.EditResult:
        """Change the film as an edited cut has it, in one step that can be undone. `confirmed` is
        the `id` of the preview."""
        costly.spend("breakdown", actor.user_id)
        return await service.import_edit(
            actor, parse_id(project_id, "project"), await request.body(), confirmed=confirmed
        )
