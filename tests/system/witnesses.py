"""People at work while a server dies: clients that edit without pause, and witnesses of the wire.

Editors use the client that scripts use, so that what is tried is how a real one comes back. A
witness speaks the wire itself and keeps every event that it was told, exactly as it came.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import time
import zlib
from collections.abc import Iterator
from typing import Any

import websockets
from director_client import AddNode, Project, Refused, RemoveNodes, SetNode, events, new_id

# A moment is enough for a client of the same machine, and keeps the processor for the server.
BREATH = 0.05
COME_BACK = 0.1


class Observations:
    """All that anybody was told to be stored: version → transaction, and how often it was told."""

    def __init__(self) -> None:
        self.transactions: dict[int, dict[str, Any]] = {}
        self.acknowledged: dict[str, int] = {}
        self.epochs: dict[int, int] = {}
        self.contradictions: list[str] = []
        self.wholes: dict[int, dict[str, Any]] = {}

    def transaction(self, stored: dict[str, Any], epoch: int) -> None:
        version = stored["version"]
        known = self.transactions.setdefault(version, stored)
        if known != stored:
            self.contradictions.append(f"version {version} was told as {known} and as {stored}")
        # A catch-up has the epoch of its telling, which may be later than that of the writing.
        self.epochs[version] = min(epoch, self.epochs.get(version, epoch))

    def whole(self, graph: dict[str, Any]) -> None:
        known = self.wholes.setdefault(graph["version"], graph)
        if _content(known) != _content(graph):
            self.contradictions.append(f"two graphs were told for version {graph['version']}")

    def acknowledgement(self, label: str, version: int) -> None:
        if self.acknowledged.setdefault(label, version) != version:
            self.contradictions.append(f"{label} was acknowledged twice, at two versions")


def _content(graph: dict[str, Any]) -> Any:
    return (
        {node["id"]: node for node in graph["nodes"]},
        {edge["id"]: edge for edge in graph["edges"]},
    )


class Witness:
    """Joins again and again, and keeps all that it is told. It asks for what it missed."""

    def __init__(self, address: str, project: str, token: str, observed: Observations) -> None:
        self._url = f"{address.replace('http', 'ws', 1)}/ws/{project}?compression=deflate"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._observed = observed
        self.version = 0
        self.epoch = 0
        self.gaps: list[str] = []
        self.joins: list[float] = []
        self.errors: list[dict[str, Any]] = []

    async def watch(self) -> None:
        """Never ends by itself."""
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(
                    self._url, additional_headers=self._headers, max_size=None, open_timeout=5
                ) as socket:
                    since = {"since": self.version, "epoch": self.epoch} if self.epoch else {}
                    hello = {"event": "client:hello", "payload": since}
                    await socket.send(json.dumps(hello))
                    while True:
                        frame = await socket.recv()
                        if isinstance(frame, bytes):
                            frame = zlib.decompress(frame)
                        event = json.loads(frame)
                        self._hear(event["event"], event["payload"])
            await asyncio.sleep(COME_BACK)

    def _hear(self, event: str, payload: dict[str, Any]) -> None:
        if event == "server:welcome":
            self.joins.append(time.monotonic())
            if payload["version"] < self.version or payload["epoch"] < self.epoch:
                self.gaps.append(f"{self.version}@{self.epoch} became {payload}")
        elif event == "server:full_sync":
            graph = payload["graph"]
            self._observed.whole(graph)
            self.version, self.epoch = graph["version"], graph["epoch"]
        elif event == "server:catch_up":
            for stored in payload.get("transactions") or ():
                self._observed.transaction(stored, payload["epoch"])
            if payload["since"] > self.version:
                self.gaps.append(f"caught up since {payload['since']}, was at {self.version}")
            self.version = max(self.version, payload["version"])
            self.epoch = payload["epoch"]
        elif event == "server:ops":
            for stored in payload["transactions"]:
                self._observed.transaction(stored, payload["epoch"])
                if stored["version"] > self.version + 1:
                    self.gaps.append(f"{stored['version']} came after {self.version}")
                self.version = max(self.version, stored["version"])
        elif event == "server:error":
            self.errors.append(payload)


class Editor:
    """Edits without pause, several transactions at once; whatever is answered is written down."""

    def __init__(self, name: str, film: Project, observed: Observations, seed: int) -> None:
        self.name = name
        self.film = film
        self.observed = observed
        self.sent: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.came_back: list[float] = []
        self._numbers: Iterator[int] = itertools.count()
        self._chance = random.Random(seed)
        self._mine: list[str] = []
        self.text = ""

    async def work(self, stop: asyncio.Event) -> None:
        """Four hands until `stop`; each ends with the answer to its last transaction."""
        async with asyncio.TaskGroup() as hands:
            for _ in range(4):
                hands.create_task(self._hand(stop))

    async def follow(self) -> None:
        """Write down when the connection was there again, and what was told on it."""
        async for event in self.film.events():
            if isinstance(event, events.Connected) and event.reconnected:
                self.came_back.append(time.monotonic())

    async def _hand(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            label = f"{self.name} {next(self._numbers)}"
            operation = self._next_operation()
            self.sent[label] = type(operation).__name__
            try:
                version = await self.film.submit(operation, label=label)
            except Refused as refused:
                self.refused[label] = refused.reason
            else:
                self.observed.acknowledgement(label, version)
            await asyncio.sleep(self._chance.uniform(0, BREATH))

    def _next_operation(self) -> Any:
        chance = self._chance
        nodes = self.film.graph.nodes
        mine = [node for node in self._mine if node in nodes]
        if len(mine) < 5 or (len(mine) < 20 and chance.random() < 0.2):
            node = new_id()
            self._mine.append(node)
            return AddNode(id=node, type="film.shot", data={"code": f"{len(self._mine) * 10:03}"})
        if chance.random() < 0.05:
            gone = chance.choice(mine)
            self._mine.remove(gone)
            return RemoveNodes(ids=(gone,))
        target = chance.choice(list(nodes))
        if chance.random() < 0.3:
            return SetNode(id=target, values={"text.prompt": f"Fog, {chance.random()} \U0001f32b"})
        return SetNode(id=target, values={"pos": (chance.randrange(999), chance.randrange(999))})
