"""A connection whose other side never reads is not kept for ever."""

from __future__ import annotations

import asyncio
import socket

import pytest

from app.processes import listening


async def test_who_never_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "UNREAD", 1)
    lost = asyncio.Event()

    class Generous(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            transport.write(b"x" * 20_000_000)
            transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            lost.set()

    bound = listening.bind("127.0.0.1", 0)
    server = await asyncio.get_running_loop().create_server(Generous, sock=bound)
    with socket.create_connection(bound.getsockname()):
        async with asyncio.timeout(60):
            await lost.wait()
    server.close()
