"""The Assembly node in a run: what of the graph it keeps, and its params once takes are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

import msgspec
from node_registry.film import parse_rate, shot_frames

from app.execution import Take
from app.graph import SHOT, Graph, Node, cut_order
from node_registry import DirectorError, RenderSettings

from .conform_list import conform_list
from .cut import (
    Cut,
    CutElement,
    OrderedShot,
    OrderedTransition,
    Sound,
    SourceTake,
    build_cut,
)
from .edl import write_edl
from .lengths import frames_in_film
from .sounds import connected_sounds
from .timeline import write_timeline

NODE_TYPE = "film.assembly"


class FilmOrder(msgspec.Struct, kw_only=True):
    """The order of the film at the version of the graph that was planned."""

    elements: list[CutElement] = msgspec.field(name="order")
    rate: str
    width: int
    height: int


def film_order(graph: Graph, node: Node, settings: RenderSettings) -> dict[str, Any]:
    """The order of the film that this node assembles."""
    rate = parse_rate(settings.rate)
    elements: list[CutElement] = []
    for scene, element in cut_order(graph, node.id).elements:
        params = element.params
        if element.type == SHOT:
            elements.append(
                OrderedShot(
                    node=element.id,
                    scene=str(scene.data.get("code", "")) if scene else "",
                    code=str(params.get("code", "")),
                    frames=shot_frames(params, rate),
                    fixed=bool(params.get("frames")),
                    version=int(params.get("version") or 1),
                    heading=str(scene.data.get("heading", "")) if scene else "",
                    cut_in=params.get("cut_in"),
                    cut_out=params.get("cut_out"),
                )
            )
        else:
            elements.append(
                OrderedTransition(
                    node=element.id,
                    kind=params.get("kind") or "dissolve",
                    frames=int(params.get("frames", 12)),
                    direction=params.get("direction") or "left",
                )
            )
    order = FilmOrder(
        elements=elements, rate=settings.rate, width=settings.width, height=settings.height
    )
    told = msgspec.to_builtins(order)
    for entry in told["order"]:
        # The digest of the film is made of this: what nobody set is as if it were not known.
        unset = [name for name in ("cut_in", "cut_out") if entry.get(name, 0) is None]
        for name in (*unset, "notes"):
            entry.pop(name, None)
    return told


def cut_of(graph: Graph, takes: Mapping[str, Take], settings: RenderSettings) -> Cut:
    """The film as it stands: the graph's first assembly, with the active takes that there are.

    Raises `cut.no_assembly`.
    """
    node = assembly_of(graph)
    shots = {node_id: take for node_id, take in takes.items() if node_id != node.id}
    order = msgspec.convert(film_order(graph, node, settings), FilmOrder)
    order.elements = list(_with_notes(graph, node, order.elements))
    sounds = connected_sounds(graph, node, takes, parse_rate(settings.rate))
    return _cut(order, shots, node.params, sounds)


def assembly_of(graph: Graph) -> Node:
    """The graph's first Assembly node. Raises `cut.no_assembly`."""
    node = next((n for n in graph.nodes.values() if n.type == NODE_TYPE), None)
    if node is None:
        raise DirectorError(
            "cut.no_assembly",
            "This canvas has no Assembly node, so there is no film to cut.",
            hint="Import a script, or add an Assembly and connect the last scene to it.",
            status=404,
        )
    return node


def _with_notes(graph: Graph, node: Node, elements: list[CutElement]) -> Iterator[CutElement]:
    """The elements, the first shot of each scene with what was noted on the scene."""
    scenes = {element.id: scene for scene, element in cut_order(graph, node.id).elements}
    told: set[str] = set()
    for element in elements:
        scene = scenes.get(element.node)
        if isinstance(element, OrderedShot) and scene is not None and scene.id not in told:
            told.add(scene.id)
            noted = scene.data.get("notes")
            notes = tuple(str(note) for note in noted) if isinstance(noted, list) else ()
            element = msgspec.structs.replace(element, notes=notes)
        yield element


def resolve_params(
    special: dict[str, Any], takes: Mapping[str, Take], params: dict[str, Any]
) -> dict[str, Any]:
    """The conform list, EDL and timeline, now that each shot has its take."""
    order = msgspec.convert(special, FilmOrder)
    cut = _cut(order, takes, params)
    loudness = params.get("loudness")
    conform = conform_list(
        cut,
        order.width,
        order.height,
        loudness=-23.0 if loudness is None else float(loudness),
    )
    if not conform["sounds"]:
        # What is connected to the node is laid under the film from its beginning.
        del conform["sounds"]
    return {
        **params,
        "conform": conform,
        "edl": write_edl(cut),
        "timeline": write_timeline(cut),
        "notes": list(cut.notes),
    }


def _cut(
    order: FilmOrder,
    takes: Mapping[str, Take],
    params: Mapping[str, Any],
    sounds: Sequence[Sound] = (),
) -> Cut:
    shots = {element.node for element in order.elements}
    rate = parse_rate(order.rate)
    return build_cut(
        order.elements,
        {t.node_id: source_take(t, rate) for t in takes.values() if t.node_id in shots},
        order.rate,
        title=str(params.get("title") or ""),
        start_timecode=str(params.get("start_timecode") or "01:00:00:00"),
        drop_frame=bool(params.get("drop_frame")),
        sounds=sounds,
    )


def source_take(take: Take, rate: Fraction) -> SourceTake:
    """A take as the cut needs it."""
    media = take.output()
    return SourceTake(
        id=str(take.id),
        media=media.digest,
        frames=frames_in_film(media.facts, rate),
        name=take.name,
        extension=PurePosixPath(media.name).suffix.lstrip(".") or "mp4",
        sound=bool(media.facts.get("audio")),
        recipe=take.recipe,
    )
