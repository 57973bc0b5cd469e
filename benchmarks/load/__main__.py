"""Many people at work at once.

    python -m benchmarks.load --people 1000 --films 200 --sockets 5000 --seconds 300

A studio of its own, with two workers, on an empty data folder and loopback alone. Some people share
each film; all have sockets of it open. Each does something every `--every` seconds on average, at
times that are drawn before and not when the last answer has come (an open loop): they browse, write
notes through their socket, make takes by a backend that does nothing, log in. Printed are the
median and the 95th percentile of each, from an edit also until its first arrival at a socket, what
was refused or failed, and what the parts of the studio used. Clients and studio share the machine.
Ends with 1 when anything failed, or an edit never arrived, or a take never came.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from app.processes.listening import free_port
from app.processes.studio import Studio, running
from app.settings import Settings

from .people import Film, Person, Record

ARRIVES_WITHIN = 60.0
SHOTS = 20
PLUGIN = Path(__file__).with_name("noop_plugin")


class Usage:
    """Seconds of processor time and bytes of memory of the studio's processes, and of this one."""

    def __init__(self, studio: Studio) -> None:
        self._pids = {name: pid for name, pid in studio.supervisor.pids.items() if pid}
        self._pids["people"] = os.getpid()
        self._began, self._times = time.monotonic(), self._read()

    def report(self) -> str:
        """Of each part, how much of one core it used since the beginning, and its memory now."""
        took = time.monotonic() - self._began
        parts = [
            f"{name} {100 * (now - self._times[name]) / took:.0f} %, {_memory(self._pids[name])} MB"
            for name, now in self._read().items()
        ]
        return "; ".join(parts)

    def _read(self) -> dict[str, float]:
        ticks = os.sysconf("SC_CLK_TCK")
        children: dict[int, list[int]] = {}
        times: dict[int, float] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                children.setdefault(int(fields[1]), []).append(int(folder.name))
                times[int(folder.name)] = sum(map(int, fields[11:15])) / ticks

        def of(pid: int, own: int) -> float:
            below = [one for one in children.get(pid, []) if one not in self._pids.values()]
            deeper = sum(of(one, own) for one in below) if pid != own else 0.0
            return times.get(pid, 0.0) + deeper

        return {name: of(pid, os.getpid()) for name, pid in self._pids.items()}


def _memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


async def prepare(url: str, token: str, given: argparse.Namespace, record: Record) -> list[Person]:
    """People with accounts and films."""
    people = [Person(url, number, record) for number in range(given.people)]
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as owner:
        made = await owner.post("/api/v1/invitations", json={"most_uses": given.people})
        code = made.raise_for_status().json()["code"]
    # Four at once: more would wait for the queue of what hashes passwords.
    turns = asyncio.Semaphore(4)

    async def come(person: Person) -> None:
        async with turns:
            await person.come(code)

    await asyncio.gather(*(come(person) for person in people))
    films = [Film(number, SHOTS) for number in range(given.films)]
    for number, person in enumerate(people):
        person.film = films[number % len(films)]

    async def make(film: Film) -> None:
        async with turns:
            mine = [person for person in people if person.film is film]
            await film.make(mine[0], mine[1:])

    await asyncio.gather(*(make(film) for film in films))
    return people


async def connect(
    people: list[Person], sockets: int, group: asyncio.TaskGroup
) -> list[asyncio.Task[None]]:
    """Open all sockets, and wait until each has its graph."""
    listening: list[asyncio.Task[None]] = []
    waiting: list[asyncio.Event] = []
    for number in range(sockets):
        ready = asyncio.Event()
        person = people[number % len(people)]
        listening.append(group.create_task(person.listen(ready, first=number < len(people))))
        waiting.append(ready)
        if len(waiting) == 50:
            await asyncio.gather(*(one.wait() for one in waiting))
            waiting.clear()
    await asyncio.gather(*(one.wait() for one in waiting))
    return listening


async def work(people: list[Person], every: float, seconds: float) -> None:
    """Let everybody act, at times that are drawn before."""
    drawn = random.Random(1)
    loop = asyncio.get_running_loop()
    times = sorted(
        (drawn.uniform(0, seconds), number)
        for number in range(len(people))
        for _ in range(max(1, round(seconds / every)))
    )
    begins = loop.time()
    acting: list[asyncio.Task[None]] = []
    for at, number in times:
        await asyncio.sleep(max(0.0, begins + at - loop.time()))
        acting.append(asyncio.create_task(people[number].act()))
    await asyncio.gather(*acting)


async def measure(given: argparse.Namespace) -> int:
    """Measure and print; 1 when something failed."""
    record = Record()
    os.environ["PYTHONPATH"] = str(PLUGIN)
    with tempfile.TemporaryDirectory(prefix="director-load-") as folder:
        settings = Settings(home=Path(folder), port=free_port(), workers=2)
        async with running(settings) as studio, asyncio.TaskGroup() as group:
            begun = time.monotonic()
            people = await prepare(studio.address.url, studio.address.token, given, record)
            listening = await connect(people, given.sockets, group)
            print(
                f"{given.people} people, {given.films} films, {given.sockets} sockets, ready in "
                f"{time.monotonic() - begun:.0f} s",
                flush=True,
            )
            usage = Usage(studio)
            await work(people, given.every, given.seconds)
            used = usage.report()
            deadline = time.monotonic() + ARRIVES_WITHIN
            while (record.sent or record.begun) and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            states = await states_of(record)
            for task in listening:
                task.cancel()
    return report(record, given, used, states)


async def states_of(record: Record) -> dict[str, int]:
    """What the studio says of the runs whose end no socket told."""
    return dict(
        Counter([await person.state_of(run) for person, run in list(record.begun.values())])
    )


def report(record: Record, given: argparse.Namespace, used: str, states: dict[str, int]) -> int:
    """Print what was measured; 1 when something failed."""
    acts = sum(len(times) for name, times in record.took.items() if name != "edit, at a socket")
    print(
        f"{acts} acts in {given.seconds:.0f} s, {acts / given.seconds:.0f} a second; "
        f"{record.frames} frames came through the sockets"
    )
    for name, times in sorted(record.took.items()):
        if len(times) < 2 or name == "edit":
            continue
        parts = statistics.quantiles(times, n=20, method="inclusive")
        p50, p95, most = 1000 * parts[9], 1000 * parts[18], 1000 * max(times)
        print(f"{name:20} {len(times):6}   p50 {p50:6.0f} ms   p95 {p95:6.0f}   most {most:6.0f}")
    print(f"of one core, and memory: {used}")
    print(
        f"failed: {dict(record.failed) or 'none'}; edits that never arrived: {len(record.sent)}; "
        f"takes that never came: {states or 'none'}"
    )
    return 1 if record.failed or record.sent or record.begun else 0


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Many people at work at once")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--films", type=int, default=20)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=60.0)
    given = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    raise SystemExit(asyncio.run(measure(given)))


if __name__ == "__main__":
    main()
