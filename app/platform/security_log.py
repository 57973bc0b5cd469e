"""The security log: who did, or tried, what concerns the safety of the studio, and from where.

Each line has the event `security`, a `kind`, an `outcome`, the person where one is known, the
address, and the id of the request, which its answer had as `X-Request-Id`. No line has a password,
a token or a link.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal
from uuid import UUID

from .request_context import client_address, network_of
from .telemetry import get_logger

log = get_logger(__name__)

Outcome = Literal["success", "failure", "refused"]

# Refusals are what a stranger can have as many of as requests: so many lines of each kind at once
# for a network, and as many again in each `SECONDS`.
LINES = 30
SECONDS = 60.0
MAX_NETWORKS = 10_000


class LineLimit:
    """How many lines a key may have; what is left out is counted and told with its next line."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[tuple[str, str], tuple[float, float, int]] = {}

    def admit(self, kind: str, network: str) -> int | None:
        """None for a line that is left out, else how many were left out before it."""
        now, key = self._clock(), (kind, network)
        if key not in self._spent and len(self._spent) >= MAX_NETWORKS:
            self._spent.clear()
        spent, at, left_out = self._spent.get(key, (0.0, now, 0))
        spent = max(0.0, spent - (now - at) * LINES / SECONDS)
        if spent + 1 > LINES:
            self._spent[key] = (spent, now, left_out + 1)
            return None
        self._spent[key] = (spent + 1, now, 0)
        return left_out


_limit = LineLimit()


def security_event(
    kind: str, outcome: Outcome, *, user_id: UUID | None = None, **detail: object
) -> None:
    """Write a line. A network that is refused again and again gets few lines, with a count."""
    address = client_address.get()
    if outcome == "refused":
        left_out = _limit.admit(kind, network_of(address))
        if left_out is None:
            return
        if left_out:
            detail["left_out"] = left_out
    write = log.info if outcome == "success" else log.warning
    user = None if user_id is None else str(user_id)
    write("security", kind=kind, outcome=outcome, user=user, address=address, **detail)
