"""`submit`, through which every change of a graph goes, and `read`, which gives a snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import msgspec

from app import projects
from app.accounts import Actor
from app.graph import Conflict, Graph, Registry, Transaction, apply, write_canvas
from app.platform import bus
from app.platform.blocking import run_blocking
from app.platform.database import CONNECTION_ERRORS, Role, in_unit, unit_of_work
from app.platform.ids import new_id, new_key
from app.platform.telemetry import get_logger
from app.projects import CANVAS, Right
from node_registry import Commit, DirectorError, TextFile

from . import log as graph_log
from .events import GraphChanged
from .log import ONCE, SNAPSHOT_EVERY, Loaded

log = get_logger(__name__)

MAIN = "main"
LONGEST_CLIENT = 100


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A stored transaction: its version, what it touched, and whose newer writes it passed over."""

    version: int
    touched: list[str]
    conflicts: list[Conflict] = []
    repeated: bool = False


class _Room:
    """One open graph: its state in memory, and the order in which it changes."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.lock = asyncio.Lock()


class _Rooms:
    def __init__(self) -> None:
        self.registry: Registry | None = None
        self.open: dict[UUID, _Room] = {}
        self.opening = asyncio.Lock()

    async def enter(self, graph_id: UUID) -> _Room:
        room = self.open.get(graph_id)
        if room is not None:
            return room
        async with self.opening:
            room = self.open.get(graph_id)
            if room is None:
                if self.registry is None:
                    raise RuntimeError("Graphs were not opened: call open_rooms first.")
                room = self.open[graph_id] = _Room(await graph_log.load(graph_id, self.registry))
        return room

    @asynccontextmanager
    async def current(self, graph_id: UUID) -> AsyncIterator[_Room]:
        """The room of a graph, alone in it: not one that a failed commit has closed meanwhile."""
        while True:
            room = await self.enter(graph_id)
            async with room.lock:
                if self.open.get(graph_id) is room:
                    yield room
                    return


_rooms = _Rooms()


def open_rooms(registry: Registry) -> None:
    """Serve graphs with these node types. Called once, by the API role."""
    global _rooms
    _rooms = _Rooms()
    _rooms.registry = registry


async def close_rooms() -> None:
    """Store a snapshot of each open graph that has grown since its last one."""
    for room in list(_rooms.open.values()):
        async with room.lock:
            if room.loaded.graph.version > room.loaded.snapshot_version:
                await _try_snapshot(room.loaded)
    _rooms.open.clear()


async def main_graph(actor: Actor, project_id: UUID) -> UUID:
    """The id of a project's main canvas, which is made when it is first asked for."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        await unit.execute(
            """INSERT INTO graphs (id, project_id, name) VALUES ($1, $2, $3)
               ON CONFLICT (project_id, name) DO NOTHING""",
            new_id(),
            project_id,
            MAIN,
        )
        return await unit.fetchval(
            "SELECT id FROM graphs WHERE project_id = $1 AND name = $2", project_id, MAIN
        )


async def read(actor: Actor, graph_id: UUID) -> Graph:
    """The newest stored state of a graph; it does not change under its reader."""
    room = await _rooms.enter(graph_id)
    await projects.authorise(actor, room.loaded.project_id, Right.READ)
    async with _rooms.current(graph_id) as room:
        return room.loaded.graph.snapshot()


async def submit(
    actor: Actor, graph_id: UUID, transaction: Transaction, *, system: bool = False
) -> Accepted:
    """Change a graph: all of the transaction, stored and then told to everybody, or none of it.

    `system` is for the studio's own writes (the active take). A transaction whose `seq` the graph
    knows from this client is acknowledged again and not applied. Raises `graph.…` with the reason
    for a refusal.
    """
    if in_unit():
        # A rollback of the outer one would leave the state in memory ahead of what is stored.
        raise RuntimeError("Graphs are not changed inside another unit of work.")
    project_id = (await _rooms.enter(graph_id)).loaded.project_id
    await projects.authorise(actor, project_id, Right.GENERATE if system else Right.EDIT)
    transaction = _numbered(transaction)
    async with _rooms.current(graph_id) as room:
        loaded, graph = room.loaded, room.loaded.graph
        last = graph.seqs.get(transaction.client_id, 0)
        if transaction.seq <= last:
            return Accepted(version=graph.version, touched=[], repeated=True)
        if transaction.seq != last + 1:
            raise DirectorError(
                "graph.gap",
                f"Transaction {last + 1} of this client is missing.",
                hint=f"Send {last + 1} first.",
                status=409,
                fields={"expected": last + 1},
            )
        assert _rooms.registry is not None
        applied = apply(graph, transaction, _rooms.registry, str(actor.user_id), system=system)
        if applied.rejection is not None:
            raise applied.rejection.error()
        try:
            async with unit_of_work(role=Role.SERVICE) as unit:
                await graph_log.append(unit, loaded, transaction, applied, actor.user_id)
        except BaseException:
            # The state in memory is ahead of what is stored: the next one loads it afresh.
            _rooms.open.pop(graph_id, None)
            raise
        if transaction.client_id.startswith(ONCE):
            # Nobody sends it again, so nobody asks for its number.
            graph.seqs.pop(transaction.client_id, None)
        if graph.version - loaded.snapshot_version >= SNAPSHOT_EVERY:
            await _try_snapshot(loaded)
        told = msgspec.structs.replace(transaction, ops=tuple(applied.effects))
    await bus.publish(
        GraphChanged(
            project_id=project_id,
            graph_id=graph_id,
            version=applied.graph_version,
            user_id=actor.user_id,
            transaction=told,
        )
    )
    return Accepted(
        version=applied.graph_version, touched=applied.touched, conflicts=applied.conflicts
    )


async def commit_canvas(actor: Actor, project_id: UUID, message: str) -> Commit | None:
    """Commit a project's canvas and project.json as they are now; None when nothing differs."""
    if not message.strip() or "\0" in message:
        raise DirectorError("project.bad_message", "A commit needs a message of readable text.")
    project = await projects.authorise(actor, project_id, Right.EDIT)
    graph = await read(actor, await main_graph(actor, project_id))
    canvas = TextFile(CANVAS, await run_blocking(write_canvas, graph))
    changes = [canvas, await projects.manifest_file(project)]
    return await projects.commit(actor, project_id, message, changes)


def _numbered(transaction: Transaction) -> Transaction:
    """A transaction with a client and its number; one without a client is never sent again."""
    client = transaction.client_id
    if not client:
        return msgspec.structs.replace(transaction, client_id=f"{ONCE}{new_key()}", seq=1)
    if transaction.seq < 1 or len(client) > LONGEST_CLIENT or client.startswith(ONCE):
        raise DirectorError(
            "graph.bad_seq",
            f"A client has a name of at most {LONGEST_CLIENT} letters and counts from 1.",
            hint="Send `client_id` and `seq` together, or neither.",
        )
    return transaction


async def _try_snapshot(loaded: Loaded) -> None:
    """Shorten the tail, if it can be done now: the transaction before it is stored in any case."""
    try:
        await graph_log.write_snapshot(loaded)
    except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
        log.warning("graph.no_snapshot", graph=loaded.graph.id, error=str(error)[:200])
