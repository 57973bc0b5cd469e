"""Stock git pushes to the running studio: what is right becomes part of the project, live."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.repositories.cloning import (
    api_token,
    clone_url,
    commits,
    film,
    git,
    picture,
)
from tests.studio import Studio

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"


@pytest.fixture(scope="module")
async def made(studio: Studio) -> tuple[str, str]:
    return await film(studio)


@pytest.fixture
async def url(studio: Studio, host: str, made: tuple[str, str]) -> str:
    token = await api_token(studio.owner, "read", "edit")
    return await clone_url(studio.owner, made[0], host, token)


@pytest.fixture
async def clone(url: str, tmp_path: Path) -> Path:
    await git(tmp_path, "clone", "--quiet", url, "film")
    return tmp_path / "film"


async def push(clone: Path, message: str = "From afar", **how: Any) -> str:
    await git(clone, "add", "--all")
    await git(clone, "commit", "--quiet", "--allow-empty", "-m", message)
    return await git(clone, "push", "origin", "HEAD", **how)


def folder_of(studio: Studio, project: dict[str, Any]) -> Path:
    return studio.settings.workspace / "Projects" / project["folder"]


async def project_of(studio: Studio, made: tuple[str, str]) -> dict[str, Any]:
    return (await studio.owner.get(f"/api/v1/projects/{made[0]}")).json()


async def graph_of(studio: Studio, made: tuple[str, str]) -> dict[str, Any]:
    graph = (await studio.owner.get(f"/api/v1/projects/{made[0]}/graph")).json()
    return {node["id"]: node for node in graph["nodes"]}


def edit_canvas(clone: Path, shot: str, **data: Any) -> None:
    canvas = json.loads((clone / CANVAS).read_text())
    node = next(node for node in canvas["nodes"] if node["id"] == shot)
    for name, value in data.items():
        place, _, key = name.partition("_")
        node.setdefault(place, {})[key] = value
    (clone / CANVAS).write_text(json.dumps(canvas, indent=2) + "\n")


async def test_a_pushed_commit_is_in_history_and_feed_with_its_author(studio, made, clone) -> None:
    note = clone / "02_Source_Creative/Scripts/notes.txt"
    note.write_text("Fog comes up.\n")
    await push(clone, "Notes on the fog")
    newest = (await commits(studio.owner, made[0]))[0]
    assert newest["message"].strip() == "Notes on the fog"
    assert newest["author"] == {"name": "Tom Fisher", "email": "tom@example.org"}
    assert newest["files"] == ["02_Source_Creative/Scripts/notes.txt"]
    feed = (await studio.owner.get(f"/api/v1/projects/{made[0]}/activity")).json()["items"][0]
    assert feed["kind"] == "project.pushed"
    assert feed["detail"]["message"] == "Notes on the fog"
    assert feed["detail"]["authors"] == ["Tom Fisher"]
    assert feed["detail"]["commits"] == 1
    here = folder_of(studio, await project_of(studio, made))
    assert (here / "02_Source_Creative/Scripts/notes.txt").read_text() == "Fog comes up.\n"
    assert await git(here, "status", "--porcelain") == ""
    assert await git(here, "fsck", "--strict", "--no-dangling") == ""
    assert not list((here / ".git").glob("director-push-*"))


async def test_media_goes_by_lfs_and_is_in_the_library(studio, made, clone, tmp_path) -> None:
    content = picture()
    place = "01_Assets/Source_Media/sea.png"
    (clone / place).write_bytes(content)
    await push(clone, "The sea")
    here = folder_of(studio, await project_of(studio, made))
    assert (here / place).read_bytes() == content
    assert await git(here, "status", "--porcelain") == ""
    digest = hashlib.sha256(content).hexdigest()
    media = f"/api/v1/projects/{made[0]}/media/{digest}"
    answer = await studio.owner.get(media)
    assert (answer.content, answer.headers["content-type"]) == (content, "image/png")
    assert (await studio.owner.get(f"{media}/details")).json()["media"]["name"] == "sea.png"
    # And back again, for somebody else, also once it was changed and removed.
    url = (await git(clone, "remote", "get-url", "origin")).strip()
    await git(tmp_path, "clone", "--quiet", url, "second")
    assert (tmp_path / "second" / place).read_bytes() == content
    (clone / place).write_bytes(picture())
    await push(clone, "Another sea")
    assert (here / place).read_bytes() == (clone / place).read_bytes()
    (clone / place).unlink()
    await push(clone, "No sea")
    assert not (here / place).exists()
    assert await git(here, "status", "--porcelain") == ""


async def test_a_pushed_canvas_is_one_step_that_is_undone(studio, made, clone) -> None:
    shot = made[1]
    before = (await graph_of(studio, made))[shot]
    edit_canvas(clone, shot, text_prompt="A lamp in the fog", data_frames=7)
    await push(clone, "A lamp")
    after = (await graph_of(studio, made))[shot]
    assert (after["text"]["prompt"], after["data"]["frames"]) == ("A lamp in the fog", 7)
    steps = (await studio.owner.get(f"/api/v1/projects/{made[0]}/graph/history")).json()["items"]
    assert steps[0]["label"] == "Push: A lamp"
    undone = await studio.owner.post(f"/api/v1/projects/{made[0]}/graph/undo")
    assert undone.status_code == 200, undone.text
    assert (await graph_of(studio, made))[shot] == before
    # The canvas as it is goes into git with the next commit.
    body = {"message": "Back"}
    answer = await studio.owner.post(f"/api/v1/projects/{made[0]}/commits", json=body)
    assert answer.json()["commit"]["files"] == [CANVAS]


async def test_what_others_do_meanwhile_stays(studio, made, clone) -> None:
    shot = made[1]
    op = {"op": "node.set", "id": shot, "values": {"data.note": "of Ina"}}
    answer = await studio.change(made[0], {"op": "node.set", "id": shot, "values": {"pos": [9, 9]}})
    assert answer.status_code == 200, (op, answer.text)
    edit_canvas(clone, shot, text_prompt="Both are kept")
    await push(clone, "A prompt")
    node = (await graph_of(studio, made))[shot]
    assert (node["pos"], node["text"]["prompt"]) == ([9, 9], "Both are kept")


async def test_a_conflict_is_told_and_is_merged_by_a_pull(studio, made, clone) -> None:
    shot = made[1]
    answer = await studio.change(
        made[0], {"op": "node.set", "id": shot, "values": {"text.prompt": "What Ina wrote"}}
    )
    assert answer.status_code == 200, answer.text
    edit_canvas(clone, shot, text_prompt="What Tom wrote")
    said = await push(clone, "A prompt of Tom", fails=True)
    assert "remote: " in said
    assert "SHOT_010: prompt was changed on both sides." in said
    assert (await graph_of(studio, made))[shot]["text"]["prompt"] == "What Ina wrote"
    # What is there was committed, and comes by a pull.
    await git(clone, "pull", "--no-rebase", "-X", "ours", "--no-edit")
    await git(clone, "push", "origin", "HEAD")
    assert (await graph_of(studio, made))[shot]["text"]["prompt"] == "What Tom wrote"


async def test_settings_that_are_pushed_are_the_project_s(studio, made, clone) -> None:
    path = clone / "project.json"
    manifest = json.loads(path.read_text())
    manifest["description"] = "Seen from afar"
    manifest["metadata"] = {"slate": 7}
    path.write_text(json.dumps(manifest, indent=2) + "\n")
    await push(clone, "A description")
    assert (await project_of(studio, made))["description"] == "Seen from afar"
    answer = await studio.owner.patch(f"/api/v1/projects/{made[0]}", json={"title": "Lighthouse"})
    assert answer.status_code == 200
    here = folder_of(studio, await project_of(studio, made))
    assert json.loads((here / "project.json").read_text())["metadata"] == {"slate": 7}


async def test_branches_are_pushed_and_deleted_and_change_nothing_live(studio, made, clone) -> None:
    before = await graph_of(studio, made)
    await git(clone, "switch", "--quiet", "-c", "night/two")
    edit_canvas(clone, made[1], text_prompt="At night")
    await push(clone, "At night")
    assert await graph_of(studio, made) == before
    here = folder_of(studio, await project_of(studio, made))
    assert "night/two" in await git(here, "branch", "--list")
    assert await git(here, "status", "--porcelain") == ""
    await git(clone, "push", "origin", "--delete", "night/two")
    assert "night/two" not in await git(here, "branch", "--list")


async def test_git_s_own_rules_hold(studio, made, clone, tmp_path) -> None:
    url = (await git(clone, "remote", "get-url", "origin")).strip()
    await git(tmp_path, "clone", "--quiet", url, "late")
    (clone / "02_Source_Creative/Scripts/a.txt").write_text("a")
    await push(clone, "First")
    (tmp_path / "late/02_Source_Creative/Scripts/b.txt").write_text("b")
    assert "fetch first" in await push(tmp_path / "late", "Second", fails=True)
    forced = await git(tmp_path / "late", "push", "--force", "origin", "HEAD", fails=True)
    assert "non-fast-forward" in forced
    assert "not deleted" in await git(clone, "push", "origin", "--delete", "main", fails=True)
    tag = await git(clone, "push", "origin", "HEAD:refs/tags/v1", fails=True)
    assert "only branches are kept" in tag
    # All or nothing: one refused branch keeps the other out.
    both = await git(clone, "push", "origin", "HEAD:refs/heads/good", "HEAD:refs/notes/x",
                     fails=True)  # fmt: skip
    assert "only branches" in both
    assert "good" not in await git(clone, "ls-remote", url)


async def test_rights_decide_who_pushes(studio, made, host, clone, tmp_path) -> None:
    token = await studio.token("Vic")
    await studio.let_in(made[0], token, "viewer")
    viewer = await studio.client(token)
    theirs = await clone_url(viewer, made[0], host, await api_token(viewer, "read", "edit"))
    (clone / "02_Source_Creative/Scripts/of_vic.txt").write_text("x")
    await git(clone, "add", "--all")
    await git(clone, "commit", "--quiet", "-m", "Of Vic")
    said = await git(clone, "push", theirs, "HEAD", fails=True)
    assert "403" in said or "viewer" in said
    reading = await clone_url(studio.owner, made[0], host, await api_token(studio.owner, "read"))
    assert "403" in await git(clone, "push", reading, "HEAD", fails=True)
    stranger = await studio.person("Eve")
    eve = await api_token(stranger, "edit")
    gone = f"http://x:{eve}@{host}{httpx.URL(theirs).path}"
    assert "not found" in await git(clone, "push", gone, "HEAD", fails=True)
    archived = await studio.owner.post(f"/api/v1/projects/{made[0]}/archive")
    assert archived.status_code == 200
    said = await git(clone, "push", "origin", "HEAD", fails=True)
    assert (await studio.owner.post(f"/api/v1/projects/{made[0]}/unarchive")).status_code == 200
    await git(clone, "push", "origin", "HEAD")


async def test_pushes_and_commits_at_once_all_arrive(studio, made, url, tmp_path) -> None:
    async def one(number: int) -> None:
        await git(tmp_path, "clone", "--quiet", url, f"film{number}")
        clone = tmp_path / f"film{number}"
        (clone / f"02_Source_Creative/Scripts/{number}.txt").write_text(str(number))
        await git(clone, "add", "--all")
        await git(clone, "commit", "--quiet", "-m", f"Of {number}")
        for _ in range(20):
            said = await asyncio.create_subprocess_exec(
                "git", "push", "--quiet", "origin", "HEAD", cwd=clone,
                stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            if await said.wait() == 0:
                return
            await git(clone, "pull", "--quiet", "--rebase")
        raise AssertionError("It never came through.")

    async def change(number: int) -> None:
        for count in range(3):
            op = {"op": "node.set", "id": made[1], "values": {"pos": [number, count]}}
            assert (await studio.change(made[0], op)).status_code == 200
            answer = await studio.owner.post(
                f"/api/v1/projects/{made[0]}/commits", json={"message": f"C{number}.{count}"}
            )
            assert answer.status_code == 200, answer.text

    await asyncio.gather(*(one(number) for number in range(3)), change(1))
    here = folder_of(studio, await project_of(studio, made))
    assert await git(here, "fsck", "--strict", "--no-dangling") == ""
    assert await git(here, "status", "--porcelain") == ""
    for number in range(3):
        assert (here / f"02_Source_Creative/Scripts/{number}.txt").read_text() == str(number)


async def test_an_interrupted_push_leaves_nothing(studio, made, clone) -> None:
    here = folder_of(studio, await project_of(studio, made))
    for number in range(40):
        (clone / f"02_Source_Creative/Scripts/long{number}.txt").write_text("x" * 200_000)
    await git(clone, "add", "--all")
    await git(clone, "commit", "--quiet", "-m", "Long")
    head = (await git(here, "rev-parse", "HEAD")).strip()
    for delay in (0.05, 0.1, 0.2):
        process = await asyncio.create_subprocess_exec(
            "git", "push", "--quiet", "origin", "HEAD", cwd=clone,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await asyncio.sleep(delay)
        if process.returncode is None:
            process.kill()
        await process.wait()
    async with asyncio.timeout(60):
        while list((here / ".git").glob("director-push-*")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    now = (await git(here, "rev-parse", "HEAD")).strip()
    assert now in (head, (await git(clone, "rev-parse", "HEAD")).strip())
    assert await git(here, "status", "--porcelain") == ""
    await git(clone, "push", "origin", "HEAD")


async def test_a_change_by_hand_in_the_studio_s_copy_is_not_lost(studio, made, clone) -> None:
    here = folder_of(studio, await project_of(studio, made))
    place = "02_Source_Creative/Scripts/by_hand.txt"
    (here / place).write_text("by hand")
    (clone / place).write_text("from afar")
    assert "nobody has" in await push(clone, "Over it", fails=True)
    assert (here / place).read_text() == "by hand"
    (here / place).unlink()
    await git(clone, "push", "origin", "HEAD")
    assert (here / place).read_text() == "from afar"
