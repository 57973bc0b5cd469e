"""Undo and redo of one's own last step, read from the log and written like any other change."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.accounts import Actor
from app.graph import (
    AddEdge,
    AddNode,
    CostMeter,
    Graph,
    LastWrite,
    Operation,
    Rejection,
    Skipped,
    Transaction,
    UndoContext,
    UndoStep,
    minimum_cost,
    overwritten,
    step_ids,
    undo_operations,
    written_fields,
)
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError

from . import service
from .change_summaries import NodeNames, describe
from .limits import FIRST_TRY_LIMIT
from .room import Room
from .submission import Step, one_shot_client, refuse
from .undo_stack import MAX_ROWS, UndoEntry, UndoStack

MAX_LABEL = 200
ATTEMPTS = 5

_operations = msgspec.json.Decoder(tuple[Operation, ...])


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken back (`redo`: done again), and what of it stays as it is.

    `version` is the row that did it; None when nothing of the step was left, so that nothing was
    written. `undo_of` is the row that was taken back.
    """

    undo_of: int
    redo: bool
    label: str
    version: int | None = None
    skipped: list[Skipped] = []
    repeated: bool = False


class _PersonalStack:
    """One person in one room: their stack, and that they undo one step at a time."""

    def __init__(self) -> None:
        self.stack = UndoStack()
        self.lock = asyncio.Lock()


# A room that is opened again may belong to a restored database: its stacks are read afresh.
_stacks: weakref.WeakKeyDictionary[Room, dict[UUID, _PersonalStack]] = weakref.WeakKeyDictionary()


class _Row(msgspec.Struct, frozen=True):
    version: int
    label: str
    ops: tuple[Operation, ...]
    inverse: tuple[Operation, ...]


class _LogMoved(Exception):
    """The graph went on in a way that the log has to be asked about again."""


async def undo(actor: Actor, graph_id: UUID, client_id: str = "", seq: int = 0) -> Undone:
    """Take back the last step of this person, whatever client made it, as far as it is theirs.

    Sees every change that was submitted before it. With `client_id` and `seq` it uses up this
    number of the client, and a repeat gives the same answer. Raises `graph.nothing_to_undo`.
    """
    room = await service.authorised_room(actor, graph_id)
    return await take_back(room, actor, client_id, seq, redo=False)


async def redo(actor: Actor, graph_id: UUID, client_id: str = "", seq: int = 0) -> Undone:
    """Do again what this person took back last. Raises `graph.nothing_to_redo`."""
    room = await service.authorised_room(actor, graph_id)
    return await take_back(room, actor, client_id, seq, redo=True)


async def take_back(
    room: Room, actor: Actor, client_id: str = "", seq: int = 0, *, redo: bool
) -> Undone:
    """Undo or redo in a room, for those who have seen to the rights.

    It stays with this room: where that is lost, so is what a client was answered by it, and a
    number that was refused there must not be used by the next room.
    """
    personal = _stacks.setdefault(room, {}).setdefault(actor.user_id, _PersonalStack())
    async with personal.lock:
        if not client_id:
            client_id, seq = one_shot_client(), 1
        elif known := await _answered(room, client_id, seq, redo=redo):
            return known
        for _ in range(ATTEMPTS):
            graph = await room.stored_snapshot()
            await _read_steps(personal.stack, graph, actor.user_id)
            entry = personal.stack.next(redo=redo)
            if entry is None:
                raise await _nothing(room, client_id, seq, redo=redo)
            try:
                return await _take_back_step(actor, room, personal.stack, entry, graph,
                                             client_id, seq, redo=redo)  # fmt: skip
            except _LogMoved:
                continue
    raise DirectorError(
        "graph.busy", "This canvas changes too quickly just now.", hint="Try again.", status=503
    )


async def _take_back_step(
    actor: Actor,
    room: Room,
    stack: UndoStack,
    entry: UndoEntry,
    graph: Graph,
    client_id: str,
    seq: int,
    *,
    redo: bool,
) -> Undone:
    user = str(actor.user_id)
    rows = await _rows(graph, {entry.root, entry.top})
    row = rows.get(entry.top)
    if row is None:
        # It was compacted since the stack was read.
        stack.discard(entry)
        raise _LogMoved
    step = UndoStep(version=row.version, root=entry.root, inverse=row.inverse)
    context = UndoContext(undone=stack.rows, roots=stack.roots)

    def look() -> tuple[str, int]:
        return _name(rows.get(entry.root), row, graph), overwritten(graph, step, user, context)

    # It is planned, and then done.
    large = 2 * minimum_cost(step.inverse) > FIRST_TRY_LIMIT
    name, until = await run_blocking(look) if large else look()
    context = await _undo_context(graph, step, actor.user_id, context, until)
    skipped: list[Skipped] = []

    def build(live: Graph, cost: CostMeter) -> Transaction:
        if overwritten(live, step, user, context) > until:
            raise _LogMoved
        ops, skipped[:] = undo_operations(live, step, context, room.registry, user, cost)
        verb = "Redo" if redo else "Undo"
        return Transaction(
            client_id=client_id,
            seq=seq,
            label=f"{verb}: {name}"[:MAX_LABEL] if name else verb,
            undo_of=row.version,
            ops=ops,
        )

    nothing = _nothing_left(redo=redo)
    done = await service.submit_step(
        room,
        Step(
            # What was allowed once is put back whatever has become of types and fields since.
            actor=actor.as_system(),
            client_id=client_id,
            seq=seq,
            build=build,
            nothing=nothing,
            large=large,
        ),
    )
    if done.repeated:
        raise _used(seq, seq + 1)
    if done.rejection is nothing:
        stack.discard(entry)
    elif done.rejection is not None:
        raise done.rejection.error()
    return Undone(
        undo_of=row.version,
        redo=redo,
        label=name,
        version=None if done.rejection is nothing else done.version,
        skipped=skipped,
    )


