"""Which failures of a run are tried again, how often, and after which pauses.

What a backend calls retryable may pass by itself: a server that starts, a disk that is full. A want
of memory, and a run that fell silent, are tried less often: they cost as much each time. A disk
that is full is waited for, most of an hour: somebody has to make room.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.platform.disk import FULL
from node_registry import BackendError, DirectorError, OutOfMemory

TIMED_OUT = "task.timed_out"
TOO_LONG = "task.too_long"


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """At most `attempts` that fail, and the seconds before the second, third, … of them.

    `blames_backend` says that the failure counts against the backend: after some in a row it gets
    a rest (`app/scheduling/circuits.py`).
    """

    attempts: int
    pauses: tuple[float, ...]
    blames_backend: bool = False

    def pause_after(self, failures: int) -> float | None:
        """Seconds before the next attempt, after so many that failed; None when there is none."""
        if failures >= self.attempts:
            return None
        return self.pauses[min(failures, len(self.pauses)) - 1]


NEVER = RetryPolicy(attempts=1, pauses=())
PASSING = RetryPolicy(attempts=5, pauses=(1.0, 5.0, 30.0, 120.0))
AWAY = RetryPolicy(attempts=5, pauses=(1.0, 5.0, 30.0, 120.0), blames_backend=True)
NO_MEMORY = RetryPolicy(attempts=3, pauses=(5.0, 30.0))
NO_ROOM = RetryPolicy(attempts=12, pauses=(5.0, 30.0, 120.0, 300.0))
SILENT = RetryPolicy(attempts=2, pauses=(5.0,), blames_backend=True)


def policy_for(error: DirectorError, *, retryable: bool) -> RetryPolicy:
    """What happens after a run failed with this error."""
    if error.code == TIMED_OUT:
        return SILENT
    if not retryable or error.code == TOO_LONG:
        return NEVER
    if error.code == FULL:
        return NO_ROOM
    if isinstance(error, OutOfMemory):
        return NO_MEMORY
    return AWAY if isinstance(error, BackendError) else PASSING


def tried_enough(attempts: int, last: Mapping[str, str]) -> dict[str, str]:
    """The error of a task that failed as often as it may, with the last reason in it."""
    return {
        "code": "task.tried_enough",
        "message": f"It was tried {attempts} times. At last: {last['message']}",
        "hint": last["hint"] or "Mend what it says, then try it again.",
    }
