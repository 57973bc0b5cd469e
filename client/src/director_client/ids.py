"""Ids of nodes and edges."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> str:
    """A new id for a node or an edge: a UUID of version 7, so that ids sort by their making."""
    millis = time.time_ns() // 1_000_000
    bits = (millis << 80) | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    return str(UUID(int=bits & ~(0x3 << 62) | (0x2 << 62)))


def is_id(text: str) -> bool:
    """Whether a text is the id of something, and not a name for people."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
