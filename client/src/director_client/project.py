"""One project, joined: its graph kept current, its people, its events, and what you change in it.

The library does it all in one task that reads the socket. What you submit is kept until the studio
has answered, also across lost connections, and takes place exactly once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import msgspec

from . import texts
from .errors import StudioError
from .events import (
    Ack,
    CatchUp,
    Event,
    Failed,
    FullSync,
    Gap,
    OpsStored,
    Person,
    Pong,
    PresenceChanged,
    Rejected,
    Undone,
    Unknown,
    Welcome,
)
from .following import Follower
from .generating import OnProgress, make_take
from .graph import Graph
from .line import Line
from .operations import LONGEST_LABEL, EditText, Operation, check
from .outbox import Entry, Outbox
from .presence import Presence
from .readers import Events, Readers
from .studio import Studio, Take

_SYNCS = {"server:full_sync", "server:catch_up", "server:ops"}
_NUMBERED = {"client:ops", "client:undo", "client:redo"}
AGAIN = 1.0
_UNSET = msgspec.UNSET
Point = tuple[float, float]


class Project:
    """A project that was joined by `connect`. `people` are those who have it open, by session."""

    def __init__(self, studio: Studio, project_id: str, graph_id: str | None = None) -> None:
        self.id = project_id
        self.studio = studio
        self.me: Welcome | None = None
        self.people: dict[str, Person] = {}
        self._graph_id = graph_id
        # Kept through all connections: it is how the studio knows a repeat.
        self._client_id = uuid4().hex
        self._follower = Follower()
        self._outbox = Outbox()
        self._joining = False
        # Answers to transactions that the graph here does not hold yet.
        self._stored: list[tuple[Entry, int, Any]] = []
        self._readers = Readers()
        self._presence = Presence()
        self._resend = asyncio.Event()
        self._typing = asyncio.Lock()
        self._line = Line(studio, project_id, self._hello, self._hear)
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: BaseException | None = None

    @property
    def graph(self) -> Graph:
        """The graph as the studio has stored it, as far as this client has heard."""
        return self._follower.graph

    @property
    def unsent(self) -> int:
        """How many transactions the studio has not answered yet."""
        return len(self._outbox)

    def events(self) -> Events:
        """What happens from now on, for `async for`; ends when the project is left.

        The first reader also hears what was told since the project was joined.
        """
        return self._readers.add()

    async def submit(self, *ops: Operation, label: str = "") -> int:
        """Change the graph: all operations or none. The version that holds them, once stored.

        `label` names the step for people and for undo. Raises `Refused` with the reason.
        """
        body: dict[str, Any] = {"ops": ops, "base_version": self.graph.version}
        if label:
            body["label"] = label[:LONGEST_LABEL]
        check(body)
        return await self._transact("client:ops", body)

    async def write_text(self, node_id: str, field: str, text: str, *, label: str = "") -> int:
        """Make a text of a node read so. What others type at other places of it stays."""
        async with self._typing:
            delta = texts.difference(self.graph.nodes[node_id].text.get(field, ""), text)
            if not delta:
                return self.graph.version
            edit = EditText(id=node_id, field=field, base=self.graph.version, delta=delta)
            return await self.submit(edit, label=label)

    async def undo(self) -> Undone:
        """Take back your last step. `skipped` tells what stays since others changed it."""
        return await self._transact("client:undo", {})

    async def redo(self) -> Undone:
        """Do again what you took back last."""
        return await self._transact("client:redo", {})

    async def generate(self, node_id: str, *, on_progress: OnProgress | None = None) -> Take:
        """Make a new take of a node, wait for it, and give it. Raises `GenerationFailed`.

        `on_progress` hears percent and step of this node; what it needs is made first.
        """
        making = make_take(self.studio, self.id, node_id, self.events(), on_progress)
        try:
            return await making
        except StopAsyncIteration:
            assert self._failure is not None
            raise self._failure from None

    async def download(self, take: Take, target: Path | str, *, output: str | None = None) -> Path:
        """Write a take's bytes to a file."""
        return await self.studio.download(take, Path(target), output=output)

    def set_presence(
        self,
        *,
        cursor: Point | msgspec.UnsetType | None = _UNSET,
        selection: tuple[str, ...] | msgspec.UnsetType | None = _UNSET,
        drag: dict[str, Any] | msgspec.UnsetType | None = _UNSET,
        subflow: str | msgspec.UnsetType | None = _UNSET,
        editing: str | msgspec.UnsetType | None = _UNSET,
    ) -> None:
        """Show others where you are. What is not given stays as it was, None clears it.

        Call it as often as you like: the newest is sent, 20 times a second at most.
        """
        given = {
            "cursor": cursor,
            "selection": selection,
            "drag": drag,
            "subflow": subflow,
            "editing": editing,
        }
        self._presence.change({k: v for k, v in given.items() if v is not _UNSET})

    async def __aenter__(self) -> Project:
        told = self._presence.keep_telling(lambda now: self._line.send("client:presence", now))
        works = (self._live(), told, self._keep_resending())
        self._tasks = [asyncio.create_task(work) for work in works]
        try:
            await self._ready
        except BaseException:
            await self._leave(StudioError("client.left", "The project was not joined."))
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._leave(
            StudioError("client.left", "The project was left before the studio had answered.")
        )

    async def _leave(self, why: StudioError) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._end(why, StopAsyncIteration())

    def _end(self, why: BaseException, last: BaseException) -> None:
        self._failure = self._failure or why
        self._outbox.fail(why)
        for entry, _, _ in self._stored:
            if not entry.answer.done():
                entry.answer.set_exception(why)
        self._stored = []
        self._readers.end(last)

    async def _live(self) -> None:
        try:
            await self._line.keep()
        except Exception as error:
            # Whoever waits for something is told; that is everybody who could be.
            self._end(error, error)
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    async def _transact(self, event: str, body: dict[str, Any]) -> Any:
        await self._outbox.room.acquire()
        if self._failure is not None:
            self._outbox.room.release()
            raise self._failure
        entry = self._outbox.add(event, body)
        await self._line.send(event, entry.payload)
        return await entry.answer

    def _hello(self) -> dict[str, Any]:
        self._follower.asked = True
        hello: dict[str, Any] = {
            "client_id": self._client_id,
            "next_seq": self._outbox.next_seq,
            **self._follower.since,
        }
        if self._graph_id is not None:
            hello["graph_id"] = self._graph_id
        return hello

    async def _keep_resending(self) -> None:
        while True:
            await self._resend.wait()
            self._resend.clear()
            await self._send_again(self._outbox.unanswered())

    async def _send_again(self, entries: list[Entry]) -> None:
        for entry in entries:
            await self._line.send(entry.event, entry.payload)

    async def _hear(self, event: Event) -> None:
        match event:
            case Welcome():
                self.me, self._client_id = event, event.client_id
                self.people = {person.session_id: person for person in event.people}
                self._presence.forget()
                for entry, version in self._outbox.settle(event):
                    self._answer(entry, version)
                self._joining = True
                await self._send_again(self._outbox.unanswered())
            case OpsStored():
                for stored in event.transactions:
                    if stored.client_id == self._client_id:
                        self._answer(self._outbox.stored(stored.seq), stored.version)
                await self._followed(self._follower.ops(event))
            case FullSync() | CatchUp():
                await self._synced(event)
            case Ack():
                self._answer(self._outbox.acknowledged(event.seq), event.version)
            case Undone():
                version = event.version or self.graph.version
                self._answer(self._outbox.undone(event), version, event)
            case Rejected():
                self._outbox.refused(event)
            case Gap():
                await self._send_again(self._outbox.unanswered(event.expected))
            case Failed() if event.event in _NUMBERED:
                if event.code.startswith("socket.bad") or event.code == "socket.unknown_event":
                    raise StudioError(event.code, event.message, event.hint)
                # Something was away for a moment; nothing tells when it is back.
                asyncio.get_running_loop().call_later(AGAIN, self._resend.set)
            case PresenceChanged():
                self.people.update({person.session_id: person for person in event.people})
                for session_id in event.gone:
                    self.people.pop(session_id, None)
            case Unknown() if event.event in _SYNCS:
                raise StudioError(
                    "client.too_old",
                    f"This studio says {event.event} in a way that is not known here.",
                    "Install the director-client of its version.",
                )
            case _:
                pass
        if not isinstance(event, (Ack, Gap, Pong)):
            self._readers.tell(event)

    async def _synced(self, event: FullSync | CatchUp) -> None:
        if isinstance(event, CatchUp):
            for stored in event.transactions or ():
                if stored.client_id == self._client_id:
                    self._answer(self._outbox.stored(stored.seq), stored.version)
            await self._followed(self._follower.catch_up(event))
        else:
            await self._followed(self._follower.full_sync(event))
        if not self._joining:
            # The answers may have been among what a slow reader is not told: repeats are harmless.
            await self._send_again(self._outbox.unanswered())
        self._joining = False
        if self._follower.whole and not self._ready.done():
            self._ready.set_result(None)

    async def _followed(self, right: bool) -> None:
        if not right and not self._follower.asked:
            self._follower.asked = True
            await self._line.send("client:sync_request", self._follower.since)
        waiting, self._stored = self._stored, []
        for entry, version, value in waiting:
            self._answer(entry, version, value)

    def _answer(self, entry: Entry | None, version: int, value: Any = None) -> None:
        """Tell whoever waits, as soon as the graph here holds what was stored."""
        if entry is None or entry.answer.done():
            return
        if version > self.graph.version:
            self._stored.append((entry, version, value))
        elif value is None and entry.is_step:
            redo = entry.event == "client:redo"
            entry.answer.set_result(Undone(seq=entry.seq, undo_of=0, redo=redo, version=version))
        else:
            entry.answer.set_result(version if value is None else value)
