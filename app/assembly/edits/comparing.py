"""What an edited cut changes in the film, shot by shot, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import msgspec
from node_registry.film import shot_frames, slate_name

from app.execution import Take
from app.graph import Graph, Node, is_omitted, unmoved

from ..cut import Cut, Transition
from ..task import source_take
from .matching import Match, Matcher, scene_code
from .model import EditedClip, EditedCut

ChangeKind = Literal[
    "moved", "trimmed", "slipped", "retake", "removed", "returned", "transition", "unknown",
    "repeated",
]  # fmt: skip


class EditChange(msgspec.Struct, kw_only=True):
    """One difference between the film and an edited cut. One with `applies` false is told and not
    done. `shot` is a node."""

    kind: ChangeKind
    message: str
    shot: str | None = None
    applies: bool = True


class WantedShot(msgspec.Struct, kw_only=True):
    """A shot as the edited cut has it: `take` None leaves the one that it has."""

    node: Node
    label: str
    start: int
    end: int
    available: int
    take: Take | None = None


class Wanted(msgspec.Struct):
    """The film that an edited cut asks for. Transitions are by the shot that they follow, "" for
    one at the beginning."""

    shots: list[WantedShot] = []
    transitions: dict[str, Transition] = {}
    removed: list[str] = []
    changes: list[EditChange] = []
    notes: list[str] = []


def label_of_shot(graph: Graph, node: Node) -> str:
    """`SCENE_01/SHOT_010`."""
    return slate_name(scene_code(graph, node), str(node.data.get("code") or "")) or "SHOT"


def compare(
    graph: Graph,
    cut: Cut,
    edited: EditedCut,
    matcher: Matcher,
    takes: Mapping[UUID, Take],
    rate: Fraction,
) -> Wanted:
    """The film that the edited cut asks for, and in sentences how it differs from the one now."""
    wanted = Wanted(notes=list(edited.notes))
    now = {clip.shot: clip for clip in cut.clips}
    places: list[int | None] = []
    for clip in edited.clips:
        places.append(_place(graph, clip, matcher.find(clip), wanted, takes, rate, now))
    _transitions(edited, places, wanted)
    order = {clip.shot: index for index, clip in enumerate(cut.clips)}
    for shot in wanted.shots:
        _compare_shot(shot, now.get(shot.node.id), wanted)
    _compare_order(order, wanted)
    kept = {shot.node.id for shot in wanted.shots}
    for clip in cut.clips:
        if clip.shot not in kept:
            wanted.removed.append(clip.shot)
            wanted.changes.append(
                EditChange(
                    kind="removed",
                    shot=clip.shot,
                    message=f"{clip.label} is taken out of the film.",
                )
            )
    return wanted


def _place(
    graph: Graph,
    clip: EditedClip,
    match: Match | None,
    wanted: Wanted,
    takes: Mapping[UUID, Take],
    rate: Fraction,
    now: Mapping[str, Any],
) -> int | None:
    """Where in the wanted film a clip stands; None for one that is left out."""
    node = graph.nodes.get(match.shot) if match else None
    name = clip.names[0] if clip.names else "A clip without a name"
    if match is None or node is None or is_omitted(node):
        why = "is of a shot that the script omits" if node else "is no shot of this project"
        if not clip.empty or node:
            _leave_out(wanted, "unknown", f"“{name}” {why}, and is left out.")
        else:
            wanted.notes.append("A gap was left out: a film has no holes.")
        return None
    take = takes.get(match.take) if match.take else None
    planned = shot_frames(node.params, rate)
    current = now.get(node.id)
    available = source_take(take, rate).frames if take else current.frames if current else planned
    start, end = clip.start, clip.end
    if take is None and current is not None and (start, end) == (0, planned):
        # It was exported before the shot had a take: nobody trimmed it.
        start, end = current.start, current.end
    shot = WantedShot(
        node=node,
        label=label_of_shot(graph, node),
        start=start,
        end=end,
        available=available,
        take=take,
    )
    for index, one in enumerate(wanted.shots):
        if one.node.id != node.id:
            continue
        if index == len(wanted.shots) - 1 and one.end == start and one.take == take:
            # A razor went through it, and nothing was done at the place.
            one.end = end
            return index
        _leave_out(
            wanted,
            "repeated",
            f"{shot.label} is used more than once. A film holds a shot once: its first use stays.",
            node.id,
        )
        return None
    if end > available:
        wanted.notes.append(f"{shot.label} has {available} frames; the cut asks for {end} of it.")
        shot.end = max(available, start + 1)
    wanted.shots.append(shot)
    return len(wanted.shots) - 1


def _leave_out(wanted: Wanted, kind: ChangeKind, message: str, shot: str | None = None) -> None:
    wanted.changes.append(EditChange(kind=kind, message=message, shot=shot, applies=False))


def _transitions(edited: EditedCut, places: Sequence[int | None], wanted: Wanted) -> None:
    """The transitions whose shots are both there, and next to each other."""
    last = len(edited.clips) - 1
    for transition in edited.transitions:
        before = places[transition.after] if transition.after >= 0 else -1
        after = places[transition.after + 1] if transition.after < last else len(wanted.shots)
        if before is None or after is None or after != before + 1:
            if before is None or before != after:
                wanted.notes.append(f"A {transition.kind} is left out with the clip beside it.")
            continue
        key = wanted.shots[before].node.id if before >= 0 else ""
        wanted.transitions.setdefault(key, transition)


def _compare_shot(shot: WantedShot, now: Any, wanted: Wanted) -> None:
    def say(kind: ChangeKind, message: str) -> None:
        wanted.changes.append(EditChange(kind=kind, shot=shot.node.id, message=message))

    if now is None:
        say("returned", f"{shot.label} comes back into the film.")
        return
    if shot.take is not None and str(shot.take.id) != now.take:
        instead = f" in place of {now.name}" if now.take else ""
        say("retake", f"{shot.label} shows {shot.take.name}{instead}.")
    if (shot.start, shot.end) == (now.start, now.end):
        return
    was = f"it was {now.start} to {now.end}"
    if shot.end - shot.start == now.end - now.start:
        moved = shot.start - now.start
        say(
            "slipped",
            f"{shot.label} is slipped by {moved:+d} frames: {shot.start} to {shot.end} of its "
            f"take; {was}.",
        )
    else:
        by = shot.end - shot.start - (now.end - now.start)
        say(
            "trimmed",
            f"{shot.label} is {abs(by)} frames {'longer' if by > 0 else 'shorter'}: {shot.start} "
            f"to {shot.end} of its take; {was}.",
        )


def _compare_order(order: Mapping[str, int], wanted: Wanted) -> None:
    ids = [shot.node.id for shot in wanted.shots]
    stay = unmoved([order.get(key) for key in ids])
    for index, shot in enumerate(wanted.shots):
        if index in stay or shot.node.id not in order:
            continue
        where = f"after {wanted.shots[index - 1].label}" if index else "to the beginning"
        wanted.changes.append(
            EditChange(kind="moved", shot=shot.node.id, message=f"{shot.label} moves {where}.")
        )
