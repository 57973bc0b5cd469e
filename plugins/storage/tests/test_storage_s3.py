"""The S3 storage against a real server process: the contract, links, and what servers refuse."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aioboto3
import msgspec
import pytest
from botocore.exceptions import ClientError
from director_storage import health, multipart
from director_storage.s3 import S3Storage
from director_storage.settings import Settings
from node_registry.testing.storages import StorageSuite, chunks, listed, refused, whole

from node_registry import DirectorError


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/moto-api/", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the S3 server died"
                subprocess.run(["sleep", "0.1"], check=True)
        else:
            pytest.fail("the S3 server did not start")
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def settings(server: str) -> Settings:
    return Settings(
        endpoint=server, bucket="films", access_key="studio", secret_key="hush", prefix="one"
    )


@pytest.fixture
async def client(server: str) -> AsyncIterator[Any]:
    session = aioboto3.Session(aws_access_key_id="x", aws_secret_access_key="y")
    reset = urllib.request.Request(f"{server}/moto-api/reset", method="POST")
    (await asyncio.to_thread(urllib.request.urlopen, reset)).close()
    context: Any = session.client("s3", endpoint_url=server, region_name="us-east-1")
    async with context as client:
        await client.create_bucket(Bucket="films")
        yield client


@pytest.fixture
async def storage(client: Any, settings: Settings) -> AsyncIterator[S3Storage]:
    storage = S3Storage(settings)
    await storage.open()
    yield storage
    await storage.close()
    left = await client.list_multipart_uploads(Bucket="films")
    assert left.get("Uploads", []) == [], "an upload was begun and neither ended nor given up"


class TestS3Storage(StorageSuite):
    large = 160 << 20


async def test_a_stranger_gets_it_by_the_link_with_its_name(storage: S3Storage):
    await storage.put("objects/a", chunks(b"take"), media_type="video/mp4")
    link = await storage.link(
        "objects/a", expires=timedelta(minutes=5), filename='Küste "1".mp4\r\nX-Evil: 1'
    )
    assert link is not None
    assert "X-Amz-Expires=300" in link
    assert "hush" not in link
    answer = await asyncio.to_thread(urllib.request.urlopen, link)
    assert answer.read() == b"take"
    name = answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''K%C3%BCste%20%221%22.mp4X-Evil%3A%201" in name
    assert answer.headers["X-Evil"] is None


async def test_the_name_of_a_take_stands_at_the_object(storage: S3Storage, client: Any):
    await storage.put("objects/b", chunks(b"take"), metadata={"name": "SHOT-010_v01_take01.mp4"})
    head = await client.head_object(Bucket="films", Key="one/objects/b")
    assert head["ContentDisposition"] == (
        "inline; filename=\"SHOT-010_v01_take01.mp4\"; filename*=UTF-8''SHOT-010_v01_take01.mp4"
    )
    assert head["Metadata"] == {"name": "SHOT-010_v01_take01.mp4"}


async def test_links_use_the_address_that_browsers_know(client: Any, settings: Settings):
    public = msgspec.structs.replace(settings, public_endpoint="https://media.example.org")
    storage = S3Storage(public)
    await storage.open()
    link = await storage.link("a", expires=timedelta(days=30))
    await storage.close()
    assert link is not None
    assert link.startswith("https://media.example.org/films/one/a?")
    assert "X-Amz-Expires=604800" in link


async def test_only_the_studios_part_of_a_bucket_is_seen(storage: S3Storage, client: Any):
    for key in ("two/a", "one/ä b", "one/../x", "onemore/a"):
        await client.put_object(Bucket="films", Key=key, Body=b"x")
    await storage.put("a", chunks(b"x"))
    assert await listed(storage, "") == ["a"]


async def test_a_file_above_64_mb_goes_in_parts(storage: S3Storage, client: Any, tmp_path: Path):
    source = tmp_path / "film.mov"
    with source.open("wb") as file:
        file.truncate(multipart.SINGLE + 5)
        file.seek(multipart.SINGLE - 2)
        file.write(b"seam!!!")
    await storage.put("film", source)
    head = await client.head_object(Bucket="films", Key="one/film")
    assert head["ETag"].endswith('-5"')
    assert head["ContentLength"] == multipart.SINGLE + 5
    assert await whole(storage, "film", multipart.SINGLE - 2) == b"seam!!!"
    assert source.exists()


async def test_a_failure_in_a_late_part_leaves_nothing(storage: S3Storage):
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(90):
            yield bytes(1 << 20)
        raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        await storage.put("late", broken())
    assert await storage.stat("late") is None


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 31, 32, 33, 100])
async def test_parts_lose_and_double_nothing(size: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(multipart, "PART", 8)
    content = bytes(range(size))
    for step in (1, 3, 8, 16, 200):
        pieces = [content[at : at + step] for at in range(0, size, step)]
        parts = [part async for part in multipart.of_stream(chunks(*pieces))]
        assert b"".join(parts) == content
        assert all(len(part) == 8 for part in parts[:-1])


def test_parts_suffice_for_the_largest_object():
    assert sum(multipart.size_of(number) for number in range(1, 10_001)) > 500 << 30


class Flaky:
    """A proxy that breaks off every body after so many bytes, for some connections."""

    def __init__(self, target: str, breaks: int) -> None:
        self.host, port = target.removeprefix("http://").split(":")
        self.port, self.breaks = int(port), breaks
        self.server: asyncio.Server | None = None

    async def __aenter__(self) -> str:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        assert self.server
        self.server.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(self.host, self.port)

        async def up() -> None:
            while data := await reader.read(65536):
                outer.write(data)
            outer.close()

        async def down() -> None:
            passed = 0
            while data := await inner.read(65536):
                writer.write(data)
                await writer.drain()
                passed += len(data)
                if passed > 400_000 and self.breaks > 0:
                    self.breaks -= 1
                    writer.transport.abort()
                    return
            writer.close()

        await asyncio.gather(up(), down(), return_exceptions=True)


async def test_a_read_that_breaks_off_goes_on_where_it_was(
    storage: S3Storage, server: str, settings: Settings
):
    content = bytes(range(256)) * 8000
    await storage.put("long", chunks(content))
    async with Flaky(server, breaks=2) as address:
        flaky = S3Storage(msgspec.structs.replace(settings, endpoint=address))
        await flaky.open()
        assert await whole(flaky, "long", 7) == content[7:]
        await flaky.close()


async def test_a_read_that_always_breaks_off_says_so(
    storage: S3Storage, server: str, settings: Settings
):
    await storage.put("long", chunks(bytes(2 << 20)))
    async with Flaky(server, breaks=99) as address:
        flaky = S3Storage(msgspec.structs.replace(settings, endpoint=address))
        await flaky.open()
        await refused("storage.unreachable", lambda: whole(flaky, "long"))
        await flaky.close()


async def said(settings: Settings, code: str = "storage.refused") -> DirectorError:
    storage = S3Storage(settings)
    with pytest.raises(DirectorError) as caught:
        await storage.open()
    await storage.close()
    assert caught.value.code == code
    assert caught.value.hint
    return caught.value


async def test_what_is_set_wrongly_is_said(client: Any, settings: Settings):
    change = msgspec.structs.replace
    assert "No bucket is set" in (await said(change(settings, bucket=""))).message
    assert "no bucket 'nowhere'" in (await said(change(settings, bucket="nowhere"))).message
    error = await said(change(settings, endpoint="http://127.0.0.1:9"), "storage.unreachable")
    assert "ENDPOINT" in error.hint
    assert "address" in (await said(change(settings, endpoint="no address"))).message
    with pytest.raises(DirectorError):
        S3Storage(change(settings, prefix="../other"))


async def test_the_rules_of_others_stay_beside_ours(client: Any, settings: Settings) -> None:
    theirs = {
        "ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "two/"},
        "Expiration": {"Days": 9},
    }  # fmt: skip
    await client.put_bucket_lifecycle_configuration(
        Bucket="films", LifecycleConfiguration={"Rules": [theirs]}
    )
    for _ in range(2):
        storage = S3Storage(settings)
        await storage.open()
        await storage.close()
        assert storage.rules.missing == ""
    found = (await client.get_bucket_lifecycle_configuration(Bucket="films"))["Rules"]
    rules = {rule["ID"]: rule for rule in found}
    assert set(rules) == {"theirs", "director-uploads one/", "director-trials one/"}
    assert rules["director-uploads one/"]["AbortIncompleteMultipartUpload"] == {
        "DaysAfterInitiation": 1
    }
    assert rules["director-trials one/"]["Filter"] == {"Prefix": "one/health/"}


async def test_a_server_without_rules_stores_all_the_same_and_says_so(
    client: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = S3Storage._connect

    async def connect(self: S3Storage, endpoint: str) -> Any:
        client = await real(self, endpoint)

        async def refuse(**_given: Any) -> None:
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "GetBucketLifecycle")

        client.get_bucket_lifecycle_configuration = refuse
        return client

    monkeypatch.setattr(S3Storage, "_connect", connect)
    monkeypatch.setattr(health, "WITHIN", 60)
    found = await health.ask_server(settings)
    assert found.state == "ok"
    assert "no rule for the life of objects (NotImplemented)" in found.message


async def test_a_storage_that_is_not_open_says_so(settings: Settings):
    await refused("storage.unreachable", lambda: S3Storage(settings).stat("a"))


async def test_the_doctor_tries_the_bucket_and_leaves_nothing(
    storage: S3Storage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However busy the machine is.
    monkeypatch.setattr(health, "WITHIN", 60)
    assert (await health.ask_server(settings)).state == "ok"

    async def changed(self: S3Storage, key: str) -> AsyncIterator[bytes]:
        yield b"something else"

    monkeypatch.setattr(S3Storage, "read", changed)
    found = await health.ask_server(settings)
    assert found.state == "failed"
    assert "other bytes" in found.message

    async def lost(self: S3Storage, key: str) -> AsyncIterator[bytes]:
        raise DirectorError("storage.unreachable", "It may be written to only.", hint="Ask.")
        yield b""

    monkeypatch.setattr(S3Storage, "read", lost)
    found = await health.ask_server(settings)
    assert (found.state, found.message, found.remedy) == (
        "failed", "It may be written to only.", "Ask.",
    )  # fmt: skip
    assert await listed(storage, "health/") == []
