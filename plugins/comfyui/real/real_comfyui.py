"""The backend against a real ComfyUI on the CPU: `COMFYUI_DIR=… make test-comfyui`.

The file is collected only where it is named: nobody has to have ComfyUI to run the other tests.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from director_comfyui import Settings, workflow_spec
from director_comfyui.inference import infer
from node_registry.testing import LocalContext

from node_registry import (
    BackendError,
    Cancelled,
    Input,
    Output,
    Preview,
    Progress,
    Request,
    Reserved,
    RunEvent,
)

from .comfyui_server import PLACE, RealComfyUI, film_of, steps_of


@pytest_asyncio.fixture(scope="module")
async def comfyui(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealComfyUI]:
    server = RealComfyUI(tmp_path_factory.mktemp("comfyui"))
    await server.start()
    yield server
    await server.kill()


class Run:
    """One attempt of a task on the real server; `events` are told as they come."""

    def __init__(self, server: RealComfyUI, root: Path, graph: Any, kind: str = "image") -> None:
        template = infer(graph, title="Real")
        kept = LocalContext(root).keep(msgspec.json.encode(template), "application/json")
        node_type = "film.shot" if kind == "video" else "film.image_generation"
        value = {"template": msgspec.to_builtins(kept)}
        self.request = Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type=node_type,
            params={"frames": 24},
            inputs={"pipeline": [Input(node_id="p", value=value)]},
        )
        self.request = msgspec.structs.replace(
            self.request,
            settings=msgspec.structs.replace(self.request.settings, width=64, height=36),
        )
        self._root = root
        self.spec = workflow_spec(Settings(url=server.url, silence=30))
        self.events: list[RunEvent] = []
        self.context = self.fresh()

    def fresh(self) -> LocalContext:
        """A context for another attempt."""
        reserved = Reserved(server="comfyui/main")
        self.context = LocalContext.of(self._root, self.request, reserved=reserved)
        return self.context

    async def __call__(self, resume: bytes | None = None) -> list[RunEvent]:
        backend = self.spec.factory()
        await backend.open()
        try:
            request = msgspec.structs.replace(self.request, resume=resume)
            async for event in backend.run(request, self.context):
                self.events.append(event)
            return self.events
        finally:
            await backend.close()

    async def begun(self) -> None:
        """Wait until the sampler has told its first steps."""
        async with asyncio.timeout(60):
            while not any(isinstance(e, Progress) and "Sampler" in e.step for e in self.events):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_a_picture_with_progress_and_previews(comfyui, tmp_path) -> None:
    run = Run(comfyui, tmp_path, steps_of(10, 2.0))
    events = await run()
    (output,) = [event for event in events if isinstance(event, Output)]
    assert output.media.media_type == "image/png"
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert len({fraction for fraction in fractions if 0 < fraction < 1}) >= 4
    assert any(isinstance(event, Preview) for event in events)


async def test_a_film_with_sound(comfyui, tmp_path) -> None:
    run = Run(comfyui, tmp_path, film_of(steps_of(2, 0.2)), "video")
    (output,) = [event for event in await run() if isinstance(event, Output)]
    assert output.media.media_type == "video/mp4"
    content = run.context.path(output.media).read_bytes()
    assert b"vide" in content
    assert b"soun" in content


async def test_a_cancel_is_seen_at_the_next_step(comfyui, tmp_path) -> None:
    run = Run(comfyui, tmp_path, steps_of(60, 60.0))
    running = asyncio.create_task(run())
    await run.begun()
    began = time.monotonic()
    run.context.cancelled.set()
    with pytest.raises(Cancelled):
        await running
    assert time.monotonic() - began < 1 + 2, "a step takes a second, and it had two more"
    assert (await comfyui.told("/queue"))["queue_running"] == []


async def test_a_job_is_followed_by_whoever_comes_after_us(comfyui, tmp_path) -> None:
    run = Run(comfyui, tmp_path, steps_of(8, 4.0))
    first = asyncio.create_task(run())
    await run.begun()
    first.cancel()
    await asyncio.wait([first])
    known = len(await comfyui.told("/history"))
    checkpoint = run.context.checkpoints[-1]
    run.fresh()
    assert any(isinstance(event, Output) for event in await run(checkpoint))
    assert len(await comfyui.told("/history")) == known + 1, "the job was submitted again"


async def test_a_failure_is_told_without_folders(comfyui, tmp_path) -> None:
    graph = steps_of(2, 0.1)
    graph["2"]["inputs"]["steps"] = 0
    with pytest.raises(BackendError) as caught:
        await Run(comfyui, tmp_path, graph)()
    assert caught.value.code == "comfyui.refused"
    assert "Sampler" in caught.value.message
    assert str(PLACE) not in caught.value.message


async def test_a_server_that_is_killed_runs_the_job_again_when_it_is_back(
    comfyui, tmp_path
) -> None:
    run = Run(comfyui, tmp_path, steps_of(20, 10.0))
    running = asyncio.create_task(run())
    await run.begun()
    await comfyui.kill()
    await comfyui.start()
    with pytest.raises(BackendError) as caught:
        await running
    assert caught.value.retryable
    events: list[RunEvent] = []
    # The scheduler tries again with what was kept; a job that is lost is begun anew after that.
    for _ in range(3):
        resume = run.context.checkpoints[-1] or None
        run.fresh()
        run.context.checkpoints.append(resume or b"")
        try:
            events = await run(resume)
            break
        except BackendError as error:
            if not error.retryable:
                raise
    assert any(isinstance(event, Output) for event in events)
    assert len(await comfyui.told("/history")) == 1
