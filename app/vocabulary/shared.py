"""What the node types of this vocabulary have in common: the sequence and its sockets, seeds."""

from __future__ import annotations

from typing import Literal

import msgspec

from node_registry import Socket, sockets

PREVIOUS = Socket(id="previous", type=sockets.SEQUENCE, title="After")
NEXT = Socket(id="next", type=sockets.SEQUENCE, title="Before")

Quality = Literal["", "low", "standard", "high"]


def note(description: str) -> msgspec.Meta:
    """A sentence for people beside a field of the form."""
    return msgspec.Meta(description=description)
