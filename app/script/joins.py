"""The transitions that a script writes, as nodes between its scenes and shots."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
from node_registry.film import frames_of

from app.graph import AddNode, Node

from . import layout, provenance, transitions
from .model import Join, Scene

NODE_TYPE = "film.transition"
_OPENING = "opening"


class PlacedJoin(msgspec.Struct, frozen=True):
    """A transition and the key of its place: the scene or the shot that it follows."""

    key: str
    join: Join


def between_scenes(scenes: list[Scene]) -> dict[str, PlacedJoin]:
    """The transitions at the ends of scenes, by the key of the scene that they follow; that at
    the film's beginning under ""."""
    found: dict[str, PlacedJoin] = {}
    played = [scene for scene in scenes if scene.shots]
    for before, after in zip((None, *played), (*played, None), strict=True):
        join = transitions.between(before, after)
        if join is not None:
            key = before.key if before else ""
            found[key] = PlacedJoin(f"scene:{key or _OPENING}", join)
    return found


def within(scene: Scene) -> dict[str, PlacedJoin]:
    """The transitions inside a scene, by the key of the shot that they follow."""
    found: dict[str, PlacedJoin] = {}
    for index, shot in enumerate(scene.shots[:-1]):
        join = transitions.at(scene, index)
        if join is not None:
            found[shot.key] = PlacedJoin(f"shot:{scene.key}:{shot.key}", join)
    return found


def join_fields(join: Join, rate: Fraction) -> dict[str, Any]:
    """The fields of a transition node that come from the script."""
    frames = frames_of(join.seconds, rate) if join.seconds else 0
    return {"kind": join.kind, "frames": frames, "direction": join.direction}


def join_link(placed: PlacedJoin) -> dict[str, Any]:
    """A transition's tie to the script, with the words that it has there."""
    return {"transition": placed.key, "text": placed.join.text}


def join_node(
    placed: PlacedJoin,
    rate: Fraction,
    node_id: str,
    parent: str | None,
    order: str,
    pos: layout.Point,
) -> AddNode:
    """A transition as a node."""
    fields = join_fields(placed.join, rate)
    data = {**fields, "script": {**join_link(placed), "written": fields}}
    return AddNode(id=node_id, type=NODE_TYPE, parent=parent, order=order, pos=pos, data=data)


def linked_joins(nodes: list[Node]) -> dict[str, Node]:
    """The transitions among these nodes that came from a script, by the key of their place."""
    found: dict[str, Node] = {}
    for node in sorted(nodes, key=lambda node: node.id):
        key = provenance.link_of(node).get("transition")
        if node.type == NODE_TYPE and isinstance(key, str) and key:
            found.setdefault(key, node)
    return found


def sentence(join: Join) -> str:
    """A transition in the words of the script: Transition “DISSOLVE TO:”."""
    return f"Transition “{join.text}”"


def sentence_of(node: Node) -> str:
    """The same of a node that came from a script."""
    return f"Transition “{provenance.link_of(node).get('text', '')}”"


def keys_of(scene: Scene, outer: dict[str, PlacedJoin], *, first: bool) -> list[str]:
    """The keys of the transitions that a scene's node remembers: those in it, that after it, and
    with the first scene that before it."""
    keys = [outer[""].key] if first and "" in outer else []
    keys += [placed.key for placed in within(scene).values()]
    return keys + ([outer[scene.key].key] if scene.key in outer else [])
