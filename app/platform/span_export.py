"""Makes spans with OpenTelemetry's SDK, and sends them to a collector from a thread of its own.

A collector that is away loses spans and nothing else: a queue of at most 2,048 (the SDK's, set by
`OTEL_BSP_MAX_QUEUE_SIZE`), nobody waits for it, and a line of the log once a minute.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.util.re import parse_env_headers

from node_registry import DirectorError

from .blocking import run_blocking
from .spans import Attributes, Kind, Span
from .telemetry import get_logger

log = get_logger(__name__)

CLOSING_SECONDS = 3.0
TOLD_EVERY = 60.0
KINDS = {
    "internal": trace.SpanKind.INTERNAL,
    "server": trace.SpanKind.SERVER,
    "consumer": trace.SpanKind.CONSUMER,
}
# What they have to say of a collector that is away is said once a minute, in one line.
TALKATIVE = (
    "opentelemetry.exporter",
    "opentelemetry.sdk.trace.export",
    "opentelemetry.sdk._shared_internal",
)

_given_id: ContextVar[int | None] = ContextVar("given_id", default=None)


class ExportingTracer:
    """Makes spans and sends them to the OTLP collector at `endpoint`, by HTTP.

    What else the SDK can be told it reads from the standard variables: `OTEL_TRACES_SAMPLER`,
    `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES` and so on.
    """

    def __init__(self, endpoint: str, *, role: str) -> None:
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        resource = Resource.create(
            {
                "service.name": os.environ.get("OTEL_SERVICE_NAME") or f"director-{role}",
                "service.namespace": "director",
                "service.version": version("movie-director"),
                "service.instance.id": f"{os.uname().nodename}:{os.getpid()}",
            }
        )
        self._provider = TracerProvider(
            resource=resource, id_generator=_Ids(), shutdown_on_exit=False
        )
        exporter = _QuietExporter(OTLPSpanExporter(endpoint=traces_url(endpoint)))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("director")

    @contextmanager
    def span(
        self, name: str, attributes: Attributes, parent: str | None, kind: Kind
    ) -> Iterator[Span]:
        """A span for the block; errors are told by their code, not in their words."""
        with self._tracer.start_as_current_span(
            name,
            context=None if parent is None else _context_of(parent),
            kind=KINDS[kind],
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:
            span = _OpenSpan(opened)
            try:
                yield span
            except BaseException as error:
                span.fail(error.code if isinstance(error, DirectorError) else type(error).__name__)
                raise

    def record(
        self,
        name: str,
        began: datetime,
        ended: datetime,
        attributes: Attributes,
        parent: str,
        span_id: int | None,
        error: str,
    ) -> None:
        """A span that is over, with an id that is given or drawn."""
        given = _given_id.set(span_id)
        try:
            span = self._tracer.start_span(
                name,
                context=_context_of(parent),
                attributes=attributes,
                start_time=_nanoseconds(began),
            )
        finally:
            _given_id.reset(given)
        if error:
            _OpenSpan(span).fail(error)
        span.end(max(_nanoseconds(began), _nanoseconds(ended)))

    def traceparent(self) -> str | None:
        """The span that is open here."""
        found = trace.get_current_span().get_span_context()
        if not found.is_valid:
            return None
        return f"00-{found.trace_id:032x}-{found.span_id:016x}-{int(found.trace_flags):02x}"

    async def close(self) -> None:
        """Send what waits, for some seconds at most."""
        # No thread of the pool: one that waits for a dead collector must not hold up the end.
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        await run_blocking(closing.join, CLOSING_SECONDS)


class _OpenSpan:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def name(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, attributes: Attributes) -> None:
        self._span.set_attributes(attributes)

    def fail(self, code: str) -> None:
        self._span.set_status(trace.StatusCode.ERROR)
        self._span.set_attribute("error.type", code)


class _Ids(RandomIdGenerator):
    """Ids by lot, but for a span whose id is known before."""

    def generate_span_id(self) -> int:
        return _given_id.get() or super().generate_span_id()


class _QuietExporter(SpanExporter):
    """Says once a minute how many spans were lost, whatever goes wrong."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._lost = 0
        self._told = -TOLD_EVERY

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            result = self._exporter.export(spans)
        except Exception:  # noqa: BLE001 - whatever it is, it costs spans and nothing else
            result = SpanExportResult.FAILURE
        if result is not SpanExportResult.SUCCESS:
            self._lost += len(spans)
            now = time.monotonic()
            if now - self._told >= TOLD_EVERY:
                log.warning("traces.lost", spans=self._lost, hint="Is the collector there?")
                self._lost, self._told = 0, now
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def traces_url(endpoint: str) -> str:
    """Where a collector takes spans, by the address that it has for all signals."""
    return endpoint.rstrip("/") + "/v1/traces"


def export_headers() -> Mapping[str, str]:
    """The headers that the standard variables name for a collector."""
    text = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS") or os.environ.get(
        "OTEL_EXPORTER_OTLP_HEADERS", ""
    )
    return parse_env_headers(text, liberal=True)


def _context_of(traceparent: str) -> Context:
    _version, trace_id, span_id, flags = traceparent.split("-")
    remote = trace.SpanContext(
        int(trace_id, 16), int(span_id, 16), True, trace.TraceFlags(int(flags, 16))
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