# ---------------------------------------------------------------------------- numbers


async def _answered(room: Room, client_id: str, seq: int, *, redo: bool) -> Undone | None:
    """The answer that this number of the client had; None when it is its turn."""
    if room.failure is not None:
        raise room.failure
    await room.clients.load(client_id)
    if not room.clients.is_repeat(client_id, seq):
        return None
    answer = await room.clients.answer(client_id, seq)
    if isinstance(answer, Rejection):
        raise answer.error()
    if answer is not None:
        await room.when_stored(answer)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            found = await unit.fetchrow(
                """SELECT undo_of, label FROM graph_ops
                   WHERE graph_id = $1 AND version = $2 AND undo_of IS NOT NULL""",
                room.id,
                answer,
            )
        if found is not None:
            label = found["label"].partition(": ")[2]
            return Undone(
                undo_of=found["undo_of"], redo=redo, label=label, version=answer, repeated=True
            )
    raise _used(seq, room.clients.last_seq(client_id) + 1)


def _used(seq: int, expected: int) -> DirectorError:
    return DirectorError(
        "graph.bad_seq",
        f"Number {seq} of this client was used for something else.",
        hint=f"Go on with {expected}.",
        status=409,
        fields={"expected": expected},
    )


async def _nothing(room: Room, client_id: str, seq: int, *, redo: bool) -> DirectorError:
    rejection = Rejection(
        "nothing_to_redo" if redo else "nothing_to_undo",
        f"There is nothing of yours to {'do again' if redo else 'take back'}.",
    )
    await refuse(room, client_id, seq, rejection)
    return rejection.error()


def _nothing_left(*, redo: bool) -> Rejection:
    return Rejection(
        "nothing_left", f"Nothing was left of this step to {'do again' if redo else 'take back'}."
    )


# ---------------------------------------------------------------------------- the log


async def _read_steps(stack: UndoStack, graph: Graph, user_id: UUID) -> None:
    """Tell the stack of the person's rows up to the version of a graph that was read."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT version, undo_of FROM graph_ops
               WHERE graph_id = $1 AND user_id = $2 AND version > $3 AND version <= $4
                   AND origin = 'person' AND ops <> '[]'::jsonb
               ORDER BY version DESC LIMIT $5""",
            UUID(graph.id),
            user_id,
            stack.head,
            graph.version,
            MAX_ROWS,
        )
    for row in reversed(rows):
        stack.add(row["version"], row["undo_of"])
    stack.head = max(stack.head, graph.version)


async def _rows(graph: Graph, versions: set[int]) -> Mapping[int, _Row]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        found = await unit.fetch(
            """SELECT version, label, ops, inverse FROM graph_ops
               WHERE graph_id = $1 AND version = ANY($2)""",
            UUID(graph.id),
            list(versions),
        )
    return {
        row["version"]: _Row(
            row["version"],
            row["label"],
            _operations.decode(row["ops"]),
            _operations.decode(row["inverse"]),
        )
        for row in found
    }


async def _undo_context(
    graph: Graph, step: UndoStep, user_id: UUID, context: UndoContext, until: int
) -> UndoContext:
    """What others wrote to the fields of a step before its author wrote over it and took that back.

    And who removed what is to come back.
    """
    buried = {
        version
        for operation in step.inverse
        if isinstance(operation, AddNode | AddEdge)
        and (version := graph.removed.get(operation.id, 0)) not in (0, step.version)
    }
    others: dict[tuple[str, str], list[LastWrite]] = {}
    removers: dict[int, str] = {}
    if not until and not buried:
        return context
    ids = step_ids(graph, step)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if buried:
            for row in await unit.fetch(
                "SELECT version, user_id FROM graph_ops WHERE graph_id = $1 AND version = ANY($2)",
                UUID(graph.id),
                list(buried),
            ):
                removers[row["version"]] = str(row["user_id"])
        between = await unit.fetch(
            """SELECT version, user_id, ops FROM graph_ops
               WHERE graph_id = $1 AND version > $2 AND version < $3
                   AND (user_id <> $4 OR origin = 'system')
                   AND (touched && $5::text[]
                       OR ($6 AND ops @> '[{"op": "graph.set"}]'::jsonb))
               ORDER BY version""",
            UUID(graph.id),
            step.version,
            until,
            user_id,
            sorted(ids - {""}),
            "" in ids,
        )
    for row in between:
        write = LastWrite(row["version"], str(row["user_id"]))
        for operation in _operations.decode(row["ops"]):
            for field in written_fields(operation):
                if field[0] in ids:
                    others.setdefault(field, []).append(write)
    return msgspec.structs.replace(context, others=others, removers=removers)


def _name(root: _Row | None, row: _Row, graph: Graph) -> str:
    """What the step is called: by who made it, or by what it did."""
    first = root or row
    if first.label:
        return first.label if root else first.label.partition(": ")[2]
    names = NodeNames(graph)
    names.learn(first.ops)
    names.learn(first.inverse)
    return describe(first.ops, names)
