"""People of the load benchmark: what each does, and their sockets."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
import zlib
from collections import Counter, defaultdict
from uuid import uuid4

import httpx
import websockets

PASSWORD = "nine lanterns in the fog"
HEARTBEAT = 20.0
MARK = re.compile(r"\b[0-9a-f]{32}\b")

# How often people do a thing, of a hundred.
HABITS = {
    "list projects": 12,
    "open a project": 8,
    "read the canvas": 8,
    "takes": 10,
    "library": 8,
    "queue": 6,
    "feed": 6,
    "edit": 32,
    "generate": 6,
    "log in": 4,
}


class Record:
    """What was measured: seconds by what was done, and what failed."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.failed: Counter[str] = Counter()
        self.sent: dict[str, float] = {}
        """Edits that somebody else's socket has not told yet: when each was sent, by its mark."""
        self.begun: dict[str, tuple[Person, str]] = {}
        """Tasks that began and whose end no socket told: who began each, and its run."""
        self.frames = 0


class Film:
    """A project that some people share, with so many shots."""

    def __init__(self, number: int, shots: int) -> None:
        self.number = number
        self.id = ""
        self.shots = [str(uuid4()) for _ in range(shots)]

    async def make(self, owner: Person, others: list[Person]) -> None:
        """Make the project, and let the others in by a link."""
        made = await owner.post("/api/v1/projects", title=f"Film {self.number}")
        self.id = made["id"]
        ops = [
            {"op": "node.add", "id": shot, "type": "film.shot", "data": {"code": f"{n:03d}"}}
            for n, shot in enumerate(self.shots)
        ]
        await owner.post(f"/api/v1/projects/{self.id}/graph/operations", ops=ops)
        terms = {"role": "editor", "most_uses": None}
        link = await owner.post(f"/api/v1/projects/{self.id}/invitations", **terms)
        for person in others:
            await person.post("/api/v1/invitations/accept", code=link["code"])


class Person:
    """Somebody with an account and an address of their own."""

    def __init__(self, url: str, number: int, record: Record) -> None:
        self._socket_url = url.replace("http", "ws", 1)
        self._record = record
        self._email = f"person{number}@example.org"
        self._name = f"Person {number}"
        address = f"127.1.{number // 200}.{1 + number % 200}"
        # Shorter than the studio's own, so that none is used while it is being closed.
        limits = httpx.Limits(keepalive_expiry=2)
        transport = httpx.AsyncHTTPTransport(local_address=address, verify=False, limits=limits)
        self.client = httpx.AsyncClient(
            base_url=url, transport=transport, timeout=60, trust_env=False
        )
        self.film: Film
        self._random = random.Random(number)
        self._socket: websockets.ClientConnection | None = None
        self._seq = 0

    async def post(self, address: str, **body: object) -> dict[str, str]:
        """Of the preparation: anything but success is the end."""
        answer = await self.client.post(address, json=body)
        return answer.raise_for_status().json()

    async def come(self, code: str) -> None:
        """Make an account by a link, which logs in."""
        account = {"email": self._email, "password": PASSWORD, "name": self._name}
        await self.post("/api/v1/invitations/accept", code=code, account=account)
        # As programs do it: who comes by the cookie says where its page is from, too.
        token = self.client.cookies["director_session"]
        self.client.cookies.clear()
        self.client.headers["Authorization"] = f"Bearer {token}"

    async def listen(self, ready: asyncio.Event, *, first: bool) -> None:
        """Keep a socket of the film open and read it until cancelled; with the `first` of one's
        sockets edits are made, and those of others are looked for."""
        headers = {"Authorization": self.client.headers["Authorization"]}
        address = f"{self._socket_url}/ws/{self.film.id}"
        async with websockets.connect(
            address, additional_headers=headers, max_size=None, compression=None
        ) as socket:
            await socket.send('{"event": "client:hello", "payload": {}}')
            beating = asyncio.create_task(self._beat(socket))
            try:
                async for frame in socket:
                    self._record.frames += 1
                    if first or not ready.is_set():
                        self._hear(frame, ready)
                    if first and ready.is_set():
                        self._socket = socket
            finally:
                beating.cancel()

    async def _beat(self, socket: websockets.ClientConnection) -> None:
        await asyncio.sleep(self._random.uniform(0, HEARTBEAT))
        while True:
            await socket.send('{"event": "client:ping", "payload": {"t": 0}}')
            await asyncio.sleep(HEARTBEAT)

    def _hear(self, frame: str | bytes, ready: asyncio.Event) -> None:
        text = frame if isinstance(frame, str) else zlib.decompress(frame).decode()
        if '"server:welcome"' in text:
            ready.set()
        elif '"server:ops"' in text:
            for mark in MARK.findall(text):
                begun = self._record.sent.pop(mark, None)
                if begun is not None:
                    self._record.took["edit, at a socket"].append(time.perf_counter() - begun)
        elif '"server:task_success"' in text or '"server:task_failed"' in text:
            payload = json.loads(text)["payload"]
            self._record.begun.pop(payload["task_id"], None)
            if '"server:task_failed"' in text:
                self._record.failed[f"a task: {payload.get('code')}"] += 1

    async def act(self) -> None:
        """Do one thing by habit, and note how long it took."""
        (name,) = self._random.choices(list(HABITS), list(HABITS.values()))
        begun = time.perf_counter()
        try:
            failed = await self._do(name)
        except (httpx.TransportError, websockets.ConnectionClosed) as error:
            failed = type(error).__name__
        self._record.took[name].append(time.perf_counter() - begun)
        if failed:
            self._record.failed[f"{name}: {failed}"] += 1

    async def _do(self, name: str) -> str:
        project = f"/api/v1/projects/{self.film.id}"
        if name == "edit":
            return await self._edit()
        if name == "generate":
            answer = await self.client.post(
                f"/api/projects/{self.film.id}/generate",
                json={"node_id": self._random.choice(self.film.shots)},
            )
            if answer.status_code == 202:
                begun = answer.json()
                self._record.begun[begun["task_id"]] = self, begun["run_id"]
        elif name == "log in":
            answer = await self._log_in()
        else:
            address = {
                "list projects": "/api/v1/projects",
                "open a project": project,
                "read the canvas": f"{project}/graph",
                "takes": f"{project}/takes",
                "library": f"{project}/assets",
                "queue": f"{project}/queue",
                "feed": f"{project}/activity",
            }[name]
            answer = await self.client.get(address)
        return "" if answer.is_success else f"{answer.status_code} {answer.text[:80]}"

    async def state_of(self, run: str) -> str:
        """How a run stands."""
        answer = await self.client.get(f"/api/v1/runs/{run}")
        return answer.json()["run"]["status"] if answer.is_success else str(answer.status_code)

    async def _edit(self) -> str:
        """Write a note of a shot through the socket; its time is noted where it arrives."""
        if self._socket is None:
            return "no socket"
        mark = uuid4().hex
        self._seq += 1
        shot = self._random.choice(self.film.shots)
        op = {"op": "node.set", "id": shot, "values": {"text.composition_notes": mark}}
        payload = {"seq": self._seq, "ops": [op]}
        self._record.sent[mark] = time.perf_counter()
        await self._socket.send(json.dumps({"event": "client:ops", "payload": payload}))
        return ""

    async def _log_in(self) -> httpx.Response:
        body = {"email": self._email, "password": PASSWORD}
        return await self.client.post("/auth/token", json=body)
