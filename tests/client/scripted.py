"""A studio that says what a test wants it to: real sockets, no database, no rules."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from director_client.project import Project
from director_client.studio import Studio
from websockets.asyncio.server import ServerConnection, serve

GRAPH = "01900000-0000-7000-8000-000000000001"
PROJECT = "01900000-0000-7000-8000-000000000002"


class Peer:
    """One connection, from the studio's side."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket

    async def hear(self, event: str) -> dict[str, Any]:
        """The payload of the next event that is no ping, which must be this one."""
        while True:
            message = json.loads(await self.socket.recv())
            if message["event"] != "client:ping":
                assert message["event"] == event, message
                return message["payload"]

    async def send(self, event: str, /, *, deflate: bool = False, **payload: Any) -> None:
        frame = json.dumps({"event": event, "payload": payload})
        await self.socket.send(zlib.compress(frame.encode()) if deflate else frame)

    async def welcome(self, *, settled: int = 0, version: int = 0, **more: Any) -> None:
        fields = {
            "session_id": "s1", "client_id": "mine", "user_id": "u1", "name": "Ina",
            "colour": "#aa3355", "graph_id": GRAPH, "epoch": 1, "rights": ["read", "edit"],
        }  # fmt: skip
        await self.send("server:welcome", **fields, settled=settled, version=version, **more)

    async def full_sync(self, version: int = 0, nodes: list[Any] | None = None) -> None:
        graph = {"id": GRAPH, "version": version, "epoch": 1, "edges": [], "settings": {}}
        await self.send("server:full_sync", graph={**graph, "nodes": nodes or []})

    async def stored(self, version: int, ops: list[Any], **more: Any) -> None:
        one = {"version": version, "client_id": "mine", "seq": 0, "user_id": "u1", "ops": ops}
        await self.send("server:ops", graph_id=GRAPH, epoch=1, transactions=[{**one, **more}])

    async def join(self, version: int = 0, nodes: list[Any] | None = None) -> dict[str, Any]:
        """Let the client in with a whole graph; what it said for hello."""
        hello = await self.hear("client:hello")
        await self.welcome(settled=hello.get("next_seq", 1) - 1, version=version)
        await self.full_sync(version, nodes)
        return hello


Play = Callable[[Peer], Awaitable[None]]


class OpenStudio(Studio, frozen=True):
    """A studio whose tickets nobody checks."""

    async def ticket(self, project_id: str) -> str:
        return "a-ticket"


class Stage:
    """The scripted studio. `paths` are the addresses that were asked for."""

    def __init__(self) -> None:
        self.plays: list[Play] = []
        self.paths: list[str] = []
        self.faults: list[BaseException] = []
        self.url = ""

    async def _play(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.paths.append(socket.request.path)
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        try:
            await play(Peer(socket))
        except Exception as fault:
            self.faults.append(fault)
            raise

    def project(self, kind: type[OpenStudio] | None = None, **more: Any) -> Project:
        return Project((kind or OpenStudio)(self.url, "token"), PROJECT, **more)


@contextlib.asynccontextmanager
async def stage(*plays: Play) -> AsyncIterator[Stage]:
    """Play one script for each connection, the last for all further ones."""
    made = Stage()
    made.plays = list(plays)
    async with serve(made._play, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        made.url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(60):
            yield made


async def stay(peer: Peer) -> None:
    """Keep a connection until the client goes, hearing whatever it says."""
    async for _ in peer.socket:
        pass


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not holds():  # noqa: ASYNC110 - what is looked at has nobody who would tell
        await asyncio.sleep(0.01)
