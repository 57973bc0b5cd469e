"""A whole studio with its processes: a clone is opened, and pushes outlive a kill of the API."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import random
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from director_git.quarantine import sweep

from app.processes import studio as processes_studio
from app.processes.api_commands import open_folder
from app.processes.studio import free_port, running
from app.processes.supervisor import Supervisor
from app.projects.scaffold import is_project
from app.settings import Settings
from tests.repositories.cloning import git

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"
KILLS = 3

pytestmark = pytest.mark.system


async def made(api: httpx.AsyncClient, settings: Settings) -> tuple[str, str, str]:
    """A project with an asset and a shot with two takes, the first of them chosen, committed; its
    id, the shot's, and its address."""
    small = {"resolution": "96x64", "frame_rate": 12}
    body = {"title": "Lighthouse", "settings": small}
    project = (await api.post("/api/v1/projects", json=body)).raise_for_status().json()["id"]
    shot = "0192f0c1-0000-7000-8000-00000000000a"
    op = {"op": "node.add", "id": shot, "type": "film.shot", "data": {"code": "010", "frames": 3}}
    base = f"/api/v1/projects/{project}"
    (await api.post(f"{base}/graph/operations", json={"ops": [op]})).raise_for_status()
    lamp = {"kind": "prop", "content": {"name": "Lamp", "description": "Brass."}}
    (await api.post(f"{base}/assets", json=lamp)).raise_for_status()
    for count in (1, 2):
        longer = {"op": "node.set", "id": shot, "values": {"data.frames": 2 + count}}
        (await api.post(f"{base}/graph/operations", json={"ops": [longer]})).raise_for_status()
        (await api.post(f"{base}/generate", json={"node_id": shot})).raise_for_status()
        async with asyncio.timeout(60):
            while len((await api.get(f"{base}/takes")).json()["items"]) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    takes = (await api.get(f"{base}/takes")).json()["items"]
    first = next(take for take in takes if take["number"] == 1)
    chosen = {"take_id": first["id"]}
    (await api.post(f"{base}/nodes/{shot}/active-take", json=chosen)).raise_for_status()
    (await api.post(f"{base}/commits", json={"message": "All of it"})).raise_for_status()
    async with asyncio.timeout(60):
        while not {"Generated", "Lamp"} <= await words_of(api, base):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    token = api.headers["authorization"].removeprefix("Bearer ")
    url = (await api.get(f"{base}/git")).json()["url"]
    return project, shot, url.replace("http://", f"http://studio:{token}@")


async def words_of(api: httpx.AsyncClient, base: str) -> set[str]:
    """The words of the messages of a project's commits."""
    commits = (await api.get(f"{base}/commits")).raise_for_status().json()["items"]
    return {word for commit in commits for word in commit["message"].split()}


def edit(clone: Path, shot: str, prompt: str) -> None:
    canvas = json.loads((clone / CANVAS).read_text())
    found = next(one for one in canvas["nodes"] if one["id"] == shot)
    found.setdefault("text", {})["prompt"] = prompt
    (clone / CANVAS).write_text(json.dumps(canvas, indent=2) + "\n")


