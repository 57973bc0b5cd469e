"""The order of the film: scene by scene, along the sequence connections between shots."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import msgspec

from .elements import Edge, Node
from .model import Graph

SHOT = "film.shot"
SCENE = "film.scene"
TRANSITION = "film.transition"
ASSEMBLY = "film.assembly"
NEXT = "next"


class CutScene(msgspec.Struct, frozen=True):
    """Shots and transitions in a row that lie in one scene (None: at the root)."""

    scene: Node | None
    elements: list[Node]


class Cut(msgspec.Struct, frozen=True):
    """What the film consists of, in order."""

    scenes: list[CutScene]

    @property
    def elements(self) -> list[tuple[Node | None, Node]]:
        """Each shot and transition with its scene, in order."""
        return [(part.scene, element) for part in self.scenes for element in part.elements]

    @property
    def shots(self) -> list[Node]:
        """The shots alone, in order."""
        return [node for _, node in self.elements if node.type == SHOT]


def cut_order(graph: Graph, assembly: str | None = None) -> Cut:
    """The shots and transitions of a graph in the order of the film; what is omitted, or was taken
    out of the film, is left out.

    Sequence connections lead; what they leave open (branches, loose nodes) goes by the nodes'
    own order. Where a graph has several assemblies, one that something is connected to gets
    what leads up to it, and no more. An order that an editor's cut gave the assembly
    (`edit_order`) goes before all of this.
    """
    ordered: list[tuple[Node | None, Node]] = []
    waiting: list[tuple[Node | None, Node]] = [(None, n) for n in _top_level(graph, assembly)]
    waiting.reverse()
    while waiting:
        scene, node = waiting.pop()
        if is_omitted(node) or node.data.get("in_film") is False:
            continue
        if node.type == SCENE:
            inside = _in_sequence(graph, _film_nodes(graph.children(node.id)))
            waiting.extend((node, part) for part in reversed(inside))
        else:
            ordered.append((scene, node))
    ordered = _as_edited(graph, assembly, ordered)
    groups = itertools.groupby(ordered, key=lambda pair: pair[0].id if pair[0] else None)
    return Cut([_group(list(pairs)) for _, pairs in groups])


def _as_edited(
    graph: Graph, assembly: str | None, natural: list[tuple[Node | None, Node]]
) -> list[tuple[Node | None, Node]]:
    """The elements as an editor's cut ordered them; those that it did not know follow what they
    follow along the connections."""
    node = graph.nodes.get(assembly or "")
    given = node.data.get("edit_order") if node else None
    if not isinstance(given, list) or not given:
        return natural
    pairs = {pair[1].id: pair for pair in natural}
    edited = [key for key in dict.fromkeys(given) if key in pairs]
    known, last = set(edited), ""
    following: dict[str, list[tuple[Node | None, Node]]] = {}
    for pair in natural:
        if pair[1].id in known:
            last = pair[1].id
        else:
            following.setdefault(last, []).append(pair)
    found = following.get("", [])
    for key in edited:
        found.append(pairs[key])
        found.extend(following.get(key, []))
    return found


def is_omitted(node: Node) -> bool:
    """Whether the script no longer has this scene or shot, though people keep it."""
    link = node.data.get("script")
    return isinstance(link, dict) and link.get("omitted") is True


def _group(pairs: list[tuple[Node | None, Node]]) -> CutScene:
    return CutScene(pairs[0][0], [node for _, node in pairs])


def _film_nodes(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if node.type in (SHOT, SCENE, TRANSITION)]


def _top_level(graph: Graph, assembly: str | None) -> list[Node]:
    nodes = _in_sequence(graph, _film_nodes(graph.children(None)))
    if assembly is None:
        return nodes
    rivals = sum(node.type == ASSEMBLY for node in graph.nodes.values())
    ends = [edge for edge in graph.incoming(assembly) if edge.source_socket == NEXT]
    if rivals < 2 or not ends:
        return nodes
    wanted: set[str] = set()
    for edge in ends:
        behind = [_at_level(graph, edge.source, None)]
        while behind:
            node = behind.pop()
            if node is None or node.id in wanted:
                continue
            wanted.add(node.id)
            behind.extend(_before(graph, node))
    return [node for node in nodes if node.id in wanted]


def _in_sequence(graph: Graph, nodes: list[Node]) -> list[Node]:
    """The nodes of one level, each chain of the sequence unbroken, heads by their own order."""
    here = {node.id: node for node in nodes}
    follows: dict[str, list[Node]] = {}
    heads: list[Node] = []
    for node in nodes:
        before = next((b for b in _before(graph, node) if b.id in here and b is not node), None)
        if before is None:
            heads.append(node)
        else:
            follows.setdefault(before.id, []).append(node)
    placed: dict[str, Node] = {}
    # Nodes that no head leads to can only stand in a ring, which no graph should hold.
    for head in (*heads, *nodes):
        chain = [head]
        while chain:
            node = chain.pop()
            if node.id in placed:
                continue
            placed[node.id] = node
            chain.extend(reversed(follows.get(node.id, [])))
    return list(placed.values())


def _before(graph: Graph, node: Node) -> list[Node]:
    """What a node of a level follows there: by its own connection first, else by those inside."""
    level = node.parent
    found = _lift(graph, _sequence_edges(graph, node.id), level)
    if found or node.type != SCENE:
        return found
    inside = [e for child in graph.children(node.id) for e in _sequence_edges(graph, child.id)]
    return [before for before in _lift(graph, inside, level) if before.id != node.id]


def _sequence_edges(graph: Graph, node_id: str) -> list[Edge]:
    return [edge for edge in graph.incoming(node_id) if edge.source_socket == NEXT]


def _lift(graph: Graph, edges: list[Edge], level: str | None) -> list[Node]:
    lifted = (_at_level(graph, edge.source, level) for edge in edges)
    return [node for node in lifted if node is not None]


def _at_level(graph: Graph, node_id: str, level: str | None) -> Node | None:
    """The node itself, or the container around it, that lies at a level."""
    node = graph.nodes.get(node_id)
    seen: set[str] = set()
    while node is not None and node.parent != level:
        if node.parent is None or node.id in seen:
            return None
        seen.add(node.id)
        node = graph.nodes.get(node.parent)
    return node
