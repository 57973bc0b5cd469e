"""Watches how long a run gives no sign of itself, how long it takes, and how long it may."""

from __future__ import annotations

import time

from node_registry import DirectorError, Output, Preview, Progress, RunEvent

from .retry_policy import TIMED_OUT, TOO_LONG


class Silence:
    """How long a run has given no sign of itself. Seconds.

    Until it works, a run may be silent for `start_limit`: it loads a model, pulls an image, or
    stands in the queue of a remote server, and few of these tell how far they are. It works once it
    has made progress, or shown or made something; from then on the limit is `limit`.
    Whatever it says, it ends after `longest`.
    """

    def __init__(self, limit: float, start_limit: float, longest: float = float("inf")) -> None:
        self._longest = longest
        self._began = time.monotonic()
        self._limit = limit
        self._start_limit = max(limit, start_limit)
        self.ended_run = False
        self._works = False
        self._last = time.monotonic()

    @property
    def limit(self) -> float:
        """How long it may be silent now."""
        return self._limit if self._works else self._start_limit

    @property
    def shortest_limit(self) -> float:
        """The shorter of its limits, to know how often to look."""
        return min(self._limit, self._longest)

    def broken_by(self, event: RunEvent) -> None:
        """The run gave a sign."""
        self._last = time.monotonic()
        match event:
            case Progress(fraction=fraction):
                self._works = self._works or fraction > 0
            case Preview() | Output():
                self._works = True
            case _:
                pass

    def is_over(self, grace: float = 0.0) -> bool:
        """Whether it has been silent or at work for too long, and for so much longer."""
        return self._took_too_long(grace) or time.monotonic() - self._last > self.limit + grace

    def _took_too_long(self, grace: float = 0.0) -> bool:
        return time.monotonic() - self._began > self._longest + grace

    def error(self) -> DirectorError:
        """What its task is told."""
        if self._took_too_long():
            return DirectorError(
                TOO_LONG,
                f"It ran for {self._longest:.0f} s without coming to an end, and was ended.",
                hint="Make it shorter or smaller; an operator raises DIRECTOR_TIMEOUT_RUN.",
            )
        if self._works:
            return DirectorError(
                TIMED_OUT,
                f"It gave no sign of itself for {self.limit:.0f} s, and was ended.",
                hint="Look at the backend; DIRECTOR_TIMEOUT_LOW, _STANDARD and _HIGH are the "
                "limits.",
            )
        return DirectorError(
            TIMED_OUT,
            f"It said nothing for {self.limit:.0f} s before it began to work, and was ended.",
            hint="Look at the backend; if its model takes longer to load, raise "
            "DIRECTOR_TIMEOUT_START.",
        )
