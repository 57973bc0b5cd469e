"""An edited cut comes back: shown as what it would change, then done as one step of the canvas."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import msgspec
from node_registry.film import parse_rate

from app import collaboration, projects
from app.accounts import Actor
from app.execution import active_takes, takes_told_by
from app.graph import Graph, Operation, Transaction
from app.platform.blocking import run_blocking
from app.projects import Project, Right
from node_registry import DirectorError

from .comparing import EditChange
from .conforming import EditPreview, conform
from .matching import hints_of
from .reading import read_edit


class EditResult(msgspec.Struct, kw_only=True):
    """What was done. `version` is the canvas' version after it; undoing that takes all of it
    back."""

    version: int
    changes: list[EditChange]
    notes: list[str]


class _Planned(msgspec.Struct):
    graph_id: UUID
    graph: Graph
    preview: EditPreview
    operations: list[Operation]


async def preview_edit(actor: Actor, project_id: UUID, data: bytes) -> EditPreview:
    """What an edited OTIO, EDL, FCPXML, xmeml or MLT file would change; nothing is kept.

    Raises `edit.…` for what cannot be read, and `cut.…` where there is no film.
    """
    project = await projects.authorise(actor, project_id, Right.READ)
    return (await _plan(actor, project, data)).preview


async def import_edit(actor: Actor, project_id: UUID, data: bytes, *, confirmed: str) -> EditResult:
    """Change the film as an edited cut has it, in one step that can be undone.

    `confirmed` is the `id` of the preview that somebody saw; when the project has changed so much
    since then that another would be shown, this raises `edit.changed` and does nothing.
    """
    project = await projects.authorise(actor, project_id, Right.EDIT)
    planned = await _plan(actor, project, data)
    preview = planned.preview
    if preview.id != confirmed:
        raise DirectorError(
            "edit.changed",
            "The film was changed since this cut was looked at.",
            hint="Look at the changes again, then confirm them.",
            status=409,
        )
    version = planned.graph.version
    if planned.operations:
        accepted = await collaboration.submit(
            actor.as_system(),
            planned.graph_id,
            Transaction(
                label="Import an edited cut",
                base_version=planned.graph.version,
                ops=tuple(planned.operations),
            ),
        )
        version = accepted.version
    return EditResult(version=version, changes=preview.changes, notes=preview.notes)


async def _plan(actor: Actor, project: Project, data: bytes) -> _Planned:
    settings = project.settings.render_settings()
    edited = await run_blocking(read_edit, data, parse_rate(settings.rate))
    graph_id = await collaboration.main_graph(actor, project.id)
    graph = await collaboration.read(actor, graph_id)
    active = await active_takes(actor, graph)
    hints = hints_of(edited.clips)
    named = await takes_told_by(
        actor,
        project.id,
        ids=hints.ids,
        names=hints.names,
        digests=hints.digests,
        recipes=hints.recipes,
    )
    takes = {take.id: take for take in (*named, *active.values())}
    preview, operations = await run_blocking(
        conform, graph, edited, active, takes, settings, partial(collaboration.tried, graph)
    )
    return _Planned(graph_id, graph, preview, operations)
