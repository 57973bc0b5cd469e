"""What backends ask of other servers carries the trace of the run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import director_comfyui
import director_wan2gp
import pytest
from director_comfyui.server import Server as ComfyUI
from director_http import Settings, http_spec
from director_wan2gp.server import Server as Wan2GP
from node_registry.testing import LocalContext
from node_registry.tracing import traceparent

from node_registry import BackendError, Request, trace_headers

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, list[str]]]:
    """A server that answers `{}`; its port, and the `traceparent` of each request."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        given = [line for line in head.splitlines() if line.startswith("traceparent:")]
        asked.append(given[0].partition(": ")[2] if given else "")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1], asked


async def ask_comfyui(url: str, _root: Path) -> None:
    async with aiohttp.ClientSession() as session:
        server = ComfyUI("comfyui/a", url, session, director_comfyui.Settings())
        await server.submit({})


async def ask_wan2gp(url: str, _root: Path) -> None:
    server = Wan2GP("wan2gp/a", url, director_wan2gp.Settings())
    try:
        await server.call("wangp_list_models")
    finally:
        await server.close()


async def ask_http(url: str, root: Path) -> None:
    spec = http_spec(Settings(hosts=url.removeprefix("http://"), private_addresses=True))
    request = Request(
        task_id="t", attempt=1, node_id="n", node_type="http.image", params={"url": url}, seed=1
    )
    backend = spec.factory()
    await backend.open()
    try:
        async for _ in backend.run(request, LocalContext(root)):
            pass
    finally:
        await backend.close()


@pytest.mark.parametrize("ask", [ask_comfyui, ask_wan2gp, ask_http])
async def test_a_backend_hands_the_trace_on(
    ask: Callable[[str, Path], Awaitable[None]], tmp_path: Path
) -> None:
    assert trace_headers() == {}
    async with listening() as (port, asked):
        for value in (TRACE, ""):
            token = traceparent.set(value)
            with contextlib.suppress(BackendError):
                await ask(f"http://127.0.0.1:{port}", tmp_path)
            traceparent.reset(token)
    assert asked == [TRACE, ""]
