"""Runs the tests' PostgreSQL and Valkey as long as any process of the test run uses them.

A program, started by `conftest.py`: with pytest-xdist no single worker lives long enough to be
the servers' parent. Whoever uses them holds a shared lock on `users.lock`; once this program can
lock it alone, nobody is left, and it takes everything away again.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import sys
from pathlib import Path

from app.platform.telemetry import configure_logs
from app.processes.embedded import EmbeddedPostgres, EmbeddedValkey, runtime_folder
from app.processes.supervisor import Supervisor


async def keep(folder: Path) -> None:
    home = folder / "servers"
    home.mkdir(exist_ok=True)
    postgres = EmbeddedPostgres(home, runtime_folder(home), fsync=False, max_connections=200)
    valkey = EmbeddedValkey(home, runtime_folder(home), databases=64)
    ready = folder / "servers.json"
    with (folder / "users.lock").open("r+b") as users:
        try:
            async with Supervisor() as supervisor:
                await supervisor.start(postgres.child(), valkey.child())
                fresh = folder / f".servers.json.{os.getpid()}"
                fresh.write_text(json.dumps({"home": str(home), "redis_url": valkey.url}))
                fresh.replace(ready)
                await supervisor.guard(_until_unused(users.fileno()))
        finally:
            ready.unlink(missing_ok=True)
            shutil.rmtree(home, ignore_errors=True)
            shutil.rmtree(postgres.runtime, ignore_errors=True)


async def _until_unused(users: int) -> None:
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    configure_logs("warning", "text", role="tests")
    asyncio.run(keep(Path(sys.argv[1])))
