"""A connection between a client and a process: two queues with delays, which can break."""

from __future__ import annotations

import asyncio
import contextvars
import zlib
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from .client import Client
    from .process import Process
    from .world import World

# Client and network belong to no process: they outlive all of them.
AROUND = contextvars.Context()


class Wire:
    """One connection. The client's side may be gone while the server's still reads what is left."""

    def __init__(self, world: World, client: Client, process: Process, window: int) -> None:
        self.world = world
        self.client = client
        self.process = process
        self.window = window
        self.open = True
        self.overflowed = False
        self.session: Any = None
        self._inbox: deque[dict[str, Any]] = deque()
        self._unread: deque[Any] = deque()
        self._rising: deque[dict[str, Any]] = deque()
        self._falling: deque[Any] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._full: asyncio.Future[None] | None = None
        self._in_flight = 0
        self._last_up = 0.0
        self._last_down = 0.0
        self._server_gone = False
        self._cut = False

    # ------------------------------------------------------------------ from client to server

    def say(self, frame: str) -> None:
        """The client sends."""
        if self.open:
            self._up({"type": "websocket.receive", "text": frame})

    def _up(self, message: dict[str, Any], extra: float = 0.0) -> None:
        loop = self.world.loop
        self._last_up = max(self._last_up, loop.now + self._delay() + extra)
        # Timers of one moment have no order among themselves, and a connection keeps its own.
        self._rising.append(message)
        loop.call_at(self._last_up, self._arrive, context=AROUND)

    def _arrive(self) -> None:
        message = self._rising.popleft()
        if self._cut and message["type"] == "websocket.receive":
            return
        self._inbox.append(message)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def receive(self) -> dict[str, Any]:
        """The server reads."""
        while not self._inbox:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return self._inbox.popleft()

    # ------------------------------------------------------------------ from server to client

    async def send(self, message: dict[str, Any]) -> None:
        """The server writes: it waits while too much of it was not read."""
        while self._in_flight > self.window and not self._server_gone:
            self._full = asyncio.get_running_loop().create_future()
            await self._full
        if message["type"] == "websocket.close":
            self._down(message["code"], 0)
            return
        text = message.get("text")
        frame = zlib.decompress(message["bytes"]).decode() if text is None else text
        found = msgspec.json.decode(frame)
        payload = found["payload"]
        client_id = payload["client_id"] if "settled" in payload else self.session.client_id
        self.world.judge.received(self.client.graph_id, client_id, found["event"], payload)
        self.world.trace(f"→ {self.client.name}", frame)
        self._down(found, len(frame))
        await asyncio.sleep(0)

    def _down(self, message: Any, size: int) -> None:
        self._in_flight += size
        loop = self.world.loop
        self._last_down = max(self._last_down, loop.now + self._delay())
        self._falling.append((message, size))
        loop.call_at(self._last_down, self._come_down, context=AROUND)

    def _come_down(self) -> None:
        self._unread.append(self._falling.popleft())
        self.read()

    def read(self) -> None:
        """The client reads what has come, unless it is too slow just now."""
        while self.open and self._unread and not self.client.paused:
            found, size = self._unread.popleft()
            self._in_flight -= size
            if self._full is not None and not self._full.done():
                self._full.set_result(None)
            if isinstance(found, int):
                self.open = False
                self.client.lost(self, found)
            else:
                self.client.hear(found["event"], found["payload"])

    # ------------------------------------------------------------------ the end

    def end(self) -> None:
        """The server has done with it; whether it said so or not, the client sees the end."""
        self._server_gone = True
        self._down(1006, 0)

    def break_off(self) -> None:
        """The client's side is gone. What it sent last may arrive late, or never."""
        if not self.open:
            return
        self.open = False
        self._unread.clear()
        chance = self.world.chance
        if chance.random() < 0.4:
            # What was on its way arrives after what the next connection says.
            self._last_up += chance.random() * chance.choice((0.05, 0.3, 3))
            self._up({"type": "websocket.disconnect"}, extra=chance.random() * 3)
        else:
            self._cut = True
            self._up({"type": "websocket.disconnect"}, extra=chance.random() * 2)
        self._server_gone = True
        if self._full is not None and not self._full.done():
            self._full.set_result(None)
        self.client.lost(self, 1006)

    def _delay(self) -> float:
        return self.world.chance.choice(self.world.delays)
