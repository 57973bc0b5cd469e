"""A graph as `main_canvas.json`: readable, in an order that makes good diffs, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import DirectorError

from .elements import Edge, Node
from .model import Graph
from .order_keys import is_order_key
from .records import extent, is_id, point, short_label, strength
from .validation import rings
from .values import MAX_TEXT, BadValue, check_text, check_value, plain_numbers

VERSION = "1.0"
MAX_FILE = 256 * 1024 * 1024
VIEWPORT = {"x": 0, "y": 0, "zoom": 1}


def write_canvas(graph: Graph) -> str:
    """The text of the file. Equal graphs give equal texts, whatever order they were made in."""
    settings = dict(graph.settings)
    viewport = settings.pop("viewport", VIEWPORT)
    document: dict[str, Any] = {
        "version": VERSION,
        "nodes": [_node_record(graph.nodes[node_id]) for node_id in sorted(graph.nodes)],
        "edges": [_edge_record(graph.edges[edge_id]) for edge_id in sorted(graph.edges)],
        "viewport": viewport,
    }
    if settings:
        document["settings"] = {key: settings[key] for key in sorted(settings)}
    return msgspec.json.format(msgspec.json.encode(document).decode(), indent=2) + "\n"


def read_canvas(text: str | bytes) -> Graph:
    """The graph in a file. Raises `canvas.…` with the place of what is wrong.

    Nodes of types that nobody knows are kept as they are; what is wrong with params is for
    `problems` to name. What no graph may hold (a ring, an edge to nowhere) is refused.
    """
    if len(text) > MAX_FILE:
        raise DirectorError(
            "canvas.too_large", "The canvas file is larger than 256 MB.", status=413
        )
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DirectorError(
            "canvas.bad_json",
            f"The canvas file is not JSON: {error}.",
            hint="Take its last version from the history.",
        ) from error
    if not isinstance(document, dict):
        raise _bad("The canvas file is not a JSON object.")
    if document.get("version") != VERSION:
        raise DirectorError(
            "canvas.bad_version",
            f"The canvas file has version {str(document.get('version'))[:40]!r}; "
            f"this studio reads {VERSION}.",
            hint="Open it with the version of the studio that wrote it.",
        )
    graph = Graph()
    for place, record in enumerate(_list(document, "nodes")):
        node = _read(record, f"Node {place + 1}", _read_node)
        if node.id in graph.nodes:
            raise _bad(f"The id {node.id[:80]} comes twice.")
        graph.nodes[node.id] = node
    for place, record in enumerate(_list(document, "edges")):
        edge = _read(record, f"Edge {place + 1}", _read_edge)
        if edge.id in graph.edges or edge.id in graph.nodes:
            raise _bad(f"The id {edge.id[:80]} comes twice.")
        if edge.source not in graph.nodes or edge.target not in graph.nodes:
            raise _bad(f"Edge {place + 1} ends at a node that is not in the file.")
        graph.edges[edge.id] = edge
    for node in graph.nodes.values():
        if node.parent is not None and node.parent not in graph.nodes:
            raise _bad(f"Node {node.id} lies in a container that is not in the file.")
    if ring := rings(graph):
        raise _bad(f"Nodes that need each other in a ring: {', '.join(sorted(ring)[:5])}.")
    settings = document.get("settings", {})
    viewport = document.get("viewport", VIEWPORT)
    if not isinstance(settings, dict) or not isinstance(viewport, dict):
        raise _bad("The settings and the viewport are JSON objects.")
    graph.settings = _read(settings, "The settings", check_value)
    if viewport != VIEWPORT:
        graph.settings["viewport"] = _read(viewport, "The viewport", check_value)
    return graph


def _node_record(node: Node) -> dict[str, Any]:
    record: dict[str, Any] = {"id": node.id, "type": node.type, "type_version": node.type_version}
    if node.parent is not None:
        record["parent"] = node.parent
    record["order"] = node.order
    record["pos"] = plain_numbers({"x": node.pos[0], "y": node.pos[1]})
    if node.size is not None:
        record["size"] = plain_numbers({"width": node.size[0], "height": node.size[1]})
    if node.locked:
        record["locked"] = True
    record["data"] = _sorted(node.data)
    if node.text:
        record["text"] = _sorted(node.text)
    return record


def _edge_record(edge: Edge) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": edge.id,
        "source": edge.source,
        "source_socket": edge.source_socket,
        "target": edge.target,
        "target_socket": edge.target_socket,
        "order": edge.order,
    }
    if edge.strength != 1:
        record["strength"] = edge.strength
    if edge.label:
        record["label"] = edge.label
    return record


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(part) for part in value]
    return value


def _read_node(record: dict[str, Any]) -> Node:
    pos = record.get("pos", {})
    size = record.get("size")
    data, text = record.get("data", {}), record.get("text", {})
    if not all(isinstance(part, dict) for part in (pos, size or {}, data, text)):
        raise BadValue("invalid", "pos, size, data and text are JSON objects")
    return Node(
        id=_id(record),
        type=_name(record, "type"),
        type_version=_name(record, "type_version", "1.0.0"),
        parent=_name(record, "parent") if record.get("parent") is not None else None,
        order=_order(record),
        pos=point([pos.get("x", 0), pos.get("y", 0)]),
        size=None if size is None else extent([size.get("width"), size.get("height")]),
        data={_key(key): check_value(value) for key, value in data.items()},
        text={_key(key): check_text(value, limit=MAX_TEXT) for key, value in text.items()},
        locked=record.get("locked", False) is True,
    )


def _read_edge(record: dict[str, Any]) -> Edge:
    return Edge(
        id=_id(record),
        source=_name(record, "source"),
        source_socket=_name(record, "source_socket"),
        target=_name(record, "target"),
        target_socket=_name(record, "target_socket"),
        order=_order(record),
        strength=strength(record.get("strength", 1)),
        label=short_label(record.get("label", "")),
    )


def _read(record: Any, what: str, read: Any) -> Any:
    if not isinstance(record, dict):
        raise _bad(f"{what} is not a JSON object.")
    try:
        return read(record)
    except BadValue as bad:
        raise _bad(f"{what}: {bad.message}.") from bad


def _list(document: dict[str, Any], key: str) -> list[Any]:
    found = document.get(key, [])
    if not isinstance(found, list):
        raise _bad(f"{key} is not a list.")
    return found


def _name(record: dict[str, Any], key: str, otherwise: str | None = None) -> str:
    value = record.get(key, otherwise)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise BadValue("invalid", f"{key} is a short text")
    return value


def _id(record: dict[str, Any]) -> str:
    found = _name(record, "id")
    if not is_id(found):
        raise BadValue("invalid", f"{found[:80]!r} is no id; ids are UUIDs")
    return found


def _key(key: str) -> str:
    return check_text(key, limit=200)


def _order(record: dict[str, Any]) -> str:
    order = record.get("order", "a0")
    if not isinstance(order, str) or not is_order_key(order):
        raise BadValue("invalid", f"{str(order)[:40]!r} is no order key, such as a0")
    return order


def _bad(message: str) -> DirectorError:
    return DirectorError(
        "canvas.bad_file", message, hint="Mend the file, or take its last version."
    )
