"""Which of what the studio tells goes into the graph, and when something is missing."""

from __future__ import annotations

from typing import Any

from . import texts
from .events import CatchUp, FullSync, OpsStored, Stored
from .graph import Graph


class Follower:
    """Keeps a graph current. Each method says whether the graph is right; if not, ask by `since`.

    While an answer is awaited (`asked`), what does not fit is passed over: the answer has it.
    """

    def __init__(self) -> None:
        self.graph = Graph()
        self.whole = False
        self.asked = False

    @property
    def since(self) -> dict[str, Any]:
        """What the studio has to know to tell what was missed; nothing: the whole graph."""
        if not self.whole:
            return {}
        return {"since": self.graph.version, "epoch": self.graph.epoch}

    def full_sync(self, event: FullSync) -> bool:
        """Take the whole graph."""
        self.graph.replace(event.graph)
        self.whole, self.asked = True, False
        return True

    def catch_up(self, event: CatchUp) -> bool:
        """Take what was missed."""
        self.asked = False
        if not self.whole or event.since > self.graph.version:
            return self._lost()
        if event.ops is not None and event.version > self.graph.version:
            # The difference holds final values: whatever of it is here already stays the same.
            try:
                self.graph.follow(event.ops, event.version)
            except texts.DoesNotFit:
                return self._lost()
        elif not self._take(event.transactions or ()):
            return self._lost()
        self.graph.epoch = event.epoch
        return self.graph.version >= event.version or self._lost()

    def ops(self, event: OpsStored) -> bool:
        """Take stored transactions."""
        if self.asked:
            # What comes before the answer is in it, unless it fits here and now.
            if self.whole and event.epoch == self.graph.epoch:
                self._take(event.transactions)
            return True
        if not self.whole or event.epoch != self.graph.epoch:
            return False
        return self._take(event.transactions)

    def _take(self, transactions: tuple[Stored, ...]) -> bool:
        for stored in transactions:
            if stored.version <= self.graph.version:
                continue
            if stored.version != self.graph.version + 1:
                return False
            try:
                self.graph.follow(stored.ops, stored.version)
            except texts.DoesNotFit:
                return self._lost()
        return True

    def _lost(self) -> bool:
        # Nothing that is told step by step can mend this copy.
        self.whole = False
        return False
