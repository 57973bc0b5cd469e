"""A breakdown becomes operations on a graph: everything at first, then only what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from node_registry.film import scene_name

from app.graph import AddNode, Graph, Operation, keys_between
from node_registry import DirectorError

from . import layout, nodes, provenance
from .model import Breakdown, Scene
from .reimport import Reimport
from .summary import ImportSummary, shot_count

MAX_NODES = 40_000


class Import(msgspec.Struct):
    """What an import does to the graph, as operations and as sentences."""

    operations: list[Operation]
    summary: ImportSummary


def to_operations(
    breakdown: Breakdown,
    graph: Graph | None,
    *,
    title: str,
    media: dict[str, Any] | None,
    new_id: Callable[[], str],
) -> Import:
    """The operations that bring a breakdown into a graph.

    A graph that holds an earlier import gets only what differs: scenes and shots keep their ids,
    and a field that a person wrote keeps that person's words. The keys and codes of `breakdown`
    are carried over from the graph. Everything is meant for one transaction of the studio itself,
    since it writes the links to the script.
    """
    count = sum(len(scene.shots) + 1 for scene in breakdown.scenes)
    if count > MAX_NODES:
        raise DirectorError(
            "script.too_many_shots",
            f"The script has {len(breakdown.scenes):,} scenes with {count:,} shots; one graph "
            f"holds at most {MAX_NODES:,} nodes.",
            hint="Cut the script into parts, one project each.",
        )
    if graph is not None and any(
        node.type == "film.scene" and provenance.link_of(node).get("scene")
        for node in graph.nodes.values()
    ):
        reimport = Reimport(breakdown, graph, title=title, media=media, new_id=new_id)
        return Import(reimport.run(), reimport.summary)
    first = FirstImport(breakdown, graph or Graph(), title=title, media=media, new_id=new_id)
    return Import(first.run(), first.summary)


class FirstImport:
    """The first import of a script, into an empty graph or beside what people made there."""

    def __init__(
        self,
        breakdown: Breakdown,
        graph: Graph,
        *,
        title: str,
        media: dict[str, Any] | None,
        new_id: Callable[[], str],
    ) -> None:
        self.breakdown = breakdown
        self.graph = graph
        self.title = title
        self.media = media
        self.new_id = new_id
        self.summary = ImportSummary()
        self.nodes: list[Operation] = []
        self.edges: list[Operation] = []

    def run(self) -> list[Operation]:
        """All nodes, then all edges."""
        breakdown, graph = self.breakdown, self.graph
        roots = graph.children(None)
        top = max((node.pos[1] + 300 for node in roots), default=0.0)
        count = 2 + len(breakdown.characters) + len(breakdown.locations) + len(breakdown.scenes)
        last = roots[-1].order if roots else None
        orders = iter(keys_between(last, None, count))
        script_id = self.new_id()
        self.nodes.append(
            AddNode(
                id=script_id,
                type="film.script",
                order=next(orders),
                pos=layout.script(top),
                data=nodes.script_data(breakdown, self.title, self.media),
            )
        )
        people: dict[str, str] = {}
        for index, character in enumerate(breakdown.characters):
            fields = provenance.character_fields(character)
            people[character.name] = self._asset(
                "film.character", fields, next(orders), layout.character(index, top)
            )
        places: dict[str, str] = {}
        for index, location in enumerate(breakdown.locations):
            fields = provenance.place_fields(location)
            places[nodes.place_key(location.name)] = self._asset(
                "film.environment", fields, next(orders), layout.place(index, top)
            )
        before = ""
        ranks = keys_between(None, None, len(breakdown.scenes))
        for index, scene in enumerate(breakdown.scenes):
            made = nodes.scene_node(
                scene, self.new_id(), next(orders), layout.scene(index, top), ranks[index]
            )
            scene_id = self._scene(scene, made, people, places)
            if before:
                self.edges.append(
                    nodes.connect(self.new_id(), before, "next", scene_id, "previous")
                )
            before = scene_id
            self.summary.added.append(
                f"{scene_name(scene.code)} with {shot_count(len(scene.shots))}"
                + (f": {scene.heading}" if scene.heading else "")
            )
        self._assembly(before, next(orders), layout.assembly(len(breakdown.scenes), top))
        return [*self.nodes, *self.edges]

    def _asset(self, kind: str, fields: dict[str, Any], order: str, pos: layout.Point) -> str:
        node_id = self.new_id()
        self.nodes.append(nodes.asset_node(kind, node_id, fields, order, pos))
        return node_id

    def _scene(
        self,
        scene: Scene,
        node: AddNode,
        people: dict[str, str],
        places: dict[str, str],
    ) -> str:
        scene_id = node.id
        self.nodes.append(node)
        before = ""
        orders = keys_between(None, None, len(scene.shots))
        place = places.get(nodes.place_key(scene.location), "")
        for index, shot in enumerate(scene.shots):
            shot_id = self.new_id()
            self.nodes.append(
                nodes.shot_node(
                    shot,
                    scene,
                    shot_id,
                    scene_id,
                    orders[index],
                    layout.shot(index),
                    orders[index],
                )
            )
            if before:
                self.edges.append(nodes.connect(self.new_id(), before, "next", shot_id, "previous"))
            before = shot_id
            self.edges.extend(nodes.asset_edges(shot, shot_id, people, place, self.new_id))
        return scene_id

    def _assembly(self, last_scene: str, order: str, pos: layout.Point) -> None:
        found = next((n for n in self.graph.nodes.values() if n.type == "film.assembly"), None)
        assembly_id = found.id if found else self.new_id()
        if found is None:
            self.nodes.append(
                AddNode(
                    id=assembly_id,
                    type="film.assembly",
                    order=order,
                    pos=pos,
                    data={"title": self.title[:300]},
                )
            )
        if last_scene:
            edge = nodes.connect(self.new_id(), last_scene, "next", assembly_id, "sequence")
            self.edges.append(edge)
