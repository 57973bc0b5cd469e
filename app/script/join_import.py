"""The transitions of a script imported again: merged, added and taken away; people's stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.graph import Node, Operation

from . import joins, layout, provenance, sequence
from .importer import ImportSource
from .summary import ImportSummary


class KnownOrder(NamedTuple):
    """The ids of the last script in its order, with its transitions. `gone` is true where one of
    them leaves."""

    order: list[str]
    gone: bool


class JoinImport:
    """What becomes of the transitions: operations in `added`, `set` and `removed`."""

    def __init__(self, source: ImportSource, summary: ImportSummary) -> None:
        self.graph = source.graph
        self.rate = source.rate
        self.new_id = source.new_id
        self.summary = summary
        self.there = joins.linked_joins(list(source.graph.nodes.values()))
        self.added: list[Operation] = []
        self.set: list[Operation] = []
        self.removed: list[str] = []

    def place(
        self,
        placed: joins.PlacedJoin,
        after: str,
        parent: str | None,
        holder: Node | None,
        places: sequence.SiblingOrder,
    ) -> list[str]:
        """The id of a transition's node, merged or made; none where people took it away, or have
        one of their own there. `holder` is the scene that remembers it."""
        there = self.there.get(placed.key)
        if there is not None:
            fields = joins.join_fields(placed.join, self.rate)
            merged = provenance.merge(there, fields, joins.join_link(placed))
            self.set.extend(provenance.set_values(there, merged))
            self.summary.note(joins.sentence(placed.join), merged.changed, merged.conflicts)
            return [there.id]
        known = provenance.link_of(holder).get("transitions") if holder is not None else None
        if (isinstance(known, list) and placed.key in known) or self._has_own(after):
            return []
        node_id = self.new_id()
        order = places.after(after)
        places.put(node_id, order)
        near = self.graph.nodes.get(after)
        pos = layout.next_to(near.pos) if near else (0.0, -400.0)
        self.added.append(joins.join_node(placed, self.rate, node_id, parent, order, pos))
        self.summary.added.append(joins.sentence(placed.join))
        return [node_id]

    def sort_out(
        self,
        siblings: list[Node],
        before: list[tuple[str, str]],
        wanted: Mapping[str, joins.PlacedJoin],
        out: set[str],
    ) -> KnownOrder:
        """Take away the transitions that the script has no more. One that somebody changed stays
        where it is, as that person's own. `before` are the ids of the last script, each with the
        key of a transition behind it; what leaves is added to `out`."""
        there = joins.linked_joins(siblings)
        keys = {placed.key for placed in wanted.values()}
        gone = False
        own: set[str] = set()
        for key, node in there.items():
            if key in keys:
                continue
            if provenance.is_edited(node):
                own.add(node.id)
                continue
            self.removed.append(node.id)
            out.add(node.id)
            self.summary.removed.append(joins.sentence_of(node))
            gone = True
        order: list[str] = []
        opening = there.get("scene:opening")
        for node_id, key in (("", ""), *before):
            order += [node_id] if node_id else []
            join = there.get(key) if node_id else opening
            order += [join.id] if join is not None and join.id not in own else []
        return KnownOrder(order, gone)

    def _has_own(self, after: str) -> bool:
        edges = self.graph.outgoing(after, "next") if after in self.graph.nodes else ()
        return any(self.graph.nodes[edge.target].type == joins.NODE_TYPE for edge in edges)
