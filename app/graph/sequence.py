"""The chain of sequence edges among siblings: its order now, and the edges of another order."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

from .elements import Edge, Node
from .model import Graph


def chain(graph: Graph, nodes: Sequence[Node]) -> list[str]:
    """The ids of sibling nodes as their sequence edges order them; the unconnected stand where
    their order key puts them. A ring, which a damaged graph may hold, is cut open."""
    ids = {node.id for node in nodes}
    follows: dict[str, list[str]] = {}
    led: set[str] = set()
    for node in nodes:
        for edge in graph.outgoing(node.id, "next"):
            if edge.target in ids and edge.target_socket == "previous":
                follows.setdefault(node.id, []).append(edge.target)
                led.add(edge.target)
    found: dict[str, None] = {}
    starts = [node.id for node in nodes if node.id not in led]
    for start in (*starts, *(node.id for node in nodes)):
        waiting = [start]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found[at] = None
                waiting.extend(reversed(follows.get(at, [])))
    return list(found)


def difference(
    graph: Graph, order: Sequence[str], inside: set[str], assembly: str = ""
) -> tuple[list[Edge], list[tuple[str, str, str]]]:
    """Edges to take away, and (source, target, target socket) to add, so that the order holds."""
    wanted = {(a, b, "previous") for a, b in itertools.pairwise(order)}
    if assembly and order:
        wanted.add((order[-1], assembly, "sequence"))
    gone: list[Edge] = []
    there: set[tuple[str, str, str]] = set()
    for node_id in inside:
        for edge in graph.outgoing(node_id, "next"):
            link = (edge.source, edge.target, edge.target_socket)
            if edge.target not in inside and edge.target != assembly:
                continue
            if link in wanted and link not in there:
                there.add(link)
            else:
                gone.append(edge)
    rank = {key: index for index, key in enumerate(order)}
    incoming = sorted(wanted - there, key=lambda link: rank[link[0]])
    return sorted(gone, key=lambda edge: edge.id), incoming


def rising(found: Sequence[int | None]) -> list[int]:
    """The places of the longest run of matches that kept their order."""
    tails: list[int] = []
    places: list[int] = []
    before: dict[int, int] = {}
    for at, index in enumerate(found):
        if index is None:
            continue
        spot = bisect.bisect_left(tails, index)
        before[at] = places[spot - 1] if spot else -1
        tails[spot : spot + 1] = [index]
        places[spot : spot + 1] = [at]
    run: list[int] = []
    at = places[-1] if places else -1
    while at >= 0:
        run.append(at)
        at = before[at]
    return run[::-1]


def unmoved(found: Sequence[int | None]) -> set[int]:
    """The new places whose matches kept their order among themselves."""
    return set(rising(found))
