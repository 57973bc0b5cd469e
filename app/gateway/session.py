"""One open socket: reads commands, sends what waits, and joins, leaves and catches up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
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
from .rates import Allowance
from .syncs import catch_up

if TYPE_CHECKING:
    from .connections import Connections

log = get_logger(__name__)

HEARTBEAT = 20.0
SLOWEST = 30.0
BAD_FRAMES = 200
CROWD = 50
LONGEST_REASON = 120

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Handle = Callable[["Session", Inbound], Awaitable[None] | None]


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
        self.greeted = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.sending_since: float | None = None
        self._writing: asyncio.Task[None] | None = None
        self._held: list[tuple[Frame, int]] | None = None
        self._syncing = asyncio.Lock()
        self._closing: tuple[int, str] | None = None
        self._allowance = Allowance()
        self._share = connections.share_of(actor.user_id)
        self._bad_frames = 0

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
            if (delay := self._allowance.spend(len(frame))) > 0:
                await asyncio.sleep(delay)
            await self._share.use(self._handle, frame, handle)

    async def _handle(self, frame: str | bytes, handle: Handle) -> None:
        event = request_id = ""
        try:
            command = decode(frame)
            event, request_id = name_of(command), getattr(command, "request_id", "")
            result = handle(self, command)
            if result is not None:
                await result
        except BadFrame as error:
            # A newer client may well say what is not known here, as often as it likes.
            self._bad_frames += error.code != "socket.unknown_event"
            if self._bad_frames > BAD_FRAMES:
                self.dismiss(
                    4400, outbound.Bye(reason="Too many frames that are no events.", retry_in=60)
                )
            self.say_error(error, error.event)
        except Exception as error:  # noqa: BLE001 - told, and logged where it is a fault of ours
            self.say_error(error, event, request_id or None)

    def say_error(self, error: Exception, event: str = "", request_id: str | None = None) -> None:
        """Tell the client that a command failed; what is our fault is logged whole."""
        known = as_director_error(error)
        self.say(
            outbound.Failed(
                code=known.code,
                message=known.message,
                hint=known.hint,
                event=event,
                request_id=request_id,
            )
        )

    def say(self, event: Outbound) -> None:
        """Tell this client alone."""
        self.outbox.put(Frame.of(event), answer=True)

    def deliver(self, frame: Frame, version: int) -> None:
        """Transactions up to a version were stored."""
        if self._held is not None:
            self._held.append((frame, version))
        elif self._went_at_once(frame):
            self.outbox.sent_version = max(self.outbox.sent_version, version)
        else:
            self.outbox.put(frame, version=version)

    def tell(self, frame: Frame) -> None:
        """Something that everybody hears."""
        if not self._went_at_once(frame):
            self.outbox.put(frame)

    def _went_at_once(self, frame: Frame) -> bool:
        """Write past the queue, where that overtakes nothing: no task has to be woken for it."""
        if (
            self._write_now is None
            or self._closing is not None
            or self.sending_since is not None
            or not self.outbox.empty
        ):
            return False
        return self._write_now(frame.wire_deflated if self.compressed else frame.wire_text)

    def dismiss(self, code: int, bye: outbound.Bye) -> None:
        """Say why, and close."""
        if self._closing is None:
            self._closing = (code, close_reason(bye.reason))
            self.outbox.put(Frame.of(bye), answer=True)
            self.outbox.wake()

    def give_up_if_stuck(self, now: float) -> None:
        """End a connection whose client has read nothing for too long; what is its own is kept."""
        if self.sending_since is not None and now - self.sending_since > SLOWEST and self._writing:
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
            # What it does not know of its own work, it is told when it comes back.
            self._send_back(_too_slow())
            return
        room = self.room
        if room is None or room.failure is not None:
            return
        try:
            await self._sync(room, self.outbox.sent_version, room.epoch)
            # What tasks do was dropped as well: it is told as to somebody who joins.
            await self.connections.joined(self)
        except Exception as error:  # noqa: BLE001 - it comes back and asks for everything
            self._send_back(error)

    def _send_back(self, error: Exception) -> None:
        """What it waits for cannot be said to the end: a new connection begins anew."""
        known = as_director_error(error)
        # What is damaged will be so in a second, too.
        wait = 30 if known.status == 500 else round(random.uniform(0.2, 1.5), 2)
        self.dismiss(4503, outbound.Bye(reason=str(known), retry_in=wait))

    # ------------------------------------------------------------------ joining a graph

    async def join(self, hello: inbound.Hello) -> None:
        """Enter a graph: be welcomed, get what was missed, and from then on every change."""
        client_id = collaboration.client_of(self.actor.user_id, hello.client_id or self.id)
        try:
            room = await self._open(hello)
            if hello.client_id:
                await room.load_client(client_id, hello.next_seq)
            async with self._syncing:
                self._enter(room, client_id)
                frames = await self._frames_since(room, hello.since, hello.epoch)
                await room.when_stored(frames[-1][1] if frames else room.graph.version)
                self.say(await self._welcome(room, hello.next_seq))
                self._release(frames)
            await self.connections.joined(self)
        except Exception as error:
            if as_director_error(error).status != 404:
                self._send_back(error)
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
        self._held = []
        self.connections.enter(self, room.id)

    async def sync(self, since: int | None, epoch: int | None) -> None:
        """Say what was missed, or the whole graph."""
        if self.room is None:
            raise RuntimeError("A session that has not joined has nothing to be synced with.")
        try:
            await self._sync(self.room, since, epoch)
        except Exception as error:
            self._send_back(error)
            raise

    async def _sync(self, room: Room, since: int | None, epoch: int | None) -> None:
        # One at a time: an older graph must not be sent after what came since a newer one.
        async with self._syncing:
            self._held = []
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
                return [(catch_up(room, since, delta), delta.version)]
        return await self.connections.syncs.whole(room, exact=not self.greeted)

    def _release(self, frames: list[tuple[Frame, int]]) -> None:
        """Send these, then what came meanwhile; a client passes over what it has already."""
        held, self._held = self._held or [], None
        for frame, version in (*frames, *held):
            self.outbox.put(frame, version=version)

    async def _welcome(self, room: Room, first: int) -> outbound.Welcome:
        settled = room.last_seq(self.client_id)
        found = await room.answers_since(self.client_id, first)
        # An older connection of this client may have brought something that is not stored yet. It
        # counts as never come: sent again it is known for a repeat, made again it would be two.
        unsure = [seq for seq, a in found.items() if isinstance(a, int) and a > room.stored]
        settled = min([settled, *(seq - 1 for seq in unsure)])
        answers = {seq: answer for seq, answer in found.items() if seq <= settled}
        me = self.presence.joined(
            self.project_id, self.id, self.actor, str(room.id), self.client_id
        )
        people = self.presence.people(self.project_id)
        if len(people) > CROWD:
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
            settled=settled,
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
    return text.encode("utf-8", "replace")[:LONGEST_REASON].decode("utf-8", "ignore")


def rejected(seq: int, rejection: Rejection) -> outbound.Rejected:
    """A refusal as it is told."""
    return outbound.Rejected(
        seq=seq,
        reason=rejection.reason,
        message=rejection.message,
        hint=rejection.hint,
        id=rejection.id,
        operation=rejection.operation,
    )
