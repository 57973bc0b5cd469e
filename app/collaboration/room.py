"""One open graph: its state in memory, what waits to be stored, and what was stored lately.

The state is ahead of the database by what the writer has not stored yet. Nothing of that leaves
the process: whoever wants to read or join waits until the version is stored.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from uuid import UUID

import msgspec

from app.graph import (
    Applied,
    Conflict,
    CostExceeded,
    CostMeter,
    Registry,
    Rejection,
    Transaction,
    apply,
)
from app.graph import (
    delta_since as graph_delta,
)
from node_registry import DirectorError

from .limits import LOOP_LIMIT, over_limit, too_costly
from .log import ONE_SHOT, Batch, Entry, GraphLog, Loaded
from .offload import Prepared

TAIL = 4096
# A tail of large texts is shorter: what lies before it is told as a difference.
TAIL_BYTES = 8 * 1024 * 1024
# All graphs are stored in one commit, so a flood in one of them must not make it a long one.
LARGEST_BATCH = 128 * 1024
ANSWERS = 64
CLIENTS = 2000
CLIENTS_PER_PERSON = 256
# Many come back at once from few versions; whoever asks for all of them in turn is not served so.
CACHED_DELTAS = 16
_json = msgspec.json.Encoder()


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A stored transaction: its version, what it touched, and whose newer writes it passed over."""

    version: int
    touched: list[str]
    conflicts: list[Conflict] = []
    repeated: bool = False


