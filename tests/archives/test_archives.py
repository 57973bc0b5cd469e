"""Whole projects: a copy and an import are the project again, and nothing is generated anew."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from tests.studio import Studio

PROJECTS = "/api/v1/projects"
SCRIPT = "INT. LAMP ROOM - NIGHT\n\nINA lights the lamp.\n\nINA\nIt burns.\n"
Json = dict[str, Any]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 90, 160)).save(out, "PNG")
    return out.getvalue()


async def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def film_of(studio: Studio, client: httpx.AsyncClient, project: str) -> tuple[bytes, Json]:
    """Ask for the film; its bytes, and the run that made it or found it there."""
    graph = await ok(await client.get(f"{PROJECTS}/{project}/graph"))
    [end] = [node for node in graph["nodes"] if node["type"] == "film.assembly"]
    started = await ok(
        await client.post(f"{PROJECTS}/{project}/runs", json={"targets": [end["id"]]}), 202
    )
    run = await studio.run_ends(started["id"], client)
    assert run["status"] == "succeeded", run
    graph = await ok(await client.get(f"{PROJECTS}/{project}/graph"))
    [end] = [node for node in graph["nodes"] if node["type"] == "film.assembly"]
    film = await client.get(f"/api/v1/takes/{end['data']['active_take']}/content")
    return film.content, started


def tree(studio: Studio, project: Json) -> dict[str, bytes]:
    folder = studio.settings.workspace / "Projects" / project["folder"]
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and ".git" not in path.parts
        and path.name not in ("project.json", "main_canvas.json", ".gitkeep")
        and "05_Cache" not in path.parts
    }


async def published(studio: Studio) -> None:
    """The library lies in the folders as it is."""
    while await studio.app.state.asset_files.publish_batch():
        continue


@pytest.fixture(scope="module")
async def made(studio: Studio) -> Json:
    """A small film: a project with a script, a character with a face, takes, a film, a note."""
    project = await studio.project(title="Lamp", description="A night.")
    await ok(
        await studio.owner.post(
            f"{PROJECTS}/{project}/scripts",
            content=SCRIPT.encode(),
            headers={"X-Filename": "lamp.fountain"},
        )
    )
    face = await ok(
        await studio.owner.post(
            f"{PROJECTS}/{project}/media", content=picture(), headers={"X-Filename": "face.png"}
        ),
        201,
    )
    await studio.app.state.asset_sync.bring_in_step(UUID(project))
    [ina] = (await ok(await studio.owner.get(f"{PROJECTS}/{project}/assets?kind=character")))[
        "items"
    ]
    await ok(
        await studio.owner.patch(
            f"{PROJECTS}/{project}/assets/{ina['id']}",
            json={"base_version": ina["version"], "content": {"face_image": face}},
        )
    )
    async with studio.worker():
        film, _ = await film_of(studio, studio.owner, project)
    await published(studio)
    found = await ok(await studio.owner.get(f"{PROJECTS}/{project}"))
    folder = studio.settings.workspace / "Projects" / found["folder"]
    (folder / "02_Source_Creative/Prompts/mood.txt").write_text("Fog.\n")
    return {"project": found, "film": film, "face": face["digest"]}


async def check_same(studio: Studio, client: httpx.AsyncClient, made: Json, other: Json) -> None:
    """The other project is the first again, and its film costs nothing."""
    first = made["project"]
    assert other["id"] != first["id"]
    assert other["settings"] == first["settings"]
    # No worker runs: what would have to be made would never end.
    film, started = await film_of(studio, client, other["id"])
    assert film == made["film"]
    assert started["reused"] > 0
    tasks = await ok(await client.get(f"/api/v1/runs/{started['id']}"))
    assert tasks["run"]["tasks"] == []
    await published(studio)
    ours, theirs = tree(studio, first), tree(studio, other)
    # The records of takes and assets name those of their own project.
    records = [name for name in ours if name.endswith((".take.json", "asset.json"))]
    before = (await ok(await studio.owner.get(f"{PROJECTS}/{first['id']}/takes")))["items"]
    after = (await ok(await client.get(f"{PROJECTS}/{other['id']}/takes")))["items"]
    news = {new["id"] for new in after}
    assert len(records) > len(before) > 0
    for name in records:
        old, new = json.loads(ours.pop(name)), json.loads(theirs.pop(name))
        if name.endswith(".take.json"):
            assert new["take"].pop("id") in news
            assert old["take"].pop("id") not in news
        else:
            assert new.pop("id") != old.pop("id")
        assert new == old
    assert theirs == ours
    assert any(name.startswith("03_Renders/") for name in theirs)
    assert "01_Assets/Generative_Assets/Characters/INA/face.png" in theirs
    assert theirs["02_Source_Creative/Prompts/mood.txt"] == b"Fog.\n"
    stale = await ok(await client.get(f"{PROJECTS}/{other['id']}/stale"))
    assert stale["items"] == []
    [ina] = (await ok(await client.get(f"{PROJECTS}/{other['id']}/assets?kind=character")))["items"]
    assert ina["content"]["face_image"]["digest"] == made["face"]
    history = await ok(await client.get(f"{PROJECTS}/{other['id']}/graph/history"))
    assert len(history["items"]) >= 1
    commits = await ok(await client.get(f"{PROJECTS}/{other['id']}/commits"))
    assert any("03_Renders" in path for path in commits["items"][-1]["files"])


async def test_a_copy_is_the_project_again(studio: Studio, made: Json) -> None:
    answer = await studio.owner.post(f"{PROJECTS}/{made['project']['id']}/duplicate", json={})
    copy = await ok(answer, 201)
    assert copy["title"] == "Lamp (copy)"
    assert copy["description"] == "A night."
    await check_same(studio, studio.owner, made, copy)
    takes = (await ok(await studio.owner.get(f"{PROJECTS}/{copy['id']}/takes")))["items"]
    assert {take["user_id"] for take in takes} == {copy["owner_id"]}
    # What is changed in the copy leaves the first as it is.
    await ok(await studio.owner.patch(f"{PROJECTS}/{copy['id']}", json={"title": "Other"}))
    assert (await ok(await studio.owner.get(f"{PROJECTS}/{made['project']['id']}")))[
        "title"
    ] == "Lamp"


async def exported(client: httpx.AsyncClient, project: str) -> bytes:
    answer = await client.get(f"{PROJECTS}/{project}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert ".zip" in answer.headers["content-disposition"]
    return answer.content


async def bring(client: httpx.AsyncClient, data: bytes, **params: str) -> httpx.Response:
    return await client.post(f"{PROJECTS}/import", content=data, params=params)


async def test_an_export_comes_back_as_the_same_film(studio: Studio, made: Json) -> None:
    data = await exported(studio.owner, made["project"]["id"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert names[0] == "manifest.json"
    assert any(name.startswith("project/03_Renders/SCENE_01/") for name in names)
    assert str(studio.settings.home) not in json.dumps(manifest)
    tom = await studio.person("Tom Lind")
    other = await ok(await bring(tom, data), 201)
    assert other["title"] == "Lamp"
    assert other["role"] == "owner"
    await check_same(studio, tom, made, other)
    takes = (await ok(await tom.get(f"{PROJECTS}/{other['id']}/takes")))["items"]
    me = await ok(await tom.get("/api/v1/auth/me"))
    assert {take["user_id"] for take in takes} == {me["id"]}
    owner = await ok(await studio.owner.get("/api/v1/auth/me"))
    assert {take["made_by"]["author"] for take in takes} == {owner["name"]}
    # Exported again it is the same, but for whose it is.
    again = await exported(tom, other["id"])
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert sorted(archive.namelist()) == sorted(names)


async def test_what_another_program_changed_in_the_folder_is_told(
    studio: Studio, made: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes while it is sent breaks the export off: nobody takes it for whole."""
    from app.archives import service

    real = service._read_file

    async def changed(path: Path, entry: Any) -> Any:
        path.write_text("Sun!\n")
        async for chunk in real(path, entry):
            yield chunk

    monkeypatch.setattr(service, "_read_file", changed)
    copy = await ok(
        await studio.owner.post(f"{PROJECTS}/{made['project']['id']}/duplicate", json={}), 201
    )
    try:
        answer = await studio.owner.get(f"{PROJECTS}/{copy['id']}/export")
        got = answer.content
    except httpx.HTTPError:
        got = b""
    assert not zipfile.is_zipfile(io.BytesIO(got))
