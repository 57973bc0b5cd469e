"""Two versions of a graph laid over each other: what was added, removed, moved and changed.

The cost grows with the two graphs, and with the square of a text only where that is short.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from .elements import Edge, Node
from .labels import label_of
from .model import Graph, LastWrite
from .records import json_form
from .text import TextDelta
from .text_diff import TextPart, compare_texts
from .writes import WHOLE

Kind = Literal["added", "removed", "changed"]


class FieldDifference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field that differs, what it holds in each version, and who wrote the newer value.

    A text has `delta`, which makes the one into the other, and `parts`, to be read, in place of
    the two values. `version` 0: nobody knows.
    """

    path: str
    before: Any = None
    after: Any = None
    delta: TextDelta | None = None
    parts: list[TextPart] | None = None
    user_id: str = ""
    version: int = 0


class NodeDifference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node that differs. `moved`: its place, container or order. The records are whole."""

    id: str
    kind: Kind
    name: str
    type: str
    moved: bool = False
    before: Node | None = None
    after: Node | None = None
    fields: list[FieldDifference] = []
    user_id: str = ""
    version: int = 0


class EdgeDifference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edge that differs, whole in both versions."""

    id: str
    kind: Kind
    before: Edge | None = None
    after: Edge | None = None
    fields: list[FieldDifference] = []
    user_id: str = ""
    version: int = 0


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """All that differs between two versions of a graph."""

    from_version: int
    to_version: int
    nodes: list[NodeDifference]
    edges: list[EdgeDifference]
    settings: list[FieldDifference]


def diff(before: Graph, after: Graph) -> Difference:
    """What leads from one version to the other, whichever of them is older."""
    newer = after if after.version >= before.version else before
    return Difference(
        from_version=before.version,
        to_version=after.version,
        nodes=list(_nodes(before, after, newer)),
        edges=list(_edges(before, after, newer)),
        settings=list(_settings(before, after, newer)),
    )


def _nodes(before: Graph, after: Graph, newer: Graph) -> Iterator[NodeDifference]:
    for node_id, old in before.nodes.items():
        new = after.nodes.get(node_id)
        if new is None:
            yield _whole_node("removed", old, newer)
        elif old is not new and old != new:
            fields = list(_fields(old, new, newer))
            moved = any(field.path in ("pos", "parent") for field in fields)
            yield NodeDifference(
                id=node_id,
                kind="changed",
                name=label_of(new),
                type=new.type,
                moved=moved,
                before=old,
                after=new,
                fields=fields,
            )
    for node_id, new in after.nodes.items():
        if node_id not in before.nodes:
            yield _whole_node("added", new, newer)


def _whole_node(kind: Kind, node: Node, newer: Graph) -> NodeDifference:
    by = _writer(newer, node.id, WHOLE)
    return NodeDifference(
        id=node.id,
        kind=kind,
        name=label_of(node),
        type=node.type,
        before=node if kind == "removed" else None,
        after=node if kind == "added" else None,
        user_id=by.user,
        version=by.version,
    )


def _fields(old: Node, new: Node, newer: Graph) -> Iterator[FieldDifference]:
    if (old.parent, old.order) != (new.parent, new.order):
        places = [old.parent, old.order], [new.parent, new.order]
        yield _field(newer, new.id, "parent", *places)
    for path in ("type", "type_version", "pos", "size", "locked"):
        ours, theirs = getattr(old, path), getattr(new, path)
        if ours != theirs:
            yield _field(newer, new.id, path, json_form(ours), json_form(theirs))
    for name in _keys(old.data, new.data):
        ours, theirs = old.data.get(name), new.data.get(name)
        if ours != theirs or (name in old.data) != (name in new.data):
            yield _field(newer, new.id, f"data.{name}", ours, theirs)
    for name in _keys(old.text, new.text):
        ours, theirs = old.text.get(name, ""), new.text.get(name, "")
        if ours != theirs:
            by = _writer(newer, new.id, f"text.{name}")
            delta, parts = compare_texts(ours, theirs)
            yield FieldDifference(
                path=f"text.{name}",
                delta=delta,
                parts=parts,
                user_id=by.user,
                version=by.version,
            )


def _edges(before: Graph, after: Graph, newer: Graph) -> Iterator[EdgeDifference]:
    for edge_id, old in before.edges.items():
        new = after.edges.get(edge_id)
        if new is None:
            yield _whole_edge("removed", old, newer)
        elif old is not new and old != new:
            fields = [
                _field(newer, edge_id, path, getattr(old, path), getattr(new, path))
                for path in Edge.__struct_fields__
                if getattr(old, path) != getattr(new, path)
            ]
            yield EdgeDifference(id=edge_id, kind="changed", before=old, after=new, fields=fields)
    for edge_id, new in after.edges.items():
        if edge_id not in before.edges:
            yield _whole_edge("added", new, newer)


def _whole_edge(kind: Kind, edge: Edge, newer: Graph) -> EdgeDifference:
    by = _writer(newer, edge.id, WHOLE)
    return EdgeDifference(
        id=edge.id,
        kind=kind,
        before=edge if kind == "removed" else None,
        after=edge if kind == "added" else None,
        user_id=by.user,
        version=by.version,
    )


def _settings(before: Graph, after: Graph, newer: Graph) -> Iterator[FieldDifference]:
    for key in _keys(before.settings, after.settings):
        ours, theirs = before.settings.get(key), after.settings.get(key)
        if ours != theirs or (key in before.settings) != (key in after.settings):
            yield _field(newer, "", key, ours, theirs)


def _field(newer: Graph, entity: str, path: str, before: Any, after: Any) -> FieldDifference:
    by = _writer(newer, entity, path)
    return FieldDifference(
        path=path, before=before, after=after, user_id=by.user, version=by.version
    )


def _writer(newer: Graph, entity: str, path: str) -> LastWrite:
    """Who wrote a field last; of what is gone, only the version is known."""
    fields = newer.last_writes.get(entity, {})
    known = fields.get(path) or fields.get(WHOLE)
    return known or LastWrite(newer.removed.get(entity, 0), "")


def _keys(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    return list(first) if first.keys() == second.keys() else sorted({*first, *second})
