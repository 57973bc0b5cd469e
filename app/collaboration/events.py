"""What this domain tells the others of its process."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.graph import Transaction


class GraphChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction was stored: the graph has this version now."""

    project_id: UUID
    graph_id: UUID
    version: int
    user_id: UUID
    transaction: Transaction
