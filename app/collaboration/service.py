"""`submit`, through which every change of a graph goes, and `read`, which gives a snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app import projects
from app.accounts import Actor
from app.graph import (
    Applied,
    CostExceeded,
    CostMeter,
    Graph,
    Registry,
    Rejection,
    Transaction,
    minimum_cost,
    write_canvas,
)
from app.platform.blocking import run_blocking
from app.platform.database import CONNECTION_ERRORS, DatabaseRole, in_unit, unit_of_work
from app.platform.ids import new_id, new_key
from app.platform.telemetry import get_logger
from app.projects import CANVAS, Right
from node_registry import Commit, DirectorError, TextFile

from .limits import FIRST_TRY_LIMIT, LOOP_LIMIT, OFFLOAD_LIMIT
from .log import ONE_SHOT
from .offload import Build, prepare, slots
from .room import Accepted, Room
from .rooms import Rooms

log = get_logger(__name__)

MAIN = "main"
LONGEST_CLIENT = 100
ATTEMPTS = 5

_Offer = Callable[..., Applied | Accepted]

_rooms: Rooms | None = None


def open_rooms(registry: Registry) -> None:
    """Serve graphs with these node types, on this event loop. Called once, by the API role."""
    global _rooms
    _rooms = Rooms(registry)


async def close_rooms() -> None:
    """Store what waits, and a snapshot of each open graph that has grown; serve no more."""
    global _rooms
    rooms, _rooms = _open(), None
    await rooms.close()


def _open() -> Rooms:
    if _rooms is None:
        raise RuntimeError("Graphs were not opened: call open_rooms first.")
    return _rooms


async def room_of(graph_id: UUID, epoch: int | None = None) -> Room:
    """The open room of a graph, for those who have seen to the rights of whom they act for.

    `epoch` is one of the graph that they have seen, if any.
    """
    return await _open().enter(graph_id, epoch)


async def main_graph(actor: Actor, project_id: UUID) -> UUID:
    """The id of a project's main canvas, which is made when it is first asked for."""
    await projects.authorise(actor, project_id, Right.READ)
    return await main_graph_of(project_id)


async def main_graph_of(project_id: UUID) -> UUID:
    """The same, for those who have seen to the rights of whom they act for."""
    known = _open().mains.get(project_id)
    if known is None:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            known = await unit.fetchval(
                """WITH made AS (
                       INSERT INTO graphs (id, project_id, name) VALUES ($1, $2, $3)
                       ON CONFLICT (project_id, name) DO NOTHING RETURNING id)
                   SELECT id FROM made
                   UNION ALL SELECT id FROM graphs WHERE project_id = $2 AND name = $3 LIMIT 1""",
                new_id(),
                project_id,
                MAIN,
            )
            if known is None:
                # Somebody made it at this moment: too late for that statement, not for another.
                known = await unit.fetchval(
                    "SELECT id FROM graphs WHERE project_id = $1 AND name = $2", project_id, MAIN
                )
        _open().mains[project_id] = known
    return known


async def check_graph(actor: Actor, project_id: UUID, graph_id: UUID) -> None:
    """See that a graph belongs to a project of this person. Raises `graph.not_found`."""
    async with unit_of_work(actor.user_id) as unit:
        found = await unit.fetchval(
            "SELECT 1 FROM graphs WHERE id = $1 AND project_id = $2", graph_id, project_id
        )
    if found is None:
        raise DirectorError("graph.not_found", "There is no such canvas.", status=404)


async def read(actor: Actor, graph_id: UUID) -> Graph:
    """The newest stored state of a graph; it does not change under its reader."""
    project_id = (await room_of(graph_id)).project_id
    await projects.authorise(actor, project_id, Right.READ)
    while True:
        room = await room_of(graph_id)
        graph = room.graph.snapshot()
        try:
            await room.when_stored(graph.version)
        except (*CONNECTION_ERRORS, asyncpg.PostgresError, DirectorError) as error:
            # What was read is not stored and never will be: it is read again.
            log.info("graph.read_again", graph=str(graph_id), error=str(error)[:200])
            continue
        return graph


async def submit(
    actor: Actor,
    graph_id: UUID,
    transaction: Transaction,
    *,
    system: bool = False,
    by_studio: bool = False,
) -> Accepted:
    """Change a graph: all of the transaction, stored and then told to everybody, or none of it.

    `system` may write what people may not (the active take); `by_studio` is what nobody asked
    for in person (a new take), so that it is no step that somebody could undo. A transaction
    whose `seq` the graph knows from this client is acknowledged again and not applied; one that
    was refused used up its `seq` too. Raises `graph.…` with the reason for a refusal.
    """
    room = await _authorised(actor, graph_id, system=system)
    transaction = _numbered(transaction)
    await room.load_client(transaction.client_id)
    large = 2 * minimum_cost(transaction.ops) > FIRST_TRY_LIMIT
    if transaction.seq <= room.last_seq(transaction.client_id):
        # A repeat is answered, and not done.
        large = False

    def build(_now: Graph, _cost: CostMeter) -> Transaction:
        return transaction

    return await _write(room, actor, build, system=system, by_studio=by_studio, large=large)


async def submit_with(
    actor: Actor,
    graph_id: UUID,
    build: Build,
    *,
    system: bool = False,
    large: bool = False,
) -> Accepted:
    """Change a graph by what `build` makes of its newest state, with nothing in between.

    `build` leaves what it is given as it was and does not keep it; it may be called several times,
    also in a thread, and counts what it costs. What is `large` is not tried on the loop
    first. A transaction without operations is not stored: its version is the graph's.
    """
    room = await _authorised(actor, graph_id, system=system)

    def numbered(now: Graph, cost: CostMeter) -> Transaction:
        return _numbered(build(now, cost))

    return await _write(room, actor, numbered, system=system, large=large, stored_empty=False)


