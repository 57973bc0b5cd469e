"""A client of the tests: frames as they are, and nothing that hides them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import websockets


class Peer:
    """One socket, and all that came through it."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._at = 0

    async def say(self, event: str, **payload: Any) -> None:
        await self.socket.send(json.dumps({"event": event, "payload": payload}))

    async def next(self, *names: str, within: float = 60.0) -> dict[str, Any]:
        """The payload of the next event with one of these names; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                while self._at < len(self.heard):
                    name, payload = self.heard[self._at]
                    self._at += 1
                    if name in names:
                        return payload
                await self.hear()

    async def hear(self) -> None:
        frame = await self.socket.recv()
        if isinstance(frame, bytes):
            frame = zlib.decompress(frame).decode()
        event = json.loads(frame)
        self.heard.append((event["event"], event["payload"]))

    async def join(self, **hello: Any) -> dict[str, Any]:
        """Say hello; gives the welcome."""
        await self.say("client:hello", **hello)
        return await self.next("server:welcome")

    async def closed(self, within: float = 60.0) -> int:
        """Wait for the end; the code."""
        async with asyncio.timeout(within):
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    await self.hear()
        assert self.socket.close_code is not None
        return self.socket.close_code


@contextlib.asynccontextmanager
async def peer(
    host: str, project: str, token: str | None, query: str = "", **headers: str
) -> AsyncIterator[Peer]:
    """A socket of a project, by a bearer token."""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    url = f"ws://{host}/ws/{project}{query}"
    async with websockets.connect(url, additional_headers=headers, max_size=None) as socket:
        yield Peer(socket)
