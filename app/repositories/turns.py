"""How many git requests are served at once; others wait, and then are told to come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from node_registry import DirectorError

WAITING = 64
PATIENCE = 20.0


class Turns:
    """At most `most` at once; of others, `WAITING` wait, and each for `PATIENCE` seconds."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn. Raises `repository.busy`."""
        if self._waiting >= WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


def _busy() -> DirectorError:
    return DirectorError(
        "repository.busy",
        "Too many clones and pushes are under way just now.",
        hint="Try again in half a minute.",
        status=503,
        fields={"retry_after": 30},
    )
