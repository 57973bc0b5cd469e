"""Catch-up: the newest transactions of a graph, and what a client missed since a version."""

from __future__ import annotations

import itertools
from collections import deque

import msgspec

from app.graph import Graph, delta_since

TAIL = 4096
# A tail of large texts is shorter: what lies before it is sent as a difference of states.
TAIL_BYTES = 8 * 1024 * 1024
# Many come back at once from few versions; whoever asks for all of them in turn is not served so.
CACHED_DELTAS = 16
# Transactions of fewer bytes than this are not compared with the difference.
SMALL = 2048
_json = msgspec.json.Encoder()


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """What a client missed: transactions in JSON, or the difference, whichever is smaller."""

    version: int
    transactions: list[bytes] | None = None
    ops: bytes | None = None


class _Applied(msgspec.Struct, gc=False):
    version: int
    frame: bytes
    touched: tuple[str, ...]


class Tail:
    """The newest transactions of one graph in memory, those not stored yet among them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._applied: deque[_Applied] = deque()
        self._bytes = 0
        self._deltas: dict[int, Delta] = {}

    def append(self, version: int, frame: bytes, touched: tuple[str, ...]) -> None:
        """Add the transaction that led to a version, as the JSON of `StoredOps`."""
        self._deltas.clear()
        self._applied.append(_Applied(version, frame, touched))
        self._bytes += len(frame)
        while len(self._applied) > TAIL or self._bytes > TAIL_BYTES:
            self._bytes -= len(self._applied.popleft().frame)

    def delta_since(self, since: int) -> Delta | None:
        """What came after a version, as small as possible; None when too much is forgotten.

        The newest of it may not be stored yet.
        """
        if since < self._graph.history_start:
            return None
        known = self._deltas.get(since)
        if known is None:
            while len(self._deltas) >= CACHED_DELTAS:
                del self._deltas[next(iter(self._deltas))]
            known = self._deltas[since] = self._make_delta(since)
        return known

    def _make_delta(self, since: int) -> Delta:
        version = self._graph.version
        first = self._applied[0].version if self._applied else version + 1
        if since + 1 < first:
            ops = _json.encode(delta_since(self._graph, since))
            return Delta(version=version, ops=ops)
        missed = list(itertools.islice(self._applied, since + 1 - first, None))
        frames = [one.frame for one in missed]
        size = sum(map(len, frames))
        if size > SMALL:
            touched = {entity for one in missed for entity in one.touched}
            ops = _json.encode(delta_since(self._graph, since, touched))
            if len(ops) < size:
                return Delta(version=version, ops=ops)
        return Delta(version=version, transactions=frames)
