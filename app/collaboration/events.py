"""What this domain tells the others of its process."""

from __future__ import annotations

from uuid import UUID

import msgspec


class GraphChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Transactions were stored: the graph has this version now.

    `transactions` are the new ones in order, each as the JSON of `room.StoredOps`.
    """

    project_id: UUID
    graph_id: UUID
    version: int
    epoch: int
    transactions: list[bytes]


class GraphClosed(msgspec.Struct, frozen=True, kw_only=True):
    """A graph cannot be served as it is in memory: whoever is in it has to come back."""

    project_id: UUID
    graph_id: UUID
    reason: str
