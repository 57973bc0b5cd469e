"""Connections: so many of one network, so many in all, and none that says nothing for long."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from app.gateway import connection_limits
from app.gateway.connection_limits import LIMITS, ConnectionLimits
from tests.gateway.sockets import peer
from tests.studio import Studio


@pytest.fixture
async def address(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as address:
        yield address


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.partition(":")
    return await asyncio.open_connection(host, int(port))


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(60):
            return await reader.read(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_that_never_asks_is_ended(
    address: str, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(connection_limits, "HEADER_SECONDS", 0.2)
    reader, writer = await connect(address)
    writer.write(begun)
    assert await ended(reader)


async def test_a_second_request_has_a_deadline_too(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = await connect(address)
    writer.write(b"GET /api/v1/auth/registration HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    monkeypatch.setattr(connection_limits, "HEADER_SECONDS", 0.2)
    writer.write(b"GET /api/v1/auth/registration HTTP/1.1\r\nX-Slow: ")
    async with asyncio.timeout(60):
        while await reader.read(1000):
            continue


async def test_an_open_canvas_outlives_the_deadline(
    studio: Studio, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "HEADER_SECONDS", 0.2)
    before = len(LIMITS)
    project = await studio.project()
    token = studio.owner.headers["authorization"].removeprefix("Bearer ")
    async with peer(address, project, token) as canvas:
        await canvas.join()
        await asyncio.sleep(0.5)
        assert len(LIMITS) == before + 1
        await canvas.say("client:ping")
    for _ in range(100):
        if len(LIMITS) == before:
            return
        await asyncio.sleep(0.02)
    assert len(LIMITS) == before


async def test_more_than_there_may_be_are_refused_and_room_is_given_back(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LIMITS, "most", len(LIMITS) + 3)
    kept = [await connect(address) for _ in range(3)]
    reader, _ = await connect(address)
    assert await ended(reader)
    for _, writer in kept:
        writer.close()
        await writer.wait_closed()
    await asyncio.sleep(0.1)
    reader, writer = await connect(address)
    writer.write(b"GET /api/v1/auth/registration HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")


def test_one_network_leaves_room_for_others() -> None:
    limits = ConnectionLimits(100)
    limits.configure(100, unlimited=["10.0.0.0/24"])
    taken = [asyncio.BaseTransport() for _ in range(60)]
    admitted = [one for one in taken if limits.admit(one, "203.0.113.9")]
    assert len(admitted) == 25
    assert limits.admit(asyncio.BaseTransport(), "198.51.100.7")
    # Behind a proxy or on this machine are many people.
    assert all(limits.admit(asyncio.BaseTransport(), "10.0.0.1") for _ in range(40))
    assert all(limits.admit(asyncio.BaseTransport(), "127.0.0.1") for _ in range(30))
    limits.release(admitted[0])
    assert limits.admit(asyncio.BaseTransport(), "203.0.113.9")
    # 64 bits of IPv6 are one network.
    many = [f"2001:db8::{n:x}" for n in range(1, 60)]
    assert sum(limits.admit(asyncio.BaseTransport(), one) for one in many) <= 25


def test_a_process_takes_the_descriptors_that_it_may_have() -> None:
    script = """
import json, resource
from app.gateway.connection_limits import LIMITS, prepare_connections
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))
prepare_connections(())
print(json.dumps([resource.getrlimit(resource.RLIMIT_NOFILE)[0], LIMITS.most]))
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(said.stdout) == [1024, 1024 - connection_limits.RESERVED_DESCRIPTORS]


async def test_the_body_of_a_refused_request_is_read_slowly_and_the_answer_arrives(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "UNWANTED_FREE", 100_000)
    monkeypatch.setattr(connection_limits, "UNWANTED_RATE", 2_000_000)
    reader, writer = await connect(address)
    body = 4_000_000
    ask = f"POST /api/v1/scripts/breakdown HTTP/1.1\r\nHost: x\r\nContent-Length: {body}\r\n\r\n"
    began = asyncio.get_running_loop().time()
    writer.write(ask.encode() + b" " * body)
    async with asyncio.timeout(60):
        await writer.drain()
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
        # The connection goes on to be used, once all of it was taken.
        writer.write(b"GET /api/v1/auth/registration HTTP/1.1\r\nHost: x\r\n\r\n")
        while not (await reader.readline()).endswith(b"HTTP/1.1 200 OK\r\n"):
            continue
    assert asyncio.get_running_loop().time() - began > 1.0


async def test_a_body_without_end_that_nobody_reads_is_cut_off(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "UNWANTED_MOST", 1_000_000)
    reader, writer = await connect(address)
    ask = "POST /api/v1/scripts/breakdown HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n"
    writer.write(ask.encode() + b" " * 9_000_000)
    async with asyncio.timeout(60):
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            while await reader.read(65536):
                continue
