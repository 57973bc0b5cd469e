"""A whole studio with its processes and a real ComfyUI: what people do, and what is killed.

Collected only where it is named: `COMFYUI_DIR=… make test-comfyui`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import director_client
import httpx
import msgspec
import pytest
import pytest_asyncio
from director_client import AddEdge, AddNode, GenerationFailed, SetNode, new_id

from app.processes.studio import free_port, running
from app.settings import Settings

from .comfyui_server import MARKS, RealComfyUI, film_of, steps_of


class Film:
    """A shot whose pipeline is a workflow of so many steps, in a studio that runs."""

    def __init__(self, studio: Any, comfyui: RealComfyUI, api: httpx.AsyncClient) -> None:
        self.studio, self.comfyui, self.api = studio, comfyui, api
        self.project = ""
        self.pipeline, self.shot = new_id(), new_id()

    async def make(self) -> None:
        small = {"resolution": "96x64", "frame_rate": 24}
        made = await self.api.post("/api/v1/projects", json={"title": "Real", "settings": small})
        self.project = made.raise_for_status().json()["id"]
        address = f"/api/v1/projects/{self.project}/pipelines"
        workflow = msgspec.json.encode(film_of(steps_of(4, 1.0)))
        found = await self.api.post(
            f"{address}/preview", content=workflow, headers={"X-Filename": "steps.json"}
        )
        template = found.raise_for_status().json()["template"]
        kept = (await self.api.post(address, json={"template": template})).raise_for_status()
        async with self.joined() as film:
            edge = AddEdge(
                id=new_id(),
                source=self.pipeline,
                source_socket="pipeline",
                target=self.shot,
                target_socket="pipeline",
            )
            await film.submit(
                AddNode(
                    id=self.pipeline, type="film.pipeline", data={"template": kept.json()["media"]}
                ),
                AddNode(id=self.shot, type="film.shot", data={"code": "010", "frames": 24}),
                edge,
            )

    def joined(self) -> Any:
        return director_client.connect(
            self.studio.address.url, token=self.studio.address.token, project=self.project
        )

    async def steps(self, film: director_client.Project, steps: int, seconds: float) -> None:
        """Have the sampler work so long, in so many steps, as it never did before."""
        chosen = {"sampler_steps": steps, "sampler_seconds": seconds, "sampler_mark": next(MARKS)}
        await film.submit(SetNode(id=self.pipeline, values={"data.parameters": chosen}))

    async def takes(self) -> list[dict[str, Any]]:
        answer = await self.api.get(f"/api/v1/projects/{self.project}/takes")
        return answer.raise_for_status().json()["items"]

    async def prompts(self) -> int:
        """How many jobs ComfyUI has ended, is at, or has before it."""
        queue = await self.comfyui.told("/queue")
        return (
            len(await self.comfyui.told("/history"))
            + len(queue["queue_running"])
            + len(queue["queue_pending"])
        )


@pytest_asyncio.fixture(scope="module")
async def film(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Film]:
    comfyui = RealComfyUI(tmp_path_factory.mktemp("comfyui"))
    await comfyui.start()
    os.environ["DIRECTOR_PLUGIN_COMFYUI__URL"] = comfyui.url
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), port=free_port(), workers=1, log_level="warning"
    )
    try:
        async with (
            running(settings) as studio,
            httpx.AsyncClient(
                base_url=studio.address.url,
                headers={"Authorization": f"Bearer {studio.address.token}"},
                timeout=60,
            ) as api,
        ):
            found = Film(studio, comfyui, api)
            await found.make()
            yield found
    finally:
        del os.environ["DIRECTOR_PLUGIN_COMFYUI__URL"]
        await comfyui.kill()


class EventRecorder:
    """What a client hears while a take is made."""

    def __init__(self, joined: director_client.Project) -> None:
        self.events: list[Any] = []
        self._stream = joined.events()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for event in self._stream:
            self.events.append(event)

    def named(self, name: str) -> list[Any]:
        return [event for event in self.events if type(event).__name__ == name]

    async def at_work(self) -> str:
        """The task, once its sampler has told its first step."""
        async with asyncio.timeout(60):
            while not (seen := [e for e in self.named("TaskProgressed") if "Sampler" in e.step]):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return seen[0].task_id

    async def __aenter__(self) -> EventRecorder:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


async def test_a_shot_gives_a_take_with_progress_and_previews(film: Film) -> None:
    async with film.joined() as joined, EventRecorder(joined) as told:
        await film.steps(joined, 10, 4.0)
        take = await joined.generate(film.shot, timeout=120)
    assert take.name.startswith("SHOT-010_")
    steps = [event.progress for event in told.named("TaskProgressed")]
    assert steps == sorted(steps)
    assert len({step for step in steps if 0 < step < 100}) >= 4
    assert told.named("TaskPreviewed")
    (kept,) = await film.takes()
    content = await film.api.get(f"/api/v1/takes/{kept['id']}/content")
    assert b"vide" in content.content
    assert b"soun" in content.content


async def test_a_cancel_ends_it_within_two_seconds_of_a_step(film: Film) -> None:
    before = len(await film.takes())
    async with film.joined() as joined, EventRecorder(joined) as told:
        await film.steps(joined, 60, 60.0)
        making = asyncio.create_task(joined.generate(film.shot, timeout=120))
        task = await told.at_work()
        began = time.monotonic()
        (await film.api.post(f"/api/v1/tasks/{task}/cancel")).raise_for_status()
        with pytest.raises(GenerationFailed):
            await making
        while (await film.comfyui.told("/queue"))["queue_running"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert time.monotonic() - began < 1 + 2, "a step takes a second, and it had two more"
    assert len(await film.takes()) == before


async def test_our_api_is_killed_and_the_same_job_gives_the_take(film: Film) -> None:
    before, prompts = len(await film.takes()), await film.prompts()
    async with film.joined() as joined, EventRecorder(joined) as told:
        await film.steps(joined, 10, 8.0)
        making = asyncio.create_task(joined.generate(film.shot, timeout=120))
        await told.at_work()
        os.kill(film.studio.supervisor.pids["api"], signal.SIGKILL)
        assert (await making).name
    assert len(await film.takes()) == before + 1
    assert await film.prompts() == prompts + 1


async def test_our_worker_is_killed_and_the_same_job_gives_the_take(film: Film) -> None:
    before, prompts = len(await film.takes()), await film.prompts()
    async with film.joined() as joined, EventRecorder(joined) as told:
        await film.steps(joined, 10, 8.0)
        making = asyncio.create_task(joined.generate(film.shot, timeout=180))
        await told.at_work()
        (worker,) = [p for n, p in film.studio.supervisor.pids.items() if n.startswith("worker")]
        os.kill(worker, signal.SIGKILL)
        assert (await making).name
    assert len(await film.takes()) == before + 1
    assert await film.prompts() == prompts + 1, "the job was submitted again"


async def test_comfyui_is_killed_and_the_take_is_made_when_it_is_back(film: Film) -> None:
    before = len(await film.takes())
    async with film.joined() as joined, EventRecorder(joined) as told:
        await film.steps(joined, 10, 8.0)
        making = asyncio.create_task(joined.generate(film.shot, timeout=240))
        await told.at_work()
        await film.comfyui.kill()
        await asyncio.sleep(2)
        await film.comfyui.start()
        assert (await making).name
    assert len(await film.takes()) == before + 1
