"""Spans of OpenTelemetry, from a click to the file in a project's folder. Off unless configured.

While no collector is configured nothing of OpenTelemetry is loaded, and a span costs a call. The
trace of what was asked travels as a `traceparent` of the W3C, a text: on a task's row from the API
to the worker, and in a header to a backend's server.

Attributes hold ids and the studio's own words, never what people wrote.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from .spans import Attributes, Kind, Span, Tracer
from .telemetry import get_logger

log = get_logger(__name__)


class _NoSpan:
    """Where nothing is traced."""

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def name(self, name: str) -> None: ...

    def note(self, attributes: Attributes) -> None: ...

    def fail(self, code: str) -> None: ...


_NO_SPAN = _NoSpan()
_tracer: Tracer | None = None


def configure_tracing(endpoint: str | None, *, role: str) -> None:
    """Send spans to the OTLP collector at this URL; None: trace nothing.

    Where the packages are not installed it says so in the log, and nothing is traced.
    """
    global _tracer
    _tracer = None
    if endpoint is None:
        return
    try:
        from .span_export import ExportingTracer
    except ImportError as error:
        log.warning(
            "traces.not_installed", missing=error.name, hint="Install movie-director[traces]."
        )
        return
    _tracer = ExportingTracer(endpoint, role=role)


async def close_tracing() -> None:
    """Send what waits, for a few seconds at most, and trace nothing from then on."""
    global _tracer
    tracer, _tracer = _tracer, None
    if tracer is not None:
        await tracer.close()


def traced() -> bool:
    """Whether spans are made at all."""
    return _tracer is not None


def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    kind: Kind = "internal",
) -> AbstractContextManager[Span]:
    """A span for the block, below the one that is open; one of the kind `server` begins a trace.

    An error that leaves the block marks it as failed by its code alone.
    """
    if _tracer is None or (kind != "server" and _tracer.traceparent() is None):
        return _NO_SPAN
    return _tracer.span(name, attributes or {}, None, kind)


def task_span(
    name: str, traceparent: str | None, task_id: UUID, attributes: Attributes | None = None
) -> AbstractContextManager[Span]:
    """A span for the block, below the span of a task; none for a task that is not traced."""
    if _tracer is None or traceparent is None:
        return _NO_SPAN
    return _tracer.span(
        name, {**_of_task(task_id), **(attributes or {})}, _below_task(traceparent, task_id),
        "consumer",
    )  # fmt: skip


def record_of_task(
    name: str,
    traceparent: str | None,
    task_id: UUID,
    began: datetime,
    ended: datetime,
    attributes: Attributes | None = None,
    *,
    error: str = "",
) -> None:
    """Record a span of the past below the span of a task; nothing for one that is not traced."""
    if _tracer is not None and traceparent is not None:
        facts = {**_of_task(task_id), **(attributes or {})}
        parent = _below_task(traceparent, task_id)
        _tracer.record(name, began, ended, facts, parent, None, error)


def record_task(
    traceparent: str | None,
    task_id: UUID,
    began: datetime,
    ended: datetime,
    attributes: Attributes,
    *,
    error: str = "",
) -> None:
    """Record the span of a whole task, once it is over: what happened to it hangs below."""
    if _tracer is not None and traceparent is not None:
        facts = {**_of_task(task_id), **attributes}
        _tracer.record("task", began, ended, facts, traceparent, _span_id(task_id), error)


def traceparent() -> str | None:
    """The open span as the W3C writes it, for what goes on elsewhere; None where none is open."""
    return None if _tracer is None else _tracer.traceparent()


def _of_task(task_id: UUID) -> dict[str, str]:
    return {"director.task_id": str(task_id)}


def _span_id(task_id: UUID) -> int:
    # The half of the id that is drawn by lot, and never 0: so that any process knows it.
    return task_id.int & (2**64 - 1)


def _below_task(traceparent: str, task_id: UUID) -> str:
    version, trace, _span, flags = traceparent.split("-")
    return f"{version}-{trace}-{_span_id(task_id):016x}-{flags}"
