"""The word that a held child waits for: it is started early, to load its code, and works later."""

from __future__ import annotations

import sys

WORD = b"go\n"


def wait_for_word() -> None:
    """Wait until the parent says that the servers are up. Without the word, this process ends."""
    if sys.stdin.buffer.readline() != WORD:
        raise SystemExit(1)
