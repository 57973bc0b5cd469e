"""The trace that a run belongs to, for backends that ask a server of their own."""

from __future__ import annotations

from contextvars import ContextVar

traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""The W3C trace context of the run that goes on; empty where nothing is traced."""


def trace_headers() -> dict[str, str]:
    """Headers for a request to another server, so that its trace continues that of the run.

    Empty where the studio is not traced.
    """
    value = traceparent.get()
    return {"traceparent": value} if value else {}
