"""Nodes that show assets of the library: which those are, what each says, what each should say.

A linked node (`data.asset`) has the fields of its asset, at the version that it names. So the graph
holds all that a plan needs, whoever reads it, and the library stays the one that says what an asset
is. Pure: graphs and contents in, operations out; `asset_sync.py` carries them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.assets import Content, read_content
from app.graph import Graph, Node, SetNode
from node_registry import ASSETS, AssetKind, AssetRef, DirectorError

KINDS: dict[str, AssetKind] = {
    "film.character": "character",
    "film.style": "style",
    "film.environment": "environment",
    "film.prop": "prop",
}
NODE_TYPES: dict[AssetKind, str] = {kind: node_type for node_type, kind in KINDS.items()}

# The fields that several people type in at once.
TEXTS = frozenset({"description"})


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody's work on a node means for the library: to link it, or to change its asset.

    `changed` are the fields whose values the node has from somebody, and not from the asset.
    """

    node: Node
    kind: AssetKind
    content: Content
    changed: Content


def asset_nodes(graph: Graph) -> Iterator[Node]:
    """The nodes of a graph that can show an asset."""
    return (node for node in graph.nodes.values() if node.type in KINDS)


def reference_of(node: Node) -> AssetRef | None:
    """Which asset a node shows; None for one that describes itself."""
    given = node.data.get("asset")
    if not isinstance(given, dict):
        return None
    try:
        reference = msgspec.convert(given, AssetRef)
        UUID(reference.id)
    except (msgspec.ValidationError, ValueError):
        return None
    return reference


def content_of(node: Node) -> Content | None:
    """What a node says of its asset, in the library's form; None while it has no name."""
    kind = KINDS[node.type]
    params = node.params
    known = {name: params[name] for name in ASSETS[kind].__struct_fields__ if name in params}
    try:
        return read_content(kind, known)
    except DirectorError:
        return None


def intent_of(node: Node, base: Content | None) -> Intent | None:
    """What a node means beyond the version that it names, whose content is `base`.

    None when it says just that, or has no name yet. Without `base` all of it is meant.
    """
    content = content_of(node)
    if content is None:
        return None
    changed = {
        name: value for name, value in content.items() if base is None or base.get(name) != value
    }
    if base is not None and not changed:
        return None
    return Intent(node=node, kind=KINDS[node.type], content=content, changed=changed)


def last_author(graph: Graph, node: Node, fields: Iterable[str]) -> str:
    """The id of whoever wrote one of these fields of a node last; empty for nobody known."""
    writes = graph.last_writes.get(node.id, {})
    known = [writes[path] for path in ("*", *map(path_of, fields)) if path in writes]
    return max(known, key=lambda write: write.version).user if known else ""


def writes_for(
    now: Node, seen: Node, reference: AssetRef, content: Mapping[str, Any]
) -> SetNode | None:
    """The operation that lets a node show an asset; None when it does.

    `seen` is the node as it was looked at: what somebody wrote since is left for the next look.
    """
    values: dict[str, Any] = {}
    shown = content_of(now) or {}
    for name, value in content.items():
        if now.params.get(name) == seen.params.get(name) and shown.get(name) != value:
            values[path_of(name)] = value
    wanted = msgspec.to_builtins(reference)
    if now.data.get("asset") != wanted and now.data.get("asset") == seen.data.get("asset"):
        values["data.asset"] = wanted
    return SetNode(id=now.id, values=values) if values else None


def data_and_text(content: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A content as a new node keeps it."""
    data = {name: value for name, value in content.items() if name not in TEXTS}
    return data, {name: value for name, value in content.items() if name in TEXTS}


def path_of(field: str) -> str:
    """Where a node keeps a field of its asset."""
    return f"text.{field}" if field in TEXTS else f"data.{field}"
