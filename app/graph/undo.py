"""One step of somebody taken back: what of it is still theirs, as operations on the graph as it is.

A field is taken back while its last write is the step's own, or one that its author has taken
back since. What somebody else holds now stays, and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from .cost import CostMeter
from .dry_run import DryRun
from .elements import Edge, Node
from .labels import label_of
from .model import Graph, LastWrite
from .operations import (
    AddEdge,
    AddNode,
    EditText,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)
from .registry import Registry
from .text_undo import TextDelta, TextPath, text_path
from .writes import WHOLE, given, written_fields


class Skipped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stays as it is: which field of what, who wrote it since, and a reason for programs.

    `changed`: written since. `in_use`: others put something in it or connected it. `gone`,
    `parent_gone`, `endpoint_gone`: it, its container or an end is not there. `there`, `occupied`:
    it, or something in its place, is. `removed`, `locked`, `too_old`, and the reasons of `apply`.
    """

    id: str
    reason: str
    path: str = ""
    user_id: str = ""
    name: str = ""


class UndoStep(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log that is to be taken back. `root` began its undoing and redoing."""

    version: int
    root: int
    inverse: tuple[Operation, ...]


class UndoContext(msgspec.Struct, frozen=True, kw_only=True):
    """What the graph does not remember of the time since a step.

    `undone` leads from the author's undo and redo rows to the rows that they took back, `roots`
    to the first of each row's chain. `others` are other people's writes of the fields concerned,
    by id and path, as far as the author wrote over them. `removers` are the people behind some
    versions.
    """

    undone: Mapping[int, int] = {}
    roots: Mapping[int, int] = {}
    others: Mapping[tuple[str, str], list[LastWrite]] = {}
    removers: Mapping[int, str] = {}


def overwritten(graph: Graph, step: UndoStep, user: str, context: UndoContext) -> int:
    """Up to where the log has to be asked what others wrote between a step and what hides it.

    0 where nobody needs to be asked: no field was taken over and given back by its author since.
    """
    newest = 0
    for entity, path in _looked_at(graph, step, context):
        fields = graph.last_writes.get(entity, {})
        marks = fields if path == WHOLE else {path: fields.get(path) or fields.get(WHOLE)}
        if (removed_at := graph.removed.get(entity, 0)) > step.version:
            newest = max(newest, context.roots.get(removed_at, 0))
        for field, mark in marks.items():
            if mark is not None and mark.user == user and mark.version > step.version:
                newest = max(newest, _hidden_until(field, mark, context.roots))
    return newest if newest > step.version + 1 else 0


def _hidden_until(path: str, mark: LastWrite, roots: Mapping[int, int]) -> int:
    """The version up to which a write that its author took back may hide those of others.

    A text that was taken back holds also what others typed meanwhile.
    """
    root = roots.get(mark.version, 0)
    return mark.version if root and path.startswith("text.") else root


def _looked_at(graph: Graph, step: UndoStep, context: UndoContext) -> Iterator[tuple[str, str]]:
    for operation in step.inverse:
        if isinstance(operation, EditText):
            history = graph.texts.get(f"{operation.id}/{operation.field}")
            if text_path(history, step.version, context.undone) is not None:
                continue
        yield from written_fields(operation)
        if isinstance(operation, RemoveNodes):
            for node_id in operation.ids:
                for edge in _edges_of(graph, node_id):
                    yield edge.id, WHOLE


def step_ids(graph: Graph, step: UndoStep) -> set[str]:
    """The ids of what taking a step back looks at; the settings have the id ``."""
    found: set[str] = set()
    for operation in step.inverse:
        found.update(entity for entity, _ in written_fields(operation))
        if isinstance(operation, RemoveNodes):
            found.update(e.id for node_id in operation.ids for e in _edges_of(graph, node_id))
    return found


def undo_operations(
    graph: Graph,
    step: UndoStep,
    context: UndoContext,
    registry: Registry,
    user: str,
    cost: CostMeter | None = None,
) -> tuple[tuple[Operation, ...], list[Skipped]]:
    """What takes a step of this user back, to be applied at once, and what of it stays.

    The graph is changed and changed back meanwhile. Raises `CostExceeded` as `apply` does.
    """
    if graph.version == step.version:
        # Nothing happened since: its inverse is made for this moment, and need not be tried.
        return tuple(_at(operation, graph.version + 1) for operation in step.inverse), []
    with DryRun(graph, registry, user, undo_of=step.version, cost=cost) as dry_run:
        undoing = _Undoing(graph, step, context, user, dry_run)
        undoing.run()
        return tuple(dry_run.ops), undoing.skipped


def _at(operation: Operation, version: int) -> Operation:
    if isinstance(operation, EditText):
        return msgspec.structs.replace(operation, base=version)
    return operation


class _Undoing:
    def __init__(
        self, graph: Graph, step: UndoStep, context: UndoContext, user: str, dry_run: DryRun
    ) -> None:
        self.graph = graph
        self.step = step
        self.context = context
        self.user = user
        self.dry_run = dry_run
        self.skipped: list[Skipped] = []
        self.paths: dict[tuple[str, str], TextPath | None] = {}

    def run(self) -> None:
        removals: dict[str, int] = {}
        for place, operation in enumerate(self.step.inverse):
            if isinstance(operation, RemoveNodes):
                removals.update(dict.fromkeys(operation.ids, place))
        for place, operation in enumerate(self.step.inverse):
            # What the step did with a node after adding it goes with the node, or stays with it.
            within = operation.id if isinstance(operation, SetNode | MoveNode | EditText) else ""
            if place >= removals.get(within, 0):
                self._take_back(operation)

    def _take_back(self, operation: Operation) -> None:
        match operation:
            case RemoveNodes():
                for node_id in operation.ids:
                    self._remove_node(node_id)
            case RemoveEdges():
                for edge_id in operation.ids:
                    self._remove_edge(edge_id)
            case AddNode() | AddEdge():
                self._bring_back(operation)
            case SetNode():
                self._set_node(operation)
            case MoveNode():
                if self._free_node(operation.id) and self._mine(operation.id, "parent"):
                    self._attempt(operation, "parent")
            case SetEdge():
                self._set_edge(operation)
            case EditText():
                if self._free_node(operation.id):
                    self._edit(operation)
            case SetGraph():
                self._set_graph(operation)

    # ------------------------------------------------------------------ whose is it

    def _holder(self, entity: str, path: str) -> LastWrite | None:
        """Who wrote a field since the step and has not taken it back; None when nobody has."""
        fields = self.graph.last_writes.get(entity, {})
        last = fields.get(path) or fields.get(WHOLE)
        return None if last is None else self._standing(last, entity, path)

    def _standing(self, last: LastWrite, entity: str, path: str) -> LastWrite | None:
        if last.version <= self.step.version or last.version == self.dry_run.version:
            return None
        if last.user != self.user or last.version not in self.context.roots:
            return last
        # The author wrote over it and took that back: who stood there before is in the log.
        until = _hidden_until(path, last, self.context.roots)
        for key in ((entity, path), (entity, WHOLE)):
            for write in self.context.others.get(key, ()):
                if self.step.version < write.version < until:
                    return write
        return None

    def _mine(self, entity: str, path: str) -> bool:
        holder = self._holder(entity, path)
        if holder is not None:
            self._skip(entity, "changed", path, holder)
        return holder is None

    def _whole_holder(self, entity: str) -> LastWrite | None:
        """Who else wrote anything of a node or an edge since its author made it."""
        for path, last in self.graph.last_writes.get(entity, {}).items():
            holder = self._standing(last, entity, path)
            if holder is not None and holder.user != self.user:
                return holder
        return None

    def _free_node(self, node_id: str) -> bool:
        node = self.graph.nodes.get(node_id)
        if node is None:
            self._skip(node_id, "gone", "", self._remover(node_id))
            return False
        return self._unlocked(node, node_id)

    def _unlocked(self, node: Node | None, entity: str) -> bool:
        """Whether nobody else keeps the node from being changed."""
        if node is None or not node.locked:
            return True
        fields = self.graph.last_writes.get(node.id, {})
        last = fields.get("locked") or fields.get(WHOLE)
        if last is None or last.user == self.user:
            return True
        self._skip(entity, "locked", "", last)
        return False

    def _remover(self, entity: str) -> LastWrite | None:
        version = self.graph.removed.get(entity, 0)
        if version in (0, self.step.version, self.dry_run.version):
            return None
        if version in self.context.roots:
            return self._standing(LastWrite(version, self.user), entity, WHOLE)
        return LastWrite(version, self.context.removers.get(version, ""))

    # ------------------------------------------------------------------ each kind

    def _remove_node(self, node_id: str) -> None:
        graph = self.graph
        node = graph.nodes.get(node_id)
        if node is None or not self._unlocked(node, node_id):
            return
        if holder := self._whole_holder(node_id):
            self._skip(node_id, "changed", "", holder)
            return
        for child in graph.adjacency.children.get(node_id, ()):
            fields = graph.last_writes.get(child, {})
            self._skip(node_id, "in_use", "", fields.get("parent") or fields.get(WHOLE))
            return
        for edge in _edges_of(graph, node_id):
            made = graph.last_writes.get(edge.id, {}).get(WHOLE)
            if made is None:
                continue
            # An edge that its author took away and brought back is still its first maker's.
            first = next(iter(self.context.others.get((edge.id, WHOLE), ())), None)
            holder = made if made.user != self.user else first
            if holder is not None:
                self._skip(node_id, "in_use", "", holder)
                return
        self._attempt(RemoveNodes(ids=(node_id,)))

    def _remove_edge(self, edge_id: str) -> None:
        edge = self.graph.edges.get(edge_id)
        if edge is None or not self._unlocked(self.graph.nodes.get(edge.target), edge_id):
            return
        if holder := self._whole_holder(edge_id):
            self._skip(edge_id, "changed", "", holder)
        else:
            self._attempt(RemoveEdges(ids=(edge_id,)))

    def _bring_back(self, operation: AddNode | AddEdge) -> None:
        entity, graph = operation.id, self.graph
        if entity in graph.nodes or entity in graph.edges:
            self._skip(entity, "there", "", self._whole_holder(entity))
        elif remover := self._remover(entity):
            self._skip(entity, "removed", "", remover)
        elif isinstance(operation, AddEdge):
            target = graph.nodes.get(operation.target)
            if self._unlocked(target, entity):
                self._attempt(msgspec.structs.replace(operation, replace=False))
        else:
            self._attempt(operation)

    def _set_node(self, operation: SetNode) -> None:
        if not self._free_node(operation.id):
            return
        values = {p: v for p, v in operation.values.items() if self._mine(operation.id, p)}
        clear = tuple(p for p in operation.clear if self._mine(operation.id, p))
        if values or clear:
            self._attempt(SetNode(id=operation.id, values=values, clear=clear))

    def _set_edge(self, operation: SetEdge) -> None:
        edge = self.graph.edges.get(operation.id)
        if edge is None:
            self._skip(operation.id, "gone", "", self._remover(operation.id))
        elif self._unlocked(self.graph.nodes.get(edge.target), operation.id):
            wanted = {n: v for n, v in given(operation).items() if self._mine(operation.id, n)}
            if wanted:
                self._attempt(SetEdge(id=operation.id, **wanted))

    def _set_graph(self, operation: SetGraph) -> None:
        values = {key: value for key, value in operation.values.items() if self._mine("", key)}
        clear = tuple(key for key in operation.clear if self._mine("", key))
        if values or clear:
            self._attempt(SetGraph(values=values, clear=clear))

    def _edit(self, operation: EditText) -> None:
        """Letters are taken back wherever others' letters have moved them."""
        key = (operation.id, operation.field)
        if key not in self.paths:
            self.paths[key] = self._path(operation)
        path = self.paths[key]
        if path is None:
            where = f"text.{operation.field}"
            self._skip(operation.id, "too_old", where, self._holder(operation.id, where))
            return
        delta: TextDelta = path.carry(operation.delta)
        if delta:
            # It is made on all that this undo itself did before it, too.
            base = self.dry_run.version
            edit = EditText(id=operation.id, field=operation.field, base=base, delta=delta)
            self._attempt(edit, f"text.{operation.field}")

    def _path(self, operation: EditText) -> TextPath | None:
        history = self.graph.texts.get(f"{operation.id}/{operation.field}")
        path = text_path(history, self.step.version, self.context.undone)
        if path is None and self._holder(operation.id, f"text.{operation.field}") is None:
            # Nothing that stands was written since: it fits as it is, however old it is.
            return TextPath([])
        return path

    # ------------------------------------------------------------------ doing and naming

    def _attempt(self, operation: Operation, path: str = "") -> None:
        refused = self.dry_run.attempt(operation)
        if refused is None:
            return
        entity = getattr(operation, "id", "") or next(iter(getattr(operation, "ids", ())), "")
        holder = None
        if refused.reason == "occupied" and isinstance(operation, AddEdge):
            for edge in self.graph.incoming(operation.target, operation.target_socket):
                holder = self.graph.last_writes.get(edge.id, {}).get(WHOLE)
        self._skip(entity, refused.reason, path, holder, operation)

    def _skip(
        self,
        entity: str,
        reason: str,
        path: str = "",
        holder: LastWrite | None = None,
        operation: Operation | None = None,
    ) -> None:
        self.skipped.append(
            Skipped(
                id=entity,
                reason=reason,
                path=path,
                user_id=holder.user if holder else "",
                name=name_of(self.graph, entity, operation),
            )
        )


def name_of(graph: Graph, entity: str, operation: Operation | None = None) -> str:
    """What people call a node, or the target of an edge; nothing where nobody knows."""
    if node := graph.nodes.get(entity):
        return label_of(node)
    if isinstance(operation, AddNode):
        return label_of(Node(id=operation.id, type=operation.type, data=operation.data))
    edge = graph.edges.get(entity)
    target = operation.target if isinstance(operation, AddEdge) else edge and edge.target
    if target and (node := graph.nodes.get(target)):
        return label_of(node)
    return ""


def _edges_of(graph: Graph, node_id: str) -> Iterable[Edge]:
    yield from graph.adjacency.incoming.get(node_id, {}).values()
    yield from graph.adjacency.outgoing.get(node_id, {}).values()
