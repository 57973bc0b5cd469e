"""Chaos: films are made while processes are killed and frozen and Valkey is flushed, in rounds.

    python tests/system/chaos.py [--rounds 10] [--seed N]        or `make chaos`

A round makes a film of a script of its own on one studio that lives through all of them, and does
three harms while tasks run: workers, the API, PostgreSQL or Valkey are killed with SIGKILL, Valkey
is flushed, a worker is frozen until its task has gone to another and woken, all connections of
PostgreSQL are taken, the clock of PostgreSQL and Valkey goes an hour forward or back (with
libfaketime, of Debian's package `faketime`), or the disk of the data folder is full (as root, on a
small one of its own). What cannot be had here is named and left out. After each round all tasks
have succeeded with exactly one take, the renders are what was recorded, and the ledger in Valkey
holds what the rows of the tasks hold: nothing. While it runs, whatever waits has a cause. Ends with
1 and says the seed when something of that does not hold. Not a test by itself: it takes minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
from redis.asyncio import Redis
from test_crashes import House, check, rows, write

from app.platform.database import CONNECTION_ERRORS
from app.platform.redis import RedisError
from app.processes.embedded import EmbeddedValkey, runtime_folder
from app.processes.make import make
from app.processes.studio import free_port, running
from app.processes.supervisor import Event
from app.scheduling.ledger import Ledger
from app.settings import Settings

HARMS = 3
HARM_SECONDS = 5.0
DISK_MB = 1500
FAKETIME = Path(f"/usr/lib/{platform.machine()}-linux-gnu/faketime/libfaketimeMT.so.1")
PREFIX = "{ledger}:resource:"
DOWN = (*CONNECTION_ERRORS, asyncpg.PostgresError)
FOUND_AGAIN = 30.0
"""Seconds within which the ledger must be equal to the rows."""


class Chaos:
    """Does harm to a studio, as a seed says, and watches what its queue tells meanwhile."""

    def __init__(self, house: House, chance: random.Random, clock: Path | None, disk: bool) -> None:
        self.house = house
        self.chance = chance
        self.done = Counter[str]()
        self.seen_waiting = 0
        self.frozen = 0
        self.clock = 0
        valkey = EmbeddedValkey(house.settings.home, runtime_folder(house.settings.home))
        self.valkey = Redis.from_url(valkey.url)
        self.harms: dict[str, Callable[[], Awaitable[None]]] = {
            "a worker is killed": lambda: self.kill(f"worker-cpu{chance.randrange(2)}"),
            "the API is killed": lambda: self.kill("api"),
            "PostgreSQL is killed": lambda: self.kill("PostgreSQL"),
            "Valkey is killed": lambda: self.kill("Valkey"),
            "Valkey is flushed": self.flush,
            "a worker is frozen past its lease": self.freeze,
            "PostgreSQL has no connection left": self.take_connections,
        }
        if clock is not None:
            self.harms["the clock goes an hour forward"] = lambda: self.move_clock(clock, 3600)
            self.harms["the clock goes an hour back"] = lambda: self.move_clock(clock, -3600)
        if disk:
            self.harms["the disk is full"] = self.fill_disk

    async def round(self, name: str) -> None:
        """Make a film, do harm meanwhile, and see that nothing came of it."""
        making = asyncio.create_task(make(self.house.settings, write(self.house, name), _ignore))
        watching = asyncio.create_task(self.watch())
        try:
            # A fixed order with every harm in turn would never do two of a kind after each other.
            for harm in self.chance.choices(list(self.harms), k=HARMS):
                if not await self.wait_for_work(making):
                    break
                await asyncio.sleep(self.chance.uniform(0.0, 0.5))
                print(f"  {harm}", flush=True)
                await self.harms[harm]()
                self.done[harm] += 1
            async with asyncio.timeout(300):
                await asyncio.wait({making, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            film = await making
        finally:
            making.cancel()
            watching.cancel()
        await check(self.house.settings.home, film)
        await self.compare_ledger()

    async def wait_for_work(self, making: asyncio.Task[object]) -> bool:
        """Wait until a task runs; False when the film was made before."""
        while not making.done():
            if await self.running() is not None:
                return True
            await asyncio.sleep(0.02)
        return False

    async def running(self) -> tuple[int, UUID, int] | None:
        """The process of a worker that runs a task, the task and its attempt."""
        try:
            async with rows(self.house.settings.home) as connection:
                row = await connection.fetchrow(
                    """SELECT w.device_id, t.id, t.attempt FROM tasks t
                       JOIN workers w ON w.id = t.worker_id WHERE t.status = 'running'
                       ORDER BY t.started_at DESC LIMIT 1"""
                )
        except DOWN:
            return None
        if row is None:
            return None
        return int(row["device_id"].rsplit(":", 1)[1]), row["id"], row["attempt"]

    async def kill(self, child: str) -> None:
        """Kill a process of the studio, if it is there now."""
        pid = self.house.studio.supervisor.pids.get(child)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    async def flush(self) -> None:
        """Let Valkey forget everything: ledger, wake-ups, progress."""
        try:
            await self.valkey.flushall()
        except (OSError, RedisError):
            self.done["Valkey was away already"] += 1

    async def freeze(self) -> None:
        """Stop a worker in the middle of a task until another attempt of it began, then wake it."""
        found = await self.running()
        if found is None:
            return
        pid, task, attempt = found
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            # It was killed just now, and its task is not given to another yet.
            self.done["the worker was dead already"] += 1
            return
        try:
            await self.wait_for_next(task, attempt)
        finally:
            os.kill(pid, signal.SIGCONT)
        self.frozen += 1

    async def take_connections(self) -> None:
        """Take every connection that PostgreSQL gives, for some seconds."""
        taken = contextlib.AsyncExitStack()
        async with taken:
            with contextlib.suppress(*DOWN):
                while True:
                    await taken.enter_async_context(rows(self.house.settings.home))
            await asyncio.sleep(HARM_SECONDS)

    async def move_clock(self, clock: Path, seconds: int) -> None:
        """Set the clock of the servers, by the file that libfaketime reads; it stays so."""
        self.clock += seconds
        clock.write_text(f"{self.clock:+d}\n")

    async def fill_disk(self) -> None:
        """Leave not one byte on the disk of the data folder, for some seconds."""
        full = self.house.settings.home / "full"
        with full.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        await asyncio.sleep(HARM_SECONDS)
        full.unlink()

    async def wait_for_next(self, task: UUID, attempt: int) -> None:
        """Wait until a task is no longer this attempt's."""
        ends = time.monotonic() + 60
        while await self.attempt_of(task) == attempt:
            assert time.monotonic() < ends, "A frozen worker kept its task."
            await asyncio.sleep(0.1)

    async def attempt_of(self, task: UUID) -> int:
        """Which attempt of a task is made now; one more for a task that has ended."""
        async with rows(self.house.settings.home) as connection:
            return await connection.fetchval(
                """SELECT CASE WHEN status IN ('assigned', 'running') THEN attempt
                   ELSE attempt + 1 END FROM tasks WHERE id = $1""",
                task,
            )

    async def watch(self) -> None:
        """See that whatever waits says why."""
        while True:
            try:
                answer = await self.house.client.get("/api/v1/queue", params={"limit": 500})
            except httpx.TransportError:
                await asyncio.sleep(0.2)
                continue
            for task in answer.json()["items"] if answer.is_success else ():
                if task["status"] in ("queued", "blocked"):
                    self.seen_waiting += 1
                    assert task["cause"], f"A task waits without a cause: {task}"
            await asyncio.sleep(0.2)

    async def compare_ledger(self) -> None:
        """See that the ledger holds nothing once nothing runs."""
        ends = time.monotonic() + FOUND_AGAIN
        while True:
            held = {
                key: await Ledger(self.valkey).reserved(key.decode().removeprefix(PREFIX))
                async for key in self.valkey.scan_iter(f"{PREFIX}*")
            }
            async with rows(self.house.settings.home) as connection:
                reserved = await connection.fetchval(
                    "SELECT count(*) FROM tasks WHERE reserved IS NOT NULL"
                )
            if not any(held.values()) and not reserved:
                return
            assert time.monotonic() < ends, f"The ledger holds {held}, the rows {reserved}."
            await asyncio.sleep(0.2)


