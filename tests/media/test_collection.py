"""What nothing names is removed, and nothing else: whatever happened before, between or halfway."""

from __future__ import annotations

import contextlib
import io
import os
import random
import subprocess
import time
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from app import accounts, projects
from app.media import Collector
from app.media.objects import ObjectStore
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError, MediaFile
from tests.studio import Studio

PROJECTS = "/api/v1/projects"
OLD = 30 * 86_400


class Killed(Exception):
    """The process dies here."""


Json = dict[str, Any]


def picture(number: int) -> bytes:
    out = io.BytesIO()
    colour = (number % 256, number // 256 % 256, number // 65_536)
    Image.new("RGB", (4, 4), colour).save(out, "PNG")
    return out.getvalue()


async def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def bring(studio: Studio, project: str, number: int) -> Json:
    answer = await studio.owner.post(
        f"{PROJECTS}/{project}/media", content=picture(number), headers={"X-Filename": "a.png"}
    )
    return await ok(answer, 201)


async def orphan(studio: Studio, text: bytes) -> str:
    """Bytes that were stored and never noted: the process died in between."""
    path = studio.settings.home / "orphan"
    path.write_bytes(text)
    return (await studio.store.keep(path, "image/png")).digest


def age(studio: Studio, seconds: float = OLD) -> None:
    """Let everything that is stored be old."""
    then = time.time() - seconds
    for path in (studio.settings.home / "objects").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def there(studio: Studio) -> set[str]:
    return {
        path.name for path in (studio.settings.home / "objects").rglob("*") if len(path.name) == 64
    }


async def named(studio: Studio) -> set[str]:
    """All digests that anything names, asked of each table by itself."""
    found: set[str] = set()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        for sql in ("SELECT digest FROM project_objects", "SELECT digest FROM asset_media",
                    "SELECT digest FROM takes"):  # fmt: skip
            found |= {row["digest"] for row in await unit.fetch(sql)}
    return found | await projects.committed_media()


async def collect(studio: Studio, **given: Any) -> Json:
    answer = await studio.owner.post("/api/v1/storage/collect", params=given)
    return await ok(answer)


async def test_what_nothing_names_goes_and_all_else_stays(studio: Studio, brush) -> None:
    project = await studio.project()
    red, blue = await bring(studio, project, 1), await bring(studio, project, 2)
    address = f"{PROJECTS}/{project}/assets"
    body = {"kind": "character", "content": {"name": "Ina", "face_image": red}}
    ina = await ok(await studio.owner.post(address, json=body), 201)
    change = {"base_version": ina["version"], "content": {"face_image": blue}}
    await ok(await studio.owner.patch(f"{address}/{ina['id']}", json=change))
    node = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    [take] = (await ok(await studio.owner.get(f"{PROJECTS}/{project}/takes")))["items"]
    # Named by a commit alone, and by no row.
    committed = await orphan(studio, b"in git alone")
    me = await accounts.ensure_owner()
    await projects.commit(
        me, UUID(project), "By hand", [MediaFile("01_Assets/Source_Media/a.mov", committed, 12)]
    )
    gone = await orphan(studio, b"of nobody")
    age(studio)
    young = await orphan(studio, b"of a task that runs")
    before = there(studio)
    counted = await collect(studio)
    assert counted["dry_run"] is True
    assert there(studio) == before
    done = await collect(studio, dry_run=False)
    assert (done["files"], done["bytes"]) == (counted["files"], counted["bytes"]) == (1, 9)
    assert done["young"] >= 1
    assert before - there(studio) == {gone}
    assert {red["digest"], blue["digest"], take["digest"], committed, young} <= there(studio)
    assert (await collect(studio, dry_run=False))["files"] == 0


async def test_a_project_that_is_gone_for_good_lets_its_bytes_go(studio: Studio) -> None:
    keeping, project = await studio.project(), await studio.project()
    shared = await bring(studio, keeping, 11)
    await bring(studio, project, 11)
    own = await bring(studio, project, 12)
    await studio.owner.delete(f"{PROJECTS}/{project}")
    age(studio)
    # It can be restored yet.
    await collect(studio, dry_run=False)
    assert {shared["digest"], own["digest"]} <= there(studio)
    await projects.remove_deleted(timedelta(0))
    await collect(studio, dry_run=False)
    assert shared["digest"] in there(studio)
    assert own["digest"] not in there(studio)


async def test_bytes_that_come_again_while_they_are_collected_stay(
    studio: Studio, monkeypatch
) -> None:
    project = await studio.project()
    digest = await orphan(studio, picture(21))
    age(studio)
    real = ObjectStore.remove
    came: list[Json] = []

    async def late(self: ObjectStore, key: str, before: datetime) -> None:
        if digest in key and not came:
            # Its row is gone already, and somebody brings the same picture now.
            came.append(await bring(studio, project, 21))
        await real(self, key, before)

    monkeypatch.setattr(ObjectStore, "remove", late)
    await collect(studio, dry_run=False)
    assert came[0]["digest"] == digest
    answer = await studio.owner.get(f"{PROJECTS}/{project}/media/{digest}")
    assert answer.content == picture(21)


async def test_a_repository_that_cannot_be_read_stops_it(studio: Studio, monkeypatch) -> None:
    digest = await orphan(studio, b"unsure")
    age(studio)

    async def fail() -> set[str]:
        raise DirectorError("vcs.failed", "The repository is damaged.")

    collector = Collector(studio.store, [], fail, projects.tidy_repositories, timedelta(days=1))
    with pytest.raises(DirectorError):
        await collector.collect()
    assert digest in there(studio)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_nothing_that_is_named_is_lost(
    studio: Studio, monkeypatch, seed: int
) -> None:
    """Projects come and go, files and versions too; collections run, and some die halfway."""
    chance = random.Random(seed)
    real = ObjectStore.remove
    alive = [await studio.project()]
    deleted: list[str] = []

    async def dies(self: ObjectStore, key: str, before: datetime) -> None:
        if chance.random() < 0.4:
            raise Killed
        await real(self, key, before)
        if chance.random() < 0.2:
            raise Killed

    async def step() -> None:
        kind = chance.choice(("bring", "bring", "asset", "orphan", "delete", "restore", "remove"))
        number = 1000 + chance.randrange(12)
        if kind == "bring" and alive:
            await bring(studio, chance.choice(alive), number)
        elif kind == "asset" and alive:
            project = chance.choice(alive)
            face = await bring(studio, project, number)
            body = {"kind": "character", "content": {"name": "Ina", "face_image": face}}
            await ok(await studio.owner.post(f"{PROJECTS}/{project}/assets", json=body), 201)
        elif kind == "orphan":
            await orphan(studio, picture(number))
        elif kind == "delete" and len(alive) > 1:
            deleted.append(alive.pop(chance.randrange(len(alive))))
            await studio.owner.delete(f"{PROJECTS}/{deleted[-1]}")
        elif kind == "restore" and deleted:
            alive.append(deleted.pop())
            await studio.owner.post(f"{PROJECTS}/{alive[-1]}/restore")
        elif kind == "remove":
            deleted.clear()
            await projects.remove_deleted(timedelta(0))
            alive.append(await studio.project())

    for _ in range(12):
        for _ in range(chance.randrange(1, 4)):
            await step()
        if chance.random() < 0.7:
            age(studio)
        with monkeypatch.context() as patch:
            patch.setattr(ObjectStore, "remove", dies)
            with contextlib.suppress(Killed):
                await studio.app.state.collector.collect()
        assert await named(studio) <= there(studio)
    age(studio)
    await collect(studio, dry_run=False)
    assert await named(studio) == there(studio)


def go_back(folder: Path, commit: str) -> None:
    """Let the folder's own branch forget what came after a commit."""
    for command in (
        ["reset", "-q", "--hard", commit],
        ["reflog", "expire", "--expire=now", "--all"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)


async def test_what_a_branch_alone_names_and_what_an_export_still_reads_stays(
    studio: Studio,
) -> None:
    project = await studio.project()
    me = await accounts.ensure_owner()
    branched = await orphan(studio, b"on a branch alone")
    project_folder = studio.settings.workspace / "Projects"
    found = await ok(await studio.owner.get(f"{PROJECTS}/{project}"))
    folder = project_folder / found["folder"]
    vcs = projects.folders().vcs
    start = (await vcs.history(folder, limit=1))[0].id
    media = MediaFile("01_Assets/Source_Media/b.mov", branched, 17)
    commit = await projects.commit(me, UUID(project), "On a branch", [media])
    assert commit is not None
    await vcs.create_branch(folder, "night", commit.id)
    # The project itself goes back to where it was, and nothing but the branch has the file.
    go_back(folder, start)
    large = io.BytesIO()
    Image.effect_noise((1500, 1500), 90).save(large, "PNG")
    answer = await studio.owner.post(
        f"{PROJECTS}/{project}/media", content=large.getvalue(), headers={"X-Filename": "n.png"}
    )
    exported = (await ok(answer, 201))["digest"]
    async with studio.owner.stream("GET", f"{PROJECTS}/{project}/export") as export:
        pieces = export.aiter_bytes(1 << 16)
        read = await anext(pieces)
        await studio.owner.delete(f"{PROJECTS}/{project}")
        age(studio)
        await collect(studio, dry_run=False)
        assert {branched, exported} <= there(studio)
        read += b"".join([piece async for piece in pieces])
    with zipfile.ZipFile(io.BytesIO(read)) as archive:
        assert archive.testzip() is None
        assert any(info.file_size == len(large.getvalue()) for info in archive.infolist())
    await studio.owner.post(f"{PROJECTS}/{project}/restore")
    await vcs.delete_branch(folder, "night")
    age(studio)
    # A deleted branch is kept for a while, and so is what it names.
    await collect(studio, dry_run=False)
    assert branched in there(studio)
