"""Plugins' checks behind `/api/v1/health`: asked now and then, however often people look."""

from __future__ import annotations

import asyncio

import pytest

from app.platform.plugins import Plugins
from app.processes import health
from node_registry import Health, HealthCheck


async def test_a_check_is_not_run_for_everybody_who_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    async def run() -> Health:
        asked.append(1)
        await asyncio.sleep(0)
        return Health("degraded", f"Asked {len(asked)} times.", "Wait.")

    plugins = Plugins(health_checks=[("acme", HealthCheck(name="server", run=run))])
    check = health.health_checks(plugins)[-1]
    found = await asyncio.gather(*(check() for _ in range(50)))
    assert {part.message for part in found} == {"Asked 1 times."}
    assert found[0].part == "acme: server"
    monkeypatch.setattr(health, "AGAIN_AFTER", -1.0)
    assert (await check()).message == "Asked 2 times."


async def test_a_check_that_breaks_is_a_finding() -> None:
    async def run() -> Health:
        raise KeyError("card")

    plugins = Plugins(health_checks=[("acme", HealthCheck(name="server", run=run))])
    found = await health.health_checks(plugins)[-1]()
    assert found.state == "degraded"
    assert "KeyError" in found.message
