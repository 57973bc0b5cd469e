"""An S3 server that is switched off for a while in the middle of a run: nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aioboto3
import pytest

from app.media import StorageChanged, storage_watch
from app.media.objects import ObjectStore
from app.platform import bus
from app.platform.database import DatabaseRole
from app.platform.plugins import load_plugins
from tests.brush import painting
from tests.gateway.sockets import peer
from tests.studio import Studio, open_studio, own_task

ACCESS = {"aws_access_key_id": "studio", "aws_secret_access_key": "hush"}


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """A real S3 server; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the S3 server died"
                subprocess.run(["sleep", "0.1"], check=True)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Line:
    """The network between the studio and the server, which can be cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self.address = ""
        self._own = 0

    async def connect(self) -> None:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", self._own)
        self._own = self._listening.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self._own}"

    async def cut(self) -> None:
        assert self._listening is not None
        self._listening.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, thither = await asyncio.open_connection("127.0.0.1", self._port)
        self._open |= {writer, thither}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pump(reader, thither), self._pump(there, writer))
        self._open -= {writer, thither}

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
        target.close()


@pytest.fixture
async def line(server: int) -> AsyncIterator[Line]:
    line = Line(server)
    await line.connect()
    yield line
    await line.cut()


@pytest.fixture
async def bucket(server: int) -> AsyncIterator[Any]:
    session = aioboto3.Session(**ACCESS)
    context: Any = session.client(
        "s3", endpoint_url=f"http://127.0.0.1:{server}", region_name="us-east-1"
    )
    async with context as client:
        await client.create_bucket(Bucket="films")
        yield client


def environment(line: Line) -> dict[str, str]:
    given = {
        "ENDPOINT": line.address, "BUCKET": "films", "ACCESS_KEY": "studio", "SECRET_KEY": "hush",
    }  # fmt: skip
    return {f"DIRECTOR_PLUGIN_STORAGE__{name}": value for name, value in given.items()}


def surroundings(monkeypatch: pytest.MonkeyPatch, line: Line, database: Any) -> None:
    """A studio that is opened now uses the server at the end of this line."""
    for name, value in environment(line).items():
        monkeypatch.setenv(name, value)
    for role in (DatabaseRole.APP, DatabaseRole.SERVICE):
        monkeypatch.setenv(f"DIRECTOR_DATABASE_{role.name}_URL", database.urls[role])
    monkeypatch.setattr(storage_watch, "EVERY", 0.2)


@pytest.fixture
async def far_studio(
    own_database_urls, redis_url: str, tmp_path: Path, line: Line, bucket: Any, monkeypatch
) -> AsyncIterator[Studio]:
    surroundings(monkeypatch, line, own_database_urls)
    home = tmp_path / "home"
    async with own_task(
        open_studio(home, own_database_urls.urls, redis_url, storage="s3")
    ) as studio:
        yield studio


async def stored(bucket: Any) -> set[str]:
    pages = bucket.get_paginator("list_objects_v2").paginate(Bucket="films", Prefix="objects/")
    return {
        found["Key"].rpartition("/")[2]
        async for page in pages
        for found in page.get("Contents", [])
    }


async def part(studio: Studio, name: str) -> dict[str, str]:
    answer = await studio.owner.get("/api/v1/health")
    return next(one for one in answer.json()["parts"] if one["part"] == name)


async def test_a_storage_that_goes_away_in_a_run_loses_nothing(
    far_studio: Studio, line: Line, bucket: Any, monkeypatch
) -> None:
    studio = far_studio
    heard: list[StorageChanged] = []

    async def hear(fact: StorageChanged) -> None:
        heard.append(fact)

    forget = bus.listen(StorageChanged, hear)
    project = await studio.project()
    shots = [await studio.shot(project, code=code) for code in ("010", "020", "030")]
    async with studio.served() as host, painting(studio, monkeypatch) as brush:
        token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
        async with peer(host, project, token) as ws:
            await ws.join()
            first = await studio.generate(project, shots[0])
            assert (await studio.run_ends(first["run_id"]))["status"] == "succeeded"
            before = await stored(bucket)
            # In the middle of a run: the brush has begun, and gives its picture when it is cut.
            brush.go.clear()
            brush.began.clear()
            runs = [await studio.generate(project, shot) for shot in shots[1:]]
            await asyncio.wait_for(brush.began.wait(), 60)
            await line.cut()
            brush.go.set()
            for run in runs:
                assert (await studio.run_ends(run["run_id"]))["status"] == "succeeded"
            answer = await studio.owner.get(f"/api/v1/projects/{project}/takes")
            takes = answer.json()["items"]
            assert len(takes) == 3
            made = {take["digest"] for take in takes}
            assert await stored(bucket) == before
            # Everything is there for people, all the while.
            for take in takes:
                content = await studio.owner.get(f"/api/v1/takes/{take['id']}/content")
                assert content.status_code == 200
                assert content.content
            while True:
                told = await ws.next("server:storage_changed", within=60)
                if told["waiting"] == len(made - before):
                    break
            assert told["reachable"] is False
            health = await part(studio, "storage")
            assert (health["state"], "None is lost" in health["message"]) == ("degraded", True)
            # Who opens the project now is told as well.
            async with peer(host, project, token) as late:
                await late.join()
                told = await late.next("server:storage_changed", within=60)
                assert told["waiting"] == 2
            monkeypatch.setattr("app.media.objects.TRY_AGAIN", 0.2)
            await line.connect()
            while True:
                told = await ws.next("server:storage_changed", within=60)
                if told["reachable"] and not told["waiting"]:
                    break
    forget()
    assert await stored(bucket) >= made | before
    assert (await part(studio, "storage"))["state"] == "ok"
    assert not [path for path in (studio.settings.home / "unsent").iterdir() if path.suffix == ""]
    # What came by a way around is the bytes themselves.
    for digest in made:
        found = await bucket.get_object(Bucket="films", Key=f"objects/{digest}")
        body = await found["Body"].read()
        assert hashlib.sha256(body).hexdigest() == digest
    assert heard


async def test_a_studio_starts_while_its_storage_is_away(
    own_database_urls, redis_url: str, tmp_path: Path, line: Line, bucket: Any, monkeypatch
) -> None:
    surroundings(monkeypatch, line, own_database_urls)
    await line.cut()
    opening = open_studio(tmp_path / "home", own_database_urls.urls, redis_url, storage="s3")
    async with own_task(opening) as studio:
        said = await part(studio, "storage")
        assert (said["state"], "is away" in said["message"]) == ("degraded", True)
        project = await studio.project()
        shot = await studio.shot(project)
        async with studio.served() as host, painting(studio, monkeypatch):
            token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
            run = await studio.generate(project, shot)
            assert (await studio.run_ends(run["run_id"]))["status"] == "succeeded"
            async with peer(host, project, token) as ws:
                await ws.join()
                while True:
                    told = await ws.next("server:storage_changed", within=60)
                    if told["waiting"]:
                        break
                assert told["reachable"] is False
                takes = await studio.owner.get(f"/api/v1/projects/{project}/takes")
                [take] = takes.json()["items"]
                content = await studio.owner.get(f"/api/v1/takes/{take['id']}/content")
                assert content.status_code == 200
                monkeypatch.setattr("app.media.objects.TRY_AGAIN", 0.2)
                await line.connect()
                while told["waiting"] or not told["reachable"]:
                    told = await ws.next("server:storage_changed", within=60)
        assert take["digest"] in await stored(bucket)
        assert (await part(studio, "storage"))["state"] == "ok"


async def test_a_storage_without_files_that_wait_is_asked_whether_it_is_there(
    line: Line, bucket: Any, tmp_path: Path, monkeypatch
) -> None:
    spec = load_plugins("worker", environ=environment(line)).storages["s3"]
    store = ObjectStore(spec.factory(tmp_path), tmp_path / "cache", tmp_path / "unsent")
    await line.cut()
    await store.open()
    try:
        monkeypatch.setattr("app.media.objects.TRY_AGAIN", 0.0)
        for _ in range(2):
            state = await store.send_waiting()
            assert (state.reachable, state.waiting) == (False, 0)
        await line.connect()
        assert (await store.send_waiting()).reachable is True
        await line.cut()
        monkeypatch.setattr("app.media.objects.ASK_EVERY", 0.0)
        assert (await store.send_waiting()).reachable is False
    finally:
        await store.close()


async def test_what_waits_outlives_the_process_that_made_it(
    line: Line, bucket: Any, tmp_path: Path
) -> None:
    spec = load_plugins("worker", environ=environment(line)).storages["s3"]

    def store() -> ObjectStore:
        return ObjectStore(spec.factory(tmp_path), tmp_path / "cache", tmp_path / "unsent")

    first = store()
    await first.open()
    await line.cut()
    picture = tmp_path / "picture"
    picture.write_bytes(b"a lamp")
    kept = await first.keep(picture, "image/png")
    assert not picture.exists()
    assert (await first.path_of(kept.digest)).read_bytes() == b"a lamp"
    assert b"".join([c async for c in first.read(kept.digest, 2, 6)]) == b"lamp"
    assert await first.size_of(kept.digest) == 6
    assert (await first.send_waiting()).waiting == 1
    await first.close()
    await line.connect()
    second = store()
    await second.open()
    state = await second.send_waiting()
    assert (state.reachable, state.waiting) == (True, 0)
    found = await bucket.head_object(Bucket="films", Key=f"objects/{kept.digest}")
    assert found["ContentType"] == "image/png"
    assert (await second.path_of(kept.digest)).read_bytes() == b"a lamp"
    await second.close()
