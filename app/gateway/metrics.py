"""What an operator's monitoring reads: `/livez`, `/readyz`, and `/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
import hmac
import shutil
import time
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from app import accounts
from app.platform.database import CONNECTION_ERRORS, DatabaseRole, unit_of_work
from app.platform.work_pools import all_pools
from app.scheduling import count_tasks, count_unhandled_events, list_workers, read_load

from .security import provide_actor, token_of
from .task_metrics import TaskMetrics

READY_WITHIN = 2.0
"""Seconds in which the database has to answer."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30)
LOOP_INTERVAL = 0.5


class StudioMetrics:
    """The measures of this API process. Names begin with `director_`, times are in seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Histogram(
            "director_http_request_seconds",
            "Time from the request to the end of its answer.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.faults = Counter(
            "director_http_faults",
            "Answers that are a fault of the studio.",
            registry=self.registry,
        )
        self.loop_delay = Histogram(
            "director_event_loop_delay_seconds",
            "How much later than it should a timer of the event loop comes.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.tasks = TaskMetrics(self.registry)
        self._gauges: dict[str, Gauge] = {}

    def set(self, name: str, help_text: str, value: float, **labels: str) -> None:
        """Set a gauge, which is made when it is first set."""
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = Gauge(f"director_{name}", help_text, tuple(labels), registry=self.registry)
            self._gauges[name] = gauge
        (gauge.labels(**labels) if labels else gauge).set(value)

    def clear(self, name: str) -> None:
        """Forget the values of a gauge with labels, before those of now are set."""
        if (gauge := self._gauges.get(name)) is not None:
            gauge.clear()

    async def watch_loop(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        while True:
            due = time.monotonic() + LOOP_INTERVAL
            await asyncio.sleep(LOOP_INTERVAL)
            self.loop_delay.observe(max(0.0, time.monotonic() - due))


class RequestMeter:
    """Measures each request by its route, never by its address: that names projects and people."""

    def __init__(self, app: ASGIApp, metrics: StudioMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note its time and status."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            route = scope.get("path_template") or "unknown"
            self._metrics.requests.labels(str(scope["method"]), route, str(status)).observe(
                time.perf_counter() - began
            )
            if status >= 500 and status not in (503, 507):
                self._metrics.faults.inc()


@get("/livez", include_in_schema=False)
async def livez() -> str:
    """Whether the process answers at all: one that does not is to be started again."""
    return "ok"


@get("/readyz", include_in_schema=False)
async def readyz() -> Response[str]:
    """Whether requests can be sent here: 503 while the database is away. Tells nothing else."""
    try:
        async with (
            asyncio.timeout(READY_WITHIN),
            unit_of_work(role=DatabaseRole.SERVICE) as unit,
        ):
            await unit.fetchval("SELECT 1")
    except (*CONNECTION_ERRORS, TimeoutError):
        return Response("the database does not answer", status_code=503)
    return Response("ok")


@get("/metrics", media_type=MediaType.TEXT, tags=["studio"])
async def metrics(request: Request[Any, Any, Any]) -> Response[str]:
    """The measures, for who has the token `DIRECTOR_METRICS_TOKEN`, and for the studio's owner."""
    await _demand_reader(request)
    state = request.app.state
    found: StudioMetrics = state.metrics
    for name, count in state.connections.counts().items():
        found.set(name, "Of this process, now.", count)
    found.clear("pool_waiting")
    for pool in all_pools():
        found.set("pool_waiting", "Calls that wait for their turn.", pool.waiting, pool=pool.name)
    disk = shutil.disk_usage(state.settings.home)
    found.set("disk_free_bytes", "Of the disk with the data folder.", disk.free)
    found.set("disk_size_bytes", "Of the disk with the data folder.", disk.total)
    found.set(
        "storage_unsent_files",
        "Files that wait for the storage.",
        state.storage_watch.state.waiting,
    )
    await _read_database(found)
    return Response(
        generate_latest(found.registry).decode(), headers={"content-type": CONTENT_TYPE_LATEST}
    )


async def _read_database(found: StudioMetrics) -> None:
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE):
            tasks, workers = await count_tasks(), await list_workers()
            events = await count_unhandled_events()
            load = await read_load()
            await found.tasks.read()
    except CONNECTION_ERRORS:
        found.set("database_up", "1 while PostgreSQL answers.", 0)
        return
    found.set("database_up", "1 while PostgreSQL answers.", 1)
    found.clear("tasks")
    for status, count in tasks.items():
        found.set("tasks", "Tasks that have not ended, by status.", count, status=status)
    found.clear("expected_wait_seconds")
    for one in load.tiers:
        for device, waiting in (
            ("gpu", one.waiting_for_card),
            ("cpu", one.waiting - one.waiting_for_card),
        ):
            found.set(
                "queue_depth",
                "Tasks that wait for a worker, by quality and by what they need.",
                waiting,
                tier=one.tier,
                device=device,
            )
        if one.expected_wait is not None:
            # Without a worker nobody knows how long it takes, and nothing is told.
            found.set(
                "expected_wait_seconds",
                "The longest expected wait for a worker, by quality.",
                one.expected_wait,
                tier=one.tier,
            )
    found.set("workers", "Workers that are there.", len(workers))
    found.set("task_events_unhandled", "Ends of tasks that nothing followed yet.", events)


async def _demand_reader(request: Request[Any, Any, Any]) -> None:
    wanted = request.app.state.settings.metrics_token
    given = token_of(request) or ""
    if wanted and hmac.compare_digest(given.encode(), wanted.encode()):
        return
    actor = await provide_actor(request)
    accounts.demand_studio_owner(actor)


ROUTES = [livez, readyz, metrics]
