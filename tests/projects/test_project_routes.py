"""Projects over HTTP: made on disk, changed in step with project.json, committed, remembered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.projects import changes
from app.projects.folders import folders
from node_registry import DirectorError


def folder(studio, project: dict) -> Path:
    return studio.settings.workspace / "Projects" / project["folder"]


def manifest(studio, project: dict) -> dict:
    return json.loads((folder(studio, project) / "project.json").read_text())


async def made(studio, title: str = "Lighthouse") -> dict:
    answer = await studio.owner.post("/api/projects/create", json={"title": title})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_documents_own_addresses_make_show_commit_and_tell(studio) -> None:
    project = await made(studio)
    base = f"/api/projects/{project['id']}"
    tree = (await studio.owner.get(f"{base}/structure")).json()
    names = [entry["name"] for entry in tree["children"] if entry["type"] == "folder"]
    assert names[0] == "01_Assets"
    assert names[-1] == "06_Exports"
    assert str(studio.settings.home) not in json.dumps(tree)

    shot = await studio.shot(project["id"], code="020")
    answer = await studio.owner.post(f"{base}/commit", json={"message": "First shot\n\nAt dawn"})
    assert answer.status_code == 200, answer.text
    commit = answer.json()["commit"]
    again = await studio.owner.post(f"{base}/commit", json={"message": "Again"})
    assert again.json()["commit"] is None
    assert again.json()["sentence"].startswith("There was nothing to commit")
    history = (await studio.owner.get(f"{base}/history")).json()["items"]
    assert history[0]["id"] == commit["id"]
    assert history[0]["message"].startswith("First shot")
    assert len(history) == 2
    canvas = folder(studio, project) / "02_Source_Creative/Canvases/main_canvas.json"
    assert shot in canvas.read_text()
    page = (await studio.owner.get(f"{base}/history", params={"limit": 1})).json()
    assert [c["id"] for c in page["items"]] == [history[0]["id"]]
    asked = {"limit": 1, "cursor": page["next_cursor"]}
    older = (await studio.owner.get(f"{base}/history", params=asked)).json()
    assert [c["id"] for c in older["items"]] == [history[1]["id"]]
    assert older["next_cursor"] is None


@pytest.mark.parametrize("message", ["", " \n ", "a\0b", "x" * 2001, None, 7])
async def test_a_commit_without_a_message_is_refused(studio, message) -> None:
    project = await studio.project()
    answer = await studio.owner.post(f"/api/projects/{project}/commit", json={"message": message})
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"]


async def test_a_project_json_that_cannot_be_read_is_written_anew_and_said_so(studio) -> None:
    project = await made(studio)
    (folder(studio, project) / "project.json").write_text("{ half a man")
    url = f"/api/v1/projects/{project['id']}"
    with capture_logs() as logged:
        assert (await studio.owner.patch(url, json={"title": "The Fog"})).status_code == 200
    assert manifest(studio, project)["title"] == "The Fog"
    assert "project.manifest_replaced" in [entry["event"] for entry in logged]


async def test_a_change_stands_in_the_database_in_project_json_and_in_the_history(studio) -> None:
    project = await made(studio)
    url = f"/api/v1/projects/{project['id']}"
    answer = await studio.owner.patch(url, json={"title": " The  Fog ", "quality": "high"})
    assert answer.status_code == 200, answer.text
    assert (await studio.owner.get(url)).json()["title"] == "The Fog"
    written = manifest(studio, project)
    assert (written["title"], written["quality"]) == ("The Fog", "high")
    assert written["uuid"] == project["id"]
    assert written["created_at"] == manifest(studio, project)["created_at"]
    history = (await studio.owner.get(f"{url}/commits")).json()["items"]
    assert history[0]["message"].strip() == "Change the settings of The Fog"


async def test_two_who_change_two_things_at_once_both_see_theirs(studio) -> None:
    project = await made(studio)
    url = f"/api/v1/projects/{project['id']}"
    rates = {"resolution": "640x360", "frame_rate": "24000/1001"}
    answers = await asyncio.gather(
        studio.owner.patch(url, json={"title": "Storm"}),
        studio.owner.patch(url, json={"settings": rates}),
        studio.owner.patch(url, json={"description": "A film"}),
    )
    assert [a.status_code for a in answers] == [200, 200, 200]
    now = (await studio.owner.get(url)).json()
    assert (now["title"], now["description"]) == ("Storm", "A film")
    assert now["settings"]["frame_rate"] == "24000/1001"
    assert manifest(studio, project)["settings"]["resolution"] == "640x360"
    assert manifest(studio, project)["title"] == "Storm"


async def test_when_the_folder_cannot_take_a_change_the_database_does_not(
    studio, monkeypatch
) -> None:
    project = await made(studio)

    async def fail(*_):
        raise DirectorError("vcs.locked", "Locked.", status=409)

    monkeypatch.setattr(type(folders().vcs), "commit", fail)
    url = f"/api/v1/projects/{project['id']}"
    answer = await studio.owner.patch(url, json={"title": "Storm"})
    assert (answer.status_code, answer.json()["code"]) == (409, "vcs.locked")
    assert (await studio.owner.get(url)).json()["title"] == "Lighthouse"


async def test_when_the_database_cannot_take_a_change_the_folder_does_not(
    studio, monkeypatch
) -> None:
    project = await made(studio)

    async def fail(*_, **__):
        raise OSError("The server went away.")

    monkeypatch.setattr(changes, "note_activity", fail)
    url = f"/api/v1/projects/{project['id']}"
    assert (await studio.owner.patch(url, json={"title": "Storm"})).status_code == 503
    assert (await studio.owner.get(url)).json()["title"] == "Lighthouse"
    assert manifest(studio, project)["title"] == "Lighthouse"


async def test_no_transaction_is_open_while_git_works_and_few_wait_for_it(
    studio, database_urls, monkeypatch
) -> None:
    project, other = await made(studio), await made(studio)
    began, go_on = asyncio.Event(), asyncio.Event()
    vcs = type(folders().vcs)
    commit = vcs.commit

    async def slow(*given):
        began.set()
        await go_on.wait()
        return await commit(*given)

    monkeypatch.setattr(vcs, "commit", slow)
    url = f"/api/v1/projects/{project['id']}"
    renames = [
        asyncio.create_task(studio.owner.patch(url, json={"title": f"Storm {number}"}))
        for number in range(changes.WAITING + 5)
    ]
    await began.wait()
    while sum(task.done() for task in renames) < 5:
        await asyncio.wait([t for t in renames if not t.done()], return_when="FIRST_COMPLETED")
    connection = await asyncpg.connect(database_urls.owner_url)
    try:
        # Each of those that wait would hold a connection of the pool, and this row.
        open_ones = await connection.fetchval(
            """SELECT count(*) FROM pg_locks l WHERE l.relation = 'projects'::regclass
               AND l.mode = 'RowExclusiveLock'"""
        )
    finally:
        await connection.close()
    assert open_ones == 0
    assert (await studio.owner.get("/api/v1/projects")).status_code == 200
    assert (await studio.owner.get(f"/api/v1/projects/{other['id']}")).status_code == 200
    go_on.set()
    answers = await asyncio.gather(*renames)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.json()["code"] for answer in refused} == {"project.many_changes"}
    assert len(refused) == 5
    assert all(answer.status_code == 200 for answer in answers if answer not in refused)
    assert manifest(studio, project)["title"] == (await studio.owner.get(url)).json()["title"]


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 201},
        {"title": "a\0b"},
        {"title": "x", "quality": "best"},
        {"title": "x", "settings": {"resolution": "1x1"}},
        {"title": "x", "settings": {"resolution": "99999999x4"}},
        {"title": "x", "settings": {"frame_rate": 0}},
        {"title": "x", "settings": {"frame_rate": "24/0"}},
        {"title": "x", "origin": "y" * 201},
        {"title": "x", "surprise": 1},
        {"title": 7},
        [],
        "x",
    ],
)
async def test_what_is_wrong_makes_and_changes_nothing(studio, body) -> None:
    before = sorted(p.name for p in (studio.settings.workspace / "Projects").iterdir())
    answer = await studio.owner.post("/api/v1/projects", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"]
    assert sorted(p.name for p in (studio.settings.workspace / "Projects").iterdir()) == before
    if isinstance(body, dict) and "origin" not in body:
        project = await studio.project()
        url = f"/api/v1/projects/{project}"
        assert (await studio.owner.patch(url, json=body)).status_code == 400
        assert (await studio.owner.get(url)).json()["title"] == "Lighthouse"


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=501", "limit=x", "cursor=--all"])
async def test_odd_questions_about_the_history_are_refused(studio, query) -> None:
    project = await studio.project()
    answer = await studio.owner.get(f"/api/v1/projects/{project}/commits?{query}")
    assert answer.status_code == 400, answer.text


async def test_one_origin_is_one_project(studio) -> None:
    bodies = [{"title": "x", "origin": "script:1"}] * 2
    answers = await asyncio.gather(
        *(studio.owner.post("/api/v1/projects", json=body) for body in bodies)
    )
    assert sorted(a.status_code for a in answers) == [201, 409]
    found = (await studio.owner.get("/api/v1/projects", params={"origin": "script:1"})).json()
    found = found["items"]
    assert len(found) == 1
    folders = [p.name for p in (studio.settings.workspace / "Projects").iterdir()]
    assert [name for name in folders if name.startswith("x")] == [found[0]["folder"]]
