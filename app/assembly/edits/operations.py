"""From the film that an edited cut asks for to operations on the graph, which make one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
from node_registry.film import shot_frames

from app.graph import (
    SHOT,
    TRANSITION,
    AddEdge,
    AddNode,
    Graph,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetNode,
    chain,
    cut_order,
    difference,
    key_between,
)
from node_registry import DirectorError

from ..cut import Clip, Cut, Transition
from .comparing import EditChange, Wanted, WantedShot, label_of_shot
from .matching import SCENE

_FILM = (SHOT, SCENE, TRANSITION)
_STEP = 40.0

Attempt = Callable[[Sequence[Operation]], Graph]


class Conforming:
    """Makes the operations. `attempt` gives the graph as they would leave it, and `cut_after` the
    cut of that graph."""

    def __init__(
        self,
        graph: Graph,
        assembly: Node,
        cut: Cut,
        wanted: Wanted,
        *,
        rate: Fraction,
        new_id: Callable[[], str],
        attempt: Attempt,
        cut_after: Callable[[Graph], Cut],
    ) -> None:
        self._graph, self._assembly, self._cut, self._wanted = graph, assembly, cut, wanted
        self._rate, self._new_id = rate, new_id
        self._attempt, self._cut_after = attempt, cut_after
        self._now = {clip.shot: clip for clip in cut.clips}
        self._ops: list[Operation] = []

    def operations(self) -> list[Operation]:
        """The whole step; empty where the film is already as it is asked for."""
        for shot in self._wanted.shots:
            self._write_shot(shot)
        for shot in self._wanted.removed:
            self._ops.append(SetNode(id=shot, values={"data.in_film": False}))
        target = self._target()
        self._order(target)
        for _ in range(2):
            if not self._correct():
                break
        return self._ops

    def _write_shot(self, shot: WantedShot) -> None:
        node, now = shot.node, self._now.get(shot.node.id)
        values: dict[str, Any] = {}
        clear: list[str] = []
        if shot.take is not None and str(shot.take.id) != node.data.get("active_take"):
            values["data.active_take"] = str(shot.take.id)
        if now is None and node.data.get("in_film") is False:
            clear.append("data.in_film")
        if now is None or values or (shot.start, shot.end) != (now.start, now.end):
            trims = _trims(node, shot, self._rate)
            for name, value in trims.items():
                if value is None and node.data.get(name) is not None:
                    clear.append(f"data.{name}")
                elif value is not None and value != node.data.get(name):
                    values[f"data.{name}"] = value
        if values or clear:
            self._ops.append(SetNode(id=node.id, values=values, clear=tuple(clear)))

    def _target(self) -> list[str]:
        """The film's order as it is asked for, with its transitions' nodes."""
        places = _Places(self._graph, self._assembly, self._cut)
        shots = self._wanted.shots
        found: list[str] = []
        following = [*(shot.node for shot in shots), None]
        for before, after in zip([None, *(shot.node for shot in shots)], following, strict=True):
            if before is not None:
                found.append(before.id)
            key = before.id if before else ""
            if (transition := self._wanted.transitions.get(key)) is not None:
                found.append(self._put_transition(places, transition, before, after))
            else:
                found += places.still_at(key)
        for node_id, gone in places.unused():
            self._ops.append(RemoveNodes(ids=(node_id,)))
            self._say(f"The {gone.kind} of {gone.frames} frames {self._where(gone)} is gone.")
        return found

    def _put_transition(
        self, places: _Places, wanted: Transition, before: Node | None, after: Node | None
    ) -> str:
        holder = _holder(self._graph, before, after)
        known = places.take(before, after, holder)
        where = _between(self._graph, before, after)
        if known is None:
            siblings = self._graph.children(holder)
            beside = before or after
            at = beside.pos if beside else (0.0, 0.0)
            node = AddNode(
                id=self._new_id(),
                type=TRANSITION,
                parent=holder,
                order=key_between(siblings[-1].order if siblings else None, None),
                pos=(at[0] + _STEP, at[1] + _STEP),
                data=_fields(wanted),
            )
            self._ops.append(node)
            self._say(f"A {wanted.kind} of {wanted.frames} frames {where} is new.")
            return node.id
        node_id, now = known
        if now is None or not _same(now, wanted):
            self._ops.append(SetNode(id=node_id, values=_written(wanted)))
            was = f"; it was a {now.kind} of {now.frames}" if now else ""
            self._say(f"The transition {where} is a {wanted.kind} of {wanted.frames} frames{was}.")
        return node_id

    def _say(self, message: str) -> None:
        self._wanted.changes.append(EditChange(kind="transition", message=message))

    def _where(self, transition: Transition) -> str:
        clips, after = self._cut.clips, transition.after
        if after < 0:
            return f"before {clips[0].label}"
        behind = f" and {clips[after + 1].label}" if after + 1 < len(clips) else ""
        return f"between {clips[after].label}{behind}" if behind else f"after {clips[after].label}"

    def _order(self, target: list[str]) -> None:
        """Connections that say the order; where none can, the assembly keeps it as a list."""
        edited = self._graph.nodes[self._assembly.id].data.get("edit_order")
        plain: list[Operation] = (
            [SetNode(id=self._assembly.id, clear=("data.edit_order",))] if edited else []
        )
        graph = self._attempt(self._ops)
        if self._film(graph) == target:
            return
        if self._film(self._attempt([*self._ops, *plain])) == target:
            self._ops += plain
            return
        try:
            linked = [*plain, *_chains(graph, target, self._assembly.id, self._new_id)]
            if self._film(self._attempt([*self._ops, *linked])) == target:
                self._ops += linked
                return
        except DirectorError:
            # A ring, or something locked: the list says it without touching a connection.
            pass
        self._ops.append(SetNode(id=self._assembly.id, values={"data.edit_order": target}))
        self._wanted.notes.append(
            "Scenes are cut into each other, which no connections can say: the Assembly node keeps "
            "the order as a list."
        )

    def _film(self, graph: Graph) -> list[str]:
        return [node.id for _, node in cut_order(graph, self._assembly.id).elements]

    def _correct(self) -> bool:
        """Write the transitions that would come out in another length than was asked for; whether
        there were any."""
        if not self._wanted.shots:
            return False
        after = self._cut_after(self._attempt(self._ops))
        index = {clip.shot: at for at, clip in enumerate(after.clips)}
        made = {one.after: one for one in after.transitions}
        corrected = False
        for key, wanted in self._wanted.transitions.items():
            one = made.get(index.get(key, -1) if key else -1)
            if one is not None and one.node and not _same(one, wanted):
                self._ops.append(SetNode(id=one.node, values=_written(wanted)))
                corrected = True
        return corrected


class _Places:
    """The transitions of the film as it is, from which those of the edited cut are taken."""

    def __init__(self, graph: Graph, assembly: Node, cut: Cut) -> None:
        self._graph = graph
        seen = {one.node: one for one in cut.transitions if one.node}
        # By what stands before and behind: of the film's own transitions and of those of no frames.
        self._open: dict[str, tuple[str, str, Transition | None]] = {}
        before = ""
        waiting: list[str] = []
        for _, node in cut_order(graph, assembly.id).elements:
            if node.type == TRANSITION:
                self._open[node.id] = (before, "", seen.get(node.id))
                waiting.append(node.id)
                continue
            for key in waiting:
                self._open[key] = (self._open[key][0], node.id, self._open[key][2])
            before, waiting = node.id, []

    def take(
        self, before: Node | None, after: Node | None, holder: str | None
    ) -> tuple[str, Transition | None] | None:
        """The node of a transition between these two, else one that stood at one of them."""
        ends = (before.id if before else "", after.id if after else "")
        here = {
            key: place
            for key, place in self._open.items()
            if self._graph.nodes[key].parent == holder
        }
        for fits in (
            lambda place: place[:2] == ends,
            lambda place: bool(ends[0]) and place[0] == ends[0] and place[2] is not None,
        ):
            found = next((key for key, place in here.items() if fits(place)), None)
            if found is not None:
                return found, self._open.pop(found)[2]
        return None

    def still_at(self, before: str) -> list[str]:
        """Nodes of no frames behind a shot, which stay where they are."""
        return [k for k, place in self._open.items() if place[0] == before and place[2] is None]

    def unused(self) -> list[tuple[str, Transition]]:
        """Transitions that the edited cut does not have."""
        return [(key, place[2]) for key, place in self._open.items() if place[2] is not None]


def _chains(
    graph: Graph, target: Sequence[str], assembly: str, new_id: Callable[[], str]
) -> list[Operation]:
    """The connections of each level, in the order in which its parts first come in the film."""
    rank: dict[str, int] = {}
    levels: dict[str | None, None] = {None: None}
    for index, key in enumerate(target):
        node = graph.nodes.get(key)
        while node is not None and node.id not in rank:
            rank[node.id] = index
            levels[node.parent] = None
            node = graph.nodes.get(node.parent or "")
    found: list[Operation] = []
    for level in levels:
        siblings = [node for node in graph.children(level) if node.type in _FILM]
        now = chain(graph, siblings)
        order = _reordered(now, rank)
        ids = set(order)
        led = any(edge.source in ids for edge in graph.incoming(assembly, "sequence"))
        gone, links = difference(graph, order, ids, assembly if level is None and led else "")
        if gone:
            found.append(RemoveEdges(ids=tuple(edge.id for edge in gone)))
        found += [
            AddEdge(
                id=new_id(), source=a, source_socket="next", target=b, target_socket=socket,
                replace=True,
            )
            for a, b, socket in links
        ]  # fmt: skip
    return found


def _reordered(now: Sequence[str], rank: Mapping[str, int]) -> list[str]:
    """Siblings by their place in the film; what the film does not show stays behind what it
    follows."""
    following: dict[str, list[str]] = {}
    last = ""
    for key in now:
        if key in rank:
            last = key
        else:
            following.setdefault(last, []).append(key)
    found = list(following.get("", []))
    for key in sorted((key for key in now if key in rank), key=lambda key: rank[key]):
        found.append(key)
        found += following.get(key, [])
    return found


def _trims(node: Node, shot: WantedShot, rate: Fraction) -> dict[str, int | None]:
    """The fields that make a shot begin and end where it is asked for; None where it does so by
    itself."""
    frames = shot_frames(node.params, rate)
    end = shot.available
    if node.params.get("frames"):
        end = min(end, shot.start + frames)
    return {"cut_in": shot.start or None, "cut_out": None if shot.end == end else shot.end}


def _holder(graph: Graph, before: Node | None, after: Node | None) -> str | None:
    """The container that a transition between two shots lies in: their scene, else the root."""
    sides = {node.parent for node in (before, after) if node is not None}
    if before is None or after is None or len(sides) > 1:
        return None
    return sides.pop()


def _between(graph: Graph, before: Node | None, after: Node | None) -> str:
    if before is None or after is None:
        node = before or after
        where = "at the beginning" if before is None else "at the end"
        return where if node is None else f"{where}, at {label_of_shot(graph, node)}"
    return f"between {label_of_shot(graph, before)} and {label_of_shot(graph, after)}"


def _same(one: Transition, other: Transition) -> bool:
    directed = one.kind in ("wipe", "push")
    return (one.kind, one.frames) == (other.kind, other.frames) and (
        not directed or one.direction == other.direction
    )


def _fields(transition: Transition) -> dict[str, Any]:
    told = msgspec.to_builtins(transition)
    return {name: told[name] for name in ("kind", "frames", "direction")}


def _written(transition: Transition) -> dict[str, Any]:
    return {f"data.{name}": value for name, value in _fields(transition).items()}


def differences(cut: Cut, wanted: Wanted) -> list[str]:
    """What of the wanted film a cut does not show, in sentences; empty when it is that film."""
    found: list[str] = []
    clips: dict[str, Clip] = {clip.shot: clip for clip in cut.clips}
    if [clip.shot for clip in cut.clips] != [shot.node.id for shot in wanted.shots]:
        found.append("The order of the film would not be quite that of the cut.")
    for shot in wanted.shots:
        clip = clips.get(shot.node.id)
        if clip is not None and (clip.start, clip.end) != (shot.start, shot.end):
            found.append(f"{shot.label} would show frames {clip.start} to {clip.end} of its take.")
    return found
