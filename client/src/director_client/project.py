"""One project, joined: its graph kept current, its people, its events, and what you change in it.

The library does it all in one task that reads the socket. What you submit is kept until the studio
has answered, also across lost connections, and takes place exactly once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from . import texts
from .connection import Connection
from .errors import StudioError, Unreachable
from .event_stream import EventStream, EventStreams
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
from .generation import OnProgress, make_take
from .graph import Graph
from .operations import MAX_LABEL, check, listed
from .outbox import Entry, Numbered, Outbox
from .presence import PresenceSender
from .replica import Replica
from .studio import Studio, Take, checked_url
from .wire.client_events import CLIENT_EVENTS, Hello, Ops, Redo, Undo
from .wire.graph import EditText, Operation

# In seconds. Each wait has an end; all of them can be given.
JOIN_TIMEOUT = 60.0
ANSWER_TIMEOUT = 300.0
GIVE_UP_AFTER = 300.0
TAKE_TIMEOUT = 3600.0

RETRY_DELAY = 1.0
_SYNCS = {"server:full_sync", "server:catch_up", "server:ops"}
_NUMBERED = {CLIENT_EVENTS[kind] for kind in (Ops, Undo, Redo)}
_UNSET = msgspec.UNSET
Point = tuple[float, float]
T = TypeVar("T")


@contextlib.asynccontextmanager
async def connect(
    url: str,
    *,
    token: str,
    project: str,
    graph: str | None = None,
    timeout: float = JOIN_TIMEOUT,
    give_up_after: float = GIVE_UP_AFTER,
) -> AsyncGenerator[Project, None]:
    """Join a project, by its id or a title that only one of yours has; leave it at the end.

    `token` comes from `log_in` or `find_local_studio`. `graph` names another graph of the project
    than its main one. Joining has `timeout` seconds. A lost connection is made again by itself;
    what cannot be mended is raised from whatever is awaited then: an ended session, a right that
    was taken away, or no connection for `give_up_after` seconds (`studio.lost`).
    """
    studio = Studio(checked_url(url), token)
    found = await studio.find_project(project)
    joined = Project(studio, found.id, graph, timeout=timeout, give_up_after=give_up_after)
    async with joined:
        yield joined


class Project:
    """A project that was joined by `connect`. `people` are those who have it open, by session."""

    def __init__(
        self,
        studio: Studio,
        project_id: str,
        graph_id: str | None = None,
        *,
        timeout: float = JOIN_TIMEOUT,
        give_up_after: float = GIVE_UP_AFTER,
    ) -> None:
        self.id = project_id
        self.studio = studio
        self.me: Welcome | None = None
        self.people: dict[str, Person] = {}
        self._graph_id = graph_id
        # Kept through all connections: it is how the studio knows a repeat.
        self._client_id = uuid4().hex
        self._replica = Replica()
        self._outbox = Outbox()
        self._joining = False
        # Answers to transactions that the graph here does not hold yet.
        self._stored: list[tuple[Entry, int, Any]] = []
        self._streams = EventStreams()
        self._presence = PresenceSender()
        self._resend = asyncio.Event()
        self._typing = asyncio.Lock()
        self._connection = Connection(
            studio, project_id, self._hello, self._on_event, give_up_after
        )
        self._join_timeout = timeout
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Done when no event will come any more.
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: BaseException | None = None

    @property
    def graph(self) -> Graph:
        """The graph as the studio has stored it, as far as this client has heard."""
        return self._replica.graph

    @property
    def unsent(self) -> int:
        """How many transactions the studio has not answered yet."""
        return len(self._outbox)

    def events(self) -> EventStream:
        """What happens from now on, for `async for`; ends when the project is left, and raises
        what ended the connection for good.

        The first reader also hears what was told since the project was joined.
        """
        return self._streams.add()

    async def submit(
        self,
        *ops: Operation | Sequence[Operation],
        label: str = "",
        timeout: float = ANSWER_TIMEOUT,
    ) -> int:
        """Change the graph: all operations or none. The version that holds them, once stored.

        Operations come one by one or in a list. `label` names the step for people and for undo.
        Raises `Refused` with the reason, `client.bad_operation` for what is no operation, and
        `client.timeout` when the studio has not answered within `timeout` seconds: it may still
        store them.
        """
        body = Ops(seq=0, ops=listed(ops), base_version=self.graph.version, label=label[:MAX_LABEL])
        check(body)
        return await self._transact(body, timeout)

    async def write_text(
        self,
        node_id: str,
        field: str,
        text: str,
        *,
        label: str = "",
        timeout: float = ANSWER_TIMEOUT,
    ) -> int:
        """Make a text of a node read so. What others type at other places of it stays."""
        async with self._typing:
            delta = texts.diff(self.graph.nodes[node_id].text.get(field, ""), text)
            if not delta:
                return self.graph.version
            edit = EditText(id=node_id, field=field, base=self.graph.version, delta=delta)
            return await self.submit(edit, label=label, timeout=timeout)

    async def undo(self, *, timeout: float = ANSWER_TIMEOUT) -> Undone:
        """Take back your last step. `skipped` tells what stays since others changed it."""
        return await self._transact(Undo(seq=0), timeout)

    async def redo(self, *, timeout: float = ANSWER_TIMEOUT) -> Undone:
        """Do again what you took back last."""
        return await self._transact(Redo(seq=0), timeout)

    async def generate(
        self,
        node_id: str,
        *,
        on_progress: OnProgress | None = None,
        timeout: float = TAKE_TIMEOUT,
    ) -> Take:
        """Make a new take of a node, wait for it, and give it; what it needs is made first.

        `on_progress` hears percent, 0 to 100, and the step. Raises what the studio refuses (a node
        that makes no takes, a missing right), `GenerationFailed` when the task failed or was
        cancelled, when its run ended without a take, or when there is none after `timeout`
        seconds (`client.timeout`), and what ended the connection for good.
        """
        making = make_take(
            self.studio,
            self.id,
            node_id,
            self.events(),
            timeout=timeout,
            on_progress=on_progress,
        )
        return await self._while_connected(making)

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
        background = (
            self._run(),
            self._presence.run(self._connection.send),
            self._resend_when_due(),
        )
        self._tasks = [asyncio.create_task(work) for work in background]
        try:
            async with asyncio.timeout(self._join_timeout):
                await self._ready
        except TimeoutError:
            why = _no_answer(f"{self.studio.url} let nobody join", self._join_timeout)
            await self._leave(why)
            raise why from None
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
        self._streams.end(last)
        if not self._closed.done():
            self._closed.set_result(None)

    async def _run(self) -> None:
        try:
            await self._connection.run()
        except Exception as error:
            # Whoever waits for something is told; that is everybody who could be.
            self._end(error, error)
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    async def _transact(self, command: Numbered, timeout: float) -> Any:
        try:
            async with asyncio.timeout(timeout):
                await self._outbox.slots.acquire()
                if self._failure is not None:
                    self._outbox.slots.release()
                    raise self._failure
                entry = self._outbox.add(command)
                await self._connection.send(entry.command)
                return await entry.answer
        except TimeoutError:
            raise _no_answer(f"{self.studio.url} did not answer", timeout) from None

    async def _while_connected(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of some work, unless the connection ends for good before."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait([task, self._closed], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            assert self._failure is not None
            raise self._failure
        except StopAsyncIteration:
            assert self._failure is not None
            raise self._failure from None
        finally:
            task.cancel()
            await asyncio.wait([task])

    def _hello(self) -> Hello:
        self._replica.sync_requested = True
        known = self._replica.sync_request
        return Hello(
            client_id=self._client_id,
            graph_id=self._graph_id,
            next_seq=self._outbox.next_seq,
            since=known.since,
            epoch=known.epoch,
        )

    async def _resend_when_due(self) -> None:
        while True:
            await self._resend.wait()
            self._resend.clear()
            await self._resend_unanswered(self._outbox.unanswered())

    async def _resend_unanswered(self, entries: list[Entry]) -> None:
        for entry in entries:
            await self._connection.send(entry.command)

    async def _on_event(self, event: Event) -> None:
        match event:
            case Welcome():
                self.me, self._client_id = event, event.client_id
                self.people = {person.session_id: person for person in event.people}
                self._presence.resend_all()
                for entry, version in self._outbox.reconcile(event):
                    self._answer(entry, version)
                self._joining = True
                await self._resend_unanswered(self._outbox.unanswered())
            case OpsStored():
                for stored in event.transactions:
                    if stored.client_id == self._client_id:
                        self._answer(self._outbox.stored(stored.seq), stored.version)
                await self._check_complete(self._replica.ops(event))
            case FullSync() | CatchUp():
                await self._load_sync(event)
            case Ack():
                self._answer(self._outbox.acknowledged(event.seq), event.version)
            case Undone():
                version = event.version or self.graph.version
                self._answer(self._outbox.undone(event), version, event)
            case Rejected():
                self._outbox.refused(event)
            case Gap():
                await self._resend_unanswered(self._outbox.unanswered(event.expected))
            case Failed() if event.event in _NUMBERED:
                if event.code.startswith("socket.bad") or event.code == "socket.unknown_event":
                    raise StudioError(event.code, event.message, event.hint)
                # Something was away for a moment; nothing tells when it is back.
                asyncio.get_running_loop().call_later(RETRY_DELAY, self._resend.set)
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
            self._streams.publish(event)

    async def _load_sync(self, event: FullSync | CatchUp) -> None:
        if isinstance(event, CatchUp):
            for stored in event.transactions or ():
                if stored.client_id == self._client_id:
                    self._answer(self._outbox.stored(stored.seq), stored.version)
            await self._check_complete(self._replica.catch_up(event))
        else:
            await self._check_complete(self._replica.full_sync(event))
        if not self._joining:
            # The answers may have been among what a slow reader is not told: repeats are harmless.
            await self._resend_unanswered(self._outbox.unanswered())
        self._joining = False
        if self._replica.complete and not self._ready.done():
            self._ready.set_result(None)

    async def _check_complete(self, current: bool) -> None:
        if not current and not self._replica.sync_requested:
            self._replica.sync_requested = True
            await self._connection.send(self._replica.sync_request)
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
            redo = isinstance(entry.command, Redo)
            entry.answer.set_result(Undone(seq=entry.seq, undo_of=0, redo=redo, version=version))
        else:
            entry.answer.set_result(version if value is None else value)


def _no_answer(what: str, timeout: float) -> Unreachable:
    return Unreachable(
        "client.timeout",
        f"{what} within {timeout:g} s.",
        "What was sent may still take place. Is the studio running, and very busy?",
        504,
    )
