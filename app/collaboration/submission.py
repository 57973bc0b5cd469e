"""The one write path into a graph: a step is tried on the event loop, else done in a thread.

Commands over HTTP, the socket, undo, rollback and the system itself all come through `write`.
"""

from __future__ import annotations

import asyncio

import msgspec

from app.accounts import Actor
from app.graph import CostExceeded, CostMeter, Graph, Rejection, Transaction, minimum_cost
from app.platform.blocking import run_blocking
from app.platform.ids import new_key
from node_registry import DirectorError

from .limits import FIRST_TRY_LIMIT, LOOP_LIMIT, OFFLOAD_LIMIT, busy
from .log import ONE_SHOT, Origin
from .offload import Build, Prepared, prepare, slots
from .room import Room, Submission
from .writer import Writer

MAX_CLIENT_LENGTH = 100
ATTEMPTS = 5


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction that is to be made and applied: by whom, under which number, and how.

    `build` makes it, with this number, of the newest state; it may be called several times, also
    in a thread. An actor with the authority of the system may write what people may not (the
    active take). `origin` is what the log says of it. One without operations is refused as
    `nothing`, where that is given. What is `large` is not tried on the loop first.
    """

    actor: Actor
    client_id: str
    seq: int
    build: Build
    origin: Origin = "person"
    nothing: Rejection | None = None
    large: bool = False

    @property
    def system(self) -> bool:
        """Whether it may do what only the system may."""
        return self.actor.authority == "system"


async def write_transaction(
    writer: Writer,
    room: Room,
    actor: Actor,
    transaction: Transaction,
    *,
    origin: Origin = "person",
) -> Submission:
    """Apply a transaction, as `write`. One without a client is never sent again.

    Raises `graph.bad_client`.
    """
    transaction = numbered(transaction)
    client_id, seq = transaction.client_id, transaction.seq
    large = 2 * minimum_cost(transaction.ops) > FIRST_TRY_LIMIT
    if large:
        # A repeat is answered, and not done.
        await room.clients.load(client_id)
        large = seq > room.clients.last_seq(client_id)
    elif room.exclusive is None and room.clients.is_loaded(client_id):
        # Nearly always so: nothing has to be waited for.
        cost = CostMeter(FIRST_TRY_LIMIT)
        try:
            done = room.apply(
                actor.user_id,
                transaction,
                system=actor.authority == "system",
                origin=origin,
                cost=cost,
            )
        except CostExceeded:
            large = True
        else:
            if room.has_pending:
                writer.notify(room)
            if not done.repeated or done.version:
                return done

    def build(_now: Graph, _cost: CostMeter) -> Transaction:
        return transaction

    step = Step(actor=actor, client_id=client_id, seq=seq, build=build, origin=origin, large=large)
    return await write(writer, room, step)


async def write(writer: Writer, room: Room, step: Step) -> Submission:
    """Apply a step; it is stored with the writer's next commit.

    Nobody is asked for rights here. Raises `graph.gap`, and the reason why the room was closed.
    """
    done = None if step.large else await _on_loop(room, step, FIRST_TRY_LIMIT)
    if done is None:
        done = await _offloaded(room, step)
    if done is None:
        # Too many write here: it may be small enough for the loop after all. What the system
        # does by itself is done in any case.
        done = await _on_loop(room, step, None if step.origin == "system" else LOOP_LIMIT)
    if done is None:
        return await refuse(room, step.client_id, step.seq, busy())
    if room.has_pending:
        writer.notify(room)
    return done


async def refuse(room: Room, client_id: str, seq: int, refusal: Rejection) -> Submission:
    """Use up a client's number without a change; one that is settled keeps its answer."""
    await room.clients.load(client_id)
    return await _repeat_answer(room, client_id, seq, room.refuse(client_id, seq, refusal))


def numbered(transaction: Transaction) -> Transaction:
    """A transaction with a client and its number; one without a client is never sent again.

    Raises `graph.bad_client`.
    """
    client = transaction.client_id
    if not client:
        return msgspec.structs.replace(transaction, client_id=one_shot_client(), seq=1)
    known = client.isprintable() and client.isascii() and " " not in client
    known = known and len(client) <= MAX_CLIENT_LENGTH and not client.startswith(ONE_SHOT)
    if transaction.seq < 1 or not known:
        raise DirectorError(
            "graph.bad_client",
            f"A client has a name of at most {MAX_CLIENT_LENGTH} plain letters and counts from 1.",
            hint="Send `client_id` and `seq` together, or neither.",
        )
    return transaction


def one_shot_client() -> str:
    """A new name for a client that sends one transaction, numbered 1, and never again."""
    return f"{ONE_SHOT}{new_key()}"


async def _on_loop(room: Room, step: Step, limit: int | None) -> Submission | None:
    """Apply a step on the loop; None when it costs more than the limit."""
    while True:
        await room.until_shared()
        if room.clients.is_loaded(step.client_id):
            break
        await room.clients.load(step.client_id)
    cost = CostMeter(limit)
    try:
        return await _apply(room, step, step.build(room.graph, cost), cost=cost)
    except CostExceeded:
        return None


async def _offloaded(room: Room, step: Step) -> Submission | None:
    """Apply a step to copies of the graph in a thread until nobody wrote in between.

    None when somebody always did. From the second attempt on, those who can wait are asked to.
    """
    limit = None if step.system else OFFLOAD_LIMIT
    user = str(step.actor.user_id)
    async with room.large, slots():
        try:
            for attempt in range(ATTEMPTS):
                if attempt:
                    room.exclusive = room.exclusive or asyncio.Event()
                copy = room.graph.snapshot()
                state = copy.version, copy.history_start
                made = await run_blocking(
                    prepare, copy, step.build, room.registry, user, limit, system=step.system
                )
                await room.clients.load(step.client_id)
                now = room.graph.version, room.graph.history_start
                if now == state or room.failure is not None:
                    return await _apply(room, step, made.transaction, prepared=made)
        finally:
            if room.exclusive is not None:
                room.exclusive.set()
                room.exclusive = None
    return None


async def _apply(
    room: Room,
    step: Step,
    transaction: Transaction,
    *,
    cost: CostMeter | None = None,
    prepared: Prepared | None = None,
) -> Submission:
    if step.nothing is not None and not transaction.ops:
        done = room.refuse(step.client_id, step.seq, step.nothing)
    else:
        done = room.apply(
            step.actor.user_id,
            transaction,
            system=step.system,
            origin=step.origin,
            cost=cost,
            prepared=prepared,
        )
    return await _repeat_answer(room, step.client_id, step.seq, done)


async def _repeat_answer(room: Room, client_id: str, seq: int, done: Submission) -> Submission:
    """The answer to a repeat whose number was settled before this room was opened."""
    if not done.repeated or done.version:
        return done
    # The log alone knows whether it was stored.
    answer = await room.clients.answer(client_id, seq)
    if isinstance(answer, int):
        return Submission(version=answer, repeated=True)
    refusal = answer or Rejection(
        "too_old",
        f"Transaction {seq} of this client was not stored, and why is not known any more.",
        hint="Make the change again, if it is still wanted.",
    )
    return Submission(version=room.graph.version, rejection=refusal, repeated=True)
