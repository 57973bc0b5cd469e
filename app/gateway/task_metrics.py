"""The measures of tasks and devices: read from the database whenever monitoring asks."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from app.scheduling import (
    REASONS,
    TIERS,
    Device,
    TaskFact,
    last_event_id,
    oldest_waiting,
    read_devices,
    read_facts,
)

WAITS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
RUNS = (1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800)
RATIOS = (0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2, 4)
LATE = 500
"""Transactions end in another order than their events have ids: so many are looked for again."""


class TaskMetrics:
    """Counts each event of a task once, from the start of this process on.

    `read` is for a unit of work of the service.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counted: set[int] | None = None
        self._newest = 0
        self._reading = asyncio.Lock()
        self._ends = Counter(
            "director_task_ends",
            "Tasks that ended.",
            ("status", "tier", "reason"),
            registry=registry,
        )
        self._reused = Counter(
            "director_task_reuses",
            "Tasks that took over a take of the same recipe.",
            ("tier",),
            registry=registry,
        )
        self._first_tries = Counter(
            "director_task_first_tries",
            "Tasks that succeeded and of which no attempt had failed.",
            ("tier",),
            registry=registry,
        )
        self._retries = Counter(
            "director_task_retries",
            "Attempts that ended and after which the task went back into the queue.",
            ("tier", "reason"),
            registry=registry,
        )
        self._late = Counter(
            "director_task_late_executions",
            "Runs that ended when their task was another worker's: their results do not count.",
            registry=registry,
        )
        for tier in TIERS:
            # A rate sees only what grew: what never happened is there too, with 0.
            self._ends.labels("succeeded", tier, "")
            for reason in REASONS:
                self._ends.labels("failed", tier, reason)
                self._retries.labels(tier, reason)
        self._claims = Histogram(
            "director_task_claim_seconds",
            "Time from the assignment of a task until its worker began it.",
            buckets=WAITS,
            registry=registry,
        )
        self._runs = Histogram(
            "director_task_run_seconds",
            "How long the last attempts of tasks that succeeded ran.",
            ("tier",),
            buckets=RUNS,
            registry=registry,
        )
        self._ratios = Histogram(
            "director_task_duration_ratio",
            "How long tasks ran, over what was expected.",
            ("tier",),
            buckets=RATIOS,
            registry=registry,
        )
        self._oldest = _gauge(
            registry,
            "queue_oldest_seconds",
            "How long the oldest task has stood in the queue, by quality.",
            "tier",
        )
        self._busy = _gauge(
            registry, "device_busy", "1 while a worker has a task.", "worker", "kind"
        )
        self._memory = _gauge(registry, "device_memory_bytes", "The memory of a card.", "worker")
        self._reserved = _gauge(
            registry, "device_reserved_bytes", "What tasks reserve of a card.", "worker"
        )

    async def read(self) -> None:
        """Count what came since the last time, and see what the devices do."""
        async with self._reading:
            for fact in await self._new_facts():
                self._count(fact)
        self._oldest.clear()
        for tier, seconds in (await oldest_waiting()).items():
            self._oldest.labels(tier).set(seconds)
        self._set_devices(await read_devices())

    async def _new_facts(self) -> list[TaskFact]:
        if self._counted is None:
            self._newest = await last_event_id()
            self._counted = {fact.id for fact in await read_facts(self._newest - LATE)}
            return []
        found: list[TaskFact] = []
        after = self._newest - LATE
        while facts := await read_facts(after):
            found += [fact for fact in facts if fact.id not in self._counted]
            after = facts[-1].id
        self._newest = max(self._newest, after)
        self._counted |= {fact.id for fact in found}
        self._counted = {one for one in self._counted if one > self._newest - LATE}
        return found

    def _count(self, fact: TaskFact) -> None:
        if fact.kind == "requeued":
            self._retries.labels(fact.tier, fact.reason).inc()
        elif fact.kind == "late":
            self._late.inc()
        elif fact.kind != "waiting":
            self._ends.labels(fact.kind, fact.tier, fact.reason).inc()
        if fact.kind != "succeeded":
            return
        if fact.reused:
            self._reused.labels(fact.tier).inc()
            return
        if fact.first_try:
            self._first_tries.labels(fact.tier).inc()
        if fact.claimed is not None:
            self._claims.observe(max(0.0, fact.claimed))
        if fact.ran is not None:
            self._runs.labels(fact.tier).observe(max(0.0, fact.ran))
            if fact.expected:
                self._ratios.labels(fact.tier).observe(max(0.0, fact.ran) / fact.expected)

    def _set_devices(self, devices: list[Device]) -> None:
        for gauge in (self._busy, self._memory, self._reserved):
            gauge.clear()
        for device in devices:
            self._busy.labels(device.worker, device.kind).set(device.busy)
            if device.kind == "gpu":
                self._memory.labels(device.worker).set(device.memory)
                self._reserved.labels(device.worker).set(device.reserved)


def _gauge(registry: CollectorRegistry, name: str, help_text: str, *labels: str) -> Gauge:
    return Gauge(f"director_{name}", help_text, labels, registry=registry)
