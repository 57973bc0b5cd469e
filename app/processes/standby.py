"""The start signal of a standby child, which is started early to load its code and works later."""

from __future__ import annotations

import sys

START = b"go\n"


def wait_for_start() -> None:
    """Wait until the parent says that the servers are up. Without the signal, this process ends."""
    if sys.stdin.buffer.readline() != START:
        raise SystemExit(1)
