"""A script imported again: only what differs reaches the graph, and people's words stand."""

from __future__ import annotations

from typing import Any

from node_registry.film import scene_name

from app.graph import (
    AddNode,
    Graph,
    MoveNode,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetNode,
    chain,
    difference,
    key_between,
    keys_between,
    unmoved,
)

from . import alignment, codes, joins, layout, nodes, provenance, sequence
from .importer import Importer, ImportSource
from .join_import import JoinImport
from .model import Scene, Shot
from .sets import Sets, place_key
from .summary import scene_sentence, shot_count, shot_of_scene


class Reimport(Importer):
    """Compares one breakdown with one graph; `run` gives the operations, `summary` the words."""

    def __init__(self, source: ImportSource) -> None:
        super().__init__(source)
        graph = self.graph
        self.removed: list[str] = []
        self.cut: list[str] = []
        self.added: list[Operation] = []
        self.set: list[Operation] = []
        self.moved: list[Operation] = []
        self.connected: list[Operation] = []
        self.scenes = _linked(graph.nodes.values(), "film.scene", "scene")
        self.shots = {
            key: _linked(graph.children(node.id), "film.shot", "shot")
            for key, node in self.scenes.items()
        }
        self.people = _assets(graph, "film.character")
        self.places = Sets(graph)
        self.roots = _places(graph.children(None))
        self.joins = JoinImport(source, self.summary)
        self.outer: dict[str, joins.PlacedJoin] = {}
        # By scene and shot; a scene's own is under "".
        self.ranks: dict[tuple[str, str], str] = {}

    def run(self) -> list[Operation]:
        """The operations, in an order in which each one is allowed."""
        alignment.align(self._known(), self.breakdown)
        self._rank()
        self.outer = joins.between_scenes(self.breakdown.scenes)
        self._set_script()
        self._add_assets()
        present = {scene.key for scene in self.breakdown.scenes}
        out: set[str] = set()
        for key, node in self.scenes.items():
            if key not in present:
                self._drop_scene(node, out)
        changed = bool(out)
        for index, scene in enumerate(self.breakdown.scenes):
            node = self.scenes.get(scene.key)
            if node is None:
                self._add_scene(index, scene)
                changed = True
            else:
                changed |= self._merge_scene(scene, node)
        self._order_scenes(out, changed=changed)
        self.removed += self.joins.removed
        operations: list[Operation] = []
        if self.removed:
            operations.append(RemoveNodes(ids=tuple(self.removed)))
        if self.cut:
            operations.append(RemoveEdges(ids=tuple(dict.fromkeys(self.cut))))
        operations += [*self.added, *self.joins.added, *self.set, *self.joins.set]
        return [*operations, *self.moved, *self.connected]

    def _known(self) -> list[alignment.KnownScene]:
        found: list[alignment.KnownScene] = []
        for key, node in self.scenes.items():
            shots = [
                alignment.KnownShot(
                    key=shot_key,
                    code=str(shot.data.get("code", "")),
                    prompt=str(provenance.imported_fields(shot).get("prompt", "")),
                    dialogue=str(provenance.imported_fields(shot).get("dialogue_content", "")),
                )
                for shot_key, shot in self.shots[key].items()
            ]
            heading = str(provenance.imported_fields(node).get("heading", ""))
            code = str(node.data.get("code", ""))
            found.append(
                alignment.KnownScene(
                    key=key,
                    code=code,
                    heading=heading,
                    number=str(node.data.get("number", "")),
                    shots=shots,
                )
            )
        return found

    def _rank(self) -> None:
        scenes = self.breakdown.scenes
        found = sequence.rank_keys(_ranks(self.scenes), [scene.key for scene in scenes])
        self.ranks = {(key, ""): rank for key, rank in found.items()}
        for scene in scenes:
            there = _ranks(self.shots.get(scene.key, {}))
            found = sequence.rank_keys(there, [shot.key for shot in scene.shots])
            self.ranks |= {(scene.key, key): rank for key, rank in found.items()}

    def _set_script(self) -> None:
        incoming = nodes.script_data(self.breakdown, self.title, self.media)
        node = next((n for n in self.graph.children(None) if n.type == "film.script"), None)
        if node is None:
            order = self.roots.append(1)[0]
            self.added.append(
                AddNode(id=self.new_id(), type="film.script", order=order, data=incoming)
            )
            return
        values = {f"data.{k}": v for k, v in incoming.items() if node.data.get(k) != v}
        if values:
            self.set.append(SetNode(id=node.id, values=values))

    def _add_assets(self) -> None:
        """New characters and places. Those that are there belong to people: they are not written
        again, for each such change would make every shot that uses them stale."""
        for index, character in enumerate(self.breakdown.characters):
            if character.name not in self.people:
                fields = provenance.character_fields(character)
                pos = layout.character(index, 0.0)
                self.people[character.name] = self._add_asset("film.character", fields, pos)
                self.summary.added.append(f"Character {character.name}")
        for index, location in enumerate(self.breakdown.locations):
            if not self.places.is_served(location.name, location.place):
                fields = provenance.place_fields(location)
                pos = layout.place(index, 0.0)
                made = self._add_asset("film.environment", fields, pos)
                self.places.add(location.name, made)
                self.summary.added.append(f"Place {location.name}")

    def _add_asset(self, kind: str, fields: dict[str, Any], pos: layout.Point) -> str:
        node_id = self.new_id()
        order = self.roots.append(1)[0]
        self.added.append(nodes.asset_node(kind, node_id, fields, order, pos))
        return node_id

    def _drop_scene(self, node: Node, out: set[str]) -> None:
        link = provenance.link_of(node)
        if link.get("omitted"):
            return
        name = scene_name(str(node.data.get("code", "")))
        children = self.graph.children(node.id)
        worked_on = provenance.is_edited(node) or any(
            not provenance.link_of(child).get("shot") or provenance.is_edited(child)
            for child in children
        )
        if worked_on:
            self._omit(node)
            self.summary.retained.append(
                f"{name} is no longer in the script, but was worked on: it is out of the film "
                "and stays on the canvas"
            )
        else:
            self.removed.append(node.id)
            self.summary.removed.append(f"{name} with {shot_count(len(children))}")
        out.add(node.id)

    def _omit(self, node: Node) -> None:
        link = {**provenance.link_of(node), "omitted": True}
        self.set.append(SetNode(id=node.id, values={"data.script": link}))

    def _add_scene(self, index: int, scene: Scene) -> None:
        scene_id = self.new_id()
        before = self._node_before(scene)
        order = self.roots.after(before.id if before else "")
        self.roots.put(scene_id, order)
        pos = layout.next_to(before.pos) if before else layout.scene(index, 0.0)
        keys = joins.keys_of(scene, self.outer, first=self._is_first(scene))
        node = nodes.scene_node(scene, scene_id, order, pos, self.ranks[scene.key, ""], keys)
        self.added.append(node)
        self.scenes[scene.key] = Node(id=scene_id, type="film.scene", order=order, pos=pos)
        self.shots[scene.key] = {}
        self._order_shots(scene, scene_id, set(), changed=True)
        self.summary.added.append(scene_sentence(scene))

    def _is_first(self, scene: Scene) -> bool:
        return self.breakdown.scenes[0] is scene

    def _node_before(self, scene: Scene) -> Node | None:
        at = next(i for i, one in enumerate(self.breakdown.scenes) if one.key == scene.key)
        return self.scenes.get(self.breakdown.scenes[at - 1].key) if at else None

    def _merge_scene(self, scene: Scene, node: Node) -> bool:
        """Merge a scene and its shots; true when it came back into the film."""
        old_place = str(provenance.imported_fields(node).get("location", ""))
        keys = joins.keys_of(scene, self.outer, first=self._is_first(scene))
        link = nodes.scene_link(scene, self.ranks[scene.key, ""], keys)
        merged = provenance.merge(node, provenance.scene_fields(scene), link)
        self.set.extend(provenance.set_values(node, merged))
        name = scene_name(scene.code)
        self.summary.note(name, merged.changed, merged.conflicts)
        there = self.shots[scene.key]
        incoming = {shot.key for shot in scene.shots}
        out: set[str] = set()
        gone_codes: list[str] = []
        for key, shot_node in there.items():
            if key not in incoming and not provenance.link_of(shot_node).get("omitted"):
                out.add(shot_node.id)
                code = str(shot_node.data.get("code", ""))
                if provenance.is_edited(shot_node):
                    self._omit(shot_node)
                    self.summary.retained.append(
                        f"{shot_of_scene(code, scene.code)} is no longer in the script, but was "
                        "worked on: it is out of the film and stays on the canvas"
                    )
                else:
                    self.removed.append(shot_node.id)
                    gone_codes.append(code)
        for code in gone_codes:
            self.summary.removed.append(shot_of_scene(code, scene.code))
        back = False
        for shot in scene.shots:
            shot_node = there.get(shot.key)
            if shot_node is not None:
                back |= bool(provenance.link_of(shot_node).get("omitted"))
                self._merge_shot(shot, scene, shot_node, old_place)
        self._order_shots(scene, node.id, out, changed=back or bool(out))
        return bool(provenance.link_of(node).get("omitted")) and not scene.omitted

    def _merge_shot(self, shot: Shot, scene: Scene, node: Node, old_place: str) -> None:
        incoming = provenance.keep_framing(
            provenance.imported_fields(node), provenance.shot_fields(shot)
        )
        base = provenance.imported_fields(node).get("characters_in_frame")
        rank = self.ranks[scene.key, shot.key]
        merged = provenance.merge(
            node, incoming, {"scene": scene.key, "shot": shot.key, "rank": rank}
        )
        self.set.extend(provenance.set_values(node, merged))
        code = shot_of_scene(shot.code, scene.code)
        self.summary.note(code, merged.changed, merged.conflicts)
        if "characters_in_frame" in merged.changed:
            before = set(base) if isinstance(base, list) else set()
            self._recast(node, before, incoming["characters_in_frame"])
        self._replace_place(node, old_place, scene)

    def _recast(self, node: Node, before: set[str], now: list[str]) -> None:
        there = {edge.source: edge for edge in self.graph.incoming(node.id, "characters")}
        for name in sorted(before - set(now)):
            edge = there.pop(self.people.get(name, ""), None)
            if edge is not None:
                self.cut.append(edge.id)
        last = max((edge.order for edge in there.values()), default=None)
        for name in now:
            person = self.people.get(name)
            if name in before or person is None or person in there:
                continue
            last = key_between(last, None)
            self.connected.append(
                nodes.connect(self.new_id(), person, "character", node.id, "characters", last)
            )

    def _replace_place(self, node: Node, old: str, scene: Scene) -> None:
        """Connect a shot with the place that it has now, where the last import had connected it."""
        serving = self.places.serving(scene.location, scene.place)
        edges = self.graph.incoming(node.id, "environment")
        now = edges[0].source if edges else ""
        if now == serving:
            return
        moved = place_key(old) != place_key(scene.location)
        if edges:
            # An edge of people's own stays as it is.
            if now != self.places.of(old) or not (moved or self.places.is_whole(serving)):
                return
        elif not moved:
            return
        self.cut.extend(edge.id for edge in edges)
        if serving:
            self.connected.append(
                nodes.connect(self.new_id(), serving, "environment", node.id, "environment")
            )

    def _order_shots(self, scene: Scene, scene_id: str, out: set[str], *, changed: bool) -> None:
        """Put new shots in, and the chain of the scene right, if anything in it came or went."""
        there = self.shots[scene.key]
        before = list(there)
        siblings = self.graph.children(scene_id) if scene_id in self.graph.nodes else []
        ids = {key: node.id for key, node in there.items()}
        places = _places(siblings)
        last = ""
        last_pos: layout.Point | None = None
        for index, shot in enumerate(scene.shots):
            node = there.get(shot.key)
            if node is not None:
                last, last_pos = node.id, node.pos
                continue
            changed = True
            node_id = ids[shot.key] = self.new_id()
            order = places.after(last)
            places.put(node_id, order)
            pos = layout.shot(index) if not siblings or not last_pos else layout.next_to(last_pos)
            rank = self.ranks[scene.key, shot.key]
            self.added.append(nodes.shot_node(shot, scene, node_id, scene_id, order, pos, rank))
            place = self.places.serving(scene.location, scene.place)
            self.connected.extend(nodes.asset_edges(shot, node_id, self.people, place, self.new_id))
            if siblings:
                self.summary.added.append(shot_of_scene(shot.code, scene.code))
            last, last_pos = node_id, pos
        inner = joins.within(scene)
        chained: list[str] = []
        holder = self.graph.nodes.get(scene_id)
        for shot in scene.shots:
            chained.append(ids[shot.key])
            if placed := inner.get(shot.key):
                chained += self.joins.place(placed, chained[-1], scene_id, holder, places)
        old = [(ids[key], f"shot:{scene.key}:{key}") for key in before]
        known = self.joins.sort_out(siblings, old, inner, out)
        changed |= known.gone or not {*chained} <= {node.id for node in siblings}
        self._link(siblings, known.order, chained, out, places, changed=changed)

    def _order_scenes(self, out: set[str], *, changed: bool) -> None:
        old = [key for key, node in self.scenes.items() if node.id in self.graph.nodes]
        siblings = self.graph.children(None)
        incoming: list[str] = []
        if (opening := self.outer.get("")) and self.breakdown.scenes:
            first = self.scenes[self.breakdown.scenes[0].key]
            incoming += self.joins.place(
                opening, "", None, self.graph.nodes.get(first.id), self.roots
            )
        for scene in self.breakdown.scenes:
            node = self.scenes[scene.key]
            incoming.append(node.id)
            if placed := self.outer.get(scene.key):
                holder = self.graph.nodes.get(node.id)
                incoming += self.joins.place(placed, node.id, None, holder, self.roots)
        before = [(self.scenes[key].id, f"scene:{key}") for key in old]
        known = self.joins.sort_out(siblings, before, self.outer, out)
        changed |= known.gone or not {*incoming} <= {node.id for node in siblings}
        assembly = next((node.id for node in siblings if node.type == "film.assembly"), "")
        self._link(
            siblings, known.order, incoming, out, self.roots, changed=changed, assembly=assembly
        )

    def _link(
        self,
        siblings: list[Node],
        before: list[str],
        incoming: list[str],
        out: set[str],
        places: sequence.SiblingOrder,
        *,
        changed: bool,
        assembly: str = "",
    ) -> None:
        """Bring the chain of siblings into the order of the script, as far as that changed."""
        gone = {*self.removed, *self.joins.removed}
        now = [key for key in chain(self.graph, siblings) if self._chained(key)]
        now = [key for key in now if key not in out and key not in gone]
        order = sequence.merge_order(now, [key for key in before if key not in out], incoming)
        if not changed and order == now:
            return
        inside = {key for key in (*now, *order, *out) if key not in gone}
        cut, link = difference(self.graph, order, inside, assembly)
        self.cut.extend(edge.id for edge in cut)
        for source, target, socket in link:
            self.connected.append(nodes.connect(self.new_id(), source, "next", target, socket))
        self._move(now, order, places)

    def _move(self, now: list[str], order: list[str], places: sequence.SiblingOrder) -> None:
        """New order keys for what the script moved."""
        was = {key: index for index, key in enumerate(now)}
        stay = unmoved([was.get(key) for key in order])
        for index, key in enumerate(order):
            node = self.graph.nodes.get(key)
            if node is None or key not in was or index in stay:
                continue
            place = places.after(order[index - 1] if index else "")
            places.put(key, place)
            self.moved.append(MoveNode(id=key, parent=node.parent, order=place))
            self.summary.changed.append(f"{self._name(node)} moved")

    def _chained(self, node_id: str) -> bool:
        """Whether a node takes part in the sequence; people may have taken it out."""
        graph = self.graph
        return bool(graph.outgoing(node_id, "next") or graph.incoming(node_id, "previous"))

    def _name(self, node: Node) -> str:
        code = str(node.data.get("code", ""))
        if node.type == "film.scene":
            return scene_name(code)
        parent = self.graph.nodes.get(node.parent or "")
        return shot_of_scene(code, str(parent.data.get("code", "")) if parent else "")


