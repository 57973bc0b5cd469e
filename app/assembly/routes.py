"""The cut over HTTP: what the film consists of now, and the files that editors' programs read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from app import projects
from app.accounts import Actor
from app.execution import active_takes, graph_in_effect
from app.platform import costly
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.projects import Right
from node_registry import DirectorError

from . import media_exports
from .cut import Clip, Cut, Sound, Transition
from .edits.routes import EditsController
from .playlist_routes import PlaylistController
from .task import cut_of
from .timeline import write_timeline


class ExporterView(msgspec.Struct):
    """A format that the cut can be had in."""

    name: str
    title: str
    extension: str


class CutView(msgspec.Struct, kw_only=True):
    """The film as it stands: clips with their active takes, transitions, sounds.

    Positions are frames at `rate`; `start_frame` is the number of the film's first frame on the
    record side, `frames` its length. `media` is a digest, to be read at the project's media.
    """

    title: str
    rate: str
    frames: int
    start_frame: int
    start_timecode: str
    drop_frame: bool
    clips: tuple[Clip, ...]
    transitions: tuple[Transition, ...]
    sounds: tuple[Sound, ...]
    notes: tuple[str, ...]


class AssemblyController(Controller):
    """`/api/v1/projects/{project_id}/cut`."""

    tags = ["cut"]

    @get("/api/v1/projects/{project_id:str}/cut")
    async def cut(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> CutView:
        """The clips and transitions of the film as it stands, with their active takes."""
        cut = await _cut(actor, project_id)
        return CutView(**{name: getattr(cut, name) for name in CutView.__struct_fields__})

    @get("/api/v1/exporters")
    async def exporters(
        self,
        actor: NamedDependency[Actor],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[ExporterView]:
        """The formats that the cut can be exported in."""
        known = (*request.app.state.plugins.exporters.values(), *media_exports.EXPORTS.values())
        views = [ExporterView(e.name, e.title, e.extension) for e in known]
        return page.of(views, lambda exporter: (exporter.name,))

    @get("/api/v1/projects/{project_id:str}/cut/{exporter:str}")
    async def export(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        exporter: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[bytes]:
        """The cut as a file: `edl`, `otio`, `storyboard`, or what a plugin adds."""
        if exporter in media_exports.EXPORTS:
            return await _with_media(request, actor, parse_id(project_id, "project"), exporter)
        known = request.app.state.plugins.exporters
        if exporter not in known:
            raise DirectorError(
                "export.unknown",
                f"There is no exporter {exporter[:40]!r}.",
                hint=f"There are: {', '.join(sorted([*known, *media_exports.EXPORTS]))}.",
                status=404,
            )
        spec = known[exporter]
        cut = await _cut(actor, project_id)
        return Response(
            spec.write(write_timeline(cut), cut.title),
            media_type=spec.media_type,
            headers=_attachment(cut, spec.extension),
        )


async def _with_media(
    request: Request[Any, Any, Any], actor: Actor, project_id: UUID, exporter: str
) -> Response[Any]:
    """A format that holds pictures or media of the film."""
    costly.spend("export", actor.user_id)
    project = await projects.authorise(actor, project_id, Right.READ)
    graph = await graph_in_effect(actor, project.id)
    settings = project.settings.render_settings()
    cut = cut_of(graph, await active_takes(actor, graph), settings)
    spec = media_exports.EXPORTS[exporter]
    headers = _attachment(cut, spec.extension)
    state = request.app.state
    if exporter == media_exports.OTIOZ:
        # Whole files, as in the export of a project.
        await projects.authorise(actor, project_id, Right.EXPORT)
        chunks = await media_exports.write_otioz(state.store, actor, project_id, cut)
        return Stream(chunks, media_type=spec.media_type, headers=headers)
    data = await media_exports.write_storyboard(
        state.derivatives, actor, project_id, graph, cut, settings
    )
    return Response(data, media_type=spec.media_type, headers=headers)


def _attachment(cut: Cut, extension: str) -> dict[str, str]:
    name = f"{cut.title or 'film'}.{extension.lstrip('.')}"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


async def _cut(actor: Actor, project_id: str) -> Cut:
    project = await projects.authorise(actor, parse_id(project_id, "project"), Right.READ)
    graph = await graph_in_effect(actor, project.id)
    return cut_of(graph, await active_takes(actor, graph), project.settings.render_settings())


ROUTES = [AssemblyController, PlaylistController, EditsController]
