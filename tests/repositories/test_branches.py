"""Branches over the API and by push, and merging them into the live project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repositories.cloning import api_token, clone_url, commits, git, picture
from tests.studio import Studio

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"
NOTES = "02_Source_Creative/Scripts/notes.txt"


@pytest.fixture
async def film(studio: Studio) -> tuple[str, str]:
    """A project with a shot, committed."""
    project = await studio.project()
    shot = await studio.shot(project)
    body = {"message": "A shot"}
    answer = await studio.owner.post(f"/api/v1/projects/{project}/commits", json=body)
    assert answer.status_code == 200, answer.text
    return project, shot


async def call(studio: Studio, method: str, path: str, status: int = 200, **how: Any) -> Any:
    answer = await studio.owner.request(method, f"/api/v1/projects/{path}", **how)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def prompt(studio: Studio, project: str, shot: str, text: str) -> None:
    op = {"op": "node.set", "id": shot, "values": {"text.prompt": text}}
    assert (await studio.change(project, op)).status_code == 200


async def node(studio: Studio, project: str, shot: str) -> dict[str, Any]:
    graph = await call(studio, "GET", f"{project}/graph")
    return next(one for one in graph["nodes"] if one["id"] == shot)


async def checked_out(studio: Studio, host: str, project: str, tmp_path: Path, name: str) -> Path:
    """A clone that is on a new branch."""
    token = await api_token(studio.owner, "read", "edit")
    url = await clone_url(studio.owner, project, host, token)
    await git(tmp_path, "clone", "--quiet", url, "film")
    await git(tmp_path / "film", "switch", "--quiet", "-c", name)
    return tmp_path / "film"


async def push(clone: Path, message: str) -> None:
    await git(clone, "add", "--all")
    await git(clone, "commit", "--quiet", "-m", message)
    await git(clone, "push", "--quiet", "origin", "HEAD")


def edit(clone: Path, shot: str, **values: Any) -> None:
    canvas = json.loads((clone / CANVAS).read_text())
    found = next(one for one in canvas["nodes"] if one["id"] == shot)
    for name, value in values.items():
        place, _, key = name.partition("_")
        found.setdefault(place, {})[key] = value
    (clone / CANVAS).write_text(json.dumps(canvas, indent=2) + "\n")


async def test_branches_are_made_listed_and_deleted(studio, film) -> None:
    project, shot = film
    await prompt(studio, project, shot, "Before the branch")
    made = await call(studio, "POST", f"{project}/branches", 201, json={"name": "night/one"})
    assert made["commit"]["message"].strip() == "The canvas, as it is now"
    listed = (await call(studio, "GET", f"{project}/branches"))["items"]
    assert [(one["name"], one["main"]) for one in listed] == [("main", True), ("night/one", False)]
    again = await call(studio, "POST", f"{project}/branches", 409, json={"name": "night/one"})
    assert again["code"] == "vcs.branch_exists"
    first = (await commits(studio.owner, project))[-1]["id"]
    body = {"name": "start", "start": first}
    assert (await call(studio, "POST", f"{project}/branches", 201, json=body))["name"] == "start"
    old = await studio.owner.get(f"/api/v1/projects/{project}/commits", params={"branch": "start"})
    assert [one["id"] for one in old.json()["items"]] == [first]
    await call(studio, "DELETE", f"{project}/branches", 204, params={"name": "start"})
    gone = await call(studio, "DELETE", f"{project}/branches", 404, params={"name": "start"})
    assert gone["code"] == "vcs.no_branch"
    kept = await call(studio, "DELETE", f"{project}/branches", 409, params={"name": "main"})
    assert kept["code"] == "vcs.main_branch"
    kinds = [a["kind"] for a in (await call(studio, "GET", f"{project}/activity"))["items"]]
    assert {"project.branch_created", "project.branch_deleted"} <= set(kinds)


@pytest.mark.parametrize(
    "name", ["-x", "a b", "a..b", "a~1", "HEAD", "a/", "/a", "a.lock", "@{x", "a\\b", "refs/../x"]
)
async def test_names_that_are_no_branches_are_refused(studio, film, name) -> None:
    refused = await call(studio, "POST", f"{film[0]}/branches", 400, json={"name": name})
    assert refused["code"] == "vcs.bad_branch"


async def test_a_start_that_is_nothing_is_refused(studio, film) -> None:
    for start, code in (("f" * 40, "vcs.unknown_commit"), ("--all", "vcs.no_branch")):
        body = {"name": "x", "start": start}
        assert (await call(studio, "POST", f"{film[0]}/branches", 404, json=body))["code"] == code


async def test_a_branch_is_merged_into_the_live_canvas(studio, host, film, tmp_path) -> None:
    project, shot = film
    clone = await checked_out(studio, host, project, tmp_path, "dusk")
    edit(clone, shot, text_prompt="At dusk", data_frames=9)
    (clone / NOTES).write_text("dusk\n")
    content = picture()
    (clone / "01_Assets/Source_Media/dusk.png").write_bytes(content)
    manifest = json.loads((clone / "project.json").read_text())
    manifest["description"] = "At dusk"
    (clone / "project.json").write_text(json.dumps(manifest, indent=2) + "\n")
    await push(clone, "Dusk")
    op = {"op": "node.set", "id": shot, "values": {"pos": [50, 60]}}
    assert (await studio.change(project, op)).status_code == 200

    seen = await call(studio, "GET", f"{project}/merges/preview", params={"branch": "dusk"})
    assert seen["conflicts"] == []
    assert seen["commits"] == 1
    assert set(seen["files"]) == {
        CANVAS, NOTES, "project.json", "01_Assets/Source_Media/dusk.png"
    }  # fmt: skip
    assert (await node(studio, project, shot))["text"].get("prompt", "") == ""

    merged = await call(studio, "POST", f"{project}/merges", json={"branch": "dusk"})
    assert merged["commit"]["message"].strip() == "Merge dusk"
    after = await node(studio, project, shot)
    assert (after["text"]["prompt"], after["data"]["frames"]) == ("At dusk", 9)
    assert after["pos"] == [50, 60]
    told = await call(studio, "GET", project)
    assert told["description"] == "At dusk"
    here = studio.settings.workspace / "Projects" / told["folder"]
    assert (here / NOTES).read_text() == "dusk\n"
    assert (here / "01_Assets/Source_Media/dusk.png").read_bytes() == content
    assert await git(here, "status", "--porcelain") == ""
    assert len((await git(here, "rev-list", "--parents", "-1", "HEAD")).split()) == 3
    # The history of both sides is one now, and there is nothing more to merge.
    assert "Dusk" in [c["message"].strip() for c in await commits(studio.owner, project)]
    again = await call(studio, "POST", f"{project}/merges", json={"branch": "dusk"})
    assert again["commit"] is None
    # One step of the canvas, which is undone.
    assert (await call(studio, "POST", f"{project}/graph/undo"))["label"]
    assert (await node(studio, project, shot))["text"].get("prompt", "") == ""
    await git(clone, "switch", "--quiet", "main")
    await git(clone, "pull", "--quiet")
    assert await git(clone, "status", "--porcelain") == ""


async def test_conflicts_name_both_sides_and_are_chosen(studio, host, film, tmp_path) -> None:
    project, shot = film
    await prompt(studio, project, shot, "At noon")
    other = await studio.shot(project, code="020")
    await call(studio, "POST", f"{project}/commits", json={"message": "Two shots"})
    clone = await checked_out(studio, host, project, tmp_path, "dusk")
    edit(clone, shot, text_prompt="At dusk")
    edit(clone, other, data_frames=5)
    (clone / NOTES).write_text("of dusk\n")
    await push(clone, "Dusk")
    await git(clone, "switch", "--quiet", "main")
    (clone / NOTES).write_text("of main\n")
    await push(clone, "Main")
    await prompt(studio, project, shot, "At night")
    assert (await studio.change(project, {"op": "node.remove", "ids": [other]})).status_code == 200
    before = await call(studio, "GET", f"{project}/graph")

    refused = await call(studio, "POST", f"{project}/merges", 409, json={"branch": "dusk"})
    assert refused["code"] == "merge.conflict"
    found = {one["key"]: one for one in refused["conflicts"]}
    assert set(found) == {f"{shot}/text.prompt", f"{other}/*", f"file:{NOTES}"}
    told = found[f"{shot}/text.prompt"]
    assert (told["base"], told["ours"], told["theirs"]) == ("At noon", "At night", "At dusk")
    assert told["sentence"] == "SHOT_010: prompt was changed on both sides."
    assert found[f"{other}/*"]["reason"] == "removed_by_us"
    assert await call(studio, "GET", f"{project}/graph") == before

    choices = {f"{shot}/text.prompt": "theirs", f"{other}/*": "ours", f"file:{NOTES}": "theirs"}
    body = {"branch": "dusk", "choices": choices, "message": "Dusk, as chosen"}
    merged = await call(studio, "POST", f"{project}/merges", json=body)
    assert merged["commit"]["message"].strip() == "Dusk, as chosen"
    assert (await node(studio, project, shot))["text"]["prompt"] == "At dusk"
    ids = [one["id"] for one in (await call(studio, "GET", f"{project}/graph"))["nodes"]]
    assert other not in ids
    here = studio.settings.workspace / "Projects" / (await call(studio, "GET", project))["folder"]
    assert (here / NOTES).read_text() == "of dusk\n"
    assert await git(here, "status", "--porcelain") == ""


async def test_a_branch_that_overwrites_takes_is_not_merged(studio, host, film, tmp_path) -> None:
    project, _ = film
    clone = await checked_out(studio, host, project, tmp_path, "evil")
    place = clone / "03_Renders/SCENE_01/SHOT_010/SHOT-010_v01_take01.txt"
    place.parent.mkdir(parents=True)
    place.write_text("mine")
    await push(clone, "A take of my own")
    refused = await call(studio, "POST", f"{project}/merges", 409, json={"branch": "evil"})
    assert refused["code"] == "push.takes"


async def test_who_may_not_edit_may_not_merge_or_branch(studio, film) -> None:
    project, _ = film
    token = await studio.token("Vic")
    await studio.let_in(project, token, "viewer")
    viewer = await studio.client(token)
    base = f"/api/v1/projects/{project}"
    assert (await viewer.get(f"{base}/branches")).status_code == 200
    assert (await viewer.post(f"{base}/branches", json={"name": "x"})).status_code == 403
    assert (await viewer.post(f"{base}/merges", json={"branch": "main"})).status_code == 403