def _linked(candidates: Any, kind: str, field: str) -> dict[str, Node]:
    """The nodes of a kind that came from the script, by key, in the order of the last one. A copy
    that somebody made of one is that person's own node."""
    found: dict[str, Node] = {}
    for node in sorted(candidates, key=lambda node: node.id):
        key = provenance.link_of(node).get(field)
        if node.type == kind and isinstance(key, str) and key:
            found.setdefault(key, node)
    ranks = _ranks(found)
    return dict(sorted(found.items(), key=lambda entry: ranks[entry[0]]))


def _ranks(linked: dict[str, Node]) -> dict[str, str]:
    """How the last script ordered these; without a word of it, their codes say it."""
    found = {key: provenance.link_of(node).get("rank") for key, node in linked.items()}
    ranks = {key: rank for key, rank in found.items() if isinstance(rank, str) and rank}
    if len(ranks) == len(found):
        return ranks
    by_code = sorted(linked, key=lambda key: codes.order(str(linked[key].data.get("code", ""))))
    return dict(zip(by_code, keys_between(None, None, len(by_code)), strict=True))


def _places(siblings: list[Node]) -> sequence.SiblingOrder:
    return sequence.SiblingOrder({node.id: node.order for node in siblings})


def _assets(graph: Graph, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in sorted(graph.nodes.values(), key=lambda node: node.id):
        if node.type != kind:
            continue
        name = provenance.link_of(node).get("name") or node.data.get("name")
        if isinstance(name, str) and name:
            found.setdefault(name, node.id)
    return found
