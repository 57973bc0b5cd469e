"""One open graph: its state in memory, and the transactions that wait to be stored.

The state is ahead of the database by what the writer has not stored yet. Nothing of that leaves
the process: whoever wants to read or join waits until the version is stored.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec

from app.graph import (
    Applied,
    Conflict,
    CostMeter,
    Graph,
    Registry,
    Rejection,
    Transaction,
    apply,
)

from .client_sequences import ClientSequences
from .limits import too_costly
from .log import ONE_SHOT, Batch, GraphLog, Loaded, LogEntry, Origin
from .offload import Prepared
from .tail import Delta, Tail

# All graphs are stored in one commit, so a flood in one of them must not make it a long one.
LARGEST_BATCH = 128 * 1024
_json = msgspec.json.Encoder()


class StoredOps(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A transaction as everybody is told of it; `ops` are its effects, in JSON already."""

    version: int
    client_id: str
    seq: int
    user_id: str
    ops: msgspec.Raw
    label: str = ""
    undo_of: int | None = None
    origin: Origin = "person"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a transaction in memory: refused, a repeat, or applied.

    `version` is the one that it led to; 0 for a repeat whose answer this process does not know.
    `stored` is done when that version is stored, or fails with what closed the room; None where
    there is nothing to wait for.
    """

    version: int
    rejection: Rejection | None = None
    touched: list[str] = []
    conflicts: list[Conflict] = []
    repeated: bool = False
    stored: asyncio.Future[None] | None = None


class _Pending(msgspec.Struct, gc=False):
    entry: LogEntry
    frame: bytes
    stored: asyncio.Future[None]


class Room:
    """One open graph. Its methods that do not wait are one step each: nobody comes in between."""

    def __init__(self, loaded: Loaded, log: GraphLog, registry: Registry) -> None:
        self.id = UUID(loaded.graph.id)
        self.project_id = loaded.project_id
        self.graph = loaded.graph
        self.epoch = loaded.epoch
        self.stored = loaded.graph.version
        self.opened_at = loaded.graph.version
        self.snapshot_version = loaded.snapshot_version
        self.snapshot_bytes = 0
        self.tail_bytes = 0
        self.refcount = 0
        self.failure: Exception | None = None
        # One large step at a time. While it has the room to itself, others wait: `until_shared`.
        self.large = asyncio.Lock()
        self.exclusive: asyncio.Event | None = None
        self.registry = registry
        self.clients = ClientSequences(loaded.graph, log)
        self._tail = Tail(loaded.graph)
        self._log = log
        self._pending: list[_Pending] = []
        self._storing: list[_Pending] = []
        self._published: list[_Pending] = []

    # ------------------------------------------------------------------ writing

    def apply(
        self,
        user_id: UUID,
        transaction: Transaction,
        *,
        system: bool = False,
        origin: Origin = "person",
        cost: CostMeter | None = None,
        prepared: Prepared | None = None,
    ) -> Submission:
        """Apply a numbered transaction of a loaded client; the writer has to be notified then.

        Only `submission.write` calls this. `prepared` is what became of it on a copy of the graph
        as it is now. Raises `graph.gap`, the reason why the room was closed, and `CostExceeded`
        when it costs more than `cost` allows: nothing was changed then, and its number is free.
        """
        client, seq, user = transaction.client_id, transaction.seq, str(user_id)
        if (repeat := self._repeat(client, seq)) is not None:
            return repeat
        if not _is_label(transaction.label):
            # The log could not store it, and the whole room would be lost with it.
            unreadable = Rejection("invalid", "A label is a line of readable text.")
            return self.refuse(client, seq, unreadable)
        if not system and (refusal := too_costly(self.graph, transaction)) is not None:
            return self.refuse(client, seq, refusal)
        if prepared is not None:
            applied = prepared.applied
            if applied.rejection is None:
                self.graph.replace_with(prepared.graph)
        else:
            applied = apply(self.graph, transaction, self.registry, user, system=system, cost=cost)
        if applied.rejection is not None:
            return self.refuse(client, seq, applied.rejection)
        if client.startswith(ONE_SHOT):
            # Nobody sends it again, so nobody asks for its number.
            self.graph.seqs.pop(client, None)
        else:
            self.clients.record(client, seq, applied.graph_version)
        return self._add(user_id, user, transaction, applied, prepared, origin)

    def refuse(self, client_id: str, seq: int, refusal: Rejection) -> Submission:
        """Use up a loaded client's number without a change. Raises as `apply` does."""
        if (repeat := self._repeat(client_id, seq)) is not None:
            return repeat
        if not client_id.startswith(ONE_SHOT):
            self.clients.record(client_id, seq, refusal)
        return Submission(version=self.graph.version, rejection=refusal)

    async def until_shared(self) -> None:
        """Wait until no large step has the room to itself."""
        while (exclusive := self.exclusive) is not None:
            await exclusive.wait()

    def _repeat(self, client_id: str, seq: int) -> Submission | None:
        """The answer to a number that is settled; None when it is its turn."""
        if self.failure is not None:
            raise self.failure
        if not self.clients.is_repeat(client_id, seq):
            return None
        answer = self.clients.known_answer(client_id, seq)
        if isinstance(answer, Rejection):
            return Submission(version=self.graph.version, rejection=answer, repeated=True)
        return Submission(version=answer or 0, repeated=True, stored=self._waiting_for(answer or 0))

    def _add(
        self,
        user_id: UUID,
        user: str,
        transaction: Transaction,
        applied: Applied,
        prepared: Prepared | None,
        origin: Origin,
    ) -> Submission:
        ops = prepared.ops if prepared else _json.encode(applied.effects)
        inverse = prepared.inverse if prepared else _json.encode(applied.inverse)
        version, touched = applied.graph_version, tuple(applied.touched)
        frame = _json.encode(
            StoredOps(
                version=version,
                client_id=transaction.client_id,
                seq=transaction.seq,
                user_id=user,
                ops=msgspec.Raw(ops),
                label=transaction.label,
                undo_of=transaction.undo_of,
                origin=origin,
            )
        )
        entry = LogEntry(
            version,
            transaction.client_id,
            transaction.seq,
            user_id,
            transaction.label,
            transaction.undo_of,
            ops.decode(),
            inverse.decode(),
            touched,
            origin,
        )
        stored = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(entry, frame, stored))
        self._tail.append(version, frame, touched)
        return Submission(
            version=version,
            touched=applied.touched,
            conflicts=applied.conflicts,
            stored=stored,
        )

    # ------------------------------------------------------------------ being stored

    @property
    def has_pending(self) -> bool:
        """Whether something waits for the writer's next commit."""
        return bool(self._pending) and self.failure is None

    def begin_batch(self) -> Batch | None:
        """What is to be stored now; what is too much for one commit stays pending."""
        if not self.has_pending:
            return None
        size = count = 0
        while count < len(self._pending) and size < LARGEST_BATCH:
            size += len(self._pending[count].entry.ops) + len(self._pending[count].entry.inverse)
            count += 1
        self._storing, self._pending = self._pending[:count], self._pending[count:]
        return Batch(self.id, self.epoch, self.stored, [p.entry for p in self._storing])

    def commit_batch(self) -> list[bytes]:
        """The batch is stored. Gives what to publish of it; `end_batch` follows."""
        done, self._storing = self._storing, []
        self.stored = done[-1].entry.version
        frames = [pending.frame for pending in done]
        self.tail_bytes += sum(map(len, frames))
        self._published = done
        return frames

    def end_batch(self) -> None:
        """The batch was published: whoever waits for its transactions goes on."""
        done, self._published = self._published, []
        for pending in done:
            if not pending.stored.done():
                pending.stored.set_result(None)

    def fail(self, error: Exception) -> None:
        """Give up the room: its state is ahead of what is stored, or is another process's now."""
        if self.failure is not None:
            return
        self.failure = error
        for pending in (*self._storing, *self._pending):
            if not pending.stored.done():
                pending.stored.set_exception(error)
                # Nobody has to wait for it.
                pending.stored.exception()
        self._storing, self._pending = [], []

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be stored, and no large step is on its way."""
        return not self._pending and not self._storing and not self.large.locked()

    # ------------------------------------------------------------------ reading

    async def when_stored(self, version: int) -> None:
        """Wait until a version is stored. Raises what closed the room, if that comes first."""
        if self.failure is not None:
            raise self.failure
        if (stored := self._waiting_for(version)) is not None:
            # Several may wait for one transaction; that one is cancelled concerns no other.
            await asyncio.shield(stored)

    async def stored_snapshot(self) -> Graph:
        """The newest state, once it is stored. It does not change under its reader."""
        graph = self.graph.snapshot()
        await self.when_stored(graph.version)
        return graph

    def _waiting_for(self, version: int) -> asyncio.Future[None] | None:
        place = version - self.stored - 1
        if place < 0:
            return None
        if place < len(self._storing):
            return self._storing[place].stored
        return self._pending[place - len(self._storing)].stored

    async def epoch_fits(self, since: int, epoch: int) -> bool:
        """Whether what a client has seen up to `since` is part of this graph's past.

        It is not when the database was brought back to an earlier state.
        """
        if since > self.graph.version or since < self.graph.history_start or epoch > self.epoch:
            return False
        if since >= self.opened_at and epoch == self.epoch:
            return True
        stored = await self._log.epoch_at(self.id, since)
        return since == 0 or (stored is not None and stored <= epoch)

    def delta_since(self, since: int) -> Delta | None:
        """What came after a version (see `Tail`); the newest of it may not be stored yet."""
        return self._tail.delta_since(since)


def _is_label(text: str) -> bool:
    try:
        return "\0" not in text and text.encode() is not None
    except UnicodeEncodeError:
        return False
