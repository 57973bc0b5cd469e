"""Jobs on a remote server, from a click to a take: its slots, our stops, and lost leases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
import pytest
from fake_farm import FakeFarm
from node_registry.testing import Scenario

from app.platform.database import DatabaseRole, unit_of_work
from app.platform.plugins import load_plugins
from app.scheduling import leases
from tests.studio import Studio


@pytest.fixture
async def farm(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeFarm]:
    async with FakeFarm() as farm:
        spec = msgspec.structs.replace(farm.spec, serves=("film.shot",), rank=1000)
        monkeypatch.setitem(studio.app.state.plugins.backends, spec.name, spec)
        yield farm


@pytest.fixture
def plugins(studio: Studio, farm: FakeFarm):
    plugins = load_plugins("worker")
    plugins.backends["farm.render"] = studio.app.state.plugins.backends["farm.render"]
    return plugins


async def a_run(studio: Studio, project: str) -> dict:
    return await studio.generate(project, await studio.shot(project))


async def until(studio: Studio, holds) -> None:
    for _ in range(400):
        if holds():
            return
        await studio.app.state.dispatcher.tick()
    raise AssertionError("it never came to that")


async def test_two_runs_wait_for_the_one_slot_of_a_server(studio, farm, plugins) -> None:
    project = await studio.project()
    farm.play(Scenario.RUNS)
    async with studio.worker(plugins), studio.worker(plugins):
        first = await a_run(studio, project)
        await until(studio, farm.running)
        second = await a_run(studio, project)
        await studio.app.state.dispatcher.tick()
        queue = (await studio.owner.get(f"/api/v1/projects/{project}/queue")).json()["items"]
        assert [(entry["task_id"], entry["cause"]) for entry in queue] == [
            (second["task_id"], "Waiting for a free place on farm/left.")
        ]
        await farm.proceed()
        farm.play(Scenario.SUCCEEDS)
        ended = [await studio.run_ends(run["run_id"]) for run in (first, second)]
    assert [run["status"] for run in ended] == ["succeeded", "succeeded"]
    assert farm.submissions() == 2


async def test_a_worker_that_stops_leaves_its_job_to_the_next(studio, farm, plugins) -> None:
    farm.play(Scenario.RUNS)
    async with studio.worker(plugins):
        run = await a_run(studio, await studio.project())
        await until(studio, farm.running)
        await until(studio, lambda: studio.app.state.progress.last)
    assert farm.running() == 1
    async with studio.worker(plugins):
        await farm.proceed()
        ended = await studio.run_ends(run["run_id"])
    assert ended["status"] == "succeeded"
    assert ended["tasks"][0]["attempt"] == 2
    assert farm.submissions() == 1


async def test_a_cancel_ends_the_job_on_its_server(studio, farm, plugins) -> None:
    farm.play(Scenario.RUNS)
    async with studio.worker(plugins):
        run = await a_run(studio, await studio.project())
        await until(studio, farm.running)
        await studio.owner.post(f"/api/v1/runs/{run['run_id']}/cancel")
        ended = await studio.run_ends(run["run_id"])
    assert ended["status"] == "cancelled"
    assert farm.running() == 0


async def test_who_lost_a_lease_leaves_the_job_to_who_has_it(studio, farm, plugins) -> None:
    farm.play(Scenario.RUNS)
    async with studio.worker(plugins):
        project = await studio.project()
        run = await a_run(studio, project)
        await until(studio, farm.running)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            assert await leases.requeue(unit, UUID(run["task_id"]), 1, "Silent.")
        await farm.proceed()
        ended = await studio.run_ends(run["run_id"])
    assert ended["status"] == "succeeded"
    assert farm.submissions() == 1
    takes = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    assert [take["number"] for take in takes] == [1]
