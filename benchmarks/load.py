"""Many people at work at once: `python benchmarks/load.py [--people 50] [--seconds 20]`.

A studio of its own, on an empty data folder and loopback alone. Each person has a project, a socket
open to it, and an address of their own; once in `--every` seconds, at times that were set before
and not when the last answer has come (an open loop), they list their projects, read the canvas and
edit a shot. Printed are the median and the 95th percentile of each, the time from an edit to its
arrival at the socket, and what was refused or failed. Clients and studio share the machine. Ends
with 1 when anything failed, or an edit that was confirmed never arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
import websockets

from app.processes.listening import free_port
from app.processes.studio import running
from app.settings import Settings

PASSWORD = "nine lanterns in the fog"
ARRIVES_WITHIN = 30.0


class Person:
    """Somebody with a project, a socket and an address of their own."""

    def __init__(self, url: str, number: int) -> None:
        self._url, self._number = url, number
        address = f"127.1.{number // 200}.{1 + number % 200}"
        transport = httpx.AsyncHTTPTransport(local_address=address)
        self.client = httpx.AsyncClient(base_url=url, transport=transport, timeout=60)
        self.token = self.project = ""
        self.shot = str(uuid4())
        self.sent: dict[str, float] = {}
        self.arrived: list[float] = []

    async def come(self, code: str) -> None:
        """Make an account by a link, and a project with a shot."""
        email = f"person{self._number}@example.org"
        account = {"email": email, "password": PASSWORD, "name": f"Person {self._number}"}
        body = {"code": code, "account": account}
        (await self.client.post("/api/v1/invitations/accept", json=body)).raise_for_status()
        self.client.cookies.clear()
        body = {"email": email, "password": PASSWORD}
        answer = (await self.client.post("/auth/token", json=body)).raise_for_status()
        self.token = answer.json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {self.token}"
        made = await self.client.post("/api/v1/projects", json={"title": f"Film {self._number}"})
        self.project = made.raise_for_status().json()["id"]
        op = {"op": "node.add", "id": self.shot, "type": "film.shot", "data": {"code": "010"}}
        (await self._operate(op)).raise_for_status()

    async def listen(self, ready: asyncio.Event) -> None:
        """Hear of edits until cancelled."""
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"{self._url.replace('http', 'ws', 1)}/ws/{self.project}"
        async with websockets.connect(address, additional_headers=headers) as socket:
            await socket.send('{"event": "client:hello", "payload": {}}')
            async for frame in socket:
                text = frame if isinstance(frame, str) else zlib.decompress(frame).decode()
                if "server:welcome" in text:
                    ready.set()
                for mark in [mark for mark in self.sent if mark in text]:
                    self.arrived.append(time.perf_counter() - self.sent.pop(mark))

    async def list_projects(self) -> httpx.Response:
        """The first screen."""
        return await self.client.get("/api/v1/projects")

    async def read_graph(self) -> httpx.Response:
        """The whole canvas."""
        return await self.client.get(f"/api/v1/projects/{self.project}/graph")

    async def edit(self) -> httpx.Response:
        """Write a note of the shot, which the socket hears of."""
        mark = uuid4().hex
        self.sent[mark] = time.perf_counter()
        values = {"text.composition_notes": mark}
        answer = await self._operate({"op": "node.set", "id": self.shot, "values": values})
        if answer.status_code != 200:
            del self.sent[mark]
        return answer

    async def _operate(self, op: dict[str, object]) -> httpx.Response:
        address = f"/api/v1/projects/{self.project}/graph/operations"
        return await self.client.post(address, json={"ops": [op]})


async def work(
    person: Person,
    begins: float,
    every: float,
    seconds: float,
    took: dict[str, list[float]],
    failed: Counter[str],
) -> None:
    """One round of everything, every so often."""
    loop = asyncio.get_running_loop()

    async def do(name: str) -> None:
        begun = time.perf_counter()
        try:
            answer = await getattr(person, name)()
        except httpx.TransportError as error:
            failed[f"{name}: {type(error).__name__}"] += 1
            return
        took[name].append(time.perf_counter() - begun)
        if answer.status_code != 200:
            failed[f"{name}: {answer.status_code}"] += 1

    async def round_of_work() -> None:
        for name in took:
            await do(name)

    rounds = []
    for number in range(max(1, int(seconds / every))):
        await asyncio.sleep(max(0.0, begins + number * every - loop.time()))
        rounds.append(asyncio.create_task(round_of_work()))
    await asyncio.gather(*rounds)


async def measure(many: int, seconds: float, every: float) -> int:
    """Measure and print; 1 when something failed."""
    took: dict[str, list[float]] = {"list_projects": [], "read_graph": [], "edit": []}
    failed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="director-load-") as folder:
        settings = Settings(home=Path(folder), port=free_port(), workers=0)
        async with running(settings) as studio, asyncio.TaskGroup() as group:
            people = [Person(studio.address.url, number) for number in range(many)]
            async with httpx.AsyncClient(
                base_url=studio.address.url,
                headers={"Authorization": f"Bearer {studio.address.token}"},
            ) as owner:
                made = await owner.post("/api/v1/invitations", json={"most_uses": many})
                code = made.raise_for_status().json()["code"]
            for person in people:
                await person.come(code)
            ready = [asyncio.Event() for _ in people]
            listening = [
                group.create_task(person.listen(event))
                for person, event in zip(people, ready, strict=True)
            ]
            await asyncio.gather(*(event.wait() for event in ready))
            now = asyncio.get_running_loop().time()
            await asyncio.gather(
                *(
                    work(person, now + every * n / many, every, seconds, took, failed)
                    for n, person in enumerate(people)
                )
            )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ARRIVES_WITHIN):
                    while any(person.sent for person in people):  # noqa: ASYNC110 - many may tell
                        await asyncio.sleep(0.05)
            for task in listening:
                task.cancel()
    took["edit at the socket"] = [one for person in people for one in person.arrived]
    lost = sum(len(person.sent) for person in people)
    print(f"{many} people, {3 * many / every:.0f} requests a second for {seconds:.0f} s")
    for name, times in took.items():
        parts = statistics.quantiles(times, n=20, method="inclusive")
        p50, p95 = 1000 * parts[9], 1000 * parts[18]
        print(f"{name:20} {len(times):6}   p50 {p50:6.0f} ms   p95 {p95:6.0f}")
    print(f"failed: {dict(failed) or 'none'}; edits that never arrived: {lost}")
    return 1 if failed or lost else 0


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Many people at work at once")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--every", type=float, default=1.0)
    given = parser.parse_args()
    raise SystemExit(asyncio.run(measure(given.people, given.seconds, given.every)))


if __name__ == "__main__":
    main()
