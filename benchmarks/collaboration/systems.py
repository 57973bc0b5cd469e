"""The servers that are compared: how each is started, killed, started again and looked into."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from .generator import NODE, PEERS
from .processes import Program, cpu_seconds, free_port, listens, memory_bytes, wait_for


class Server(ABC):
    """One server on a port of its own, with its files in a folder of its own."""

    title: ClassVar[str]
    # Survives the end of its process, so that "cold" and "lost" can be asked of it.
    durable: ClassVar[bool] = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    @abstractmethod
    def start(self) -> None:
        """Start it, and return when it answers."""

    @abstractmethod
    def stop(self) -> None:
        """End it in good order; harmless when it does not run."""

    @abstractmethod
    def kill(self) -> None:
        """`kill -9` of the process that serves the sockets."""

    @abstractmethod
    def come_back(self) -> None:
        """Start again after `kill`."""

    @abstractmethod
    def pids(self) -> list[int]:
        """The processes that serve."""

    def store_pids(self) -> list[int]:
        """The processes that store, reported apart."""
        return []

    def seed(self, nodes: int, rooms: int = 1) -> dict[str, Any]:
        """What the generator needs to know. The peers are seeded by the generator itself."""
        return {"seed": nodes, "rooms": rooms}

    def stored_bytes(self) -> dict[str, int]:
        """What lies on the disk."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return {"files": sum(path.stat().st_size for path in files if path.name != "server.log")}

    def cpu(self) -> tuple[float, float]:
        """Seconds of processor so far: serving, and storing."""
        return cpu_seconds(self.pids()), cpu_seconds(self.store_pids())

    def memory(self) -> int:
        """Bytes that the serving processes hold."""
        return memory_bytes(self.pids())

    def __enter__(self) -> Server:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Peer(Server):
    """A server that is one process."""

    _program: Program | None = None

    @abstractmethod
    def argv(self) -> list[str]:
        """Its command line."""

    def environment(self) -> dict[str, str]:
        return {"NODE_NO_WARNINGS": "1", "NODE_ENV": "production"}

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        program = self._program = Program(
            self.argv(), self.folder / "server.log", self.environment()
        )

        def ready() -> bool:
            program.check()
            return listens(self.port)

        wait_for(self.title, ready)

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop(signal.SIGTERM)

    def kill(self) -> None:
        assert self._program is not None
        self._program.kill()

    def come_back(self) -> None:
        self.start()

    def pids(self) -> list[int]:
        assert self._program is not None
        return [self._program.pid]


class Hocuspocus(_Peer):
    title = "Hocuspocus"

    def argv(self) -> list[str]:
        database = self.folder / "documents.sqlite"
        return [str(NODE), str(PEERS / "hocuspocus.mjs"), str(self.port), str(database)]


class Hocuspocus33(Hocuspocus):
    title = "Hocuspocus, flushDelay 33"

    def argv(self) -> list[str]:
        return [*super().argv(), "33"]


class YWebsocket(_Peer):
    title = "y-websocket"
    durable = False

    def argv(self) -> list[str]:
        return [str(NODE), str(PEERS / "node_modules/@y/websocket-server/src/server.js")]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "HOST": "127.0.0.1", "PORT": str(self.port)}


class YWebsocketStored(YWebsocket):
    """With what it brings for storing: LevelDB, an update at a time."""

    title = "y-websocket, LevelDB"
    durable = True

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "YPERSISTENCE": str(self.folder / "leveldb")}


class ShareDb(_Peer):
    title = "ShareDB"
    durable = False

    def argv(self) -> list[str]:
        return [str(NODE), str(PEERS / "sharedb.mjs"), str(self.port)]


class Bare(_Peer):
    title = "bare broadcast, 33 ms"
    durable = False

    def argv(self) -> list[str]:
        return [sys.executable, "-m", "benchmarks.collaboration.bare", str(self.port)]

    def seed(self, nodes: int, rooms: int = 1) -> dict[str, Any]:
        return {}


def check_peers() -> None:
    """Raise `SystemExit` with the command that brings the peers, when they are not there."""
    if not NODE.exists():
        raise SystemExit(
            f"The peers are not installed. Run: npm ci --prefix {os.path.relpath(PEERS)}"
        )


def fresh(folder: Path) -> Path:
    """The folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
