"""What nodes are called in sentences for people: SHOT_010, SCENE_01, Ina."""

from __future__ import annotations

from node_registry.film import scene_name, shot_name

from .elements import Node
from .model import Graph

_CODED = {"film.shot": shot_name, "film.scene": scene_name}


def label_of(node: Node) -> str:
    """The name of a node in a sentence."""
    data = node.data
    named = _CODED.get(node.type)
    if named is not None and (code := data.get("code")):
        return named(str(code))
    name = data.get("name") or data.get("title")
    if isinstance(name, str) and (name := name.strip()):
        return name[:80]
    return node.type.rsplit(".", 1)[-1].replace("_", " ")


def place_of(graph: Graph, node: Node) -> str:
    """The name of a node with the container that it lies in: SCENE_01/SHOT_010."""
    parent = graph.nodes.get(node.parent) if node.parent else None
    return f"{label_of(parent)}/{label_of(node)}" if parent else label_of(node)