def _ignore(_: object) -> None:
    return None


def movable_clock(folder: Path) -> Path | None:
    """Lets servers that are started from now on read their clock from a file.

    The API and the workers keep the machine's: Python cannot sleep under libfaketime.
    """
    if not FAKETIME.exists():
        print("No libfaketime: the clock stays as it is.")
        return None
    clock = folder / "clock"
    clock.write_text("+0\n")
    os.environ |= {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }
    return clock


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Puts a disk of its own at a folder; False where that is not allowed."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "chaos", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        print("No disk of its own: it is never full.")
    try:
        yield not mounted.returncode
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "-l", folder], check=True)


async def main(rounds: int, seed: int) -> None:
    """Play the rounds; raises at the first that something is lost in."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch, small_disk(Path(scratch) / "home") as disk:
        folder = Path(scratch)
        clock = movable_clock(folder)
        settings = Settings(
            home=folder / "home",
            port=free_port(),
            workers=2,
            lease_seconds=3,
            disk_floor_gb=0,
            log_level="warning",
        )
        events: list[Event] = []
        async with running(settings, on_event=events.append) as started:
            token = {"Authorization": f"Bearer {started.address.token}"}
            async with httpx.AsyncClient(
                base_url=started.address.url, headers=token, timeout=60
            ) as client:
                house = House(settings, started, events, folder, client)
                chaos = Chaos(house, chance, clock, disk)
                for number in range(1, rounds + 1):
                    began = time.monotonic()
                    print(f"Round {number}", flush=True)
                    await chaos.round(f"chaos_{number}")
                    print(f"  whole, after {time.monotonic() - began:.0f} s", flush=True)
                async with rows(settings.home) as connection:
                    late = await connection.fetchval(
                        "SELECT count(*) FROM task_events WHERE kind = 'late'"
                    )
                await chaos.valkey.aclose()
    print(f"{rounds} rounds, seed {seed}: nothing lost, one take for each task.")
    print(f"Harms: {dict(chaos.done)}; executions that came too late: {late}.")
    print(f"{chaos.seen_waiting} looks at waiting tasks, each with a cause.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None)
    wanted = parser.parse_args()
    chosen = random.randrange(10**6) if wanted.seed is None else wanted.seed
    print(f"Seed {chosen}", flush=True)
    try:
        asyncio.run(main(wanted.rounds, chosen))
    except AssertionError as error:
        sys.exit(f"Seed {chosen}: {error}")
