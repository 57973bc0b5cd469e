"""The S3 storage, and a studio on it, against a server that refuses what S3 refuses."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aioboto3
import msgspec
import pytest
from director_storage.s3 import S3Storage
from director_storage.settings import Settings
from node_registry.testing.storages import StorageSuite, chunks, listed, whole

from app.media import storage_watch
from app.platform.database import DatabaseRole
from node_registry import DirectorError
from tests.brush import painting
from tests.gateway.sockets import peer
from tests.s3.radosgw import ACCESS_KEY, SECRET_KEY, Radosgw, radosgw
from tests.studio import Studio, open_studio, own_task

BUCKET = "films"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radosgw]:
    with radosgw(tmp_path_factory.mktemp("ceph")) as server:
        yield server


@pytest.fixture(scope="module")
async def client(server: Radosgw) -> AsyncIterator[Any]:
    """A client of the server, with the bucket of the tests."""
    session = aioboto3.Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY)
    context: Any = session.client("s3", endpoint_url=server.address, region_name="us-east-1")
    async with context as client:
        await client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def settings(server: Radosgw, request: pytest.FixtureRequest) -> Settings:
    """A part of the bucket for the test alone."""
    return Settings(
        endpoint=server.address,
        bucket=BUCKET,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        prefix=f"studio-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}",
    )


@pytest.fixture
async def storage(client: Any, settings: Settings) -> AsyncIterator[S3Storage]:
    storage = S3Storage(settings)
    await storage.open()
    yield storage
    await storage.close()


class TestRadosgw(StorageSuite):
    large = 160 << 20


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


async def test_only_a_whole_link_that_is_not_over_gives_the_bytes(storage: S3Storage) -> None:
    await storage.put("objects/a", chunks(b"take"))
    await storage.put("objects/b", chunks(b"secret"))
    link = await storage.link("objects/a", expires=timedelta(minutes=5), filename="a.mp4")
    short = await storage.link("objects/a", expires=timedelta(seconds=1))
    assert link is not None
    assert short is not None
    ask = asyncio.to_thread
    assert await ask(status, link) == 200
    signed = link.rpartition("X-Amz-Signature=")
    other = "0" if signed[2][0] != "0" else "1"
    assert await ask(status, f"{signed[0]}{signed[1]}{other}{signed[2][1:]}") == 403
    assert await ask(status, link.replace("objects/a", "objects/b")) == 403
    assert await ask(status, link.replace("a.mp4", "b.mp4")) == 403
    assert await ask(status, link.partition("?")[0]) == 403
    for _ in range(100):
        if await ask(status, short) == 403:
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("a link that is over still gives the bytes")


async def test_a_wrong_secret_is_refused_and_told_as_that(client: Any, settings: Settings) -> None:
    storage = S3Storage(msgspec.structs.replace(settings, secret_key="guessed"))
    with pytest.raises(DirectorError) as caught:
        await storage.open()
    assert caught.value.code == "storage.refused"
    assert "guessed" not in f"{caught.value} {caught.value.hint}"


async def test_the_server_itself_removes_what_was_for_a_while(
    server: Radosgw, client: Any, storage: S3Storage, settings: Settings
) -> None:
    assert storage.rules.missing == ""
    await storage.put("health/left", chunks(b"x"))
    await storage.put("objects/kept", chunks(b"x"))
    place = {"Bucket": settings.bucket, "Key": f"{settings.prefix}/objects/half"}
    await client.create_multipart_upload(**place)
    async with asyncio.timeout(60):
        while True:
            await asyncio.to_thread(server.expire)
            uploads = await client.list_multipart_uploads(Bucket=settings.bucket)
            if not uploads.get("Uploads") and await listed(storage, "health/") == []:
                break
    assert await whole(storage, "objects/kept") == b"x"


async def stored(client: Any, settings: Settings) -> set[str]:
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=settings.bucket, Prefix=f"{settings.prefix}/objects/"
    )
    return {
        found["Key"].rpartition("/")[2]
        async for page in pages
        for found in page.get("Contents", [])
    }


async def test_a_server_that_dies_in_a_run_and_comes_back(
    server: Radosgw,
    client: Any,
    settings: Settings,
    own_database_urls: Any,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in msgspec.structs.asdict(settings).items():
        monkeypatch.setenv(f"DIRECTOR_PLUGIN_STORAGE__{name.upper()}", str(value))
    for role in (DatabaseRole.APP, DatabaseRole.SERVICE):
        monkeypatch.setenv(f"DIRECTOR_DATABASE_{role.name}_URL", own_database_urls.urls[role])
    monkeypatch.setattr(storage_watch, "EVERY", 0.2)
    opening = open_studio(tmp_path / "home", own_database_urls.urls, redis_url, storage="s3")
    async with own_task(opening) as studio:
        await _runs(studio, server, client, settings, monkeypatch)


async def _runs(
    studio: Studio,
    server: Radosgw,
    client: Any,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = await studio.project()
    shots = [await studio.shot(project, code=code) for code in ("010", "020")]
    token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    async with (
        studio.served() as host,
        painting(studio, monkeypatch) as brush,
        peer(host, project, token) as ws,
    ):
        await ws.join()
        first = await studio.generate(project, shots[0])
        assert (await studio.run_ends(first["run_id"]))["status"] == "succeeded"
        before = await stored(client, settings)
        assert before
        brush.go.clear()
        brush.began.clear()
        second = await studio.generate(project, shots[1])
        await asyncio.wait_for(brush.began.wait(), 60)
        server.stop()
        with contextlib.ExitStack() as back:
            back.callback(server.start)
            brush.go.set()
            assert (await studio.run_ends(second["run_id"]))["status"] == "succeeded"
            while not (await ws.next("server:storage_changed", within=60))["waiting"]:
                pass
        while True:
            told = await ws.next("server:storage_changed", within=60)
            if told["reachable"] and not told["waiting"]:
                break
        takes = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
        made = {take["digest"] for take in takes}
        assert len(made) == 2
        assert await stored(client, settings) >= made | before
        for digest in made:
            place = {"Bucket": settings.bucket, "Key": f"{settings.prefix}/objects/{digest}"}
            body = await (await client.get_object(**place))["Body"].read()
            assert hashlib.sha256(body).hexdigest() == digest
