"""Nobody fills the disk: quotas of projects and of their owners, and the floor of free space."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from PIL import Image

from app.media import quotas
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.disk import DiskFloor
from app.platform.ids import new_key, parse_id
from app.scheduling import read_queues
from tests.studio import Studio


def picture(seed: int, side: int = 64) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 10 + seed).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def ina(studio: Studio) -> httpx.AsyncClient:
    return await studio.person()


def limit(monkeypatch: pytest.MonkeyPatch, **given: Any) -> None:
    limits = msgspec.structs.replace(quotas.current_quotas(), **given)
    monkeypatch.setattr(quotas, "_quotas", limits)


async def bring(client: httpx.AsyncClient, project: str, data: bytes) -> httpx.Response:
    address = f"/api/v1/projects/{project}/media"
    return await client.post(address, content=data, headers={"X-Filename": "a.png"})


async def test_all_projects_of_one_owner_have_a_quota_together(
    studio: Studio, ina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await studio.project(ina), await studio.project(ina)
    data, more = picture(1), picture(2, 96)
    most = 2 * len(data) + 5
    limit(monkeypatch, person=most)
    assert (await bring(ina, first, data)).status_code == 201
    # The same file in another project takes up nothing more.
    assert (await bring(ina, second, data)).status_code == 201
    refused = await bring(ina, second, more)
    assert (refused.status_code, refused.json()["code"]) == (413, "person.quota")
    assert "DIRECTOR_PERSON_QUOTA_GB" in refused.json()["hint"]
    told = (await ina.get("/api/v1/storage")).json()
    assert told == {"used": len(data), "coming": 0, "quota": most}
    # A deleted project's bytes are there until it is removed for good.
    await ina.delete(f"/api/v1/projects/{first}")
    assert (await ina.get("/api/v1/storage")).json()["used"] == len(data)
    assert (await bring(ina, second, more)).status_code == 413


async def test_what_others_bring_counts_for_the_owner_who_alone_is_told(
    studio: Studio, ina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, data = await studio.project(ina), picture(3)
    token = await studio.token("Bo Lind")
    await studio.let_in(project, token)
    bo = await studio.client(token)
    limit(monkeypatch, person=len(data), project=10 * len(data))
    assert (await bring(bo, project, data)).status_code == 201
    refused = await bring(bo, project, picture(4))
    assert (refused.status_code, refused.json()["code"]) == (413, "person.quota")
    assert "used" not in refused.json()
    address = f"/api/v1/projects/{project}/storage"
    whole = {"used": len(data), "coming": 0, "quota": 10 * len(data)}
    assert (await bo.get(address)).json() == {"project": whole, "owner": None}
    assert (await ina.get(address)).json()["owner"]["quota"] == len(data)


async def test_the_studios_owner_has_no_quota_of_their_own(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, person=1)
    assert (await bring(studio.owner, await studio.project(), picture(5))).status_code == 201


async def test_a_full_owner_starts_nothing_and_imports_and_copies_nothing(
    studio: Studio, ina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, data = await studio.project(ina), picture(6)
    await bring(ina, project, data)
    exported = (await ina.get(f"/api/v1/projects/{project}/export")).content
    shared = await studio.project()
    theirs = picture(7)
    await bring(studio.owner, shared, theirs)
    whole = (await studio.owner.get(f"/api/v1/projects/{shared}/export")).content
    limit(monkeypatch, person=len(data) + 10)
    # One's own files count once: a copy of them needs no more room.
    copied = await ina.post(f"/api/v1/projects/{project}/duplicate", json={})
    assert copied.status_code == 201, copied.text
    assert (await ina.post("/api/v1/projects/import", content=exported)).status_code == 201
    refused = await ina.post("/api/v1/projects/import", content=whole)
    assert (refused.status_code, refused.json()["code"]) == (413, "person.quota")
    limit(monkeypatch, person=len(data))
    shot = new_key()
    added = {"op": "node.add", "id": shot, "type": "film.shot", "data": {"code": "010"}}
    await ina.post(f"/api/v1/projects/{project}/graph/operations", json={"ops": [added]})
    run = await ina.post(f"/api/v1/projects/{project}/runs", json={"targets": [shot]})
    assert (run.status_code, run.json()["code"]) == (413, "person.quota")


async def test_below_the_floor_nothing_is_taken_and_tasks_wait_until_there_is_room(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await studio.project()
    shot = await studio.shot(project)
    made = (
        await studio.owner.post(f"/api/v1/projects/{project}/runs", json={"targets": [shot]})
    ).json()
    enough = quotas.current_quotas().floor
    limit(monkeypatch, floor=DiskFloor(studio.settings.home, 1 << 60))
    monkeypatch.setattr("app.scheduling.storage_hold.LOOK_EVERY", 0.0)
    again = {"targets": [shot]}
    for refused in (
        await bring(studio.owner, project, picture(8)),
        await studio.owner.post("/api/v1/projects/import", content=b"PK"),
        await studio.owner.post(f"/api/v1/projects/{project}/runs", json=again),
    ):
        assert (refused.status_code, refused.json()["code"]) == (507, "disk.full"), refused.text
        assert "DIRECTOR_DISK_FLOOR_GB" in refused.json()["hint"]
    health = (await studio.owner.get("/api/v1/health")).json()
    [disk] = [part for part in health["parts"] if part["part"] == "disk"]
    assert disk["state"] == "degraded"
    dispatcher = studio.app.state.dispatcher
    async with studio.worker():
        await dispatcher.tick()
        entry = await first_in_queue(project)
        assert entry.cause_kind == "disk_full", entry
        limit(monkeypatch, floor=enough)
        await dispatcher.tick()
        ended = await studio.run_ends(made["id"])
    assert ended["status"] == "succeeded"


async def test_tasks_of_a_full_project_wait_and_others_pass(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, other = await studio.project(), await studio.project()
    data = picture(9)
    await bring(studio.owner, full, data)
    runs = []
    for project in (full, other):
        shot = await studio.shot(project)
        address = f"/api/v1/projects/{project}/runs"
        runs.append((await studio.owner.post(address, json={"targets": [shot]})).json()["id"])
    limit(monkeypatch, project=len(data))
    monkeypatch.setattr("app.scheduling.storage_hold.LOOK_EVERY", 0.0)
    async with studio.worker():
        assert (await studio.run_ends(runs[1]))["status"] == "succeeded"
        entry = await first_in_queue(full)
        assert entry.cause_kind == "storage_full"
        limit(monkeypatch, project=0)
        studio.app.state.dispatcher.wake()
        assert (await studio.run_ends(runs[0]))["status"] == "succeeded"


async def test_an_upload_stops_at_the_floor_and_keeps_what_came(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, data = await studio.project(), picture(10)
    begun = await studio.owner.post(
        f"/api/v1/projects/{project}/uploads",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data))},
    )
    headers = {
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
    }
    enough = quotas.current_quotas().floor
    limit(monkeypatch, floor=DiskFloor(studio.settings.home, 1 << 60))
    stopped = await studio.owner.patch(begun.headers["location"], content=data, headers=headers)
    assert (stopped.status_code, stopped.json()["code"]) == (507, "disk.full")
    limit(monkeypatch, floor=enough)
    done = await studio.owner.patch(begun.headers["location"], content=data, headers=headers)
    assert done.status_code == 204


async def first_in_queue(project: str) -> Any:
    async with unit_of_work(role=DatabaseRole.SERVICE):
        return (await read_queues([parse_id(project, "project")]))[parse_id(project, "project")][0]


async def test_of_many_files_at_the_same_moment_only_so_many_find_room(
    studio: Studio, ina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each came in one piece, and its size was not told: all of them had room when they began."""
    project = await studio.project(ina)
    files = [picture(number) for number in range(6)]
    most = sum(map(len, files[:3])) + len(files[0]) // 2
    limit(monkeypatch, project=most)
    all_here = asyncio.Barrier(len(files))
    found = quotas.Room.resize

    async def together(room: quotas.Room, size: int) -> None:
        await all_here.wait()
        await found(room, size)

    monkeypatch.setattr(quotas.Room, "resize", together)

    async def pieces(data: bytes) -> AsyncIterator[bytes]:
        yield data

    async def bring_in_pieces(data: bytes) -> int:
        address = f"/api/v1/projects/{project}/media"
        answer = await ina.post(address, content=pieces(data), headers={"X-Filename": "a.png"})
        return answer.status_code

    answers = await asyncio.gather(*map(bring_in_pieces, files))
    assert set(answers) == {201, 413}
    told = (await ina.get(f"/api/v1/projects/{project}/storage")).json()["project"]
    assert 0 < told["used"] <= most
    assert told["coming"] == 0
    assert not quotas._rooms
