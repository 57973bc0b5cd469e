"""Bodies of requests, over real connections: not read for nothing, not held for ever, not large."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from app.platform import request_bodies
from tests.studio import Studio

LOGIN = "/api/v1/auth/login"


@pytest.fixture
async def address(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as address:
        yield address


async def send(
    address: str, path: str, body: bytes, *, length: int | None = None, token: str = ""
) -> tuple[int, dict[str, object]]:
    """Post a body of which `length` bytes are announced; the status and the problem."""
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: {address}",
        "Content-Type: application/json",
        f"Content-Length: {len(body) if length is None else length}",
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    try:
        async with asyncio.timeout(60):
            status = int((await reader.readline()).split()[1])
            lines = [line async for line in _lines(reader)]
            size = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
            return status, json.loads(await reader.readexactly(size))
    finally:
        writer.close()


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while (line := (await reader.readline()).strip()) != b"":
        yield line.lower()


async def test_a_strangers_body_is_not_read(address: str) -> None:
    # The answer comes although the body never does.
    status, problem = await send(address, "/api/v1/projects", b'{"title"', length=500_000)
    assert (status, problem["code"]) == (401, "account.required")


@pytest.mark.parametrize(
    ("path", "size"), [(LOGIN, 70_000), ("/auth/token", 70_000), ("/api/v1/projects", 1_100_000)]
)
async def test_a_body_is_as_large_as_its_route_needs(
    studio: Studio, address: str, path: str, size: int
) -> None:
    token = await studio.token()
    status, problem = await send(address, path, b"{", length=size, token=token)
    assert (status, problem["code"]) == (413, "request.too_large")


async def test_a_body_that_does_not_come_is_given_up(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_bodies, "GRACE", 0.2)
    status, problem = await send(address, LOGIN, b'{"email"', length=50_000)
    assert (status, problem["code"]) == (408, "request.too_slow")


async def test_all_bodies_together_have_a_limit_and_give_it_back(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_bodies, "IN_FLIGHT", 1000)
    monkeypatch.setattr(request_bodies, "GRACE", 1.0)
    body = json.dumps({"email": "a@example.org", "password": "x" * 700}).encode()
    slow = [asyncio.create_task(send(address, LOGIN, body, length=2_000)) for _ in range(2)]
    results = [await task for task in slow]
    assert sorted(status for status, _ in results) == [408, 429]
    status, _ = await send(address, LOGIN, body)
    assert status == 401
    assert request_bodies._Buffered.total == 0


async def test_an_upload_that_stands_still_is_a_broken_connection(
    studio: Studio, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_bodies, "STALL", 0.2)
    project = await studio.project()
    token = studio.owner.headers["authorization"].removeprefix("Bearer ")
    path = f"/api/v1/projects/{project}/media"
    status, problem = await send(address, path, b"half of it", length=1000, token=token)
    assert (status, problem["code"]) == (400, "upload.broken_off")
