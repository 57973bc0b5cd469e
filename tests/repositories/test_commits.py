"""Commits that the studio makes by itself, and those that somebody asks for."""

from __future__ import annotations

import asyncio

import pytest

from tests.repositories.cloning import commits
from tests.studio import Studio

PAUSE = 2.5
"""Seconds after which a quiet project would have been committed: more than two ticks."""


async def made(studio: Studio, project: str, **how: object) -> None:
    shot = await studio.shot(project)
    async with studio.worker():
        run = await studio.run_ends((await studio.generate(project, shot, **how))["run_id"])
    assert run["status"] == "succeeded", run
    await asyncio.sleep(PAUSE)


@pytest.mark.parametrize("switch", ["project", "call"])
async def test_takes_wait_for_a_commit_where_that_is_switched_off(studio, switch) -> None:
    project = await studio.project()
    url = f"/api/v1/projects/{project}"
    how = {}
    if switch == "project":
        answer = await studio.owner.patch(url, json={"auto_commit": False})
        assert answer.json()["auto_commit"] is False
    else:
        how = {"auto_commit": False}
    before = len(await commits(studio.owner, project))
    await made(studio, project, **how)
    assert len(await commits(studio.owner, project)) == before
    answer = await studio.owner.post(f"{url}/commits", json={"message": "By hand"})
    assert answer.status_code == 200, answer.text
    assert "Generated" in str(await commits(studio.owner, project))
    files = {file for one in await commits(studio.owner, project) for file in one["files"]}
    assert any(file.startswith("03_Renders/") and file.endswith(".mp4") for file in files)
    again = await studio.owner.post(f"{url}/commits", json={"message": "Again"})
    assert again.json()["commit"] is None


async def test_takes_are_committed_by_themselves_otherwise(studio) -> None:
    project = await studio.project()
    await made(studio, project)
    newest, *_ = await commits(studio.owner, project)
    assert newest["message"].startswith("Generated ")
