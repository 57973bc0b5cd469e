"""Records of nodes and edges: their registers checked, and whole ones as operations."""

from __future__ import annotations

import math
import re
from typing import Any

from .elements import Edge, Node
from .operations import AddEdge, AddNode
from .values import BadValue, check_text, check_value

FAR = 1e7
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[089ab][0-9a-f]{3}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether a text is a UUID in its one lower-case form."""
    return _ID.fullmatch(text) is not None


def whole_node(node: Node) -> AddNode:
    return AddNode(
        id=node.id,
        type=node.type,
        parent=node.parent,
        order=node.order,
        pos=node.pos,
        size=node.size,
        data=node.data,
        text=node.text,
        locked=node.locked,
        type_version=node.type_version,
    )


def whole_edge(edge: Edge) -> AddEdge:
    return AddEdge(**{name: getattr(edge, name) for name in Edge.__struct_fields__})


def parents_first(nodes: dict[str, Node]) -> list[Node]:
    placed: dict[str, Node] = {}
    for node in nodes.values():
        chain = [node]
        while (parent := chain[-1].parent) in nodes and parent not in placed:
            chain.append(nodes[parent])
        placed.update((link.id, link) for link in reversed(chain))
    return list(placed.values())


def register(path: str, value: Any) -> Any:
    if path == "pos":
        return point(value)
    if path == "size":
        return None if value is None else extent(value)
    if not isinstance(value, bool):
        raise BadValue("invalid", "locked is true or false")
    return value


def json_form(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def pair(value: Any, what: str) -> tuple[float, float]:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise BadValue("invalid", f"{what} is two numbers")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise BadValue("invalid", f"{what} is two numbers")
        if not math.isfinite(number) or abs(number) > FAR:
            raise BadValue("invalid", f"{what} lies out of reach")
    x, y = check_value(list(value))
    return x, y


def point(value: Any) -> tuple[float, float]:
    return pair(value, "a position")


def extent(value: Any) -> tuple[float, float]:
    width, height = pair(value, "a size")
    if width <= 0 or height <= 0:
        raise BadValue("invalid", "a size is two numbers above 0")
    return width, height


def strength(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise BadValue("invalid", "a strength lies between 0 and 1")
    return check_value(value)


def short_label(value: Any) -> str:
    return check_text(value, limit=200)
