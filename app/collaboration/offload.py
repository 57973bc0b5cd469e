"""Transactions that cost too much for the event loop, applied in a thread to a copy of the graph.

The room takes the result over when nobody has changed the graph meanwhile. Nothing here touches a
room or a graph that others see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from app.graph import Applied, CostExceeded, CostMeter, Graph, Registry, Transaction, apply

from .limits import over_limit

# Each uses a whole processor: two at a time leave enough for everybody else.
CONCURRENT = 2

Build = Callable[[Graph, CostMeter], Transaction]


class Prepared(msgspec.Struct, frozen=True):
    """A transaction applied to a copy: the graph after it, its effects and its inverse in JSON."""

    transaction: Transaction
    graph: Graph
    applied: Applied
    ops: bytes = b""
    inverse: bytes = b""


def prepare(
    copy: Graph, build: Build, registry: Registry, user: str, limit: int | None, *, system: bool
) -> Prepared:
    """Build a transaction from a copy of a graph and apply it there.

    `limit` is the most that both may cost (None: unlimited).
    """
    cost = CostMeter(limit)
    transaction = build(copy, cost)
    try:
        applied = apply(copy, transaction, registry, user, system=system, cost=cost)
    except CostExceeded as much:
        applied = Applied(graph_version=copy.version, rejection=over_limit(much.place))
    if applied.rejection is not None:
        return Prepared(transaction, copy, applied)
    adjacency = copy.adjacency
    # They are made when they are first read, and that should not be on the loop.
    assert adjacency.children is not None
    assert adjacency.incoming is not None
    assert adjacency.outgoing is not None
    encode = msgspec.json.encode
    return Prepared(transaction, copy, applied, encode(applied.effects), encode(applied.inverse))


class _Slots:
    places: asyncio.Semaphore | None = None
    loop: asyncio.AbstractEventLoop | None = None


def slots() -> asyncio.Semaphore:
    """The semaphore of this loop that limits how many threads work on graphs at once."""
    loop = asyncio.get_running_loop()
    if _Slots.places is None or _Slots.loop is not loop:
        _Slots.places, _Slots.loop = asyncio.Semaphore(CONCURRENT), loop
    return _Slots.places
