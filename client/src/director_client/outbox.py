"""What this client has sent and not had answered: numbered, sent again, answered once.

It does no input or output, so that every order of answers can be tested.
"""

from __future__ import annotations

import asyncio
from typing import Any

from .errors import Refused
from .events import Rejected, Undone, Welcome

IN_FLIGHT = 8


class Entry:
    """A transaction, undo or redo on its way. `answer` becomes a version, or an `Undone`."""

    def __init__(self, seq: int, event: str, body: dict[str, Any]) -> None:
        self.seq = seq
        self.event = event
        self.body = body
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    @property
    def payload(self) -> dict[str, Any]:
        return {"seq": self.seq, **self.body}

    @property
    def is_step(self) -> bool:
        """Whether it is an undo or redo, whose answer tells more than a version."""
        return self.event != "client:ops"


class Outbox:
    """Unanswered transactions in their order, at most `IN_FLIGHT`; `room` is waited for first."""

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(IN_FLIGHT)
        self._entries: dict[int, Entry] = {}
        self._next = 1

    @property
    def next_seq(self) -> int:
        """The lowest number that is unanswered; all below it are settled."""
        return next(iter(self._entries), self._next)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, event: str, body: dict[str, Any]) -> Entry:
        """Give something its number. Only after `room` was acquired."""
        entry = Entry(self._next, event, body)
        self._next += 1
        self._entries[entry.seq] = entry
        return entry

    def unanswered(self, start: int = 1) -> list[Entry]:
        """What has to be sent again, from a number on, in order."""
        return [entry for seq, entry in self._entries.items() if seq >= start]

    def stored(self, seq: int) -> Entry | None:
        """A transaction came back in the stream: it is answered, unless more is to be told."""
        entry = self._entries.get(seq)
        return None if entry is None or entry.is_step else self._take(seq)

    def acknowledged(self, seq: int) -> Entry | None:
        """It had been stored before; of an undo, no more will be told."""
        return self._take(seq)

    def refused(self, told: Rejected) -> None:
        """It was refused, and whoever waits for it is told why."""
        entry = self._take(told.seq)
        if entry is not None and not entry.answer.done():
            entry.answer.set_exception(
                Refused(told.reason, told.message, told.hint, told.id, told.operation)
            )

    def undone(self, told: Undone) -> Entry | None:
        """An undo or redo was done."""
        return self._take(told.seq)

    def settle(self, welcome: Welcome) -> list[tuple[Entry, int]]:
        """Bring all in line with what the studio knows after a new connection.

        Gives what turned out to be stored, with its version. What is left has numbers that follow
        what is settled: what the studio has forgotten is made again in its old place.
        """
        stored: list[tuple[Entry, int]] = []
        for seq, version in sorted(welcome.accepted.items()):
            if (entry := self._take(seq)) is not None:
                stored.append((entry, version))
        for told in welcome.refused:
            self.refused(told)
        left = list(self._entries.values())
        self._entries = {}
        self._next = welcome.settled + 1
        for entry in left:
            entry.seq = self._next
            self._entries[entry.seq] = entry
            self._next += 1
        return stored

    def fail(self, error: BaseException) -> None:
        """Tell everybody who waits that there will be no answer."""
        for seq in list(self._entries):
            entry = self._take(seq)
            if entry is not None and not entry.answer.done():
                entry.answer.set_exception(error)

    def _take(self, seq: int) -> Entry | None:
        entry = self._entries.pop(seq, None)
        if entry is not None:
            self.room.release()
        return entry
