"""Which of what the studio tells goes into the graph, and when something is missing."""

from __future__ import annotations

from . import texts
from .graph import Graph
from .wire.client_events import SyncRequest
from .wire.server_events import CatchUp, FullSync, OpsStored, Stored


class Replica:
    """Keeps a graph current. Each method says whether the graph is right; if not, send
    `sync_request`.

    While an answer is awaited (`sync_requested`), what does not fit is passed over: the answer
    has it.
    """

    def __init__(self) -> None:
        self.graph = Graph()
        self.complete = False
        self.sync_requested = False

    @property
    def sync_request(self) -> SyncRequest:
        """Asks for what was missed, or for the whole graph."""
        if not self.complete:
            return SyncRequest()
        return SyncRequest(since=self.graph.version, epoch=self.graph.epoch)

    def full_sync(self, event: FullSync) -> bool:
        """Take the whole graph."""
        self.graph.load(event.graph)
        self.complete, self.sync_requested = True, False
        return True

    def catch_up(self, event: CatchUp) -> bool:
        """Take what was missed."""
        self.sync_requested = False
        if not self.complete or event.since > self.graph.version:
            return self._lost()
        if event.ops is not None and event.version > self.graph.version:
            # The difference holds final values: whatever of it is here already stays the same.
            try:
                self.graph.apply(event.ops, event.version)
            except texts.InvalidDelta:
                return self._lost()
        elif not self._apply(event.transactions or ()):
            return self._lost()
        self.graph.epoch = event.epoch
        return self.graph.version >= event.version or self._lost()

    def ops(self, event: OpsStored) -> bool:
        """Take stored transactions."""
        if self.sync_requested:
            # What comes before the answer is in it, unless it fits here and now.
            if self.complete and event.epoch == self.graph.epoch:
                self._apply(event.transactions)
            return True
        if not self.complete or event.epoch != self.graph.epoch:
            return False
        return self._apply(event.transactions)

    def _apply(self, transactions: tuple[Stored, ...]) -> bool:
        for stored in transactions:
            if stored.version <= self.graph.version:
                continue
            if stored.version != self.graph.version + 1:
                return False
            try:
                self.graph.apply(stored.ops, stored.version)
            except texts.InvalidDelta:
                return self._lost()
        return True

    def _lost(self) -> bool:
        # Nothing that is told step by step can mend this copy.
        self.complete = False
        return False
