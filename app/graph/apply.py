"""The pure core of collaboration: a transaction changes a graph whole, or not at all.

No input or output, no clock, no chance: replaying a log gives the same graph. The cost grows with
the operations, not with the graph. The rules of each operation are in `node_rules`, `edge_rules`
and `text_rules`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import DirectorError

from . import edge_rules, node_rules, text_rules
from .changes import Change, Refused
from .cost import CostExceeded, CostMeter, cost_of
from .model import Graph
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
    Transaction,
)
from .registry import Registry
from .values import BadValue

MAX_OPERATIONS = 100_000
MAX_CLIENTS = 2000

_RULES: dict[type, Any] = {
    AddNode: node_rules.add_node,
    RemoveNodes: node_rules.remove_nodes,
    SetNode: node_rules.set_node,
    MoveNode: node_rules.move_node,
    AddEdge: edge_rules.add_edge,
    SetEdge: edge_rules.set_edge,
    RemoveEdges: edge_rules.remove_edges,
    EditText: text_rules.edit_text,
    SetGraph: text_rules.set_graph,
}

_STATUS = {"forbidden": 403, "busy": 503}


class Rejection(msgspec.Struct, frozen=True):
    """Why a transaction was refused: a reason for programs, a sentence, and which operation."""

    reason: str
    message: str
    operation: int = 0
    id: str = ""
    hint: str = ""

    def error(self) -> DirectorError:
        """The same as an error, for callers that keep no refused changes."""
        return DirectorError(
            f"graph.{self.reason}",
            self.message,
            hint=self.hint,
            status=_STATUS.get(self.reason, 409),
            fields={"operation": self.operation, "id": self.id},
        )


class Conflict(msgspec.Struct, frozen=True):
    """A field that somebody else had written since the writer last looked, and what it held."""

    id: str
    path: str
    user: str
    version: int
    value: Any


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What a transaction did.

    `effects` are the operations as they took place, for the log and for everybody's screens:
    applied in order to the version before, they give this one. `inverse` takes them back.
    `touched` are the ids that changed, `dropped` those that were gone already.
    """

    graph_version: int
    effects: list[Operation] = []
    inverse: list[Operation] = []
    touched: list[str] = []
    dropped: list[str] = []
    conflicts: list[Conflict] = []
    rejection: Rejection | None = None


def apply(
    graph: Graph,
    transaction: Transaction,
    registry: Registry,
    user: str,
    *,
    system: bool = False,
    cost: CostMeter | None = None,
) -> Applied:
    """Change the graph by a transaction, or leave it exactly as it was and say why.

    `system` is the studio itself: it may write fields that people may not (the active take),
    and, with `undo_of`, put back nodes whose type is gone by now. That a transaction is not
    applied twice is for the caller to see to; its `seq` is noted in the graph. Raises
    `CostExceeded`, with the graph as it was, when it costs more than `cost` allows.
    """
    change = Change(graph, transaction, registry, user, system=system, cost=cost)
    return _run(change, transaction)


def replay(graph: Graph, transaction: Transaction, registry: Registry, user: str) -> Applied:
    """Apply the effects of a transaction again that was accepted before, as a log holds them.

    What was allowed then is not asked again: a plugin may be gone or changed since, and the
    graph must open all the same.
    """
    change = Change(graph, transaction, registry, user, system=True, replaying=True)
    return _run(change, transaction)


def trim_history(graph: Graph, before: int) -> None:
    """Drop what only matters to clients that have seen nothing since this version."""
    graph.history_start = max(graph.history_start, before)
    # Whoever writes again after so many others is found in the log.
    for client in list(graph.seqs)[:-MAX_CLIENTS]:
        del graph.seqs[client]
    for entity, version in list(graph.removed.items()):
        if version < before:
            del graph.removed[entity]
    for key, history in list(graph.texts.items()):
        if not history.edits or history.edits[-1].version < before:
            history_start = history.edits[-1].version if history.edits else history.history_start
            graph.texts[key] = msgspec.structs.replace(
                history,
                history_start=max(history_start, history.history_start),
                edits=(),
                bridges={},
            )


def apply_one(change: Change, operation: Operation) -> None:
    """Do one operation of a change, or raise `Refused`; the change takes it back."""
    change.cost.add(cost_of(operation))
    try:
        _RULES[type(operation)](change, operation)
    except BadValue as bad:
        where = getattr(operation, "id", "")
        raise Refused(bad.reason, f"{change.name(where)}: {bad.message}.", where) from bad


def _run(change: Change, transaction: Transaction) -> Applied:
    graph = change.graph
    try:
        if len(transaction.ops) > MAX_OPERATIONS:
            raise Refused("too_large", f"A step holds at most {MAX_OPERATIONS:,} operations.")
        for operation in transaction.ops:
            apply_one(change, operation)
            change.place += 1
    except Refused as refused:
        change.journal.roll_back()
        rejection = Rejection(
            refused.reason, refused.message, change.place, refused.id, refused.hint
        )
        return Applied(graph_version=graph.version, rejection=rejection)
    except BaseException as error:
        change.journal.roll_back()
        if isinstance(error, CostExceeded):
            error.place = change.place
        raise
    graph.version = change.version
    if transaction.client_id and transaction.seq:
        # Taken out first, so that the numbers stand in the order of their last use.
        graph.seqs.pop(transaction.client_id, None)
        graph.seqs[transaction.client_id] = transaction.seq
    return Applied(
        graph_version=graph.version,
        effects=change.effects,
        inverse=change.inverse[::-1],
        touched=list(change.touched),
        dropped=list(change.dropped),
        conflicts=[Conflict(*found) for found in change.conflicts],
    )
