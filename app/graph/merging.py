"""Three-way merging of graphs: what one side changed since a common base, put into the other.

Where both sides changed one thing, and not to the same, there is a conflict, which somebody has to
decide. Where a node lies on the canvas and how large it is never is one: `ours` stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from .elements import Edge, Node
from .labels import label_of
from .model import Graph
from .records import json_form

Choice = Literal["ours", "theirs"]
Choices = Mapping[str, Choice]

WHOLE = "*"
_QUIET = ("pos", "size")
_ABSENT: Any = msgspec.UNSET


class MergeConflict(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that both sides changed: a field of a node or edge, or (`*`) whether it is there.

    `key` is what a choice is given for. `reason` is `both_changed`, `removed_by_us`,
    `removed_by_them`, or why the rules of the graph refuse what the other side wants.
    """

    key: str
    id: str
    path: str
    name: str
    reason: str
    sentence: str
    base: Any = None
    ours: Any = None
    theirs: Any = None


class Merged(msgspec.Struct):
    """The graph that both sides make together, and what somebody has to decide."""

    graph: Graph
    conflicts: list[MergeConflict]


def merge_graphs(base: Graph, ours: Graph, theirs: Graph, choices: Choices) -> Merged:
    """Put what changed between `base` and `theirs` into `ours`; a conflict leaves it as it is."""
    merge = _Merge(choices)
    merged = Graph(id=ours.id, version=ours.version)
    for node_id in _ids(ours.nodes, theirs.nodes):
        three = base.nodes.get(node_id), ours.nodes.get(node_id), theirs.nodes.get(node_id)
        if (node := merge.node(node_id, *three)) is not None:
            merged.nodes[node_id] = node
    for edge_id in _ids(ours.edges, theirs.edges):
        ends = base.edges.get(edge_id), ours.edges.get(edge_id), theirs.edges.get(edge_id)
        if (edge := merge.edge(edge_id, *ends, merged)) is not None:
            merged.edges[edge_id] = edge
    merged.settings = dict(
        merge.fields("", "The canvas", base.settings, ours.settings, theirs.settings, "")
    )
    if "viewport" in ours.settings:
        merged.settings["viewport"] = ours.settings["viewport"]
    else:
        merged.settings.pop("viewport", None)
    conflicts = [one for one in merge.conflicts if one.path != "viewport"]
    return Merged(merged, conflicts)


class _Merge:
    def __init__(self, choices: Choices) -> None:
        self.conflicts: list[MergeConflict] = []
        self._choices = choices

    def node(
        self, node_id: str, base: Node | None, ours: Node | None, theirs: Node | None
    ) -> Node | None:
        if theirs == base or ours == theirs:
            return ours
        if ours == base:
            return theirs
        if ours is None or theirs is None:
            return self._removed(node_id, base, ours, theirs)
        empty = Node(id=node_id, type="", pos=ours.pos)
        told = base or empty
        name = label_of(ours)
        place = self._value(
            node_id, name, "parent", (told.parent, told.order), (ours.parent, ours.order),
            (theirs.parent, theirs.order),
        )  # fmt: skip
        plain = {
            field: self._value(
                node_id, name, field,
                getattr(told, field), getattr(ours, field), getattr(theirs, field),
            )
            for field in ("type", "type_version", "pos", "size", "locked")
        }  # fmt: skip
        return Node(
            id=node_id,
            parent=place[0],
            order=place[1],
            data=dict(self.fields(node_id, name, told.data, ours.data, theirs.data, "data.")),
            text=dict(self.fields(node_id, name, told.text, ours.text, theirs.text, "text.")),
            **plain,
        )

    def edge(
        self,
        edge_id: str,
        base: Edge | None,
        ours: Edge | None,
        theirs: Edge | None,
        merged: Graph,
    ) -> Edge | None:
        if theirs == base or ours == theirs:
            return ours
        if ours == base:
            return theirs
        if ours is None or theirs is None:
            return self._removed(edge_id, base, ours, theirs)
        told = base or ours
        target = merged.nodes.get(ours.target)
        name = f"A wire into {label_of(target)}" if target else "A wire"
        ends = self._value(edge_id, name, "ends", _ends(told), _ends(ours), _ends(theirs))
        plain = {
            field: self._value(
                edge_id, name, field,
                getattr(told, field), getattr(ours, field), getattr(theirs, field),
            )
            for field in ("order", "strength", "label")
        }  # fmt: skip
        return Edge(
            id=edge_id,
            source=ends[0],
            source_socket=ends[1],
            target=ends[2],
            target_socket=ends[3],
            **plain,
        )

    def fields(
        self,
        entity: str,
        name: str,
        base: Mapping[str, Any],
        ours: Mapping[str, Any],
        theirs: Mapping[str, Any],
        place: str,
    ) -> Iterator[tuple[str, Any]]:
        for key in _ids(ours, theirs):
            three = (side.get(key, _ABSENT) for side in (base, ours, theirs))
            value = self._value(entity, name, f"{place}{key}", *three)
            if value is not _ABSENT:
                yield key, value

    def _value(self, entity: str, name: str, path: str, base: Any, ours: Any, theirs: Any) -> Any:
        if theirs == base or ours == theirs:
            return ours
        if ours == base:
            return theirs
        if path in _QUIET:
            return ours
        field = path.partition(".")[2] or path
        chosen = self._decide(
            entity, path, name, "both_changed",
            f"{name}: {field.replace('_', ' ')} was changed on both sides.",
            (base, ours, theirs),
        )  # fmt: skip
        return theirs if chosen == "theirs" else ours

    def _removed(self, entity: str, base: Any, ours: Any, theirs: Any) -> Any:
        there = ours or theirs
        name = label_of(there) if isinstance(there, Node) else "A wire"
        reason = "removed_by_us" if ours is None else "removed_by_them"
        said = f"{name} was removed on one side and changed on the other."
        chosen = self._decide(entity, WHOLE, name, reason, said, (base, ours, theirs))
        return theirs if chosen == "theirs" else ours

    def _decide(
        self, entity: str, path: str, name: str, reason: str, said: str, sides: tuple[Any, Any, Any]
    ) -> Choice | None:
        key = f"{entity}/{path}"
        if chosen := self._choices.get(key):
            return chosen
        base, ours, theirs = (None if side is _ABSENT else json_form(side) for side in sides)
        self.conflicts.append(
            MergeConflict(
                key=key, id=entity, path=path, name=name, reason=reason, sentence=said,
                base=base, ours=ours, theirs=theirs,
            )
        )  # fmt: skip
        return None


def _ends(edge: Edge) -> tuple[str, str, str, str]:
    return edge.source, edge.source_socket, edge.target, edge.target_socket


def _ids(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys((*first, *second)))
