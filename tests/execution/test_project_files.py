"""Takes come into the project's version history, with their bytes where git-lfs looks for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from app.execution.project_files import ProjectFilePublisher
from node_registry import DirectorError


async def commit_of(studio, project: str, name: str) -> dict[str, Any]:
    """The commit that brought a file of this name."""
    for _ in range(200):
        answer = await studio.owner.get(f"/api/v1/projects/{project}/commits")
        assert answer.status_code == 200, answer.text
        for commit in answer.json()["items"]:
            if any(Path(path).stem == name for path in commit["files"]):
                return commit
        await asyncio.sleep(0.1)
    raise AssertionError(f"{name} was never committed")


async def made(studio, project: str) -> dict[str, Any]:
    node = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    [take] = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    return take


async def test_a_take_is_committed_with_its_bytes(studio, brush) -> None:
    take = await made(studio, await studio.project())
    commit = await commit_of(studio, take["project_id"], take["name"])
    assert commit["message"].startswith("Generated SHOT_010 take 1")
    [kept] = [
        path
        for path in studio.settings.home.rglob(f".git/lfs/objects/*/*/{take['digest']}")
        if path.is_file()
    ]
    content = await studio.owner.get(f"/api/v1/takes/{take['id']}/content")
    assert kept.read_bytes() == content.content


async def test_a_store_that_is_away_only_delays_the_commit(studio, brush, monkeypatch) -> None:
    change, tries = ProjectFilePublisher._change, []

    async def fail_twice(self, relative, media):
        tries.append(relative)
        if len(tries) <= 2:
            raise DirectorError("storage.unreachable", "The store did not answer.", status=503)
        return await change(self, relative, media)

    monkeypatch.setattr(ProjectFilePublisher, "_change", fail_twice)
    take = await made(studio, await studio.project())
    await commit_of(studio, take["project_id"], take["name"])
    assert len(tries) == 3


async def test_the_takes_of_several_nodes_are_one_list(studio, brush) -> None:
    project = await studio.project()
    shots = [await studio.shot(project, code=f"0{n}0", frames=n) for n in (2, 3, 4)]
    for shot in shots:
        await studio.run_ends((await studio.generate(project, shot))["run_id"])
    address = f"/api/v1/projects/{project}/takes"

    async def nodes_of(*asked: str) -> list[str]:
        answer = await studio.owner.get(address, params=[("node_id", one) for one in asked])
        assert answer.status_code == 200, answer.text
        return [take["node_id"] for take in answer.json()["items"]]

    assert await nodes_of() == shots
    assert await nodes_of(shots[2], shots[0]) == [shots[0], shots[2]]
    assert await nodes_of("nothing") == []
    many = await studio.owner.get(address, params=[("node_id", "x")] * 201)
    assert many.status_code == 400
