"""Derivatives from end to end: wanted, made by a worker, told, served from the project's cache."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from app.media import DerivativeEnded, DerivativeMaker, derivatives
from app.media.derivative_maker import IDLE
from app.platform import bus, database
from app.platform.background import end_task
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.platform.plugins import load_plugins
from node_registry import DerivativeSpec, DirectorError
from tests.studio import Studio

PLUGINS = load_plugins("worker")
SPECS = PLUGINS.derivatives.values()


@pytest.fixture(scope="module", autouse=True)
async def worker_role(studio: Studio) -> None:
    await database.connect({DatabaseRole.WORKER: studio.urls[DatabaseRole.WORKER]}, size=4)


def maker_of(studio: Studio, specs: Any = SPECS) -> DerivativeMaker:
    folder = studio.settings.home / "worker"
    return DerivativeMaker(new_id(), specs, PLUGINS.segments.values(), studio.store, folder)


@contextlib.asynccontextmanager
async def making(studio: Studio, specs: Any = SPECS) -> AsyncIterator[None]:
    """A worker makes derivatives meanwhile."""
    task = asyncio.create_task(maker_of(studio, specs).run())
    try:
        yield
    finally:
        await end_task(task)


def picture(seed: int, size: tuple[int, int] = (640, 320)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (seed, 90, 160)).save(out, "PNG")
    return out.getvalue()


async def bring(studio: Studio, project: str, data: bytes, name: str = "sea.png") -> str:
    """Bring a file; the address of its media."""
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/media", content=data, headers={"X-Filename": name}
    )
    assert answer.status_code == 201, answer.text
    return f"/api/v1/projects/{project}/media/{answer.json()['digest']}"


@contextlib.contextmanager
def ended_derivatives() -> Iterator[list[DerivativeEnded]]:
    """What the studio tells of derivatives inside the block."""
    facts: list[DerivativeEnded] = []

    async def hear(fact: DerivativeEnded) -> None:
        facts.append(fact)

    forget = bus.listen(DerivativeEnded, hear)
    try:
        yield facts
    finally:
        forget()


async def come(facts: list[DerivativeEnded], count: int) -> None:
    async with asyncio.timeout(60):
        while len(facts) < count:  # noqa: ASYNC110 - it looks at what a listener collects
            await asyncio.sleep(0.01)


async def all_made(url: str, studio: Studio, wanted: dict[str, str]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            details = (await studio.owner.get(f"{url}/details")).json()
            if details["derivatives"] == wanted:
                return details
            await asyncio.sleep(0.05)


async def test_a_picture_that_is_brought_has_its_thumbnail_made_and_told(studio: Studio) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(1))
    early = await studio.owner.get(f"{url}/thumbnail?size=small")
    assert early.status_code == 202
    assert early.json() == {"kind": "thumbnail", "state": "queued"}
    assert early.headers["retry-after"] == "1"
    assert early.headers["cache-control"] == "no-store"
    with ended_derivatives() as facts:
        async with making(studio):
            answer = await studio.owner.get(f"{url}/thumbnail?size=small&wait=20")
            assert answer.status_code == 200, answer.text
            await come(facts, 1)
    assert (facts[0].digest, facts[0].kind, facts[0].ready) == (url[-64:], "thumbnail", True)
    assert str(facts[0].project_id) == project
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.content)).size == (160, 80)
    tag = {"If-None-Match": answer.headers["etag"]}
    assert (await studio.owner.get(f"{url}/thumbnail?size=small", headers=tag)).status_code == 304
    part = await studio.owner.get(f"{url}/thumbnail?size=small", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, answer.content[:4])
    large = await studio.owner.get(f"{url}/thumbnail?size=large")
    assert large.headers["etag"] != answer.headers["etag"]
    assert Image.open(io.BytesIO(large.content)).size == (640, 320)


async def folder_of(studio: Studio, project: str) -> Path:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        name = await unit.fetchval("SELECT folder FROM projects WHERE id = $1", UUID(project))
    return studio.settings.workspace / "Projects" / name


async def test_the_cache_of_a_project_can_be_emptied_and_so_can_the_storage(studio: Studio) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(2))
    async with making(studio):
        first = await studio.owner.get(f"{url}/thumbnail?wait=20")
        folder = await folder_of(studio, project) / "05_Cache" / "thumbnails"
        (file,) = folder.iterdir()
        assert file.read_bytes() == first.content
        file.unlink()
        assert (await studio.owner.get(f"{url}/thumbnail")).content == first.content
        (file,) = folder.iterdir()
        # A file that another program spoilt is not believed.
        file.chmod(0o644)
        file.unlink()
        file.write_bytes(b"spoilt")
        assert (await studio.owner.get(f"{url}/thumbnail")).content == first.content
        (await asyncio.to_thread(list, folder.iterdir()))[0].unlink()
        for stored in [o async for o in studio.store._storage.list("derivatives/")]:
            await studio.store._storage.delete(stored.key)
        again = await studio.owner.get(f"{url}/thumbnail?wait=20")
        assert again.content == first.content


async def test_two_projects_share_what_is_made_and_each_sees_its_own_alone(studio: Studio) -> None:
    one, other, third = [await studio.project() for _ in range(3)]
    mine, theirs = [await bring(studio, p, picture(3)) for p in (one, other)]
    with ended_derivatives() as facts:
        async with making(studio):
            assert (await studio.owner.get(f"{mine}/thumbnail?wait=20")).status_code == 200
            await come(facts, 2)
    assert (await studio.owner.get(f"{theirs}/thumbnail")).status_code == 200
    assert {str(fact.project_id) for fact in facts} == {one, other}
    stranger = mine.replace(one, third)
    assert (await studio.owner.get(f"{stranger}/thumbnail")).status_code == 404


async def test_a_take_has_its_thumbnail_and_filmstrip(studio: Studio) -> None:
    project = await studio.project()
    shot = await studio.shot(project, frames=12)
    async with studio.worker(), making(studio):
        run = await studio.run_ends((await studio.generate(project, shot))["run_id"])
        assert run["status"] == "succeeded", run
        take = (await studio.owner.get(f"/api/v1/takes/{run['tasks'][0]['take_id']}")).json()
        url = f"/api/v1/projects/{project}/media/{take['digest']}"
        await all_made(
            url, studio, {"thumbnail": "ready", "filmstrip": "ready", "proxy": "none",
                          "waveform": "none"},
        )  # fmt: skip
        strip = await studio.owner.get(f"{url}/filmstrip")
        index = (await studio.owner.get(f"{url}/filmstrip/index")).json()
        assert Image.open(io.BytesIO(strip.content)).size == (
            index["image"]["width"], index["image"]["height"],
        )  # fmt: skip
        assert index["count"] == 4
        # What the studio made itself every browser plays: the take serves as its own proxy.
        proxy = await studio.owner.get(f"{url}/proxy?wait=20", headers={"Range": "bytes=4-7"})
        assert (proxy.status_code, proxy.content) == (206, b"ftyp")
        assert proxy.headers["etag"].strip('"') == take["digest"]
        silent = await studio.owner.get(f"{url}/waveform?wait=20")
        assert (silent.status_code, silent.json()["code"]) == (404, "media.no_sound")
        details = (await studio.owner.get(f"{url}/details")).json()
        assert details["unplayable"] is None


async def test_a_sound_has_a_waveform(studio: Studio, tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\x40\0\xc0" * 8000)
    project = await studio.project()
    url = await bring(studio, project, (tmp_path / "a.wav").read_bytes(), "a.wav")
    async with making(studio):
        coarse = await studio.owner.get(f"{url}/waveform?wait=20")
        assert coarse.json()["data"][:2] == [-64, 64]
        fine = await studio.owner.get(f"{url}/waveform?resolution=fine&encoding=binary")
        assert fine.content[:4] == b"\2\0\0\0"
        assert len(fine.content) == 24 + 2 * 63
        proxy = await studio.owner.get(f"{url}/proxy?wait=20")
        assert proxy.headers["content-type"] == "audio/mp4"
    assert (await studio.owner.get(f"{url}/thumbnail")).status_code == 404


async def test_what_cannot_be_shown_says_so_on_the_media(studio: Studio) -> None:
    async def fail(*_: Any) -> Any:
        raise DirectorError("media.unplayable", "It is all noise.", hint="Export it again.")

    specs = [
        DerivativeSpec(name="t", kind="thumbnail", version="1", media_types=("image/*",), make=fail)
    ]
    project = await studio.project()
    url = await bring(studio, project, picture(4))
    with ended_derivatives() as facts:
        async with making(studio, specs):
            answer = await studio.owner.get(f"{url}/thumbnail?wait=20")
            await come(facts, 1)
    assert (answer.status_code, answer.json()["code"]) == (404, "media.unplayable")
    assert answer.json()["title"] == "It is all noise."
    assert [(fact.ready, fact.reason) for fact in facts] == [(False, "It is all noise.")]
    details = (await studio.owner.get(f"{url}/details")).json()
    assert details["unplayable"] == "It is all noise."
    listed = (await studio.owner.get(f"/api/v1/projects/{project}/media")).json()["items"]
    assert listed[0]["unplayable"] == "It is all noise."
    # It is not tried again by itself.
    assert not await maker_of(studio, specs).make_next()


async def test_what_is_made_otherwise_now_is_made_again_and_shown_meanwhile(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(5))
    async with making(studio):
        first = await studio.owner.get(f"{url}/thumbnail?wait=20")
    newer = [
        DerivativeSpec(
            name=spec.name, kind=spec.kind, version="2", media_types=spec.media_types,
            make=spec.make,
        )
        for spec in SPECS
    ]  # fmt: skip
    monkeypatch.setattr(studio.app.state.derivatives, "_specs", newer)
    old = await studio.owner.get(f"{url}/thumbnail")
    assert old.headers["etag"] == first.headers["etag"]
    async with making(studio, newer):
        await all_made(url, studio, {"thumbnail": "ready"})
        new = await studio.owner.get(f"{url}/thumbnail?wait=20")
    assert "-2-" in new.headers["etag"]


async def test_the_urgent_comes_first_and_what_is_asked_for_before_all(studio: Studio) -> None:
    project = await studio.project()
    digests = [hashlib.sha256(bytes([n])).hexdigest() for n in range(4)]
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        for digest in digests:
            await unit.execute(
                "INSERT INTO objects (digest, size, media_type) VALUES ($1, 1, 'video/mp4')", digest
            )
            await unit.execute(
                "INSERT INTO project_objects (project_id, digest) VALUES ($1, $2)",
                UUID(project),
                digest,
            )
            await derivatives.want(unit, digest, ["proxy", "thumbnail"])
        await derivatives.want(unit, digests[3], ["proxy"], asked=True)
        # To be wanted again without anybody waiting takes nothing away from it.
        await derivatives.want(unit, digests[3], ["proxy"])
    worker, order = new_id(), []
    async with unit_of_work(role=DatabaseRole.WORKER) as unit:
        while (claimed := await derivatives.claim(unit, worker, 60)) is not None:
            order.append((digests.index(claimed.media.digest), claimed.kind))
            await derivatives.end(unit, claimed, worker)
    assert order[0] == (3, "proxy")
    assert [kind for _, kind in order[1:]] == ["thumbnail"] * 4 + ["proxy"] * 3


@pytest.mark.parametrize(("idle", "seed"), [(0.0, 8), (IDLE - 1, 15)])
async def test_a_worker_amid_tasks_makes_only_what_somebody_waits_for(
    studio: Studio, idle: float, seed: int
) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(seed))
    busy = DerivativeMaker(
        new_id(), SPECS, [], studio.store, studio.settings.home / "worker", lambda: idle
    )
    assert not await busy.make_next()
    assert (await studio.owner.get(f"{url}/thumbnail")).status_code == 202
    assert await busy.make_next()
    assert (await studio.owner.get(f"{url}/thumbnail")).status_code == 200


async def test_a_worker_makes_the_rest_once_it_is_idle(studio: Studio) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(14))
    loop = asyncio.get_running_loop()
    began = loop.time() - (IDLE - 0.3)
    folder = studio.settings.home / "worker"
    maker = DerivativeMaker(new_id(), SPECS, [], studio.store, folder, lambda: loop.time() - began)
    task = asyncio.create_task(maker.run())
    try:
        await all_made(url, studio, {"thumbnail": "ready"})
    finally:
        await end_task(task)


async def test_a_worker_that_fell_silent_leaves_it_to_others_and_not_without_end(
    studio: Studio,
) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(6))
    worker = new_id()
    for attempt in range(1, 4):
        async with unit_of_work(role=DatabaseRole.WORKER) as unit:
            claimed = await derivatives.claim(unit, worker, 60)
            assert claimed is not None
            assert claimed.attempt == attempt
            assert await derivatives.claim(unit, new_id(), 60) is None, "it is held by a lease"
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute("UPDATE derivatives SET lease_until = now() - interval '1 s'")
    async with unit_of_work(role=DatabaseRole.WORKER) as unit:
        assert await derivatives.claim(unit, new_id(), 60) is None
        # The one that woke up after all is not believed.
        assert not await derivatives.end(unit, claimed, worker)
    answer = await studio.owner.get(f"{url}/thumbnail")
    assert (answer.status_code, answer.json()["code"]) == (404, "media.unplayable")


async def test_a_worker_that_is_stopped_gives_it_back(studio: Studio) -> None:
    began = asyncio.Event()

    async def long(*_: Any) -> Any:
        began.set()
        await asyncio.sleep(60)

    specs = [
        DerivativeSpec(name="t", kind="thumbnail", version="1", media_types=("image/*",), make=long)
    ]
    project = await studio.project()
    url = await bring(studio, project, picture(7))
    task = asyncio.create_task(maker_of(studio, specs).run())
    await began.wait()
    await end_task(task)
    assert not list((studio.settings.home / "worker").glob("derivative-*"))
    async with making(studio):
        assert (await studio.owner.get(f"{url}/thumbnail?wait=20")).status_code == 200


async def test_the_media_of_a_project_are_listed_in_pages(studio: Studio) -> None:
    project = await studio.project()
    for seed in (10, 11, 12):
        await bring(studio, project, picture(seed), f"{seed}.png")
    page = f"/api/v1/projects/{project}/media?limit=2"
    first = (await studio.owner.get(page)).json()
    rest = (await studio.owner.get(f"{page}&cursor={first['next_cursor']}")).json()
    names = [item["media"]["name"] for item in (*first["items"], *rest["items"])]
    assert names == ["12.png", "11.png", "10.png"]
    assert first["items"][0]["derivatives"] == {"thumbnail": "queued"}
    assert (await studio.owner.get(f"{page}&media_type=video")).json()["items"] == []
    assert len((await studio.owner.get(f"{page}&media_type=image")).json()["items"]) == 2
    assert (await studio.owner.get(f"{page}&media_type=%25")).status_code == 400


async def test_a_path_never_reaches_a_client(studio: Studio) -> None:
    project = await studio.project()
    url = await bring(studio, project, picture(13))
    async with making(studio):
        answer = await studio.owner.get(f"{url}/thumbnail?wait=20")
        details = await studio.owner.get(f"{url}/details")
    shown = json.dumps(dict(answer.headers)) + details.text
    assert str(studio.settings.home) not in shown
    assert "05_Cache" not in shown
