"""One run asks for so much at most, and takes so long at most."""

from __future__ import annotations

import asyncio

import pytest

from app.execution import runner
from app.execution.bounds import Bounds
from node_registry import DirectorError, RenderSettings
from tests.brush import painting


@pytest.mark.parametrize(
    "params",
    [
        {"frames": 1001},
        {"duration_estimate": 60.0},
        {"duration": 60},
        {"frames": 500, "width": 10_000, "height": 10_000},
        {"frames": 500, "steps": 1000},
    ],
)
def test_what_is_too_large_names_the_bound_and_its_setting(params) -> None:
    with pytest.raises(DirectorError) as refused:
        Bounds(frames=1000, gigapixels=40).check("SHOT_010", params, RenderSettings())
    assert refused.value.code == "task.too_large"
    assert "SHOT_010" in refused.value.message
    assert "DIRECTOR_MAX_" in refused.value.hint


@pytest.mark.parametrize("params", [{"frames": 1000}, {}, {"frames": "x", "width": None}])
def test_what_is_within_bounds_or_wrong_otherwise_passes(params) -> None:
    Bounds(frames=1000, gigapixels=40).check("SHOT_010", params, RenderSettings())


async def test_a_shot_of_a_million_frames_is_refused_when_it_is_started(own_studio) -> None:
    studio = own_studio
    project = await studio.project()
    node = await studio.shot(project, frames=1_000_000)
    address = f"/api/v1/projects/{project}/runs"
    answer = await studio.owner.post(address, json={"targets": [node]})
    assert (answer.status_code, answer.json()["code"]) == (400, "task.too_large")
    assert "20,000" in answer.json()["title"]
    assert (await studio.owner.get(address)).json()["items"] == []


async def test_a_run_that_never_ends_is_ended_and_not_tried_again(own_studio, monkeypatch) -> None:
    studio = own_studio
    project = await studio.project()
    node = await studio.shot(project)
    monkeypatch.setattr(runner, "MOST_TIMES_USUAL", 0.0)
    monkeypatch.setattr(runner, "RUN_TIMEOUT", 0.5)
    async with painting(studio, monkeypatch) as brush:
        brush.go.clear()
        begun = await studio.generate(project, node)
        run = await asyncio.wait_for(studio.run_ends(begun["run_id"]), 60)
    assert brush.runs == 1
    assert run["tasks"][0]["error"]["code"] == "task.too_long"
