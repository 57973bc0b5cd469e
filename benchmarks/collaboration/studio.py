"""Our own server: a whole studio as `director up` starts it, PostgreSQL with fsync and all."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import asyncpg
import httpx

from app.accounts import tokens
from app.platform.ids import new_id
from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.studio_lock import HEALTH, StudioAddress, read_address

from .processes import Program, descendants, wait_for
from .systems import Server

T = TypeVar("T")

PEOPLE = 50
PORTION = 2000
TABLES = ("graph_ops", "graph_snapshots", "graph_states")


class Studio(Server):
    title: ClassVar[str] = "ours"
    compression = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.home = folder / "home"
        self._program: Program | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        argv = [sys.executable, "-m", "app.cli", "--home", str(self.home), "up"]
        # Nothing is made here, so nothing needs a worker.
        program = self._program = Program(
            [*argv, "--port", str(self.port), "--workers", "0"],
            self.folder / "studio.log",
            {"DIRECTOR_LOG_LEVEL": "warning"},
        )

        def ready() -> bool:
            program.check()
            return self._address() is not None and self._answers()

        wait_for(self.title, ready, 60)
        self._children = descendants(program.pid)

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop(signal.SIGTERM, patience=40)
            shutil.rmtree(runtime_folder(self.home), ignore_errors=True)

    def kill(self) -> None:
        """The API alone: the studio's supervisor starts it again, as it would in earnest."""
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)

    def come_back(self) -> None:
        assert self._program is not None
        wait_for("the API again", self._answers, 60)
        self._children = descendants(self._program.pid)

    def pids(self) -> list[int]:
        return [pid for pid, line in self._children.items() if "app.cli serve" in line]

    def store_pids(self) -> list[int]:
        assert self._program is not None
        found = descendants(self._program.pid)
        return [pid for pid, line in found.items() if "postgres" in line.split(":")[0]]

    def seed(self, nodes: int, rooms: int = 1) -> dict[str, Any]:
        """Projects and people by SQL: a thousand folders with git would be another benchmark."""
        return asyncio.run(self._seed(nodes, rooms))

    async def _seed(self, nodes: int, rooms: int) -> dict[str, Any]:
        owner = await self._sql(self._people)
        shown = owner[0]
        projects = await self._sql(lambda sql: self._projects(sql, [u for u, _ in owner], rooms))
        headers = {"Authorization": f"Bearer {shown[1]}"}
        url = f"http://127.0.0.1:{self.port}/api/v1/projects"
        async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
            for project in projects:
                for first in range(0, nodes, PORTION):
                    ops = [_shot(n) for n in range(first, min(nodes, first + PORTION))]
                    path = f"{url}/{project}/graph/operations"
                    answer = await client.post(path, json={"ops": ops})
                    answer.raise_for_status()
        self._known = {
            "projects": projects,
            "tokens": [token for _, token in owner],
            "compression": self.compression,
        }
        return self._known

    async def _people(self, sql: asyncpg.Connection) -> list[tuple[str, str]]:
        key = tokens.signing_key(self.home / "secrets" / "signing.key")
        lasting = timedelta(days=1)
        found = []
        for number in range(PEOPLE):
            person, session = new_id(), new_id()
            await sql.execute(
                "INSERT INTO users (id, name) VALUES ($1, $2)", person, f"Person {number}"
            )
            await sql.execute(
                "INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, $3)",
                session,
                person,
                datetime.now(UTC) + lasting,
            )
            found.append((str(person), tokens.issue_token(key, person, session, lifetime=lasting)))
        return found

    async def _projects(self, sql: asyncpg.Connection, people: list[str], rooms: int) -> list[str]:
        found = [str(new_id()) for _ in range(rooms)]
        # Together: a project without an owner is not stored.
        async with sql.transaction():
            await sql.executemany(
                "INSERT INTO projects (id, owner_id, title, folder) VALUES ($1, $2, 'Load', $3)",
                [(project, people[0], project) for project in found],
            )
            await sql.executemany(
                "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)",
                [
                    (project, person, "editor" if place else "owner")
                    for project in found
                    for place, person in enumerate(people)
                ],
            )
        return found

    def stored_bytes(self) -> dict[str, int]:
        """What the graphs' tables take, with their indexes."""

        async def measure(sql: asyncpg.Connection) -> dict[str, int]:
            return {
                name: await sql.fetchval("SELECT pg_total_relation_size(to_regclass($1))", name)
                or 0
                for name in TABLES
            }

        return asyncio.run(self._sql(measure))

    async def _sql(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        url = EmbeddedPostgres(self.home, runtime_folder(self.home)).url()
        connection = await asyncpg.connect(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    def _address(self) -> StudioAddress | None:
        return read_address(self.home)

    def _answers(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}{HEALTH}"
            return httpx.get(url, timeout=5, trust_env=False).status_code in (200, 503)
        except httpx.HTTPError:
            return False


class PlainStudio(Studio):
    """For a client that cannot inflate."""

    title = "ours, not compressed"
    compression = False


def _shot(n: int) -> dict[str, Any]:
    """The node that the generator makes for the peers."""
    return {
        "op": "node.add",
        "id": f"{n:08x}-0000-7000-8000-000000000000",
        "type": "film.shot",
        "pos": [n % 40 * 360, n // 40 * 240],
        "data": {"code": f"{n:04}", "audio_requirements": f"Shot {n}"},
        "text": {"prompt": f"The keeper climbs the stairs of the lighthouse, step {n}."},
    }
