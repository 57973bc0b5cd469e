"""A studio under attack: hostile connections that weigh each answer, and people who work beside."""

from __future__ import annotations

import asyncio
import collections
import itertools
import json
import statistics
import time
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import director_client
import httpx
import msgspec
import websockets
from director_client import AddNode, SetNode

from app.collaboration import client_id_of
from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.studio import Studio
from app.settings import Settings

from .hostile_frames import Hostile, World

# Answers that come before the next frame is read; a stored transaction comes back later.
AT_ONCE = {
    f"server:{name}"
    for name in (
        "error", "rejected", "gap", "ack", "welcome", "full_sync", "catch_up", "undone", "pong",
    )
}  # fmt: skip
SHED = {4400, 1009}
# Operations in one frame of a flood.
HEAVY = 100


class Target(msgspec.Struct, kw_only=True):
    """What an attacker knows: where a studio is, a token of each person, and a project."""

    url: str
    tokens: dict[str, str]
    users: dict[str, str]
    project: str
    world: World

    def socket(self, who: str, query: str = "") -> websockets.connect:
        return websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/ws/{self.project}{query}",
            additional_headers={"Authorization": f"Bearer {self.tokens[who]}"},
            max_size=None,
            compression=None,
            ping_interval=None,
        )


class House(Target, kw_only=True):
    """The studio itself, and its log."""

    settings: Settings
    studio: Studio
    other_project: str

    @property
    def log(self) -> str:
        return (self.settings.home / "logs" / "api.log").read_text(errors="replace")

    @property
    def target(self) -> Target:
        return Target(**{name: getattr(self, name) for name in Target.__struct_fields__})

    def api(self, who: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.tokens[who]}"},
            timeout=60,
        )

    def memory(self) -> int:
        """What the API holds in RAM, in bytes."""
        pid = self.studio.supervisor.pids["api"]
        status = Path(f"/proc/{pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) * 1024

    async def rows(self, sql: str, *given: Any) -> list[asyncpg.Record]:
        home = self.settings.home
        connection = await asyncpg.connect(EmbeddedPostgres(home, runtime_folder(home)).url())
        try:
            return await connection.fetch(sql, *given)
        finally:
            await connection.close()


async def say(socket: websockets.ClientConnection, event: str, **payload: Any) -> None:
    await socket.send(json.dumps({"event": event, "payload": payload}))


async def hear(socket: websockets.ClientConnection) -> tuple[str, dict[str, Any]]:
    frame = await socket.recv()
    if isinstance(frame, bytes):
        frame = zlib.decompress(frame)
    event = json.loads(frame)
    return event["event"], event["payload"]


async def next_event(
    socket: websockets.ClientConnection, *names: str, patience: float = 20
) -> dict[str, Any]:
    async with asyncio.timeout(patience):
        while True:
            name, payload = await hear(socket)
            if name in names:
                return payload


async def closed(socket: websockets.ClientConnection, heard: list[str] | None = None) -> int:
    """Hear all that is said until the end; the code of the closing frame."""
    try:
        async with asyncio.timeout(60):
            while True:
                name, _ = await hear(socket)
                if heard is not None:
                    heard.append(name)
    except websockets.ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006


class Attack:
    """What all hostile sockets did, and what came of it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.done = 0
        self.kinds: collections.Counter[str] = collections.Counter()
        self.answers: collections.Counter[str] = collections.Counter()
        self.shed: collections.Counter[int] = collections.Counter()
        self.unanswered: list[str] = []
        self.unnumbered = 0

    async def send(self, who: str, seed: int, count: int) -> None:
        """Send so many frames, and come back as often as the connection is closed."""
        hostile = Hostile(seed, self.target.world)
        frames = iter(hostile)
        left = count
        while left:
            async with self.target.socket(who, "?compression=deflate") as socket:
                await say(socket, "client:hello", client_id=f"{who}{seed}")
                welcome = await next_event(socket, "server:welcome")
                hostile.seq = welcome["settled"] + 1
                line = Line(self, hostile, socket, welcome)
                try:
                    while left:
                        kind, frame = next(frames)
                        self.kinds[kind] += 1
                        self.done += 1
                        left -= 1
                        await line.send(kind, frame)
                    await line.settle()
                except websockets.ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd else 1006
                    self.shed[code] += 1
                    assert code in SHED, f"{kind} closed with {code}: {frame[:200]!r}"

    async def flood(self, who: str, seed: int, count: int) -> None:
        """Send so many right but heavy frames, and wait for nothing before all are sent."""
        nodes = itertools.cycle(self.target.world.nodes)
        async with self.target.socket(who) as socket:
            await say(socket, "client:hello", client_id=f"flood{seed}")
            await next_event(socket, "server:full_sync", "server:catch_up")
            reading = asyncio.create_task(next_event(socket, "server:pong", patience=120))
            for seq in range(1, count + 1):
                ops = [
                    {"op": "node.set", "id": next(nodes), "values": {"pos": [seq, number]}}
                    for number in range(HEAVY)
                ]
                await say(socket, "client:ops", seq=seq, ops=ops)
                self.done += 1
            await say(socket, "client:ping", t=1)
            await reading
            self.kinds["flood"] += count


class Line:
    """One hostile connection: each frame is followed by a ping that tells when it was read."""

    def __init__(
        self,
        attack: Attack,
        hostile: Hostile,
        socket: websockets.ClientConnection,
        welcome: dict[str, Any],
    ) -> None:
        self._attack = attack
        self._hostile = hostile
        self._socket = socket
        self._user = UUID(welcome["user_id"])
        self._client = welcome["client_id"]
        self._markers = itertools.count(1_000_000)
        # What was asked of a numbered transaction or of a generation and is not answered yet.
        self._numbered: dict[tuple[str, int], tuple[str, str | bytes]] = {}
        # Of these the answer may have been dropped with all that waited for a slow reader.
        self._doubtful: set[tuple[str, int]] = set()
        # What came back since the last frame was sent: that may be before it was known for read.
        self._stored: set[tuple[str, int]] = set()
        self._asked: object = None
        self._generations = 0

    async def send(self, kind: str, frame: str | bytes) -> None:
        self._stored.clear()
        self._asked = _seq_of(frame)
        await self._socket.send(frame)
        generation = _bytes(frame).startswith(b'{"event": "client:start_generation"')
        self._generations += generation
        direct = await self._read()
        if direct or generation or b'"client:presence"' in _bytes(frame):
            return
        asked = msgspec.json.decode(frame)
        payload = asked["payload"]
        if asked["event"] == "client:update_node_data" and not payload.get("seq"):
            self._attack.unnumbered += 1
        elif "seq" in payload and asked["event"] != "client:ping":
            name = payload.get("client_id")
            turn = client_id_of(self._user, name) if name else self._client, payload["seq"]
            if turn not in self._stored:
                self._numbered[turn] = (f"{kind}: {frame[:200]!r}", frame)
            if turn == (self._client, self._hostile.seq):
                self._hostile.seq += 1
        else:
            self._attack.unanswered.append(f"{kind}: {frame[:200]!r}")

    async def settle(self) -> None:
        """Hear the answers that come beside the reading of frames."""
        for _ in range(20):
            await self._read()
            if not self._numbered and not self._generations:
                return
            await asyncio.sleep(0.05)
        for turn in self._doubtful & self._numbered.keys():
            # As the protocol wants it: sent once more, and then answered at once.
            _, frame = self._numbered[turn]
            self._asked = turn[1]
            await self._socket.send(frame)
            if await self._read():
                self._numbered.pop(turn, None)
        self._attack.unanswered += [received for received, _ in self._numbered.values()]
        assert not self._generations, "each generation that was asked for has one answer"

    async def _read(self) -> bool:
        """Read until all that was sent was read; whether anything of it was answered at once."""
        marker = next(self._markers) + 0.5
        await say(self._socket, "client:ping", t=marker)
        direct = False
        async with asyncio.timeout(60):
            while True:
                name, payload = await hear(self._socket)
                if name == "server:pong" and payload["t"] == marker:
                    return direct
                direct |= self._hear(name, payload)

    def _hear(self, name: str, payload: dict[str, Any]) -> bool:
        hostile = self._hostile
        if name in AT_ONCE:
            self._attack.answers[name] += 1
        if name in ("server:catch_up", "server:full_sync"):
            self._doubtful |= self._numbered.keys()
        if name == "server:ops":
            for stored in payload["transactions"]:
                turn = stored["client_id"], stored["seq"]
                self._stored.add(turn)
                self._numbered.pop(turn, None)
        elif name == "server:generation_started" or (
            name == "server:error" and payload.get("event") == "client:start_generation"
        ):
            # It is answered beside the reading of frames, so it is counted.
            self._generations -= 1
            return False
        elif name == "server:ack":
            # It names no client: all that wait for this number have been one client's, so far.
            waiting = [turn for turn in self._numbered if turn[1] == payload["seq"]]
            for turn in waiting:
                del self._numbered[turn]
            # One of an earlier frame may come as late as this.
            return not waiting and payload["seq"] == self._asked
        elif name == "server:welcome":
            self._client = payload["client_id"]
            hostile.seq = payload["settled"] + 1
        elif name == "server:gap":
            hostile.seq = payload["expected"]
        elif name in ("server:rejected", "server:undone"):
            hostile.seq = max(hostile.seq, payload["seq"] + 1)
        return name in AT_ONCE


def _seq_of(frame: str | bytes) -> object:
    """The number in a frame, if it can be read so far."""
    try:
        return msgspec.json.decode(frame)["payload"]["seq"]
    except (msgspec.DecodeError, UnicodeError, RecursionError, LookupError, TypeError):
        return None


def _bytes(frame: str | bytes) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


class Bystander:
    """Somebody who works all the time with the client that scripts use."""

    def __init__(self, film: director_client.Project) -> None:
        self.film = film
        self.heard: collections.Counter[str] = collections.Counter()
        self.strangers: list[str] = []
        self.waits: list[float] = []
        self.nodes: list[str] = []
        self.last: dict[str, list[float]] = {}
        self.versions: list[int] = []
        self._tired = False
        self._rests = asyncio.Event()

    async def rest(self) -> None:
        """Begin nothing more, and wait until what was begun is stored."""
        self._tired = True
        async with asyncio.timeout(60):
            await self._rests.wait()

    async def caught_up(self, version: int) -> None:
        """Wait until the client has heard of a version."""
        for _ in range(1000):
            if self.film.graph.version >= version:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"Version {version} was never heard of.")

    async def listen(self) -> None:
        async for event in self.film.events():
            self.heard[type(event).__name__] += 1
            if isinstance(event, director_client.events.OpsStored) and self.film.me:
                self.strangers += [
                    t.user_id for t in event.transactions if t.user_id != self.film.me.user_id
                ]

    async def work(self) -> None:
        for number in itertools.count():
            if self._tired:
                self._rests.set()
                await asyncio.Event().wait()
            if number < 3:
                self.nodes.append(director_client.new_id())
                operation = AddNode(id=self.nodes[-1], type="film.shot", data={"code": "900"})
            else:
                place = [number, -number]
                target = self.nodes[number % 3]
                operation = SetNode(id=target, values={"pos": place})
                self.last[target] = place
            begun = time.monotonic()
            self.versions.append(await self.film.submit(operation, label=f"bystander {number}"))
            self.waits.append(time.monotonic() - begun)
            await asyncio.sleep(0.03)

    def p95(self, since: int) -> float:
        return statistics.quantiles(self.waits[since:], n=20)[-1]
