"""What this client has sent and not had answered: numbered, sent again, answered once.

It does no input or output, so that every order of answers can be tested.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from .errors import Refused
from .wire.client_events import Ops, Redo, Undo
from .wire.server_events import Rejected, Undone, Welcome

MAX_IN_FLIGHT = 8

Numbered = Ops | Undo | Redo


class Entry:
    """A transaction, undo or redo on its way. `answer` becomes a version, or an `Undone`."""

    def __init__(self, command: Numbered) -> None:
        self.command = command
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    @property
    def seq(self) -> int:
        """Its number among this client's transactions."""
        return self.command.seq

    @property
    def is_step(self) -> bool:
        """Whether it is an undo or redo, whose answer tells more than a version."""
        return not isinstance(self.command, Ops)

    def renumber(self, seq: int) -> None:
        """Give it another number."""
        self.command = msgspec.structs.replace(self.command, seq=seq)


class Outbox:
    """Unanswered transactions in their order, at most `MAX_IN_FLIGHT`: wait for `slots` first."""

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._entries: dict[int, Entry] = {}
        self._next = 1

    @property
    def next_seq(self) -> int:
        """The lowest number that is unanswered; all below it are settled."""
        return next(iter(self._entries), self._next)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, command: Numbered) -> Entry:
        """Number a command and keep it until it is answered. Only after a slot was acquired."""
        entry = Entry(msgspec.structs.replace(command, seq=self._next))
        self._next += 1
        self._entries[entry.seq] = entry
        return entry

    def unanswered(self, start: int = 1) -> list[Entry]:
        """What has to be sent again, from a number on, in order."""
        return [entry for seq, entry in self._entries.items() if seq >= start]

    def stored(self, seq: int) -> Entry | None:
        """A transaction came back in the stream: it is answered, unless more is to be told."""
        entry = self._entries.get(seq)
        return None if entry is None or entry.is_step else self._remove(seq)

    def acknowledged(self, seq: int) -> Entry | None:
        """It had been stored before; of an undo, no more will be told."""
        return self._remove(seq)

    def refused(self, event: Rejected) -> None:
        """It was refused, and whoever waits for it is told why."""
        entry = self._remove(event.seq)
        if entry is not None and not entry.answer.done():
            entry.answer.set_exception(
                Refused(event.reason, event.message, event.hint, event.id, event.operation)
            )

    def undone(self, event: Undone) -> Entry | None:
        """An undo or redo was done."""
        return self._remove(event.seq)

    def reconcile(self, welcome: Welcome) -> list[tuple[Entry, int]]:
        """Bring all in line with what the studio knows after a new connection.

        Gives what turned out to be stored, with its version. What is left has numbers that follow
        what is settled: what the studio has forgotten is made again in its old place.
        """
        stored: list[tuple[Entry, int]] = []
        for seq, version in sorted(welcome.accepted.items()):
            if (entry := self._remove(seq)) is not None:
                stored.append((entry, version))
        for event in welcome.refused:
            self.refused(event)
        left = list(self._entries.values())
        self._entries = {}
        self._next = welcome.settled + 1
        for entry in left:
            entry.renumber(self._next)
            self._entries[entry.seq] = entry
            self._next += 1
        return stored

    def fail(self, error: BaseException) -> None:
        """Tell everybody who waits that there will be no answer."""
        for seq in list(self._entries):
            entry = self._remove(seq)
            if entry is not None and not entry.answer.done():
                entry.answer.set_exception(error)

    def _remove(self, seq: int) -> Entry | None:
        entry = self._entries.pop(seq, None)
        if entry is not None:
            self.slots.release()
        return entry
