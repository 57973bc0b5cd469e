"""The look at all that clients get: it sees a path in an answer, a head and a frame."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from tests.leaks import check_frame

HERE = str(Path(__file__).parents[2] / "app")


def telling(told: dict[str, Any]) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _request: httpx.Response(200, **told))


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"json": {"where": HERE}}, id="body"),
        pytest.param({"text": f"File {HERE}"}, id="text"),
        pytest.param({"headers": {"Location": HERE}}, id="head"),
    ],
)
async def test_an_answer_with_a_path_fails(told: dict[str, Any]) -> None:
    async with httpx.AsyncClient(transport=telling(told), base_url="http://studio") as client:
        with pytest.raises(AssertionError, match="tells where"):
            await client.get("/api/v1/projects")
        # What is no studio's is nobody's business.
        await client.get("/elsewhere")


def test_an_answer_to_a_client_that_waits_is_looked_at_too() -> None:
    told = {"json": {"where": HERE}}
    with (
        httpx.Client(transport=telling(told), base_url="http://studio") as client,
        pytest.raises(AssertionError, match="tells where"),
    ):
        client.get("/auth/token")


async def test_a_frame_with_a_path_fails_whoever_reads_it() -> None:
    async def tell(socket: ServerConnection) -> None:
        await socket.send('{"event": "server:log", "payload": "fine"}')
        await socket.send(HERE)

    async with (
        serve(tell, "127.0.0.1", 0) as server,
        connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws/x") as socket,
    ):
        await socket.recv()
        with pytest.raises(AssertionError, match="tells where"):
            await socket.recv()


def test_a_compressed_frame_is_read() -> None:
    check_frame(zlib.compress(b"fine"))
    with pytest.raises(AssertionError, match="tells where"):
        check_frame(zlib.compress(HERE.encode()))
