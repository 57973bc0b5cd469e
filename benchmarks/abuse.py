"""One honest user beside each attack: `python benchmarks/abuse.py [--rounds 3] [--seconds 6]`.

A studio of its own, on an empty data folder and loopback alone. The honest user logs in, lists
their projects and edits a shot, again and again; what each took is measured while it is quiet, and
while one attack runs in a process of its own, in turns, and so is the API's memory. Attackers get
the rest of the processor's time (`nice`): elsewhere they have machines of their own. The table has
medians over the rounds. Ends with 1 when something was lost, answered with a fault of the studio,
or when the API grew beyond its bound.

On loopback nobody is limited by the number of their connections: this machine stands for many.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from app.processes.listening import free_port
from app.processes.studio import running
from app.settings import Settings

PASSWORD = "nine lanterns in the fog"
MEMORY_MB = 600
PAUSE = 0.05
ELSEWHERE = "127.0.0.2"


class Target(msgspec.Struct):
    """What an attacker knows: where the studio is, an account of theirs, and a project of it."""

    url: str
    token: str
    project: str
    shot: str
    victim: str


class Measured(msgspec.Struct):
    """What the honest user waited, in seconds, by what they did; how often they were refused."""

    took: dict[str, list[float]] = msgspec.field(
        default_factory=lambda: {"log in": [], "list": [], "edit": []}
    )
    refused: int = 0
    faults: list[str] = []
    memory: int = 0


# --- the attacks: each goes on until it is killed ---------------------------------------------


async def breakdowns(target: Target) -> None:
    """Eight megabytes of one-letter words, to be broken down."""
    body = json.dumps({"text": "a " * (4 << 20), "filename": "a.fountain"})
    await forever(target, lambda c: c.post("/api/v1/scripts/breakdown", content=body), 8)


async def large_pictures(target: Target) -> None:
    """A picture of few bytes and 10,900 by 10,900 pixels."""
    picture = _blank_png(10_900)
    address = f"/api/v1/projects/{target.project}/media"
    await forever(target, lambda c: c.post(address, content=picture), 12)


async def registrations(target: Target) -> None:
    """Accounts with codes that are none, each with a password to be hashed."""

    def register(client: httpx.AsyncClient) -> Awaitable[httpx.Response]:
        account = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "name": "X"}
        body = {"code": uuid4().hex, "account": account}
        return client.post("/api/v1/invitations/accept", json=body)

    await forever(target, register, 60, anonymous=True)


async def guesses(target: Target) -> None:
    """Passwords for the honest user's address."""
    await forever(
        target,
        lambda c: c.post("/auth/token", json={"email": target.victim, "password": uuid4().hex}),
        80,
        anonymous=True,
    )


async def slow_bodies(target: Target) -> None:
    """Log-ins of 60 megabytes that come slowly, by nobody."""

    async def drip() -> None:
        with contextlib.suppress(OSError):
            reader, writer = await _connect(target)
            head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n"
            writer.write(head.encode())
            for _ in range(600):
                writer.write(b" " * 10_000)
                await writer.drain()
                await asyncio.sleep(0.1)
            await reader.read(1)

    await _many(drip, 60)


async def half_headers(target: Target) -> None:
    """A thousand connections that never finish asking."""

    async def half() -> None:
        with contextlib.suppress(OSError):
            _, writer = await _connect(target)
            while True:
                writer.write(b"GET / HTTP/1.1\r\nX: " if not writer.is_closing() else b"")
                await writer.drain()
                await asyncio.sleep(1)

    await _many(half, 1000)


async def long_shots(target: Target) -> None:
    """Runs of a shot of a million frames, forty at once."""
    address = f"/api/v1/projects/{target.project}/runs"
    await forever(
        target,
        lambda c: c.post(address, json={"targets": [target.shot], "request_id": uuid4().hex}),
        40,
    )


async def renames(target: Target) -> None:
    """Sixty renames of one project at once."""
    address = f"/api/v1/projects/{target.project}"
    await forever(target, lambda c: c.patch(address, json={"title": uuid4().hex}), 60)


async def edits(target: Target) -> None:
    """Operations on a canvas of one's own, as fast as they are taken."""
    address = f"/api/v1/projects/{target.project}/graph/operations"
    op = {"op": "node.set", "id": target.shot, "values": {"text.composition_notes": "x" * 1000}}
    await forever(target, lambda c: c.post(address, json={"ops": [op] * 100}), 20)


