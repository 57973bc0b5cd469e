"""Sends what waits for a storage that was away, and tells how the storage is."""

from __future__ import annotations

import asyncio

from app.platform import bus

from .events import StorageChanged
from .objects import ObjectStore, StorageState

EVERY = 5.0


class StorageWatch:
    """Looks after the files that wait. One loop in each process that stores; the API tells of it.

    `state` is what was found last.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.state = StorageState(reachable=store.reachable, waiting=0)
        self._told = StorageState(reachable=True, waiting=0)

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Send what can be sent; whoever listens hears of it when that changed anything."""
        self.state = found = await self._store.send_waiting()
        if found != self._told:
            self._told = found
            await bus.publish(StorageChanged(reachable=found.reachable, waiting=found.waiting))
