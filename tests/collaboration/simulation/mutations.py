"""Faults put into the engine on purpose: a simulator that does not find them is worth nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from app.collaboration import client_sequences, room, rooms, tail, writer
from app.gateway import commands, outbox, session
from app.graph import changes, journal, model, text_rules
from app.graph.model import TextHistory

Replacement = tuple[Any, str, Any]
MUTATIONS: dict[str, Callable[[], list[Replacement]]] = {}


def mutation(make: Callable[[], list[Replacement]]) -> Callable[[], list[Replacement]]:
    """Add one to the list, under its function's name."""
    MUTATIONS[make.__name__] = make
    return make


@contextlib.contextmanager
def mutated(name: str) -> Iterator[None]:
    """The engine with one fault."""
    changes_made = MUTATIONS[name]()
    before = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in changes_made]
    try:
        for owner, attribute, value in changes_made:
            setattr(owner, attribute, value)
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)


@mutation
def broadcast_before_commit() -> list[Replacement]:
    real = writer.Writer._append

    async def published_first(self: Any, batches: Any) -> Any:
        for ready in list(self._published_early):
            await self._publish(ready, [pending.frame for pending in ready._storing])
        return await real(self, batches)

    begin = room.Room.begin_batch

    def begun(self: Any) -> Any:
        batch = begin(self)
        if batch is not None:
            EARLY.append(self)
        return batch

    EARLY: list[Any] = []

    async def append(self: Any, batches: Any) -> Any:
        early, EARLY[:] = EARLY[:], []
        self._published_early = early
        return await published_first(self, batches)

    return [(writer.Writer, "_append", append), (room.Room, "begin_batch", begun)]


@mutation
def acknowledge_before_commit() -> list[Replacement]:
    async def at_once(self: Any, version: int) -> None:
        if self.failure is not None:
            raise self.failure

    return [(room.Room, "when_stored", at_once)]


@mutation
def no_numbers() -> list[Replacement]:
    real = room.Room.apply

    def apply(self: Any, user_id: Any, transaction: Any, **how: Any) -> Any:
        self.clients._last_seqs[transaction.client_id] = transaction.seq - 1
        self.graph.seqs.pop(transaction.client_id, None)
        return real(self, user_id, transaction, **how)

    return [(room.Room, "apply", apply)]


@mutation
def repeats_forgotten_on_opening() -> list[Replacement]:
    async def load(self: Any, client_id: str, next_seq: int = 1) -> None:
        self._last_seqs[client_id] = max(self._last_seqs.get(client_id, 0), next_seq - 1)
        self._graph.seqs.pop(client_id, None)

    return [(client_sequences.ClientSequences, "load", load)]


@mutation
def refusals_not_counted() -> list[Replacement]:
    real = client_sequences.ClientSequences.record

    def record(self: Any, client_id: str, seq: int, answer: Any) -> None:
        if isinstance(answer, int):
            real(self, client_id, seq, answer)

    return [(client_sequences.ClientSequences, "record", record)]


@mutation
def text_not_transformed() -> list[Replacement]:
    def as_it_is(history: TextHistory, client: str, base: int, delta: Any) -> Any:
        return delta, ()

    return [(text_rules, "bring_up_to_date", as_it_is)]


@mutation
def bridges_forgotten() -> list[Replacement]:
    real = text_rules.bring_up_to_date

    def without(history: TextHistory, client: str, base: int, delta: Any) -> Any:
        return real(TextHistory(history.history_start, history.edits, {}), "nobody", base, delta)

    return [(text_rules, "bring_up_to_date", without)]


@mutation
def bridges_trusted_after_loading() -> list[Replacement]:
    real = text_rules.bring_up_to_date

    def trusting(history: TextHistory, client: str, base: int, delta: Any) -> Any:
        known = TextHistory(history.history_start, history.edits, history.bridges)
        return real(known, client, base, delta)

    return [(text_rules, "bring_up_to_date", trusting)]


@mutation
def no_tombstones() -> list[Replacement]:
    real = tail.delta_since

    def living(graph: Any, since: int, touched: Any = None) -> Any:
        bare = graph.snapshot()
        bare.removed.clear()
        return real(bare, since, touched)

    return [(tail, "delta_since", living)]


@mutation
def difference_forgets_moves() -> list[Replacement]:
    real = tail.delta_since

    def still(graph: Any, since: int, touched: Any = None) -> Any:
        return [op for op in real(graph, since, touched) if type(op).__name__ != "MoveNode"]

    return [(tail, "delta_since", still)]


@mutation
def tail_off_by_one() -> list[Replacement]:
    real = tail.Tail._make_delta

    def short(self: Any, since: int) -> Any:
        return real(self, min(since + 1, self._graph.version))

    return [(tail.Tail, "_make_delta", short)]


@mutation
def snapshot_shares_its_tables() -> list[Replacement]:
    def shared(self: Any) -> Any:
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return model.Graph(**fields)

    return [(model.Graph, "snapshot", shared)]


@mutation
def refusals_leave_traces() -> list[Replacement]:
    return [(journal.Journal, "roll_back", lambda self, to=0: self._undo.clear())]


@mutation
def cycles_allowed() -> list[Replacement]:
    return [(changes.Change, "check_no_cycle", lambda self, source, target: None)]


@mutation
def sockets_not_checked() -> list[Replacement]:
    return [(changes.Change, "check_sockets", lambda self, op, source, target: True)]


@mutation
def removal_leaves_edges() -> list[Replacement]:
    return [(changes.Change, "drop_edges", lambda self, edges: None)]


@mutation
def fenced_batch_taken_for_stored() -> list[Replacement]:
    real = writer.Writer._append

    async def append(self: Any, batches: Any) -> Any:
        _, failures = await real(self, batches)
        return {batch.graph_id for batch in batches}, failures

    return [(writer.Writer, "_append", append)]


@mutation
def fenced_room_goes_on_reading() -> list[Replacement]:
    async def trusting(self: Any, its_rooms: Any) -> None:
        return None

    return [(rooms.Rooms, "_close_superseded", trusting)]


@mutation
def lost_room_without_notice() -> list[Replacement]:
    async def silent(lost: Any, error: Exception) -> None:
        lost.fail(error)

    return [(rooms, "close_failed", silent), (writer, "close_failed", silent)]


@mutation
def overflow_not_mended() -> list[Replacement]:
    async def nothing(self: Any, send: Any) -> None:
        self.outbox.overflowed = False

    return [(session.Session, "_recover", nothing)]


@mutation
def answers_lost_with_an_overflow() -> list[Replacement]:
    real = outbox.Outbox.put

    def put(self: Any, frame: Any, *, version: Any = None, answer: bool = False) -> None:
        real(self, frame, version=version)

    return [(outbox.Outbox, "put", put)]


@mutation
def gaps_without_notice() -> list[Replacement]:
    real = commands._submit

    async def submit(its_session: Any, its_room: Any, transaction: Any) -> None:
        if transaction.seq <= its_room.clients.last_seq(transaction.client_id) + 1:
            await real(its_session, its_room, transaction)

    return [(commands, "_submit", submit)]


@mutation
def acknowledgements_forgotten() -> list[Replacement]:
    async def silent(*_args: Any) -> None:
        return None

    return [(commands, "_acknowledge", silent)]


@mutation
def two_rooms_of_one_graph() -> list[Replacement]:
    real = rooms.Rooms.enter

    async def enter(self: Any, graph_id: Any, epoch: Any = None) -> Any:
        self._opening.clear()
        return await real(self, graph_id, epoch)

    return [(rooms.Rooms, "enter", enter)]
