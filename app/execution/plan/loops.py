"""Which nodes run several times, and for which iterations: what the Loop nodes above them say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from node_registry import DirectorError

if TYPE_CHECKING:
    from app.graph import Edge

    from .steps import Iteration
    from .type_table import TypeTable

LOOP = "film.loop"
MAX_RUNS = 10_000


class Loops:
    """The loops that each node runs in, outer ones first, and how often each loop goes round.

    A node runs in the loops of its inputs that take one edge. An input that takes many gathers
    all iterations of what is connected, except of loops that its node runs in itself.
    """

    def __init__(
        self,
        order: Sequence[str],
        edges: Mapping[str, Sequence[Edge]],
        tables: Mapping[str, TypeTable],
    ) -> None:
        self._inside: dict[str, tuple[str, ...]] = {}
        self._given: dict[str, tuple[str, ...]] = {}
        self._counts: dict[tuple[str, Iteration], int] = {}
        self._runs = 0
        for node_id in order:
            table = tables[node_id]
            found: set[str] = set()
            for edge in edges[node_id]:
                if not table.inputs[edge.target_socket].many:
                    found.update(self._given.get(edge.source, ()))
            inside = tuple(sorted(found, key=lambda loop: (len(self._inside[loop]), loop)))
            self._inside[node_id] = inside
            is_loop = table.node_type.id == LOOP
            self._given[node_id] = (*inside, node_id) if is_loop else inside

    def go_round(self, loop: str, iteration: Iteration, count: int) -> None:
        """Note how often a loop goes round, in one iteration of the loops around it."""
        self._counts[loop, iteration] = count

    def contexts(self, node_id: str) -> list[dict[str, int]]:
        """The iterations that a node runs in, in order; one empty one outside all loops."""
        found = self._expand(self._inside[node_id], {})
        if self._inside[node_id]:
            self._runs += len(found)
            if self._runs > MAX_RUNS:
                raise _too_many()
        return found

    def iteration(self, node_id: str, context: Mapping[str, int]) -> Iteration:
        """A node's iteration in a context, as its key has it."""
        return tuple(context[loop] for loop in self._inside[node_id])

    def gathered(self, source: str, context: Mapping[str, int]) -> list[Iteration]:
        """The iterations of a source that an input in this context takes, in order."""
        loops = self._given.get(source, ())
        found = self._expand(loops, context)
        return [tuple(one[loop] for loop in loops) for one in found]

    def _expand(self, loops: tuple[str, ...], fixed: Mapping[str, int]) -> list[dict[str, int]]:
        contexts: list[dict[str, int]] = [{}]
        for loop in loops:
            grown: list[dict[str, int]] = []
            for context in contexts:
                around = tuple(
                    context[outer] if outer in context else fixed[outer]
                    for outer in self._inside[loop]
                )
                if loop in fixed:
                    grown.append({**context, loop: fixed[loop]})
                else:
                    count = self._counts.get((loop, around), 0)
                    grown.extend({**context, loop: index} for index in range(count))
                if len(grown) > MAX_RUNS:
                    raise _too_many()
            contexts = grown
        return contexts


def _too_many() -> DirectorError:
    return DirectorError(
        "plan.too_many_runs",
        f"The loops of this graph ask for more than {MAX_RUNS:,} runs.",
        hint="Lower the counts of the loops, or take one out of another.",
    )
