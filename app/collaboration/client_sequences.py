"""Idempotency: which numbers of which clients are settled, and what was answered to each.

A client counts its transactions. A number at or below its last one is a repeat and is answered,
not applied again; a number that leaves a gap is refused.
"""

from __future__ import annotations

from uuid import UUID

from app.graph import Graph, Rejection
from node_registry import DirectorError

from .log import ONE_SHOT, GraphLog

ANSWERS_PER_CLIENT = 64
MAX_CLIENTS = 2000
CLIENTS_PER_PERSON = 256

# The version in which a transaction was stored, or why it was refused.
Answer = int | Rejection


class ClientSequences:
    """The numbers of one graph's clients. `graph.seqs` has those of accepted transactions."""

    def __init__(self, graph: Graph, log: GraphLog) -> None:
        self._graph = graph
        self._graph_id = UUID(graph.id)
        self._log = log
        self._last_seqs: dict[str, int] = {}
        self._answers: dict[str, dict[int, Answer]] = {}

    def last_seq(self, client_id: str) -> int:
        """The number of a client's last transaction that was accepted or refused."""
        return max(self._last_seqs.get(client_id, 0), self._graph.seqs.get(client_id, 0))

    def is_loaded(self, client_id: str) -> bool:
        """Whether a client's last number is known without asking the log."""
        return (
            client_id in self._last_seqs
            or client_id in self._graph.seqs
            or client_id.startswith(ONE_SHOT)
        )

    async def load(self, client_id: str, next_seq: int = 1) -> None:
        """Know a client's last number before its first transaction; all below `next_seq` are done.

        A client that wrote long ago is found in the log, so that a repeat is known for one.
        """
        if not self.is_loaded(client_id):
            last = await self._log.last_seq(self._graph_id, client_id)
            self._make_room_for(client_id)
            self._last_seqs[client_id] = max(last, self.last_seq(client_id))
        if next_seq - 1 > self.last_seq(client_id):
            self._last_seqs[client_id] = next_seq - 1
        while len(self._last_seqs) > MAX_CLIENTS:
            del self._last_seqs[next(iter(self._last_seqs))]

    def is_repeat(self, client_id: str, seq: int) -> bool:
        """Whether a number is settled. Raises `graph.gap` when one before it is missing."""
        last = self.last_seq(client_id)
        if seq > last + 1:
            raise DirectorError(
                "graph.gap",
                f"Transaction {last + 1} of this client is missing.",
                hint=f"Send {last + 1} first.",
                status=409,
                fields={"expected": last + 1},
            )
        return seq <= last

    def record(self, client_id: str, seq: int, answer: Answer) -> None:
        """Use up a client's number, and remember the answer."""
        self._last_seqs.pop(client_id, None)
        self._last_seqs[client_id] = seq
        answers = self._answers.setdefault(client_id, {})
        answers[seq] = answer
        if len(answers) > ANSWERS_PER_CLIENT:
            del answers[next(iter(answers))]
        while len(self._answers) > MAX_CLIENTS:
            del self._answers[next(iter(self._answers))]

    def known_answer(self, client_id: str, seq: int) -> Answer | None:
        """The answer to a settled number as far as memory has it."""
        return self._answers.get(client_id, {}).get(seq)

    async def answer(self, client_id: str, seq: int) -> Answer | None:
        """The answer to a settled number; None: it was refused before this process knew of it."""
        known = self.known_answer(client_id, seq)
        return known or (await self.answers_since(client_id, seq)).get(seq)

    async def answers_since(self, client_id: str, first: int) -> dict[int, Answer]:
        """The answers to a client's numbers from `first` on, as far as they are settled.

        One that is settled and not listed was refused before this process knew of it.
        """
        answers = self._answers.get(client_id, {})
        last = self.last_seq(client_id)
        # Not number by number: a client may claim any number of them.
        found = {seq: answer for seq, answer in answers.items() if first <= seq <= last}
        if len(found) < last + 1 - first:
            found |= await self._log.stored_seqs(self._graph_id, client_id, first)
        return found

    def _make_room_for(self, client_id: str) -> None:
        """Whoever uses ever new names loses the numbers of their own old ones, and no other's."""
        person = client_id.rpartition("@")[2]
        theirs = [name for name in self._last_seqs if name.rpartition("@")[2] == person]
        for name in theirs[: max(0, len(theirs) + 1 - CLIENTS_PER_PERSON)]:
            del self._last_seqs[name]
            self._answers.pop(name, None)
