"""The ComfyUI backend keeps the contract, through every trouble of a server, old and new."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest_asyncio
from director_comfyui.inference import infer
from fake_comfyui import FakeComfyUI, picture
from node_registry.testing import BackendSuite, LocalContext

from node_registry import Input, Request

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
