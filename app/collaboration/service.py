"""`submit`, through which every change of a graph goes, and `read`, which gives a snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from app import projects
from app.accounts import Actor
from app.graph import Conflict, Graph, Operation, Registry, Transaction, apply, write_canvas
from app.platform.blocking import run_blocking
from app.platform.database import CONNECTION_ERRORS, DatabaseRole, in_unit, unit_of_work
from app.platform.ids import new_id
from app.platform.telemetry import get_logger
from app.projects import CANVAS, Right
from node_registry import Commit, DirectorError, TextFile

from .log import Origin
from .room import Room, Submission
from .rooms import Rooms
from .submission import Step, write, write_transaction

log = get_logger(__name__)

MAIN = "main"


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A stored transaction: its version, what it touched, and whose newer writes it passed over."""

    version: int
    touched: list[str]
    conflicts: list[Conflict] = []
    repeated: bool = False


_rooms: Rooms | None = None


def open_rooms(registry: Registry) -> None:
    """Serve graphs with these node types, on this event loop. Called once, by the API process."""
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


def registry_of_rooms() -> Registry:
    """The node types that the graphs of this process are served with."""
    return _open().registry


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
    known = _open().main_graphs.get(project_id)
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
        _open().main_graphs[project_id] = known
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
        try:
            return await room.stored_snapshot()
        except (*CONNECTION_ERRORS, asyncpg.PostgresError, DirectorError) as error:
            # What was read is not stored and never will be: it is read again.
            log.info("graph.read_retried", graph=str(graph_id), error=str(error)[:200])


def tried(graph: Graph, operations: Sequence[Operation]) -> Graph:
    """A snapshot as these operations of the studio would leave it; the graph stays as it is.

    Raises `graph.…` with the reason for a refusal.
    """
    changed = graph.snapshot()
    done = apply(changed, Transaction(ops=tuple(operations)), _open().registry, "", system=True)
    if done.rejection is not None:
        raise done.rejection.error()
    return changed


async def submit(
    actor: Actor, graph_id: UUID, transaction: Transaction, *, origin: Origin = "person"
) -> Accepted:
    """Change a graph: all of the transaction, stored and then told to everybody, or none of it.

    An actor with the authority of the system may write what people may not (the active take).
    `origin` is "system" for what nobody asked for in person (a new take): it is no step that
    somebody could undo. A transaction whose `seq` the graph knows from this client is
    acknowledged again and not applied; one that was refused used up its `seq` too. Raises
    `graph.…` with the reason for a refusal.
    """
    room = await authorised_room(actor, graph_id)
    done = await write_transaction(_open().writer, room, actor, transaction, origin=origin)
    if done.rejection is not None:
        raise done.rejection.error()
    await _until_stored(done)
    return Accepted(
        version=done.version,
        touched=done.touched,
        conflicts=done.conflicts,
        repeated=done.repeated,
    )


async def submit_client(room: Room, actor: Actor, transaction: Transaction) -> Submission:
    """Change the graph of a room as `submit`, for those who have seen to the rights.

    What comes back may not be stored yet: `Submission.stored`. A refusal is no error.
    """
    return await write_transaction(_open().writer, room, actor, transaction)


async def submit_step(room: Room, step: Step) -> Submission:
    """Do a step of this domain's own making, for those who have seen to the rights.

    What comes back is stored, or refused.
    """
    done = await write(_open().writer, room, step)
    await _until_stored(done)
    return done


async def authorised_room(actor: Actor, graph_id: UUID) -> Room:
    """The room of a graph that this actor may change.

    An actor with the authority of the system acts for somebody who edits or generates.
    """
    if in_unit():
        # A rollback of the outer one would leave the state in memory ahead of what is stored.
        raise RuntimeError("Graphs are not changed inside another unit of work.")
    room = await room_of(graph_id)
    rights = (Right.EDIT, Right.GENERATE) if actor.authority == "system" else (Right.EDIT,)
    await projects.authorise_any(actor, room.project_id, *rights)
    # The rights were asked for meanwhile: the room may be another one now.
    return await room_of(graph_id)


async def _until_stored(done: Submission) -> None:
    if done.stored is not None:
        # Several may wait for a transaction that is repeated: none of them cancels it.
        await asyncio.shield(done.stored)


async def commit_canvas(actor: Actor, project_id: UUID, message: str) -> Commit | None:
    """Commit a project's canvas and project.json as they are now; None when nothing differs."""
    check_message(message)
    project = await projects.authorise(actor, project_id, Right.EDIT)
    changes = [await canvas_file(actor, project_id), await projects.manifest_file(project)]
    return await projects.commit(actor, project_id, message, changes)


async def canvas_file(actor: Actor, project_id: UUID) -> TextFile:
    """The file of a project's canvas, as it has to read now."""
    graph = await read(actor, await main_graph(actor, project_id))
    return TextFile(CANVAS, await run_blocking(write_canvas, graph))


def check_message(message: str) -> None:
    """Raises `project.bad_message` for what says nothing."""
    if not message.strip() or "\0" in message:
        raise DirectorError("project.bad_message", "A commit needs a message of readable text.")
