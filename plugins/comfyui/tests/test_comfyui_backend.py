"""The ComfyUI backend keeps the contract, through every trouble of a server, old and new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from director_comfyui.inference import infer
from fake_comfyui import FakeComfyUI, picture
from node_registry.testing import BackendSuite, LocalContext, Scenario

from node_registry import BackendError, Input, Request, Reserved, RunEvent

GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
    "2": {
        "class_type": "Steps",
        "inputs": {"image": ["1", 0], "steps": 4},
        "_meta": {"title": "How many"},
    },
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "made"}},
}


def request_of(context: LocalContext, graph: dict[str, Any] = GRAPH, **values: Any) -> Request:
    """A picture made of another by a workflow that a pipeline chose."""
    template = infer(graph, title="Steps")
    kept = context.keep(msgspec.json.encode(template), "application/json")
    start = context.keep(picture("PNG", "green"), "image/png")
    pipeline = {"template": msgspec.to_builtins(kept), "parameters": values}
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.image_generation",
        inputs={
            "image": [Input(node_id="a", media=start)],
            "pipeline": [Input(node_id="p", value=pipeline)],
        },
    )


class TestComfyUI(BackendSuite):
    outputs = ("image",)

    @pytest_asyncio.fixture
    async def server(self) -> AsyncIterator[FakeComfyUI]:  # type: ignore[override]
        async with FakeComfyUI() as comfyui:
            yield comfyui

    def make_request(self, context: LocalContext) -> Request:
        return request_of(context, how_many_steps=3)


class TestOldComfyUI(TestComfyUI):
    """One from before `/api/jobs`: queue and history say what became of a job."""

    @pytest_asyncio.fixture
    async def server(self) -> AsyncIterator[FakeComfyUI]:  # type: ignore[override]
        async with FakeComfyUI(with_jobs=False) as comfyui:
            yield comfyui


# What does not depend on how a server is asked after a job is tried with the new one alone.
ASKS_AFTER_JOBS = (
    "test_tells_the_failure_of_a_job_in_its_words",
    "test_stops_a_job_that_waits",
    "test_stops_a_job_that_runs",
    "test_begins_anew_when_the_server_is_back_without_its_jobs",
    "test_follows_a_job_over_a_broken_connection",
    "test_a_lost_reply_makes_no_second_job",
    "test_follows_its_job_after_our_own_restart",
)
for name in dir(TestOldComfyUI):
    if name.startswith("test_") and name not in ASKS_AFTER_JOBS:
        setattr(TestOldComfyUI, name, None)


async def run(server: FakeComfyUI, root: Path, graph: dict[str, Any] = GRAPH) -> list[RunEvent]:
    """The events of one run of a workflow on a server."""
    request = request_of(LocalContext(root), graph)
    context = LocalContext.of(root, request, reserved=Reserved(server="comfyui/main"))
    backend = server.spec.factory()
    await backend.open()
    try:
        return [event async for event in backend.run(request, context)]
    finally:
        await backend.close()


async def failure(server: FakeComfyUI, root: Path, graph: dict[str, Any] = GRAPH) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await run(server, root, graph)
    return caught.value


@pytest_asyncio.fixture
async def comfyui() -> AsyncIterator[FakeComfyUI]:
    async with FakeComfyUI() as server:
        yield server


async def test_missing_nodes_and_models_are_named_before_a_run(comfyui, tmp_path) -> None:
    graph = {**GRAPH, "9": {"class_type": "FilmGrain", "inputs": {}}}
    error = await failure(comfyui, tmp_path, graph)
    assert error.code == "comfyui.missing_nodes"
    assert "FilmGrain" in error.message
    loader = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "gone.safetensors"}}
    error = await failure(comfyui, tmp_path, {**GRAPH, "9": loader})
    assert error.code == "comfyui.missing_models"
    assert "gone.safetensors (models/checkpoints)" in error.message
    assert comfyui.submissions() == 0
    here = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "here.safetensors"}}
    assert await run(comfyui, tmp_path, {"9": here, **GRAPH})


async def test_a_queue_that_stands_still_is_told(comfyui, tmp_path) -> None:
    comfyui.stalls = True
    error = await failure(comfyui, tmp_path)
    assert (error.code, error.retryable) == ("comfyui.stalled", True)


async def test_half_a_workflow_is_none(comfyui, tmp_path) -> None:
    comfyui.play(Scenario.WAITS)
    wrong = {"message": "Value not in list", "details": "method: 'magic'"}
    comfyui.node_errors = {"2": {"errors": [wrong], "class_type": "Steps"}}
    error = await failure(comfyui, tmp_path)
    assert error.code == "comfyui.refused"
    assert "How many: Value not in list (method: 'magic')" in error.message
    assert comfyui.waiting() + comfyui.running() == 0, "the accepted half goes on"


async def test_what_somebody_stopped_over_there_is_told(comfyui, tmp_path) -> None:
    comfyui.play(Scenario.RUNS)
    failing = asyncio.create_task(failure(comfyui, tmp_path))
    async with asyncio.timeout(60):
        while not comfyui.running():  # noqa: ASYNC110 - the fake tells what it does when asked
            await asyncio.sleep(0.01)
    comfyui.stop_all()
    assert (await failing).code == "comfyui.interrupted"


async def test_a_server_that_is_being_started_is_waited_for(comfyui, tmp_path) -> None:
    await comfyui.kill()
    running = asyncio.create_task(run(comfyui, tmp_path))
    await asyncio.sleep(0.3)
    await comfyui.restart()
    assert await running
    assert comfyui.submissions() == 1


async def test_a_workflow_without_its_picture_says_what_to_connect(comfyui, tmp_path) -> None:
    whole = request_of(LocalContext(tmp_path))
    request = msgspec.structs.replace(whole, inputs={"pipeline": whole.inputs["pipeline"]})
    context = LocalContext.of(tmp_path, request, reserved=Reserved(server="comfyui/main"))
    backend = comfyui.spec.factory()
    await backend.open()
    with pytest.raises(BackendError, match="needs a picture"):
        await anext(aiter(backend.run(request, context)))
    await backend.close()


async def test_a_node_without_a_workflow_says_what_to_connect(comfyui, tmp_path) -> None:
    request = msgspec.structs.replace(request_of(LocalContext(tmp_path)), inputs={})
    context = LocalContext.of(tmp_path, request, reserved=Reserved(server="comfyui/main"))
    backend = comfyui.spec.factory()
    await backend.open()
    with pytest.raises(BackendError, match="No workflow says"):
        await anext(aiter(backend.run(request, context)))
    await backend.close()