async def submit_client(
    room: Room, user_id: UUID, transaction: Transaction, *, refusal: Rejection | None = None
) -> Applied | Accepted:
    """Give a room a client's numbered transaction, as `Room.submit`; what is too much for the loop
    is done beside it. It may not be stored yet."""

    def build(_now: Graph, _cost: CostMeter) -> Transaction:
        return transaction

    def offer(made: Transaction, **how: Any) -> Applied | Accepted:
        return room.submit(user_id, made, refusal=refusal, **how)

    if room.exclusive is None and _is_known(room, transaction):
        # Nearly always so: nothing has to be waited for.
        try:
            return offer(transaction, cost=CostMeter(FIRST_TRY_LIMIT))
        except CostExceeded:
            done = None
    else:
        done = await _at_once(room, build, offer, FIRST_TRY_LIMIT)
    if done is None:
        done = await _beside(room, build, offer, str(user_id), OFFLOAD_LIMIT, system=False)
    # Where too many write, it is small enough for the loop after all, or refused.
    return offer(transaction) if done is None else done


async def _write(
    room: Room,
    actor: Actor,
    build: Build,
    *,
    system: bool,
    large: bool,
    by_studio: bool = False,
    stored_empty: bool = True,
) -> Accepted:
    """Do a step on the loop; beside it when it is large, or turns out to be."""
    outcome: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()

    def offer(made: Transaction, **how: Any) -> Applied | Accepted:
        """Give it to the room, unless there is nothing to give."""
        if not made.ops and not stored_empty:
            return Accepted(version=room.graph.version, touched=[])
        told = partial(_tell, outcome)
        return room.submit(
            actor.user_id, made, system=system, by_studio=by_studio, told=told, **how
        )

    done = None if large else await _at_once(room, build, offer, FIRST_TRY_LIMIT)
    if done is None:
        most = None if system else OFFLOAD_LIMIT
        done = await _beside(room, build, offer, str(actor.user_id), most, system=system)
    if done is None:
        # Too many write here: it may be small enough for the loop after all. The studio's own
        # deeds are done in any case.
        done = await _at_once(room, build, offer, None if by_studio else LOOP_LIMIT)
    if done is None:
        raise DirectorError(
            "graph.busy",
            "This canvas changes too quickly just now for so large a step.",
            hint="Try again, or do it in several steps.",
            status=503,
        )
    if isinstance(done, Accepted):
        await room.when_stored(done.version)
        return done
    if done.rejection is not None:
        raise done.rejection.error()
    return await outcome


async def _at_once(
    room: Room, build: Build, offer: _Offer, most: int | None
) -> Applied | Accepted | None:
    """Do a step on the loop; None when it is too much for that."""
    while True:
        await room.until_shared()
        cost = CostMeter(most)
        try:
            transaction = build(room.graph, cost)
            if _is_known(room, transaction):
                return offer(transaction, cost=cost)
        except CostExceeded:
            return None
        await room.load_client(transaction.client_id)


async def _beside(
    room: Room, build: Build, offer: _Offer, user: str, most: int | None, *, system: bool
) -> Applied | Accepted | None:
    """Do a step on copies of the graph until nobody came in between; None when somebody always did.

    From the second on, those who can wait are asked to.
    """
    async with room.large, slots():
        try:
            for attempt in range(ATTEMPTS):
                if attempt:
                    room.exclusive = room.exclusive or asyncio.Event()
                seen = room.graph.snapshot()
                state = seen.version, seen.history_start
                made = await run_blocking(
                    prepare, seen, build, room.registry, user, most, system=system
                )
                if not _is_known(room, made.transaction):
                    await room.load_client(made.transaction.client_id)
                if (
                    room.graph.version,
                    room.graph.history_start,
                ) == state or room.failure is not None:
                    return offer(made.transaction, prepared=made)
        finally:
            if room.exclusive is not None:
                room.exclusive.set()
                room.exclusive = None
    return None


def _is_known(room: Room, transaction: Transaction) -> bool:
    return transaction.client_id.startswith(ONE_SHOT) or room.knows(transaction.client_id)


def _tell(outcome: asyncio.Future[Accepted], result: Accepted | Exception) -> None:
    if outcome.done():
        return
    if isinstance(result, Exception):
        outcome.set_exception(result)
    else:
        outcome.set_result(result)


async def _authorised(actor: Actor, graph_id: UUID, *, system: bool) -> Room:
    if in_unit():
        # A rollback of the outer one would leave the state in memory ahead of what is stored.
        raise RuntimeError("Graphs are not changed inside another unit of work.")
    room = await room_of(graph_id)
    right = Right.GENERATE if system else Right.EDIT
    await projects.authorise(actor, room.project_id, right)
    # The rights were asked for meanwhile: the room may be another one now.
    return await room_of(graph_id)


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
        return msgspec.structs.replace(transaction, client_id=f"{ONE_SHOT}{new_key()}", seq=1)
    known = client.isprintable() and client.isascii() and " " not in client
    known = known and len(client) <= LONGEST_CLIENT and not client.startswith(ONE_SHOT)
    if (
        transaction.seq < 1
        or len(client) > LONGEST_CLIENT
        or client.startswith(ONE_SHOT)
        or not known
    ):
        raise DirectorError(
            "graph.bad_seq",
            f"A client has a name of at most {LONGEST_CLIENT} plain letters and counts from 1.",
            hint="Send `client_id` and `seq` together, or neither.",
        )
    return transaction
