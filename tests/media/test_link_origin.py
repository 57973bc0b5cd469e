"""Where links to stored bytes lead, which the page's policy has to name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aioboto3
import pytest
from director_storage.local import LocalStorage
from director_storage.s3 import S3Storage
from director_storage.settings import Settings
from moto.server import ThreadedMotoServer

from app.gateway.canvas import Canvas
from app.media import ObjectStore


@pytest.fixture
async def endpoint() -> AsyncIterator[str]:
    """An S3 server with a bucket `films`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    session = aioboto3.Session(aws_access_key_id="x", aws_secret_access_key="y")
    context: Any = session.client("s3", endpoint_url=address, region_name="us-east-1")
    async with context as client:
        await client.create_bucket(Bucket="films")
    yield address
    server.stop()


async def test_the_page_may_load_media_from_the_servers_public_address(
    tmp_path: Path, endpoint: str
) -> None:
    settings = Settings(
        endpoint=endpoint,
        public_endpoint="https://media.example:9000",
        bucket="films",
        access_key="key",
        secret_key="secret",
    )
    store = ObjectStore(S3Storage(settings), tmp_path)
    await store.open()
    try:
        origin = await store.link_origin()
    finally:
        await store.close()
    assert origin == "https://media.example:9000"
    canvas = Canvas(tmp_path)
    canvas.allow_storage(origin)
    rules = canvas.headers["Content-Security-Policy"].split("; ")
    for kind in ("img-src", "media-src", "connect-src"):
        (rule,) = (rule for rule in rules if rule.startswith(kind))
        assert origin in rule.split()


async def test_a_folder_adds_nothing_to_the_policy(tmp_path: Path) -> None:
    store = ObjectStore(LocalStorage(tmp_path), tmp_path)
    await store.open()
    assert await store.link_origin() == ""
    await store.close()