async def answers(api: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await api.get("/api/v1/health")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


async def test_a_clone_is_opened_and_pushes_outlive_a_killed_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Several deaths in a minute: a supervisor in earnest would rightly wait between them.
    monkeypatch.setattr(processes_studio, "Supervisor", functools.partial(Supervisor, steady=0.0))
    settings = Settings(home=tmp_path / "home", port=free_port(), workers=1, log_level="warning")
    chance = random.Random(5)
    async with (
        running(settings) as studio,
        httpx.AsyncClient(
            base_url=studio.address.url,
            headers={"Authorization": f"Bearer {studio.address.token}"},
            timeout=60,
        ) as api,
    ):
        project, shot, url = await made(api, settings)
        await git(tmp_path, "clone", "--quiet", url, "film")
        clone = tmp_path / "film"
        await its_own_project_is_found(settings, project, clone)
        await a_stranger_s_clone_becomes_a_project(settings, api, project, clone, tmp_path)

        folder = (await api.get(f"/api/v1/projects/{project}")).json()["folder"]
        here = settings.workspace / "Projects" / folder
        for number in range(KILLS):
            prompt = f"Killed {number} times"
            edit(clone, shot, prompt)
            (clone / f"02_Source_Creative/Scripts/{number}.txt").write_text(prompt * 1000)
            await git(clone, "add", "--all")
            await git(clone, "commit", "--quiet", "-m", prompt)
            pushing = asyncio.create_task(attempt(clone))
            await asyncio.sleep(chance.uniform(0.05, 0.7))
            pid = studio.supervisor.pids["api"]
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await pushing
            await answers(api)
            tip = (await git(here, "rev-parse", "HEAD")).strip()
            assert tip in (await git(clone, "rev-list", "-2", "HEAD")).split()
            async with asyncio.timeout(60):
                while not await attempt(clone):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            node = await node_of(api, project, shot)
            assert node["text"]["prompt"] == prompt
            head = (await git(clone, "rev-parse", "HEAD")).strip()
            assert (await git(here, "rev-parse", "HEAD")).strip() == head
        assert "missing" not in await git(here, "fsck", "--strict", "--no-dangling")
        # What a dead process left half done is finished by the next commit.
        answer = await api.post(f"/api/v1/projects/{project}/commits", json={"message": "Alive"})
        assert answer.status_code == 200, answer.text
        assert await git(here, "status", "--porcelain") == ""
        async with asyncio.timeout(60):
            # A git that lost its parent may still write: then a later push removes it.
            while list((here / ".git").glob("director-push-*")):
                sweep(here)
                await asyncio.sleep(0.1)


async def its_own_project_is_found(settings: Settings, project: str, clone: Path) -> None:
    assert not is_project(clone)
    found, new = await open_folder(settings, clone, "")
    assert (found["id"], new) == (project, False)
    assert is_project(clone)


async def a_stranger_s_clone_becomes_a_project(
    settings: Settings, api: httpx.AsyncClient, project: str, clone: Path, tmp_path: Path
) -> None:
    """As a clone of another studio's project would."""
    other = tmp_path / "other"
    await git(tmp_path, "clone", "--quiet", str(clone), "other")
    for take in clone.glob("03_Renders/*/*/*.mp4"):
        (other / take.relative_to(clone)).write_bytes(take.read_bytes())
    manifest = json.loads((other / "project.json").read_text())
    manifest["uuid"] = "0192f0c1-0000-7000-8000-0000000000ff"
    (other / "project.json").write_text(json.dumps(manifest))
    found, new = await open_folder(settings, other, "From elsewhere")
    assert new
    assert found["title"] == "From elsewhere"
    base = f"/api/v1/projects/{found['id']}"
    takes = {take["number"]: take for take in (await api.get(f"{base}/takes")).json()["items"]}
    assert sorted(takes) == [1, 2]
    (node,) = (await api.get(f"{base}/graph")).json()["nodes"]
    assert node["data"]["active_take"] == takes[1]["id"]
    film = await api.get(f"/api/v1/takes/{takes[1]['id']}/content")
    assert (film.status_code, film.content[4:8]) == (200, b"ftyp")
    assert film.content == next(clone.glob("03_Renders/*/*/*take01.mp4")).read_bytes()
    # What made the takes came with them, and so did the library.
    before = (await api.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    assert {take["number"]: take["recipe"] for take in before} == {
        number: take["recipe"] for number, take in takes.items()
    }
    (lamp,) = (await api.get(f"{base}/assets")).json()["items"]
    assert lamp["content"]["description"] == "Brass."


async def attempt(clone: Path) -> bool:
    """Whether a push got through."""
    process = await asyncio.create_subprocess_exec(
        "git", "push", "--quiet", "origin", "HEAD", cwd=clone, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0


async def node_of(api: httpx.AsyncClient, project: str, shot: str) -> dict[str, Any]:
    graph = (await api.get(f"/api/v1/projects/{project}/graph")).raise_for_status().json()
    return next(one for one in graph["nodes"] if one["id"] == shot)
