"""Threads for one kind of slow work each, so that no kind holds up another.

A `WorkPool` runs few calls at once; the rest wait in a queue of limited length. Turns go round the
people who wait, so that one who asks for much waits behind himself and not before the others.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import weakref
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from node_registry import DirectorError

P = ParamSpec("P")
T = TypeVar("T")

RETRY_AFTER = 2


_pools: weakref.WeakSet[WorkPool] = weakref.WeakSet()


def all_pools() -> list[WorkPool]:
    """The pools of this process."""
    return list(_pools)


class WorkPool:
    """At most `workers` calls at once, `waiting` in the queue, `per_owner` of them of one owner.

    An owner is whoever asks: a person's id, or a network address. One event loop uses a pool.
    """

    def __init__(self, name: str, *, workers: int, waiting: int, per_owner: int) -> None:
        self.name = name
        _pools.add(self)
        self._free = workers
        self._most_waiting = waiting
        self._most_per_owner = per_owner
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name)
        # The owners in the order of their turns, each with those of its calls that wait.
        self._queues: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return self._waiting

    async def run(
        self, owner: Hashable, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a blocking function in this owner's turn. Raises `server.busy` (429)."""
        async with self.turn(owner):
            return await self.call(functools.partial(function, *args, **kwargs))

    async def call(self, function: Callable[[], T]) -> T:
        """Call a blocking function in a turn that one has. Ends with the function, which no
        cancellation can stop: the turn is not given to another before."""
        call = functools.partial(contextvars.copy_context().run, function)
        running = asyncio.get_running_loop().run_in_executor(self._threads, call)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise

    @asynccontextmanager
    async def turn(self, owner: Hashable) -> AsyncIterator[None]:
        """Wait for one's turn, and have it. Raises `server.busy` (429) when too many wait."""
        await self._enter(owner)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, owner: Hashable) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        queue = self._queues.get(owner)
        if self._waiting >= self._most_waiting or len(queue or ()) >= self._most_per_owner:
            raise busy()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(owner, deque()).append(turn)
        self._waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            else:
                self._forget(owner, turn)
            raise

    def _leave(self) -> None:
        """Give the turn to the next owner, who stands last in the round from now on."""
        while self._queues:
            owner, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[owner] = queue
            self._waiting -= 1
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _forget(self, owner: Hashable, turn: asyncio.Future[None]) -> None:
        queue = self._queues.get(owner)
        if queue is None or turn not in queue:
            return
        queue.remove(turn)
        self._waiting -= 1
        if not queue:
            del self._queues[owner]


def busy() -> DirectorError:
    """The refusal of work for which the queue is too long."""
    return DirectorError(
        "server.busy",
        "The studio has as much of this to do as it can take in just now.",
        hint=f"Try again in {RETRY_AFTER} s.",
        status=429,
        fields={"retry_after": RETRY_AFTER},
    )
