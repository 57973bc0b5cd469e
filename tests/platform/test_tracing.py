"""Spans where nobody takes them: nothing waits for a collector, and nothing fails without one."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from app.platform import span_export, tracing
from app.platform.ids import new_id
from node_registry import DirectorError
from tests.otlp import Collector, collecting


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    with collecting() as found:
        tracing.configure_tracing(found.url, role="test")
        yield found
        await tracing.close_tracing()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What is written to the log."""
    found: list[tuple[str, dict[str, Any]]] = []

    class Log:
        def warning(self, event: str, **facts: Any) -> None:
            found.append((event, facts))

    monkeypatch.setattr(span_export, "log", Log())
    return found


async def test_an_error_is_told_by_its_code_and_not_in_its_words(collector: Collector) -> None:
    with tracing.span("asked", kind="server"):
        with pytest.raises(DirectorError), tracing.span("refused"):
            raise DirectorError("area.reason", "Ina Berg may not.")
        with pytest.raises(ValueError, match="Ina"), tracing.span("broken"):
            raise ValueError("Ina Berg")
    await tracing.close_tracing()
    found = {span.name: span for span in collector.spans}
    assert found["refused"].attributes == {"error.type": "area.reason"}
    assert found["broken"].attributes == {"error.type": "ValueError"}
    assert found["refused"].failed
    assert not found["asked"].failed
    assert found["refused"].parent == found["asked"].id


async def test_a_span_of_a_task_hangs_below_it_wherever_it_is_made(collector: Collector) -> None:
    task, now = new_id(), datetime.now(UTC)
    with tracing.span("click", kind="server"):
        carried = tracing.traceparent()
    with tracing.task_span("task.run", carried, task):
        pass
    tracing.record_task(carried, task, now, now, {})
    with tracing.task_span("task.run", None, uuid4()), tracing.span("alone"):
        assert tracing.traceparent() is None
    await tracing.close_tracing()
    click, run, whole = (collector.named(n)[0] for n in ("click", "task.run", "task"))
    assert (run.parent, whole.parent) == (whole.id, click.id)
    assert {click.trace, run.trace, whole.trace} == {click.trace}
    assert len(collector.spans) == 3, "What began outside a trace is not traced."


async def test_a_collector_that_never_answers_holds_up_nothing(
    lines: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_export, "CLOSING_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tracing.configure_tracing(f"http://127.0.0.1:{silent.getsockname()[1]}", role="test")
        for _ in range(10_000):
            with tracing.span("asked", kind="server"):
                pass
        assert tracing.traced()
        began = time.monotonic()
        await tracing.close_tracing()
        # Its own time limits are 10 s for each batch.
        assert time.monotonic() - began < 25
    assert not tracing.traced()


async def test_a_collector_that_is_away_costs_a_line_a_minute(
    lines: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    tracing.configure_tracing(f"http://127.0.0.1:{port}", role="test")
    exporter = span_export._QuietExporter(
        span_export.OTLPSpanExporter(endpoint=span_export.traces_url(f"http://127.0.0.1:{port}"))
    )
    with tracing.span("asked", kind="server"):
        pass
    for _ in range(3):
        assert exporter.export([]) is span_export.SpanExportResult.FAILURE
    assert [event for event, _ in lines] == ["traces.lost"]
    await tracing.close_tracing()


async def test_where_nothing_is_configured_there_are_no_spans() -> None:
    tracing.configure_tracing(None, role="test")
    with tracing.span("asked", {"a": 1}, kind="server") as span:
        span.note({"b": 2})
        assert tracing.traceparent() is None
