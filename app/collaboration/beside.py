"""A step that is too much for the loop: what becomes of it is found in a thread, on a copy.

The room takes it over when nobody has changed the graph meanwhile. Here is no room and no graph
that others see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from app.graph import Applied, Graph, Registry, TooMuch, Transaction, Work, apply

from .effort import too_much

# Large steps hold a processor each: two at a time leave room for those who work.
AT_ONCE = 2

Build = Callable[[Graph, Work], Transaction]


class Prepared(msgspec.Struct, frozen=True):
    """What became of a transaction: the graph after it, and its effects and inverse in JSON."""

    transaction: Transaction
    graph: Graph
    applied: Applied
    ops: bytes = b""
    inverse: bytes = b""


def prepare(
    copy: Graph, build: Build, registry: Registry, user: str, most: int | None, *, system: bool
) -> Prepared:
    """Make a transaction of a copy of a graph, and do it there. `most` None: however long it takes.

    What `build` does with the copy counts, too.
    """
    work = Work(most)
    transaction = build(copy, work)
    try:
        applied = apply(copy, transaction, registry, user, system=system, work=work)
    except TooMuch as much:
        applied = Applied(graph_version=copy.version, rejection=too_much(much.place))
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
    """To be held while a thread works for long on graphs, on this loop."""
    loop = asyncio.get_running_loop()
    if _Slots.places is None or _Slots.loop is not loop:
        _Slots.places, _Slots.loop = asyncio.Semaphore(AT_ONCE), loop
    return _Slots.places
