"""One open socket: reads commands, sends what waits, and joins, leaves and catches up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol
from uuid import UUID

from litestar.exceptions import WebSocketDisconnect

from app import collaboration
from app.accounts import Actor
from app.collaboration import Room
from app.graph import Rejection
from app.platform.background import end_task
from app.platform.ids import new_key, parse_id
from app.platform.telemetry import get_logger
from app.projects import Right
from node_registry import DirectorError

from .errors import as_director_error
from .outbox import Frame, Outbox
from .presence import Presence
from .protocol import BadFrame, Inbound, Outbound, decode, inbound, name_of, outbound
from .rate_limit import FrameBudget, TimeBudget
from .refusals import note_refusal
from .snapshots import Snapshots, catch_up_frame

log = get_logger(__name__)

HEARTBEAT = 20.0
MAX_STALL = 30.0
MAX_BAD_FRAMES = 200
MAX_WELCOME_PEOPLE = 50
MAX_REASON_BYTES = 120

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Handle = Callable[["Session", Inbound], Awaitable[None] | None]


class Connections(Protocol):
    """What a session needs of the connections that it is one of."""

    snapshots: Snapshots

    def time_budget_of(self, user_id: UUID) -> TimeBudget: ...

    def enter(self, session: Session, graph_id: UUID) -> None: ...

    async def joined(self, session: Session) -> None: ...

    def leave(self, session: Session) -> None: ...


class Session:
    """One connection of one person. It is in one graph of one project, once it has joined."""

    def __init__(
        self,
        connections: Connections,
        presence: Presence,
        actor: Actor,
        project_id: UUID,
        rights: frozenset[Right],
        *,
        compressed: bool,
        write_now: Callable[[bytes], bool] | None = None,
    ) -> None:
        self.id = new_key()
        self.actor = actor
        self.project_id = project_id
        self.rights = rights
        self.connections = connections
        self.presence = presence
        self.compressed = compressed
        self._write_now = write_now
        self.outbox = Outbox()
        self.room: Room | None = None
        self.client_id = ""
        # Who has not said hello may know no other event than the whole graph.
        self.said_hello = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.sending_since: float | None = None
        self._writing: asyncio.Task[None] | None = None
        self._waiting_frames: list[tuple[Frame, int]] | None = None
        self._syncing = asyncio.Lock()
        self._closing: tuple[int, str] | None = None
        self._frame_budget = FrameBudget()
        self._time_budget = connections.time_budget_of(actor.user_id)
        self._bad_frames = 0
        # Whether its person did something since the log-in was last seen to be used.
        self.used = False

    # ------------------------------------------------------------------ the connection

    async def serve(self, receive: Receive, send: Send, handle: Handle) -> None:
        """Read and write until either side ends the connection."""
        self._writing = writing = asyncio.create_task(self._write(send))
        reading = asyncio.create_task(self._read(receive, handle))
        try:
            await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            try:
                # What was begun is ended first: a join that goes on would enter once more.
                for task in (reading, writing):
                    await end_task(task)
                for task in list(self.tasks):
                    await end_task(task)
            finally:
                self.connections.leave(self)
                self._leave_room()

    async def _read(self, receive: Receive, handle: Handle) -> None:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return
            frame = message.get("text") or message.get("bytes") or b""
            # A flood is read no faster than this: it fills its sender's buffers, and no other's.
            if (delay := self._frame_budget.spend(len(frame))) > 0:
                await asyncio.sleep(delay)
            await self._time_budget.run(self._handle, frame, handle)

    async def _handle(self, frame: str | bytes, handle: Handle) -> None:
        command: Inbound | None = None
        try:
            command = decode(frame)
            # A ping comes from a page that nobody looks at, too.
            self.used = self.used or not isinstance(command, inbound.Ping)
            result = handle(self, command)
            if result is not None:
                await result
        except BadFrame as error:
            # A newer client may well say what is not known here, as often as it likes.
            self._bad_frames += error.code != "socket.unknown_event"
            if self._bad_frames > MAX_BAD_FRAMES:
                self.disconnect(
                    4400, outbound.Bye(reason="Too many frames that are no events.", retry_in=60)
                )
            self.send_error(error, error.event, seq=error.seq)
        except Exception as error:  # noqa: BLE001 - sent, and logged where it is a fault of ours
            event = name_of(command) if command is not None else ""
            self.send_error(
                error,
                event,
                request_id=getattr(command, "request_id", None),
                seq=getattr(command, "seq", None),
            )

    def send_error(
        self,
        error: Exception,
        event: str = "",
        *,
        request_id: str | None = None,
        seq: int | None = None,
    ) -> None:
        """Send the client what failed; a fault of ours is logged whole."""
        known = as_director_error(error)
        note_refusal(known, self.actor.user_id, command=event[:100], project=str(self.project_id))
        self.send(
            outbound.Failed(
                code=known.code,
                message=known.message,
                hint=known.hint,
                event=event,
                request_id=request_id,
                seq=seq,
            )
        )

    def send(self, event: Outbound) -> None:
        """Send to this client alone."""
        self.outbox.put(Frame.of(event), answer=True)

    def deliver(self, frame: Frame, version: int) -> None:
        """Transactions up to a version were stored."""
        if self._waiting_frames is not None:
            self._waiting_frames.append((frame, version))
        elif self._write_directly(frame):
            self.outbox.sent_version = max(self.outbox.sent_version, version)
        else:
            self.outbox.put(frame, version=version)

    def send_frame(self, frame: Frame) -> None:
        """Send something that everybody is sent."""
        if not self._write_directly(frame):
            self.outbox.put(frame)

    def _write_directly(self, frame: Frame) -> bool:
        """Write past the queue, where that overtakes nothing: no task has to be woken for it."""
        if (
            self._write_now is None
            or self._closing is not None
            or self.sending_since is not None
            or not self.outbox.empty
        ):
            return False
        return self._write_now(frame.wire_deflated if self.compressed else frame.wire_text)

    def disconnect(self, code: int, bye: outbound.Bye) -> None:
        """Say why, and close."""
        if self._closing is None:
            self._closing = (code, close_reason(bye.reason))
            self.outbox.put(Frame.of(bye), answer=True)
            self.outbox.wake()

    def concerned_by(self, changed: Collection[str]) -> bool:
        """Whether rights of `user:…` or in `project:…` are this session's."""
        return f"user:{self.actor.user_id}" in changed or f"project:{self.project_id}" in changed

    def close_if_stalled(self, now: float) -> None:
        """End a connection whose client has read nothing for too long; what is its own is kept."""
        if (
            self.sending_since is not None
            and now - self.sending_since > MAX_STALL
            and self._writing
        ):
            log.info("socket.too_slow", session=self.id, user=str(self.actor.user_id))
            self._closing = (4408, "Nothing was read for 30 s.")
            self._writing.cancel()

    async def _write(self, send: Send) -> None:
        try:
            await self._write_on(send)
        except (OSError, WebSocketDisconnect):
            # The client has gone while something was on its way: that is no fault.
            log.debug("socket.gone", session=self.id)

    async def _write_on(self, send: Send) -> None:
        while True:
            await self.outbox.wait()
            while (frame := self.outbox.take()) is not None:
                await self._send(send, frame)
            if self._closing is not None:
                code, reason = self._closing
                await send({"type": "websocket.close", "code": code, "reason": reason})
                return
            if self.outbox.overflowed:
                await self._recover(send)
            elif self.outbox.lost_presence:
                self.outbox.lost_presence = False
                self.presence.missed(self.id)

    async def _send(self, send: Send, frame: Frame) -> None:
        if self.compressed and (deflated := frame.deflated) is not None:
            message: dict[str, Any] = {"type": "websocket.send", "bytes": deflated}
        else:
            message = {"type": "websocket.send", "text": frame.text}
        self.sending_since = asyncio.get_running_loop().time()
        await send(message)
        self.sending_since = None

    async def _recover(self, send: Send) -> None:
        """The client reads again after it was too slow: say what it missed, at once."""
        self.outbox.overflowed = False
        if self.outbox.lost_answers:
            # What it does not know of its own work, the next welcome says.
            self._ask_to_reconnect(_too_slow())
            return
        room = self.room
        if room is None or room.failure is not None:
            return
        try:
            await self._sync(room, self.outbox.sent_version, room.epoch)
            # What tasks do was dropped as well: it is sent as to somebody who joins.
            await self.connections.joined(self)
        except Exception as error:  # noqa: BLE001 - it comes back and asks for everything
            self._ask_to_reconnect(error)

    def _ask_to_reconnect(self, error: Exception) -> None:
        """What it waits for cannot be said to the end: a new connection begins anew."""
        known = as_director_error(error)
        # What is damaged will be so in a second, too.
        wait = 30 if known.status == 500 else round(random.uniform(0.2, 1.5), 2)
        self.disconnect(4503, outbound.Bye(reason=str(known), retry_in=wait))

    # ------------------------------------------------------------------ joining a graph

    async def join(self, hello: inbound.Hello) -> None:
        """Enter a graph: be welcomed, get what was missed, and from then on every change."""
        client_id = collaboration.client_id_of(self.actor.user_id, hello.client_id or self.id)
        try:
            room = await self._open(hello)
            if hello.client_id:
                await room.clients.load(client_id, hello.next_seq)
            async with self._syncing:
                self._enter(room, client_id)
                frames = await self._frames_since(room, hello.since, hello.epoch)
                await room.when_stored(frames[-1][1] if frames else room.graph.version)
                self.send(await self._welcome(room, hello.next_seq))
                self._release(frames)
            await self.connections.joined(self)
        except Exception as error:
            if as_director_error(error).status != 404:
                self._ask_to_reconnect(error)
            raise

    async def _open(self, hello: inbound.Hello) -> Room:
        if hello.graph_id is None:
            # Whose rights these are was seen to when the connection was opened.
            graph_id = await collaboration.main_graph_of(self.project_id)
        else:
            # Asked before it is opened: another project's graph is not even looked at.
            graph_id = parse_id(hello.graph_id, "graph")
            await collaboration.check_graph(self.actor, self.project_id, graph_id)
        return await collaboration.room_of(graph_id, hello.epoch)

    def _enter(self, room: Room, client_id: str) -> None:
        if room.failure is not None:
            raise room.failure
        self._leave_room()
        self.room, self.client_id = room, client_id
        room.refcount += 1
        self.outbox.sent_version = 0
        self._waiting_frames = []
        self.connections.enter(self, room.id)

    async def sync(self, since: int | None, epoch: int | None) -> None:
        """Say what was missed, or the whole graph."""
        if self.room is None:
            raise RuntimeError("A session that has not joined has nothing to be synced with.")
        try:
            await self._sync(self.room, since, epoch)
        except Exception as error:
            self._ask_to_reconnect(error)
            raise

    async def _sync(self, room: Room, since: int | None, epoch: int | None) -> None:
        # One at a time: an older graph must not be sent after what came since a newer one.
        async with self._syncing:
            self._waiting_frames = []
            frames = await self._frames_since(room, since, epoch)
            if frames:
                await room.when_stored(frames[-1][1])
            self._release(frames)

    async def _frames_since(
        self, room: Room, since: int | None, epoch: int | None
    ) -> list[tuple[Frame, int]]:
        if since is not None and epoch is not None and await room.epoch_fits(since, epoch):
            delta = room.delta_since(since)
            if delta is not None:
                return [(catch_up_frame(room, since, delta), delta.version)]
        return await self.connections.snapshots.frames(room, exact=not self.said_hello)

    def _release(self, frames: list[tuple[Frame, int]]) -> None:
        """Send these, then what came meanwhile; a client passes over what it has already."""
        waiting, self._waiting_frames = self._waiting_frames or [], None
        for frame, version in (*frames, *waiting):
            self.outbox.put(frame, version=version)

    async def _welcome(self, room: Room, first: int) -> outbound.Welcome:
        last_seq = room.clients.last_seq(self.client_id)
        found = await room.clients.answers_since(self.client_id, first)
        # An older connection of this client may have brought something that is not stored yet. It
        # counts as never come: sent again it is known for a repeat, made again it would be two.
        unsure = [seq for seq, a in found.items() if isinstance(a, int) and a > room.stored]
        last_seq = min([last_seq, *(seq - 1 for seq in unsure)])
        answers = {seq: answer for seq, answer in found.items() if seq <= last_seq}
        me = self.presence.joined(
            self.project_id, self.id, self.actor, str(room.id), self.client_id
        )
        people = self.presence.people(self.project_id)
        if len(people) > MAX_WELCOME_PEOPLE:
            # A welcome is for one: as long as the crowd it would be made for each of the crowd.
            self.presence.missed(self.id)
            people = ()
        return outbound.Welcome(
            session_id=self.id,
            client_id=self.client_id,
            user_id=str(self.actor.user_id),
            name=self.actor.name,
            colour=me.colour,
            graph_id=str(room.id),
            version=room.stored,
            epoch=room.epoch,
            rights=tuple(sorted(right.value for right in self.rights)),
            settled=last_seq,
            accepted={str(seq): a for seq, a in answers.items() if isinstance(a, int)},
            refused=tuple(
                rejected(seq, answer)
                for seq, answer in answers.items()
                if isinstance(answer, Rejection)
            ),
            heartbeat=HEARTBEAT,
            people=people,
        )

    def _leave_room(self) -> None:
        if self.room is not None:
            self.room.refcount -= 1
            self.presence.left(self.id)
        self.room = None


def _too_slow() -> DirectorError:
    return DirectorError(
        "socket.too_slow", "Too many answers waited to be read.", hint="Read on.", status=503
    )


def close_reason(text: str) -> str:
    """As much of a sentence as a closing frame can hold."""
    return text.encode("utf-8", "replace")[:MAX_REASON_BYTES].decode("utf-8", "ignore")


def rejected(seq: int, rejection: Rejection) -> outbound.Rejected:
    """A refusal as it is sent."""
    return outbound.Rejected(
        seq=seq,
        reason=rejection.reason,
        message=rejection.message,
        hint=rejection.hint,
        id=rejection.id,
        operation=rejection.operation,
    )
