"""One honest user beside each attack: `python benchmarks/abuse.py [--rounds 3] [--seconds 6]`.

A studio of its own, on an empty data folder and loopback alone. The honest user logs in, lists
their projects and edits a shot, again and again, and has a take made of another shot all the time;
what each took is measured while it is quiet, and while one attack (`attacks.py`) runs in a process
of its own, in turns, and so are the API's memory and the lines of its security log. Attackers get
the rest of the processor's time (`nice`): elsewhere they have machines of their own. The table has
medians over the rounds. Ends with 1 when something was lost, answered with a fault of the studio,
when a take failed, when an attack that has to be in the log is not, or when the API grew beyond its
bound.

On loopback nobody is limited by the number of their connections: this machine stands for many.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
from attacks import ATTACKS, PASSWORD, Target

from app.processes.listening import free_port
from app.processes.studio import running
from app.settings import Settings

MEMORY_MB = 600
PAUSE = 0.05
# What the security log has to tell of an attack: one of these.
LOGGED = {
    "guesses at one password": ("login.failed", "login.locked"),
    "80 withheld last bytes": ("login.failed", "login.locked"),
}
COLUMNS = ("log in", "list", "edit", "take")


class Measured(msgspec.Struct):
    """What the honest user waited, in seconds, by what they did; how often they were refused."""

    took: dict[str, list[float]] = msgspec.field(
        default_factory=lambda: {name: [] for name in COLUMNS}
    )
    refused: int = 0
    faults: list[str] = []
    memory: int = 0
    logged: int = 0


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
        self.filmed = ""
        self._seeds = itertools.count(1)

    async def work(self, seconds: float) -> Measured:
        """Go on for so long, with takes beside it; the last of them is waited for."""
        found, ends = Measured(), time.monotonic() + seconds
        making = asyncio.create_task(self._make_takes(found, ends))
        await self._work_until(ends, found)
        await making
        return found

    async def _make_takes(self, found: Measured, ends: float) -> None:
        body = {"targets": [self.filmed]}
        address = f"/api/v1/projects/{self._project}/runs"
        while time.monotonic() < ends:
            await self._operate(self.filmed, next(self._seeds))
            begun = time.perf_counter()
            made = await self._client.post(address, json={**body, "request_id": uuid4().hex})
            run = made.raise_for_status().json()
            while run["status"] not in ("succeeded", "failed", "cancelled"):
                await asyncio.sleep(PAUSE)
                answer = await self._client.get(f"/api/v1/runs/{run['id']}")
                run = answer.raise_for_status().json()["run"]
            if run["status"] != "succeeded":
                found.faults.append(f"a take: {run['status']}")
            found.took["take"].append(time.perf_counter() - begun)

    async def _work_until(self, ends: float, found: Measured) -> None:
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
        answer = await self._operate(self._shot, self.written + 1)
        if answer.status_code == 200:
            self.written += 1
        return answer

    async def _operate(self, shot: str, seed: int) -> httpx.Response:
        op = {"op": "node.set", "id": shot, "values": {"data.seed": seed}}
        return await self._client.post(
            f"/api/v1/projects/{self._project}/graph/operations", json={"ops": [op]}
        )

    async def add_shot(self) -> None:
        """Add the shot of which takes are made."""
        self.filmed = str(uuid4())
        op = {"op": "node.add", "id": self.filmed, "type": "film.shot"}
        ops = [{**op, "data": {"code": "020", "frames": 24}}]
        address = f"/api/v1/projects/{self._project}/graph/operations"
        (await self._client.post(address, json={"ops": ops})).raise_for_status()


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


class SecurityLog:
    """The lines of the API's log that were written since the last look."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "logs" / "api.log"
        self._at = self._path.stat().st_size

    def since(self) -> list[str]:
        """The new lines of the security log."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            text = file.read()
        self._at += len(text)
        return [line for line in text.decode(errors="replace").splitlines() if "security" in line]


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
            await honest.add_shot()
            await honest.work(2)
            log = SecurityLog(settings.home)
            titles = "  ".join(f"{name + ' p50/p95':>15}" for name in COLUMNS)
            print(f"{'':30} {titles}  refused   API MB  logged")
            names = [None, *(name for name in ATTACKS if only in name)]
            results: dict[str | None, list[Measured]] = {name: [] for name in names}
            for _ in range(rounds):
                for name in names:
                    found = await beside(honest, target, name, seconds)
                    found.memory = await asyncio.to_thread(memory_of_api, os.getpid())
                    lines = log.since()
                    found.logged = len(lines)
                    wanted = LOGGED.get(name or "", ())
                    if wanted and not any(kind in line for line in lines for kind in wanted):
                        wrong.append(f"{name}: nothing of {' or '.join(wanted)} in the log")
                    results[name].append(found)
                    wrong += [f"{name}: {fault}" for fault in found.faults]
                    await asyncio.sleep(1)
            for name, measured in results.items():
                cells = []
                for what in COLUMNS:
                    p50, p95 = percentiles([one.took[what] for one in measured])
                    cells.append(f"{p50:7.0f} /{p95:6.0f}")
                refused = sum(one.refused for one in measured)
                logged = sum(one.logged for one in measured)
                memory = max(one.memory for one in measured) / 1e6
                print(
                    f"{name or 'quiet':30} {'  '.join(cells)} {refused:8} {memory:8.0f} {logged:7}"
                )
                if memory > MEMORY_MB:
                    wrong.append(f"{name}: the API held {memory:.0f} MB")
            if not await honest.holds():
                wrong.append("an edit that was confirmed is not there")
    print("\n".join(wrong) or "Nothing was lost, all was logged, and no answer was a fault.")
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