ATTACKS: dict[str, Callable[[Target], Coroutine[Any, Any, None]]] = {
    "breakdowns of 8 MB": breakdowns,
    "pictures of 119 megapixels": large_pictures,
    "registrations without a code": registrations,
    "guesses at one password": guesses,
    "slow bodies of 60 MB": slow_bodies,
    "1,000 half-sent headers": half_headers,
    "shots of 1,000,000 frames": long_shots,
    "60 renames at once": renames,
    "floods of edits": edits,
}


async def forever(
    target: Target,
    ask: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]],
    at_once: int,
    *,
    anonymous: bool = False,
) -> None:
    """Ask again and again, so many at once, whatever the answer."""
    headers = {} if anonymous else {"Authorization": f"Bearer {target.token}"}
    limits = httpx.Limits(max_connections=at_once)
    # From another address than the honest user, as anybody who is elsewhere.
    transport = httpx.AsyncHTTPTransport(local_address=ELSEWHERE, limits=limits)
    faults = 0
    async with httpx.AsyncClient(
        base_url=target.url, headers=headers, transport=transport, timeout=120
    ) as client:

        async def one() -> None:
            nonlocal faults
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await ask(client)
                    if answer.status_code >= 500 and answer.status_code != 507:
                        faults += 1
                        print(answer.status_code, answer.text[:200], flush=True)

        await asyncio.gather(*(one() for _ in range(at_once)))


async def _many(work: Callable[[], Awaitable[None]], at_once: int) -> None:
    async def again() -> None:
        while True:
            await work()
            await asyncio.sleep(0.2)

    await asyncio.gather(*(again() for _ in range(at_once)))


async def _connect(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = target.url.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port), local_addr=(ELSEWHERE, 0))


