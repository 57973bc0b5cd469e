"""What each event of a client does: from a frame's Struct to a command of a domain."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app import collaboration, execution
from app.collaboration import Room, Submission
from app.graph import Conflict, Rejection, SetNode, Transaction
from app.platform.request_context import request_id
from app.platform.tracing import span, traced
from app.projects import Right
from node_registry import DirectorError

from .protocol import Inbound, inbound, name_of, outbound
from .session import Session, rejected

MAX_OPERATIONS = 5000
MAX_BACKGROUND_TASKS = 8
# They come many times a second, and change nothing that lasts.
UNTRACED = (inbound.Presence, inbound.Ping)


async def hello(session: Session, command: inbound.Hello) -> None:
    session.said_hello = True
    await session.join(command)


async def ops(session: Session, command: inbound.Ops) -> None:
    room = await _room(session)
    client = None
    if command.client_id:
        client = collaboration.client_id_of(session.actor.user_id, command.client_id)
    await _submit(
        session,
        room,
        Transaction(
            client_id=client or session.client_id,
            seq=command.seq,
            base_version=command.base_version,
            label=command.label,
            ops=command.ops,
        ),
    )


async def update_node_data(session: Session, command: inbound.UpdateNodeData) -> None:
    room = await _room(session)
    node = room.graph.nodes.get(command.node_id)
    if node is None:
        raise DirectorError(
            "graph.no_node", "There is no such node.", hint="It was removed.", status=404
        )
    fields = room.registry.fields(node.type)
    values: dict[str, Any] = {}
    for key, value in command.data.items():
        field = fields.get(key) if fields else None
        values[f"{field.place if field else 'data'}.{key}"] = value
    once = command.seq is None
    await _submit(
        session,
        room,
        Transaction(
            client_id="" if once else session.client_id,
            seq=command.seq or 0,
            base_version=None if once else command.base_version,
            ops=tuple(SetNode(id=node.id, values={path: v}) for path, v in values.items()),
        ),
    )


async def _submit(session: Session, room: Room, transaction: Transaction) -> None:
    """Apply a transaction. Its acknowledgement is that it comes back, in its place."""
    once = not transaction.client_id
    seq = transaction.seq
    try:
        if (refusal := _refusal(session, transaction)) is not None:
            if once:
                raise refusal.error()
            done = await collaboration.refuse_client(room, transaction.client_id, seq, refusal)
        else:
            done = await collaboration.submit_client(room, session.actor, transaction)
    except DirectorError as error:
        if error.code != "graph.gap":
            raise
        session.send(outbound.Gap(expected=int(str(error.fields["expected"]))))
        return
    if done.rejection is not None:
        if once:
            raise done.rejection.error()
        session.send(rejected(seq, done.rejection))
    elif done.repeated:
        await _acknowledge(session, room, seq, done)
    elif done.conflicts and not once:
        _in_background(session, _send_conflicts(session, room, seq, done.version, done.conflicts))


def _refusal(session: Session, transaction: Transaction) -> Rejection | None:
    count = len(transaction.ops)
    if Right.EDIT not in session.rights:
        return Rejection(
            "forbidden",
            "In this project you cannot edit.",
            hint="Ask its owner for another role.",
        )
    if count > MAX_OPERATIONS:
        return Rejection(
            "too_large",
            f"An event holds at most {MAX_OPERATIONS:,} operations; this one holds {count:,}.",
            hint="Send several, or use the HTTP interface.",
        )
    return None


async def _acknowledge(session: Session, room: Room, seq: int, done: Submission) -> None:
    """Answer a repeat, in its turn; the acknowledgement waits until its version is stored."""
    if done.version <= room.stored:
        session.send(outbound.Ack(seq=seq, version=done.version))
    else:
        _in_background(session, _acknowledge_stored(session, room, seq, done.version))


async def _acknowledge_stored(session: Session, room: Room, seq: int, version: int) -> None:
    await room.when_stored(version)
    session.send(outbound.Ack(seq=seq, version=version))


async def _send_conflicts(
    session: Session, room: Room, seq: int, version: int, found: list[Conflict]
) -> None:
    await room.when_stored(version)
    fields = tuple(
        outbound.OverwrittenField(
            id=one.id, path=one.path, user_id=one.user, version=one.version, value=one.value
        )
        for one in found
    )
    session.send(outbound.Conflicts(seq=seq, version=version, fields=fields))


async def undo(session: Session, command: inbound.Undo) -> None:
    await _take_back(session, command.seq, redo=False)


async def redo(session: Session, command: inbound.Redo) -> None:
    await _take_back(session, command.seq, redo=True)


async def _take_back(session: Session, seq: int, *, redo: bool) -> None:
    room = await _room(session)
    client_id = session.client_id
    turn = Transaction(client_id=client_id, seq=seq, ops=())
    if (refusal := _refusal(session, turn)) is not None:
        await _refuse(session, room, seq, refusal)
        return
    try:
        done = await collaboration.take_back(room, session.actor, client_id, seq, redo=redo)
    except DirectorError as error:
        area, _, reason = error.code.partition(".")
        if error.code == "graph.gap":
            session.send(outbound.Gap(expected=int(str(error.fields["expected"]))))
        elif area == "graph" and room.failure is None:
            await _refuse(session, room, seq, Rejection(reason, error.message, hint=error.hint))
        else:
            raise
        return
    skipped = tuple(
        outbound.SkippedField(id=s.id, path=s.path, user_id=s.user_id, reason=s.reason)
        for s in done.skipped
    )
    session.send(
        outbound.Undone(
            seq=seq,
            version=done.version,
            undo_of=done.undo_of,
            redo=redo,
            label=done.label,
            skipped=skipped,
        )
    )


async def _refuse(session: Session, room: Room, seq: int, refusal: Rejection) -> None:
    """Use up a number without a change; one that is settled keeps the answer that it had."""
    done = await collaboration.refuse_client(room, session.client_id, seq, refusal)
    if done.rejection is not None:
        session.send(rejected(seq, done.rejection))
    else:
        await _acknowledge(session, room, seq, done)


async def start_generation(session: Session, command: inbound.StartGeneration) -> None:
    await _room(session)
    _require(session, Right.GENERATE)
    _in_background(session, _generate(session, command))


async def _generate(session: Session, command: inbound.StartGeneration) -> None:
    try:
        task = await execution.generate(
            session.actor, session.project_id, command.node_id, request_id=command.request_id
        )
        session.send(
            outbound.GenerationStarted(
                node_id=command.node_id,
                task_id=str(task.id),
                run_id=str(task.run_id),
                request_id=command.request_id,
            )
        )
    except Exception as error:  # noqa: BLE001 - sent to who asked, and logged where it is ours
        session.send_error(error, "client:start_generation", request_id=command.request_id)


async def sync_request(session: Session, command: inbound.SyncRequest) -> None:
    if session.room is None:
        await _join_unasked(session, inbound.Hello(since=command.since, epoch=command.epoch))
    else:
        await session.sync(command.since, command.epoch)


async def presence(session: Session, command: inbound.Presence) -> None:
    await _room(session)
    session.presence.update(session.id, command)


def ping(session: Session, command: inbound.Ping) -> None:
    session.send(outbound.Pong(t=command.t))


Handler = Callable[[Session, Any], Awaitable[None] | None]
HANDLERS: dict[type[Inbound], Handler] = {
    inbound.Hello: hello,
    inbound.Ops: ops,
    inbound.Undo: undo,
    inbound.Redo: redo,
    inbound.UpdateNodeData: update_node_data,
    inbound.StartGeneration: start_generation,
    inbound.SyncRequest: sync_request,
    inbound.Presence: presence,
    inbound.Ping: ping,
}


def handle(session: Session, command: Inbound) -> Awaitable[None] | None:
    """Carry out one event of a client."""
    handler = HANDLERS[type(command)]
    if traced() and not isinstance(command, UNTRACED):
        return _traced(handler, session, command)
    return handler(session, command)


async def _traced(handler: Handler, session: Session, command: Inbound) -> None:
    facts = {
        "director.project_id": str(session.project_id),
        "director.user_id": str(session.actor.user_id),
        "director.request_id": request_id.get(),
    }
    with span(f"socket {name_of(command)}", facts, kind="server"):
        result = handler(session, command)
        if result is not None:
            await result


async def _room(session: Session) -> Room:
    """The room that the session is in; who has not said hello joins the project's main graph."""
    if session.room is None:
        await _join_unasked(session, inbound.Hello())
    assert session.room is not None
    return session.room


async def _join_unasked(session: Session, hello: inbound.Hello) -> None:
    if session.said_hello:
        # It may have named another graph: what was meant for that must not reach the main one.
        raise DirectorError(
            "socket.not_joined",
            "This connection has joined no graph: its hello could not be carried out.",
            hint="Say hello again.",
            status=409,
        )
    await session.join(hello)


def _require(session: Session, right: Right) -> None:
    if right not in session.rights:
        raise DirectorError(
            "project.forbidden",
            f"In this project you cannot {right.value}.",
            hint="Ask its owner for another role.",
            status=403,
        )


def _in_background(session: Session, work: Any) -> None:
    """Do what takes longer beside the reading of further events."""
    if len(session.tasks) >= MAX_BACKGROUND_TASKS:
        work.close()
        raise DirectorError(
            "socket.busy",
            "This client has asked for too much at once.",
            hint="Wait for the answers.",
            status=429,
        )
    task = asyncio.create_task(work)
    session.tasks.add(task)
    task.add_done_callback(session.tasks.discard)
