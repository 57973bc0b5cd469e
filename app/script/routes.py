"""Scripts over HTTP: look at what is in one, and import it."""

from __future__ import annotations

from typing import Annotated, Any, cast
from urllib.parse import unquote

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from app.accounts import Actor
from app.platform import costly
from app.platform.ids import parse_id

from . import service, stored
from .decoding import MAX_BYTES
from .model import Breakdown
from .settlements import Taken
from .stored import ScriptText

FileName = Annotated[str, HeaderParameter(name="X-Filename", required=False, max_length=500)]


class DoubtDecision(msgspec.Struct, forbid_unknown_fields=True):
    """What a line of the script with this digest is, as a person says."""

    digest: Annotated[str, msgspec.Meta(max_length=64)]
    line: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    taken: Taken


class ScriptsController(Controller):
    """The body is the script's file itself; its name stands in the header `X-Filename`."""

    tags = ["script"]
    # A larger one is told that it is too large for a script, up to where it is not read at all.
    request_max_body_size = 2 * MAX_BYTES

    @post("/api/v1/scripts/breakdown", status_code=200)
    async def breakdown(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        filename: FileName = "",
    ) -> Breakdown:
        """What the rules find in a script, with the title that a project of it is proposed;
        nothing is kept."""
        costly.spend("breakdown", actor.user_id)
        found = await service.preview(await request.body(), unquote(filename), actor.user_id)
        return cast("Breakdown", found)

    @get("/api/v1/projects/{project_id:str}/script")
    async def read_script(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> ScriptText:
        """The script that was imported last: its paragraphs, and its scenes with their nodes."""
        return await stored.read_stored(
            request.app.state.store, actor, parse_id(project_id, "project")
        )

    @post("/api/v1/projects/{project_id:str}/script/doubts", status_code=200)
    async def settle_doubt(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[DoubtDecision],
    ) -> service.SettledDoubt:
        """Settle a line that could be a cue or action; the canvas follows, in one step that can be
        undone, and later imports remember it."""
        costly.spend("breakdown", actor.user_id)
        return await service.settle_doubt(
            actor, parse_id(project_id, "project"), data.digest, data.line, data.taken
        )

    @post("/api/v1/projects/{project_id:str}/scripts/preview", status_code=200)
    async def preview_import(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        filename: FileName = "",
    ) -> service.ImportPreview:
        """What importing a script would change in a project; nothing is kept."""
        costly.spend("breakdown", actor.user_id)
        return await service.preview_import(
            actor, parse_id(project_id, "project"), await request.body(), unquote(filename)
        )

    @post("/api/v1/projects/{project_id:str}/scripts", status_code=200)
    async def import_script(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        filename: FileName = "",
        title: Annotated[str, QueryParameter(max_length=200)] = "",
    ) -> service.ImportResult:
        """Import a script, or import it again: only what changed in it changes the canvas."""
        costly.spend("breakdown", actor.user_id)
        return await service.import_script(
            actor,
            parse_id(project_id, "project"),
            await request.body(),
            unquote(filename),
            title=title,
        )


ROUTES = [ScriptsController]