def _blank_png(side: int) -> bytes:
    """A picture that is large when it is read: rows of zeros, which pack to nearly nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        length, check = len(data).to_bytes(4), zlib.crc32(kind + data).to_bytes(4)
        return length + kind + data + check

    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    out.write(chunk(b"IHDR", side.to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))))
    out.write(chunk(b"IDAT", zlib.compress(bytes(1 + 3 * side) * side)))
    out.write(chunk(b"IEND", b""))
    return out.getvalue()


# --- the honest user, and the table -----------------------------------------------------------


class Honest:
    """Somebody who logs in, lists and edits, and notes how long each took."""

    def __init__(self, url: str, email: str, project: str, shot: str, token: str) -> None:
        self._url, self._email, self._project, self._shot = url, email, project, shot
        self._client = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120
        )
        # A browser that logged in before is known, and shows it.
        self._browser = httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=120)
        self.written = 0

    async def work(self, seconds: float) -> Measured:
        """Go on for so long."""
        found, ends = Measured(), time.monotonic() + seconds
        while time.monotonic() < ends:
            for name, ask in (("list", self._list), ("edit", self._edit), ("list", self._list),
                              ("edit", self._edit), ("log in", self._log_in)):  # fmt: skip
                begun = time.perf_counter()
                answer = await ask()
                found.took[name].append(time.perf_counter() - begun)
                if answer.status_code >= 500:
                    found.faults.append(f"{name}: {answer.status_code} {answer.text[:100]}")
                elif answer.status_code in (401, 429):
                    found.refused += 1
                elif answer.status_code >= 400:
                    found.faults.append(f"{name}: {answer.status_code} {answer.text[:200]}")
                await asyncio.sleep(PAUSE)
        return found

    async def holds(self) -> bool:
        """Whether the last edit is there."""
        graph = (await self._client.get(f"/api/v1/projects/{self._project}/graph")).json()
        [shot] = [node for node in graph["nodes"] if node["id"] == self._shot]
        return shot["data"].get("seed") == self.written

    async def _log_in(self) -> httpx.Response:
        body = {"email": self._email, "password": PASSWORD}
        return await self._browser.post("/api/v1/auth/login", json=body)

    async def _list(self) -> httpx.Response:
        return await self._client.get("/api/v1/projects")

    async def _edit(self) -> httpx.Response:
        values = {"data.seed": self.written + 1}
        op = {"op": "node.set", "id": self._shot, "values": values}
        answer = await self._client.post(
            f"/api/v1/projects/{self._project}/graph/operations", json={"ops": [op]}
        )
        if answer.status_code == 200:
            self.written += 1
        return answer


async def person(owner: httpx.AsyncClient, name: str, frames: int) -> tuple[str, str, str, str]:
    """Somebody new with a project and a shot in it: address, token, project, shot."""
    link = (await owner.post("/api/v1/invitations", json={})).raise_for_status().json()
    email = f"{name}@example.org"
    account = {"email": email, "password": PASSWORD, "name": name}
    async with httpx.AsyncClient(base_url=owner.base_url, timeout=120) as client:
        body = {"code": link["code"], "account": account}
        (await client.post("/api/v1/invitations/accept", json=body)).raise_for_status()
        client.cookies.clear()
        body = {"email": email, "password": PASSWORD}
        token = (await client.post("/auth/token", json=body)).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        made = await client.post("/api/v1/projects", json={"title": name})
        project, shot = made.raise_for_status().json()["id"], str(uuid4())
        op = {"op": "node.add", "id": shot, "type": "film.shot"}
        ops = [{**op, "data": {"code": "010", "frames": frames}}]
        address = f"/api/v1/projects/{project}/graph/operations"
        (await client.post(address, json={"ops": ops})).raise_for_status()
    return email, token["access_token"], project, shot


def memory_of_api(studio: int) -> int:
    """Bytes that the API's process holds, a child of the studio's (Linux)."""
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            told = dict(line.split(":", 1) for line in status.read_text().splitlines())
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
            if int(told["PPid"]) == studio and b"app.cli" in words and b"serve" in words:
                return 1024 * int(told["VmRSS"].split()[0])
    raise SystemExit("The API's process was not found.")


async def beside(honest: Honest, target: Target, attack: str | None, seconds: float) -> Measured:
    """What the honest user sees while an attack runs, or none."""
    if attack is None:
        return await honest.work(seconds)
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--attack", attack,
        "--target", msgspec.json.encode(target).decode(),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        # It loads its libraries first; then it is under way.
        await asyncio.sleep(2)
        found = await honest.work(seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        said, _ = await process.communicate()
    found.faults += said.decode().splitlines()[:3]
    return found


def percentiles(rounds: list[list[float]]) -> list[float]:
    """The medians over rounds of their p50 and p95, in milliseconds."""
    parts = [statistics.quantiles(one, n=20, method="inclusive") for one in rounds if len(one) > 1]
    return [1000 * statistics.median(part[n] for part in parts) for n in (9, 18)]


async def measure(rounds: int, seconds: float, only: str) -> int:
    """Measure, print the table; 1 when something was wrong."""
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="director-abuse-") as folder:
        settings = Settings(home=Path(folder), port=free_port(), workers=1)
        async with (
            running(settings) as studio,
            httpx.AsyncClient(
                base_url=studio.address.url,
                headers={"Authorization": f"Bearer {studio.address.token}"},
                timeout=120,
            ) as owner,
        ):
            email, token, project, shot = await person(owner, "grace", 48)
            honest = Honest(studio.address.url, email, project, shot, token)
            _, theirs, bad_project, bad_shot = await person(owner, "mallory", 1_000_000)
            target = Target(studio.address.url, theirs, bad_project, bad_shot, email)
            await honest.work(2)
            print(f"{'':30}   log in p50/p95   list p50/p95   edit p50/p95   refused   API MB")
            names = [None, *(name for name in ATTACKS if only in name)]
            results: dict[str | None, list[Measured]] = {name: [] for name in names}
            for _ in range(rounds):
                for name in names:
                    found = await beside(honest, target, name, seconds)
                    found.memory = await asyncio.to_thread(memory_of_api, os.getpid())
                    results[name].append(found)
                    wrong += [f"{name}: {fault}" for fault in found.faults]
                    await asyncio.sleep(1)
            for name, measured in results.items():
                cells = []
                for what in ("log in", "list", "edit"):
                    p50, p95 = percentiles([one.took[what] for one in measured])
                    cells.append(f"{p50:6.0f} /{p95:6.0f}")
                refused = sum(one.refused for one in measured)
                memory = max(one.memory for one in measured) / 1e6
                print(f"{name or 'quiet':30} {'  '.join(cells)} {refused:8} {memory:8.0f}")
                if memory > MEMORY_MB:
                    wrong.append(f"{name}: the API held {memory:.0f} MB")
            if not await honest.holds():
                wrong.append("an edit that was confirmed is not there")
    print("\n".join(wrong) or "Nothing was lost, and no answer was a fault of the studio.")
    return 1 if wrong else 0


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="One honest user beside each attack")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--only", default="", help="attacks whose name has this in it")
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    parser.add_argument("--target", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.attack:
        os.nice(10)
        asyncio.run(ATTACKS[given.attack](msgspec.json.decode(given.target, type=Target)))
        return
    raise SystemExit(asyncio.run(measure(given.rounds, given.seconds, given.only)))


if __name__ == "__main__":
    main()
