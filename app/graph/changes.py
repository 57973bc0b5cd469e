"""One transaction while it is applied: what every rule checks, writes and notes."""

from __future__ import annotations

import re
from typing import Any

from . import text as texts
from .cost import COMPARED_PER_UNIT, LETTERS_PER_UNIT, REMOVAL_COST, REWRITE_COST, CostMeter
from .elements import Edge, Node
from .fields import Field
from .journal import Journal
from .labels import label_of
from .model import Graph, LastWrite, TextHistory
from .operations import AddEdge, Operation, RemoveEdges, Transaction
from .order_keys import is_order_key
from .records import is_id, whole_edge
from .registry import Registry
from .text_history import record
from .values import MAX_TEXT, check_text, weigh_value

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


class Refused(Exception):
    """One of the reasons to refuse a transaction."""

    def __init__(self, reason: str, message: str, id: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.id = id
        self.hint = hint


class Change:
    """One transaction while it is applied."""

    def __init__(
        self,
        graph: Graph,
        transaction: Transaction,
        registry: Registry,
        user: str,
        *,
        system: bool,
        replaying: bool = False,
        cost: CostMeter | None = None,
    ) -> None:
        self.graph = graph
        self.cost = cost or CostMeter()
        self.registry = registry
        self.user = user
        self.system = system
        self.replaying = replaying
        self.restoring = replaying or (system and transaction.undo_of is not None)
        self.version = graph.version + 1
        base = transaction.base_version
        self.base = graph.version if base is None else base
        # An undo is written on top of what its author did since, so it counts as a stranger's.
        undo = transaction.undo_of is not None
        self.client = f"undo:{self.version}" if undo else transaction.client_id
        self.place = 0
        self.journal = Journal(graph)
        self.effects: list[Operation] = []
        self.inverse: list[Operation] = []
        self.touched: dict[str, None] = {}
        self.dropped: dict[str, None] = {}
        self.conflicts: list[tuple[str, str, str, int, Any]] = []

    def done(self, effect: Operation, inverse: Operation, touched: str | None = None) -> None:
        self.effects.append(effect)
        self.inverse.append(inverse)
        if touched:
            self.touched[touched] = None

    def drop_edges(self, edges: list[Edge]) -> None:
        if not edges:
            return
        self.cost.add(REMOVAL_COST * len(edges))
        for edge in edges:
            self.journal.drop_edge(edge)
            self.mark_removed(edge.id)
            self.touched[edge.id] = None
            self.touched[edge.target] = None
        self.effects.append(RemoveEdges(ids=tuple(edge.id for edge in edges)))
        self.inverse.extend(whole_edge(edge) for edge in reversed(edges))

    def mark_removed(self, entity: str) -> None:
        self.journal.drop(self.graph.last_writes, entity)
        self.journal.put(self.graph.removed, entity, self.version)

    def revive(self, node: Node) -> None:
        """A text that comes back knows no edits older than its node's removal."""
        removed = self.graph.removed.get(node.id)
        if removed is None:
            return
        self.journal.drop(self.graph.removed, node.id)
        for name in node.text:
            self.journal.put(
                self.graph.texts, f"{node.id}/{name}", TextHistory(history_start=removed)
            )

    def mark(self) -> LastWrite:
        return LastWrite(self.version, self.user)

    def note_write(
        self, entity: Node | Edge, path: str, before: Any, *, quiet: bool = False
    ) -> None:
        fields = self.graph.last_writes.get(entity.id, {})
        last = fields.get(path) or fields.get("*")
        if last and not quiet and last.version > self.base and last.user != self.user:
            if isinstance(entity, Node) and self.is_compared(entity, path):
                raise Refused(
                    "stale",
                    f"{path.partition('.')[2]} of {label_of(entity)} was changed meanwhile.",
                    entity.id,
                    "Look at the new value and choose again.",
                )
            self.conflicts.append((entity.id, path, last.user, last.version, before))
        self.journal.put(self.graph.last_writes, entity.id, {**fields, path: self.mark()})

    def is_compared(self, node: Node, path: str) -> bool:
        fields = self.registry.fields(node.type)
        field = fields.get(path.partition(".")[2]) if fields else None
        return field is not None and field.compared

    def overwrite_text(self, node_id: str, name: str, before: str, after: str) -> None:
        key = f"{node_id}/{name}"
        history = self.graph.texts.get(key)
        if history is None and before == after:
            return
        self.cost.add(REWRITE_COST + (len(before) + len(after)) // COMPARED_PER_UNIT)
        delta = texts.replacement(before, after)
        history = record(history or TextHistory(), self.client, self.version, delta, ())
        self.journal.put(self.graph.texts, key, history)

    def checked_field(self, type_id: str, node_id: str, place: str, name: str) -> Field | None:
        fields = self.registry.fields(type_id)
        field = fields.get(name) if fields else None
        if self.restoring:
            return field
        if field is None:
            raise Refused("invalid", f"{type_id} has no field {name[:80]!r}.", node_id)
        if field.name == name and field.place != place:
            raise Refused(
                "invalid", f"{name} of {type_id} is kept under {field.place}.{name}.", node_id
            )
        if field.system and not self.system:
            raise Refused(
                "forbidden", f"{name} of {type_id} is written by the studio alone.", node_id
            )
        return field

    def checked(self, type_id: str, node_id: str, place: str, name: str, value: Any) -> Any:
        field = self.checked_field(type_id, node_id, place, name)
        if place == "text":
            checked = check_text(value, limit=MAX_TEXT)
            self.cost.add(len(checked) // LETTERS_PER_UNIT)
        else:
            checked, cost = weigh_value(value)
            self.cost.add(cost)
        if not KEY.fullmatch(name):
            raise Refused("invalid", f"{name[:80]!r} is no name for a field.", node_id)
        if field is not None and not self.restoring and not field.validator.is_valid(checked):
            problem = next(field.validator.iter_errors(checked), None)
            why = "does not fit" if problem is None else str(problem.message)[:200]
            raise Refused("invalid", f"{name} of {self.name(node_id, type_id)}: {why}.", node_id)
        return checked

    def check_new_id(self, entity: str) -> None:
        if not is_id(entity):
            raise Refused("invalid", f"{entity[:80]!r} is no id; ids are UUIDs.", entity[:80])
        if entity in self.graph.nodes or entity in self.graph.edges:
            raise Refused("id_exists", f"The id {entity} is taken.", entity)

    def check_parent(self, parent: str | None, node_id: str) -> None:
        if parent is None:
            return
        node = self.graph.nodes.get(parent)
        if node is None:
            raise Refused("parent_gone", "The container of this node is not there.", node_id)
        kind = self.registry.node_type(node.type)
        if (kind is None and not self.restoring) or (kind and kind.kind != "container"):
            raise Refused("not_container", f"{label_of(node)} holds no other nodes.", node_id)

    def check_order(self, order: str, entity: str) -> None:
        if not is_order_key(order):
            raise Refused("invalid", f"{order[:80]!r} is no order key, such as a0.", entity)

    def check_unlocked(self, node: Node) -> None:
        if node.locked and not self.system:
            raise Refused("locked", f"{label_of(node)} is locked.", node.id, "Unlock it first.")

    def check_no_cycle(self, source: str, target: str) -> None:
        if not self.replaying and self.graph.adjacency.reaches(target, source, self.cost):
            names = self.name(source), self.name(target)
            raise Refused(
                "cycle",
                f"{names[0]} needs {names[1]} already, so it cannot come before it.",
                source,
            )

    def check_sockets(self, op: AddEdge, source: Node, target: Node) -> bool:
        """Whether the input takes several edges; refused when the sockets do not fit."""
        giver = self.registry.node_type(source.type)
        taker = self.registry.node_type(target.type)
        output = giver.output(op.source_socket) if giver else None
        wanted = taker.input(op.target_socket) if taker else None
        # What cannot be asked is taken on trust; a node that is known may be another one by now.
        if self.replaying or (self.restoring and (giver is None or taker is None)):
            return wanted is None or wanted.many
        if output is None or wanted is None:
            ends = ((source, op.source_socket), (target, op.target_socket))
            node, socket = ends[0] if output is None else ends[1]
            raise Refused(
                "endpoint_gone", f"{label_of(node)} has no socket {socket[:80]!r}.", op.id
            )
        if self.registry.convert_path(output.type, wanted.type) is None:
            raise Refused(
                "incompatible",
                f"{output.type} from {label_of(source)} does not fit {wanted.type} "
                f"of {label_of(target)}.",
                op.id,
            )
        return wanted.many

    def end(self, node_id: str, edge_id: str) -> Node:
        node = self.graph.nodes.get(node_id)
        if node is None:
            raise Refused("endpoint_gone", "A node at the end of this edge is gone.", edge_id)
        return node

    def is_there(self, table: dict[str, Any], entity: str) -> bool:
        if entity in table:
            return True
        self.dropped[entity] = None
        return False

    def name(self, entity: str, otherwise: str = "") -> str:
        node = self.graph.nodes.get(entity)
        return label_of(node) if node else otherwise or "This node"
