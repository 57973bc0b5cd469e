"""The first import of a script: everything that the breakdown holds, as nodes and edges."""

from __future__ import annotations

from typing import Any

from app.graph import AddNode, Operation, key_between, keys_between

from . import joins, layout, nodes, provenance
from .importer import Importer, ImportSource
from .model import Scene
from .sets import Sets
from .summary import scene_sentence


class FirstImport(Importer):
    """The first import of a script, into an empty graph or beside what people made there."""

    def __init__(self, source: ImportSource) -> None:
        super().__init__(source)
        self.nodes: list[Operation] = []
        self.edges: list[Operation] = []
        self.drop = source.drop_frame

    def run(self) -> list[Operation]:
        """All nodes, then all edges."""
        breakdown, graph = self.breakdown, self.graph
        roots = graph.children(None)
        top = max((node.pos[1] + 1000 for node in roots), default=0.0)
        count = 3 + len(breakdown.characters) + len(breakdown.locations) + 2 * len(breakdown.scenes)
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
        places = Sets(graph)
        for index, location in enumerate(breakdown.locations):
            if not places.is_served(location.name, location.place):
                fields = provenance.place_fields(location)
                pos = layout.place(index, top)
                made = self._asset("film.environment", fields, next(orders), pos)
                places.add(location.name, made)
        ranks = keys_between(None, None, len(breakdown.scenes))
        outer = joins.between_scenes(breakdown.scenes)
        before, cast = "", len(self.nodes)
        if opening := outer.get(""):
            before = self._join(opening, "", None, next(orders), layout.scene(0, top))
        slot = len(self.nodes) - cast
        for index, scene in enumerate(breakdown.scenes):
            made = nodes.scene_node(
                scene,
                self.new_id(),
                next(orders),
                layout.scene(slot, top),
                ranks[index],
                joins.keys_of(scene, outer, first=index == 0),
            )
            scene_id = self._scene(scene, made, people, places)
            self._follow(before, scene_id)
            before = scene_id
            self.summary.added.append(scene_sentence(scene))
            slot += 1
            if placed := outer.get(scene.key):
                pos = layout.scene(slot, top)
                before = self._join(placed, before, None, next(orders), pos)
                slot += 1
        self._assembly(before, next(orders), layout.assembly(slot, top))
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
        places: Sets,
    ) -> str:
        scene_id = node.id
        self.nodes.append(node)
        before = ""
        inner = joins.within(scene)
        orders = keys_between(None, None, len(scene.shots))
        place = places.serving(scene.location, scene.place)
        slot = 0
        for index, shot in enumerate(scene.shots):
            shot_id = self.new_id()
            self.nodes.append(
                nodes.shot_node(
                    shot,
                    scene,
                    shot_id,
                    scene_id,
                    orders[index],
                    layout.shot(slot),
                    orders[index],
                )
            )
            self._follow(before, shot_id)
            before = shot_id
            slot += 1
            if placed := inner.get(shot.key):
                order = key_between(orders[index], orders[index + 1])
                before = self._join(placed, before, scene_id, order, layout.shot(slot))
                slot += 1
            self.edges.extend(nodes.asset_edges(shot, shot_id, people, place, self.new_id))
        return scene_id

    def _join(
        self,
        placed: joins.PlacedJoin,
        before: str,
        parent: str | None,
        order: str,
        pos: layout.Point,
    ) -> str:
        join_id = self.new_id()
        self.nodes.append(joins.join_node(placed, self.rate, join_id, parent, order, pos))
        self.summary.added.append(joins.sentence(placed.join))
        self._follow(before, join_id)
        return join_id

    def _follow(self, before: str, after: str) -> None:
        if before:
            self.edges.append(nodes.connect(self.new_id(), before, "next", after, "previous"))

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
                    data={"title": self.title[:300]} | ({"drop_frame": True} if self.drop else {}),
                )
            )
        if last_scene:
            edge = nodes.connect(self.new_id(), last_scene, "next", assembly_id, "sequence")
            self.edges.append(edge)