class StoredOps(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A transaction as everybody is told of it; `ops` are its effects, in JSON already."""

    version: int
    client_id: str
    seq: int
    user_id: str
    ops: msgspec.Raw
    label: str = ""
    undo_of: int | None = None


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """What a client missed: transactions in JSON, or the difference, whichever is smaller."""

    version: int
    transactions: list[bytes] | None = None
    ops: bytes | None = None


Outcome = Callable[[Accepted | Exception], None]


class _Pending(msgspec.Struct, gc=False):
    entry: Entry
    frame: bytes
    accepted: Accepted
    told: Outcome | None


class _Tail(msgspec.Struct, gc=False):
    version: int
    frame: bytes
    touched: tuple[str, ...]


class Room:
    """One open graph. Its methods that do not wait are one step each: nobody comes in between."""

    def __init__(
        self, loaded: Loaded, log: GraphLog, registry: Registry, ready: Callable[[Room], None]
    ) -> None:
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
        self._log = log
        self._ready = ready
        self._pending: list[_Pending] = []
        self._storing: list[_Pending] = []
        self._outcomes: list[_Pending] = []
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._tail: deque[_Tail] = deque()
        self._tail_kept = 0
        self._answers: dict[str, dict[int, int | Rejection]] = {}
        self._last_seqs: dict[str, int] = {}
        self._deltas: dict[int, Delta] = {}

    # ------------------------------------------------------------------ writing

    def last_seq(self, client_id: str) -> int:
        """The number of a client's last transaction that was accepted or refused."""
        return max(self._last_seqs.get(client_id, 0), self.graph.seqs.get(client_id, 0))

    def knows(self, client_id: str) -> bool:
        """Whether a client's last number is known without asking the log."""
        return client_id in self._last_seqs or client_id in self.graph.seqs

    async def load_client(self, client_id: str, next_seq: int = 1) -> None:
        """Know a client's last number before its first transaction; all below `next_seq` are done.

        A client that wrote long ago is found in the log, so that a repeat is known for one.
        """
        if not self.knows(client_id):
            last = await self._log.last_seq(self.id, client_id)
            self._make_room_for(client_id)
            self._last_seqs[client_id] = max(last, self.last_seq(client_id))
        if next_seq - 1 > self.last_seq(client_id):
            self._last_seqs[client_id] = next_seq - 1
        while len(self._last_seqs) > CLIENTS:
            del self._last_seqs[next(iter(self._last_seqs))]

    def _make_room_for(self, client_id: str) -> None:
        """Whoever uses ever new names loses the numbers of their own old ones, and no other's."""
        person = client_id.rpartition("@")[2]
        theirs = [name for name in self._last_seqs if name.rpartition("@")[2] == person]
        for name in theirs[: max(0, len(theirs) + 1 - CLIENTS_PER_PERSON)]:
            del self._last_seqs[name]
            self._answers.pop(name, None)

    async def answers_since(self, client_id: str, first: int) -> dict[int, int | Rejection]:
        """What became of a client's transactions from `first` on, as far as they are settled.

        One that is settled and not listed was refused before this process knew of it.
        """
        answers = self._answers.get(client_id, {})
        last = self.last_seq(client_id)
        # Not number by number: a client may claim any number of them.
        found = {seq: answer for seq, answer in answers.items() if first <= seq <= last}
        if len(found) < last + 1 - first:
            found |= await self._log.stored_seqs(self.id, client_id, first)
        return found

    def answer(self, client_id: str, seq: int) -> int | Rejection | None:
        """The version of a settled transaction, or why it was refused; None when forgotten."""
        return self._answers.get(client_id, {}).get(seq)

    def submit(
        self,
        user_id: UUID,
        transaction: Transaction,
        *,
        system: bool = False,
        by_studio: bool = False,
        told: Outcome | None = None,
        refusal: Rejection | None = None,
        cost: CostMeter | None = None,
        prepared: Prepared | None = None,
    ) -> Applied | Accepted:
        """Apply a numbered transaction; it is stored with the writer's next batch.

        `told` hears once how that ended. With a `refusal` it is refused for that reason, in its
        turn. `by_studio` is the studio's own deed, which is no step of this user. `prepared` is
        what became of it on a copy of the graph as it is now. Gives `Applied`, whose `rejection`
        says why nothing was changed, or `Accepted` at once for a repeat, which may not be stored
        yet. Raises `graph.gap`, and the reason why the room was closed. A step that is too much
        for the loop is refused; who gives `cost`, and can do it elsewhere, hears `CostExceeded`.
        """
        if self.failure is not None:
            raise self.failure
        client, seq = transaction.client_id, transaction.seq
        last = self.last_seq(client)
        if seq <= last:
            answer = self.answer(client, seq)
            if isinstance(answer, Rejection):
                return Applied(graph_version=self.graph.version, rejection=answer)
            version = self.graph.version if answer is None else answer
            return Accepted(version=version, touched=[], repeated=True)
        if seq != last + 1:
            raise DirectorError(
                "graph.gap",
                f"Transaction {last + 1} of this client is missing.",
                hint=f"Send {last + 1} first.",
                status=409,
                fields={"expected": last + 1},
            )
        if refusal is None and not _is_label(transaction.label):
            # The log could not store it, and the whole room would be lost with it.
            refusal = Rejection("invalid", "A label is a line of readable text.")
        if refusal is None and not system:
            refusal = too_costly(self.graph, transaction)
        if refusal is not None:
            applied = Applied(graph_version=self.graph.version, rejection=refusal)
        elif prepared is not None:
            applied = prepared.applied
            if applied.rejection is None:
                self.graph.replace_with(prepared.graph)
        else:
            applied = self._apply(user_id, transaction, cost, system=system)
        if applied.rejection is not None:
            if not client.startswith(ONE_SHOT):
                self.record_answer(client, seq, applied.rejection)
            return applied
        if client.startswith(ONE_SHOT):
            # Nobody sends it again, so nobody asks for its number.
            self.graph.seqs.pop(client, None)
        else:
            self.record_answer(client, seq, applied.graph_version)
        self._add(user_id, transaction, applied, told, prepared, by_studio=by_studio)
        return applied

    def _apply(
        self, user_id: UUID, transaction: Transaction, cost: CostMeter | None, *, system: bool
    ) -> Applied:
        counted = cost or CostMeter(None if system else LOOP_LIMIT)
        user = str(user_id)
        try:
            return apply(self.graph, transaction, self.registry, user, system=system, cost=counted)
        except CostExceeded as much:
            if cost is not None:
                raise
            return Applied(graph_version=self.graph.version, rejection=over_limit(much.place))

    async def until_shared(self) -> None:
        """Wait until no large step has the room to itself."""
        while (exclusive := self.exclusive) is not None:
            await exclusive.wait()

    def record_answer(self, client_id: str, seq: int, answer: int | Rejection) -> None:
        """Use up a client's number, and remember what came of it."""
        self._last_seqs.pop(client_id, None)
        self._last_seqs[client_id] = seq
        answers = self._answers.setdefault(client_id, {})
        answers[seq] = answer
        if len(answers) > ANSWERS:
            del answers[next(iter(answers))]
        while len(self._answers) > CLIENTS:
            del self._answers[next(iter(self._answers))]

    def _add(
        self,
        user_id: UUID,
        transaction: Transaction,
        applied: Applied,
        told: Outcome | None,
        prepared: Prepared | None,
        *,
        by_studio: bool,
    ) -> None:
        ops = prepared.ops if prepared else _json.encode(applied.effects)
        inverse = prepared.inverse if prepared else _json.encode(applied.inverse)
        stored = StoredOps(
            version=applied.graph_version,
            client_id=transaction.client_id,
            seq=transaction.seq,
            user_id=str(user_id),
            ops=msgspec.Raw(ops),
            label=transaction.label,
            undo_of=transaction.undo_of,
        )
        entry = Entry(
            applied.graph_version,
            transaction.client_id,
            transaction.seq,
            user_id,
            transaction.label,
            transaction.undo_of,
            ops.decode(),
            inverse.decode(),
            tuple(applied.touched),
            by_studio,
        )
        accepted = Accepted(
            version=applied.graph_version, touched=applied.touched, conflicts=applied.conflicts
        )
        self._pending.append(_Pending(entry, _json.encode(stored), accepted, told))
        self._deltas.clear()
        self._ready(self)

    # ------------------------------------------------------------------ being stored

    def begin_batch(self) -> Batch | None:
        """What waits to be stored now; what is too much for one commit comes with the next."""
        if not self._pending or self.failure is not None:
            return None
        size = count = 0
        while count < len(self._pending) and size < LARGEST_BATCH:
            size += len(self._pending[count].entry.ops) + len(self._pending[count].entry.inverse)
            count += 1
        self._storing, self._pending = self._pending[:count], self._pending[count:]
        if self._pending:
            self._ready(self)
        return Batch(self.id, self.epoch, self.stored, [p.entry for p in self._storing])

    def finish_batch(self) -> list[bytes]:
        """The batch is stored: who waits for its versions goes on. Gives what to tell everybody."""
        done, self._storing = self._storing, []
        self.stored = done[-1].entry.version
        for pending in done:
            self.tail_bytes += len(pending.frame)
            self._tail.append(_Tail(pending.entry.version, pending.frame, pending.entry.touched))
            self._tail_kept += len(pending.frame)
        while len(self._tail) > TAIL or self._tail_kept > TAIL_BYTES:
            self._tail_kept -= len(self._tail.popleft().frame)
        for version, future in self._waiting:
            if version <= self.stored and not future.done():
                future.set_result(None)
        self._waiting = [waiting for waiting in self._waiting if waiting[0] > self.stored]
        self._outcomes = done
        return [pending.frame for pending in done]

    def tell_outcomes(self) -> None:
        """Tell those who sent the batch's transactions; everybody else was told before."""
        for pending in self._outcomes:
            if pending.told is not None:
                pending.told(pending.accepted)
        self._outcomes = []

    def fail(self, error: Exception) -> None:
        """Give up the room: its state is ahead of what is stored, or is another process's now."""
        if self.failure is not None:
            return
        self.failure = error
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(error)
                future.exception()
        self._waiting = []
        for pending in (*self._storing, *self._pending):
            if pending.told is not None:
                pending.told(error)
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
        if version <= self.stored:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((version, future))
        await future

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
        """What came after a version, as small as it can be said; None when too much is forgotten.

        The newest of it may not be stored yet.
        """
        if since < self.graph.history_start:
            return None
        known = self._deltas.get(since)
        if known is None:
            while len(self._deltas) >= CACHED_DELTAS:
                del self._deltas[next(iter(self._deltas))]
            known = self._deltas[since] = self._make_delta(since)
        return known

    def _make_delta(self, since: int) -> Delta:
        version = self.graph.version
        later = [
            (p.entry.version, p.frame, p.entry.touched) for p in (*self._storing, *self._pending)
        ]
        first = self._tail[0].version if self._tail else self.stored + 1
        if since + 1 < first:
            ops = _json.encode(graph_delta(self.graph, since))
            return Delta(version=version, ops=ops)
        kept = [(t.version, t.frame, t.touched) for t in self._tail if t.version > since]
        frames = [frame for at, frame, _ in (*kept, *later) if at > since]
        size = sum(map(len, frames))
        if size > 2048:
            touched = {i for at, _, ids in (*kept, *later) if at > since for i in ids}
            ops = _json.encode(graph_delta(self.graph, since, touched))
            if len(ops) < size:
                return Delta(version=version, ops=ops)
        return Delta(version=version, transactions=frames)


def _is_label(text: str) -> bool:
    try:
        return "\0" not in text and text.encode() is not None
    except UnicodeEncodeError:
        return False
