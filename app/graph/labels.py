"""What nodes are called in sentences for people: SHOT_010, SCENE_01, Ina."""

from __future__ import annotations

from .model import Graph, Node


def label_of(node: Node) -> str:
    """The name of a node in a sentence."""
    code = node.data.get("code")
    if node.type == "film.shot" and code:
        return f"SHOT_{code}"
    if node.type == "film.scene" and code:
        return f"SCENE_{code}"
    for key in ("name", "title"):
        name = node.data.get(key)
        if isinstance(name, str) and name.strip():
            return name.strip()[:80]
    return node.type.rsplit(".", 1)[-1].replace("_", " ")


def place_of(graph: Graph, node: Node) -> str:
    """The name of a node with the container that it lies in: SCENE_01/SHOT_010."""
    parent = graph.nodes.get(node.parent) if node.parent else None
    return f"{label_of(parent)}/{label_of(node)}" if parent else label_of(node)
