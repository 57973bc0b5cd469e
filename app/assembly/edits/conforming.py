"""An edited cut against the film: what would change, and the operations for it."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from node_registry.film import parse_rate

from app.execution import Take
from app.graph import Graph, Operation
from app.platform.ids import new_key
from node_registry import DirectorError, RenderSettings

from ..cut import Cut
from ..task import assembly_of, cut_of
from .comparing import EditChange, compare
from .matching import Matcher
from .model import EditedCut
from .operations import Attempt, Conforming, differences


class EditPreview(msgspec.Struct, kw_only=True):
    """What an edited cut would change. `id` names exactly this, for the import that confirms it.

    `notes` say what of the file was not read, and what cannot be done.
    """

    id: str
    format: str
    clips: int
    frames: int
    frames_before: int
    changes: list[EditChange]
    notes: list[str]


def conform(
    graph: Graph,
    edited: EditedCut,
    active: dict[str, Take],
    takes: dict[UUID, Take],
    settings: RenderSettings,
    attempt: Attempt,
) -> tuple[EditPreview, list[Operation]]:
    """What an edited cut changes, and the operations that do it. `attempt` gives the graph as
    operations would leave it, or raises why they are refused.

    Raises `edit.foreign` for a cut of another project.
    """
    rate = parse_rate(settings.rate)
    cut = cut_of(graph, active, settings)
    wanted = compare(graph, cut, edited, Matcher(graph, cut, list(takes.values())), takes, rate)
    if not wanted.shots:
        raise DirectorError(
            "edit.foreign",
            "None of the clips in this cut is a shot of this project.",
            hint="Import it in the project that it was exported from. Its files must be named as "
            "the export named them.",
        )
    chosen = {shot.node.id: shot.take for shot in wanted.shots if shot.take}

    def cut_after(changed: Graph) -> Cut:
        return cut_of(changed, {**active, **chosen}, settings)

    operations = Conforming(
        graph,
        assembly_of(graph),
        cut,
        wanted,
        rate=rate,
        new_id=new_key,
        attempt=attempt,
        cut_after=cut_after,
    ).operations()
    after = cut_after(attempt(operations)) if operations else cut
    notes = list(dict.fromkeys([*wanted.notes, *differences(after, wanted)]))
    told = msgspec.json.encode([wanted.changes, notes, after.frames])
    preview = EditPreview(
        id=hashlib.sha256(told).hexdigest()[:32],
        format=edited.format,
        clips=len(edited.clips),
        frames=after.frames,
        frames_before=cut.frames,
        changes=wanted.changes,
        notes=notes,
    )
    return preview, operations
