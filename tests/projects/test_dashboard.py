"""The dashboard over HTTP: found, ordered, archived, deleted and restored."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app import projects
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.gateway.sockets import peer
from tests.studio import Studio

PROJECTS = "/api/v1/projects"


async def titles(client: httpx.AsyncClient, **params) -> list[str]:
    """All titles, page by page, two at a time."""
    found, cursor = [], {}
    while True:
        answer = await client.get(PROJECTS, params={"limit": 2, **params, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [card["title"] for card in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def card(client: httpx.AsyncClient, project: str, **params) -> dict | None:
    answer = await client.get(PROJECTS, params=params)
    return next((c for c in answer.json()["items"] if c["id"] == project), None)


def folder(studio: Studio, project: dict) -> Path:
    return studio.settings.workspace / "Projects" / project["folder"]


async def test_projects_are_searched_filtered_and_ordered(studio) -> None:
    ina, tom = await studio.person("Ina"), await studio.person("Tom")
    made = {}
    for title in ("Storm", "alba", "Lighthouse 100%", "Fog_Horn", "Zebra"):
        made[title] = await studio.project(ina, title=title)
    of_tom = await studio.project(tom, title="Of Tom")
    await ina.patch(f"{PROJECTS}/{made['alba']}", json={"description": "A dawn, and a STORM."})
    assert await titles(ina, sort="created") == list(made)[::-1]
    assert (await titles(ina))[0] == "alba"
    assert await titles(ina, sort="title") == sorted(made, key=str.lower)
    assert await titles(ina, search="storm", sort="title") == ["alba", "Storm"]
    assert await titles(ina, search="100%") == ["Lighthouse 100%"]
    assert await titles(ina, search="Fog_") == ["Fog_Horn"]
    assert await titles(ina, search="og%orn") == []
    assert await titles(ina, search="x\\") == []
    assert await titles(ina, whose="shared") == []
    link = await tom.post(f"{PROJECTS}/{of_tom}/invitations", json={"role": "viewer"})
    await ina.post("/api/v1/invitations/accept", json={"code": link.json()["code"]})
    assert await titles(ina, whose="shared") == ["Of Tom"]
    assert len(await titles(ina, whose="mine")) == 5
    assert len(await titles(ina)) == 6
    (shared,) = (await ina.get(PROJECTS, params={"whose": "shared"})).json()["items"]
    assert (shared["owner_name"], shared["members"], shared["role"]) == ("Tom", 2, "viewer")
    assert shared["rights"] == ["read"]
    assert [person["name"] for person in shared["people"]] == ["Tom", "Ina"]
    assert shared["last_activity"]["name"] == "Ina"
    assert shared["last_activity"]["kind"] == "member.joined"


@pytest.mark.parametrize(
    "query", ["show=all", "whose=x", "sort=role", "search=" + "x" * 201, "search=%00", "cursor=x"]
)
async def test_odd_questions_are_refused(studio, query) -> None:
    answer = await studio.owner.get(f"{PROJECTS}?{query}")
    assert answer.status_code == 400, answer.text


async def test_what_was_opened_last_comes_first(studio, tmp_path) -> None:
    token = await studio.token()
    client = await studio.client(token)
    one, two, three = [await studio.project(client, title=t) for t in ("One", "Two", "Three")]
    async with studio.served() as host:
        for project in (three, one):
            async with peer(host, project, token) as socket:
                await socket.join()
    assert await titles(client, sort="opened") == ["One", "Three", "Two"]
    assert (await card(client, one))["opened_at"] is not None
    assert (await card(client, two))["opened_at"] is None


async def test_an_archived_project_is_read_and_not_changed(studio) -> None:
    ina = await studio.person("Ina")
    project = await studio.project(ina)
    base = f"{PROJECTS}/{project}"
    token = await studio.token("Tom")
    await studio.let_in(project, token, "editor")
    tom = await studio.client(token)
    assert (await tom.post(f"{base}/archive")).status_code == 403
    async with studio.served() as host, peer(host, project, token) as socket:
        await socket.join()
        archived = await ina.post(f"{base}/archive")
        assert archived.json()["rights"] == ["export", "manage", "read"]
        assert (await socket.next("server:rights"))["rights"] == ["export", "read"]
        await socket.say("client:ops", seq=1, ops=[])
        assert (await socket.next("server:rejected"))["reason"] == "forbidden"
    assert await titles(ina) == []
    assert await titles(ina, show="archived") == ["Lighthouse"]
    assert (await tom.get(f"{base}/graph")).status_code == 200
    node = {"op": "node.add", "id": new_key(), "type": "film.shot", "data": {}}
    for method, path, body in (
        ("PATCH", "", {"title": "x"}),
        ("POST", "/graph/operations", {"ops": [node]}),
        ("POST", "/generate", {"node_id": node["id"]}),
        ("POST", "/commits", {"message": "x"}),
    ):
        answer = await tom.request(method, base + path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "project.archived"), path
    assert (await ina.post(f"{base}/unarchive")).status_code == 200
    assert (await tom.patch(base, json={"title": "The Fog"})).status_code == 200
    feed = (await ina.get(f"{base}/activity")).json()["items"]
    assert [line["kind"] for line in feed][:3] == [
        "project.changed", "project.unarchived", "project.archived",
    ]  # fmt: skip


async def test_a_deleted_project_is_gone_for_everybody_and_comes_back_whole(studio) -> None:
    ina = await studio.person("Ina")
    project = await studio.project(ina, origin="script:7")
    base = f"{PROJECTS}/{project}"
    before = (await ina.get(base)).json()
    token = await studio.token("Tom")
    await studio.let_in(project, token, "editor")
    tom = await studio.client(token)
    node = {"op": "node.add", "id": new_key(), "type": "film.shot", "data": {}}
    await ina.post(f"{base}/graph/operations", json={"ops": [node]})
    async with studio.served() as host, peer(host, project, token) as socket:
        await socket.join()
        assert (await tom.delete(base)).status_code == 403
        assert (await ina.delete(base)).status_code == 204
        assert await socket.closed(within=30) == 4403
    for client in (ina, tom):
        for path in ("", "/graph", "/structure", "/takes", "/members", "/activity"):
            assert (await client.get(base + path)).status_code == 404
        assert await titles(client) == []
    # A program that made it from something makes another one now.
    again = await ina.post(PROJECTS, json={"title": "Again", "origin": "script:7"})
    assert again.status_code == 201
    assert await titles(tom, show="deleted") == []
    gone = await card(ina, project, show="deleted")
    assert (gone["deleted_at"] is not None, gone["rights"]) == (True, [])
    assert (await tom.post(f"{base}/restore")).status_code == 404
    back = await ina.post(f"{base}/restore")
    assert back.status_code == 200, back.text
    assert back.json()["folder"] == before["folder"]
    assert [n["id"] for n in (await tom.get(f"{base}/graph")).json()["nodes"]] == [node["id"]]
    assert (await ina.post(f"{base}/restore")).status_code == 404
    audit = [one["kind"] for one in (await ina.get(f"{base}/audit")).json()["items"]]
    assert audit[:2] == ["project.restored", "project.deleted"]


async def test_after_the_time_of_grace_it_is_removed_with_its_folder(studio) -> None:
    ina = await studio.person("Ina")
    old, young, kept = [await studio.project(ina, title=t) for t in ("Old", "Young", "Kept")]
    shown = {p: (await ina.get(f"{PROJECTS}/{p}")).json() for p in (old, young, kept)}
    for project in (old, young):
        assert (await ina.delete(f"{PROJECTS}/{project}")).status_code == 204
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE projects SET deleted_at = now() - interval '31 days' WHERE id = $1", UUID(old)
        )
    assert await projects.remove_deleted(timedelta(days=30)) == 1
    assert await titles(ina, show="deleted") == ["Young"]
    assert not folder(studio, shown[old]).exists()
    assert (folder(studio, shown[young]) / "project.json").exists()
    assert (folder(studio, shown[kept]) / "project.json").exists()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        for table in ("projects WHERE id", "activity WHERE project_id"):
            assert not await unit.fetchval(f"SELECT count(*) FROM {table} = $1", UUID(old))
    log = (await studio.owner.get("/api/v1/audit", params={"limit": 50})).json()["items"]
    assert "project.removed" in [one["kind"] for one in log if one["project_id"] == old]


async def test_the_newest_visible_take_or_else_the_first_picture_is_the_poster(studio) -> None:
    project = await studio.project()
    assert (await card(studio.owner, project))["poster"] is None
    node = await studio.shot(project)
    async with studio.worker():
        for _ in range(2):
            begun = await studio.generate(project, node)
            assert (await studio.run_ends(begun["run_id"]))["status"] == "succeeded"
    takes = (await studio.owner.get(f"{PROJECTS}/{project}/takes")).json()["items"]
    newest = max(takes, key=lambda take: take["number"])
    shown = (await studio.owner.get(f"{PROJECTS}/{project}")).json()
    assert shown["poster"] == newest["digest"]
    feed = (await studio.owner.get(f"{PROJECTS}/{project}/activity")).json()["items"]
    assert [line["kind"] for line in feed].count("run.ended") == 2
    assert json.dumps(feed).count(begun["run_id"]) == 1


async def test_a_run_goes_on_to_its_end_when_who_began_it_has_left(studio) -> None:
    token = await studio.token("Gus")
    project = await studio.project()
    await studio.let_in(project, token, "editor")
    gus = await studio.client(token)
    node = await studio.shot(project)
    begun = await gus.post(f"{PROJECTS}/{project}/generate", json={"node_id": node})
    assert begun.status_code == 202, begun.text
    me = (await gus.get("/api/v1/auth/me")).json()["id"]
    assert (await studio.owner.delete(f"{PROJECTS}/{project}/members/{me}")).status_code == 204
    async with studio.worker():
        assert (await studio.run_ends(begun.json()["run_id"]))["status"] == "succeeded"
    graph = (await studio.owner.get(f"{PROJECTS}/{project}/graph")).json()
    (shot,) = [n for n in graph["nodes"] if n["id"] == node]
    takes = (await studio.owner.get(f"{PROJECTS}/{project}/takes")).json()["items"]
    assert shot["data"]["active_take"] == takes[0]["id"]
    tree = (await studio.owner.get(f"{PROJECTS}/{project}/structure")).text
    assert takes[0]["name"] in tree


async def test_what_runs_in_a_deleted_project_is_cancelled(studio) -> None:
    project = await studio.project()
    begun = await studio.generate(project, await studio.shot(project))
    assert (await studio.owner.delete(f"{PROJECTS}/{project}")).status_code == 204
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        status = await unit.fetchval(
            "SELECT status FROM tasks WHERE id = $1", UUID(begun["task_id"])
        )
    assert status == "cancelled"
