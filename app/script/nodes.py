"""Scenes, shots, characters and places as nodes, and the edges between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.graph import AddEdge, AddNode, Operation, keys_between

from . import layout, provenance
from .model import Breakdown, Scene, Shot


def script_data(breakdown: Breakdown, title: str, media: dict[str, Any] | None) -> dict[str, Any]:
    """The params of the script node."""
    return {
        "title": title[:300],
        "format": breakdown.format,
        "media": media,
        "pages": breakdown.pages,
        "scenes": len(breakdown.scenes),
        "broken_down": (media or {}).get("digest", ""),
    }


def scene_node(
    scene: Scene,
    node_id: str,
    order: str,
    pos: layout.Point,
    rank: str,
    joins: Sequence[str] = (),
) -> AddNode:
    """A scene as a node; its `rank` orders it among the script's scenes, whatever people do."""
    fields = provenance.scene_fields(scene)
    data, text = provenance.split(fields)
    data |= {"code": scene.code, "script": {**scene_link(scene, rank, joins), "written": fields}}
    return AddNode(id=node_id, type="film.scene", order=order, pos=pos, data=data, text=text)


def scene_link(scene: Scene, rank: str, joins: Sequence[str] = ()) -> dict[str, Any]:
    """A scene's tie to the script, with the keys of the transitions that were made for it. One
    that the script omits is no part of the film."""
    link: dict[str, Any] = {"scene": scene.key, "rank": rank}
    if joins:
        link["transitions"] = list(joins)
    return {**link, "omitted": True} if scene.omitted else link


def shot_node(
    shot: Shot,
    scene: Scene,
    node_id: str,
    parent: str,
    order: str,
    pos: layout.Point,
    rank: str,
) -> AddNode:
    """A shot as a node inside its scene; its `rank` orders it among the script's shots."""
    fields = provenance.shot_fields(shot)
    data, text = provenance.split(fields)
    link = {"scene": scene.key, "shot": shot.key, "rank": rank, "written": fields}
    data |= {"code": shot.code, "script": link}
    return AddNode(
        id=node_id, type="film.shot", parent=parent, order=order, pos=pos, data=data, text=text
    )


def asset_edges(
    shot: Shot, shot_id: str, people: dict[str, str], place: str, new_id: Callable[[], str]
) -> list[Operation]:
    """The edges from a shot's characters and place."""
    named = [people[name] for name in shot.characters_in_frame if name in people]
    found: list[Operation] = [
        connect(new_id(), person, "character", shot_id, "characters", order)
        for person, order in zip(named, keys_between(None, None, len(named)), strict=True)
    ]
    if place:
        found.append(connect(new_id(), place, "environment", shot_id, "environment"))
    return found


def connect(
    edge_id: str, source: str, output: str, target: str, socket: str, order: str = "a0"
) -> AddEdge:
    """An edge, written short."""
    return AddEdge(
        id=edge_id,
        source=source,
        source_socket=output,
        target=target,
        target_socket=socket,
        order=order,
    )


def asset_node(
    kind: str, node_id: str, fields: dict[str, Any], order: str, pos: layout.Point
) -> AddNode:
    """A character or a place as a node."""
    data, text = provenance.split(fields)
    data["script"] = {"name": fields["name"], "written": fields}
    return AddNode(id=node_id, type=kind, order=order, pos=pos, data=data, text=text)
