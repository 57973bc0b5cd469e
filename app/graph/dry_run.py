"""A dry run: operations tried one after another on a graph, which is left as it was.

What an undo or a rollback wants to do is made of many wishes, and the rules of some may refuse
them: a container is gone, an input is taken. The rest is done all the same.
"""

from __future__ import annotations

from types import TracebackType

from .apply import apply_one
from .changes import Change, Refused
from .cost import CostMeter
from .model import Graph
from .operations import Operation, Transaction
from .registry import Registry


class DryRun:
    """Collects the operations that the rules let through; a context that leaves no trace.

    Each is tried on the graph as those before it left it, so `graph` may be read in between.
    """

    def __init__(
        self,
        graph: Graph,
        registry: Registry,
        user: str,
        *,
        undo_of: int | None = None,
        cost: CostMeter | None = None,
    ) -> None:
        self.graph = graph
        self.version = graph.version + 1
        self.ops: list[Operation] = []
        attempt = Transaction(ops=(), undo_of=undo_of)
        self._change = Change(graph, attempt, registry, user, system=True, cost=cost)

    def __enter__(self) -> DryRun:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._change.journal.roll_back()

    def attempt(self, operation: Operation) -> Refused | None:
        """Do one operation, or say why it is refused; then nothing of it is done."""
        start = self._change.journal.mark()
        try:
            apply_one(self._change, operation)
        except Refused as refused:
            self._change.journal.roll_back(start)
            return refused
        except BaseException:
            self._change.journal.roll_back()
            raise
        self.ops.append(operation)
        return None
