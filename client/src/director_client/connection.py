"""The connection to a studio: one WebSocket after the other, until it cannot be made again."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import NoReturn
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .errors import StudioError, Unreachable
from .events import MAX_FRAME, Bye, Connected, Disconnected, Event, Failed, Welcome, decode
from .studio import UNREACHABLE, Studio, is_loopback
from .wire.client_events import CLIENT_EVENTS, Command, Hello, Ping

FIRST_RETRY_DELAY = 0.5
MAX_RETRY_DELAY = 30.0
# A connection that held so long was a good one: the next loss begins with a short delay again.
STABLE_AFTER = 10.0
JOIN_TIMEOUT = 30.0
# After so many heartbeats without a frame the connection counts as dead.
MISSED_HEARTBEATS = 2.5

_PERMANENT = {
    4400: ("socket.bad_frames", "The studio could make nothing of what was sent."),
    4403: ("project.forbidden", "You have no right to open this project."),
    4404: ("project.not_found", "There is no such project."),
}
_TEMPORARY = {
    4401: "the log-in was not accepted",
    4408: "this program read too slowly",
    4429: "too much was sent at once",
    4503: "the studio is going down",
}

EventHandler = Callable[[Event], Awaitable[None]]


class Connection:
    """Keeps a connection to one project. `hello` is asked at each new one; `on_event` gets events.

    Without any connection for `give_up_after` seconds it is lost for good.
    """

    def __init__(
        self,
        studio: Studio,
        project_id: str,
        hello: Callable[[], Hello],
        on_event: EventHandler,
        give_up_after: float,
    ) -> None:
        self._studio = studio
        self._project_id = project_id
        self._hello = hello
        self._on_event = on_event
        self._give_up_after = give_up_after
        self._last_joined = 0.0
        self._socket: ClientConnection | None = None
        self._heartbeat = 20.0
        self._joined_before = False
        self._socket_joined = False
        self._close_reason = ""
        self._retry_in: float | None = None

    async def run(self) -> NoReturn:
        """Join, read, and join again after a loss. Returns never; raises what cannot be mended.

        The first connection is not tried again when nobody answers: the address may be wrong.
        Raises `studio.lost` when it could not be made again for too long.
        """
        loop = asyncio.get_running_loop()
        losses = 0
        self._last_joined = loop.time()
        while True:
            started = loop.time()
            self._close_reason, self._retry_in, self._socket_joined = "", None, False
            try:
                await self._run_once()
            except Unreachable as error:
                if error.code == UNREACHABLE and not self._joined_before:
                    raise
                reason = error.message
            except ConnectionClosed as closed:
                reason = self._reason(closed)
            except TimeoutError:
                reason = "the studio fell silent"
            losses = 1 if loop.time() - started > STABLE_AFTER else losses + 1
            if self._socket_joined:
                self._last_joined = loop.time()
            delay = self._delay(losses)
            if loop.time() + delay - self._last_joined > self._give_up_after:
                raise Unreachable(
                    "studio.lost",
                    f"There was no connection to {self._studio.url} for "
                    f"{loop.time() - self._last_joined:.0f} s: {reason}.",
                    "Is the studio running? Join again when it is.",
                    503,
                )
            await self._on_event(Disconnected(reason=reason, retry_in=round(delay, 2)))
            await asyncio.sleep(delay)

    async def send(self, command: Command) -> None:
        """Send a command, if this client has joined; what has to arrive is sent again by itself."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(_frame(command))

    async def _run_once(self) -> NoReturn:
        """One connection from its opening to its end, which is always an exception."""
        socket = await self._open()
        try:
            await self._join(socket)
            await self._read(socket)
        except msgspec.DecodeError as error:
            raise StudioError(
                "socket.strange_frame",
                f"{self._studio.url} sent something that is no event: {error}.",
                "Is this the address of a studio?",
            ) from error
        finally:
            self._socket = None
            await socket.close()

    async def _open(self) -> ClientConnection:
        # A ticket is good for one connection, so no token ever stands in an address.
        ticket = await self._studio.ticket(self._project_id)
        query = urlencode({"ticket": ticket, "compression": "deflate"})
        url = f"{self._studio.url.replace('http', 'ws', 1)}/ws/{self._project_id}"
        try:
            return await connect(
                f"{url}?{query}",
                compression=None,
                max_size=MAX_FRAME,
                open_timeout=10,
                close_timeout=2,
                ping_interval=None,
                proxy=None if is_loopback(url) else True,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            if status in (401, 403, 404):
                raise StudioError(
                    "socket.refused",
                    f"{url} refused the connection ({status}).",
                    "Do you belong to this project, and does a proxy on the way stop WebSockets?",
                    status,
                ) from error
            raise _unreachable(url, f"status {status}") from error
        except (OSError, InvalidHandshake, ConnectionClosed) as error:
            raise _unreachable(url, type(error).__name__) from error

    async def _join(self, socket: ClientConnection) -> None:
        await socket.send(_frame(self._hello()))
        async with asyncio.timeout(JOIN_TIMEOUT):
            while not isinstance(event := decode(await socket.recv()), Welcome):
                await self._on_frame(event)
        self._heartbeat = max(1.0, event.heartbeat)
        # From now on whatever is sent goes here: before, nobody knew what is to be sent again.
        self._socket = socket
        reconnected, self._joined_before, self._socket_joined = self._joined_before, True, True
        await self._on_frame(event)
        await self._on_event(Connected(reconnected=reconnected))

    async def _read(self, socket: ClientConnection) -> NoReturn:
        heartbeat = asyncio.create_task(self._send_heartbeats())
        try:
            while True:
                async with asyncio.timeout(MISSED_HEARTBEATS * self._heartbeat):
                    frame = await socket.recv()
                await self._on_frame(decode(frame))
        finally:
            heartbeat.cancel()
            # Not awaited itself: its cancellation could not be told from that of the connection.
            await asyncio.wait([heartbeat])

    async def _on_frame(self, event: Event) -> None:
        if isinstance(event, Bye):
            self._close_reason, self._retry_in = event.reason, event.retry_in
        elif isinstance(event, Failed):
            self._close_reason = event.message
        await self._on_event(event)

    async def _send_heartbeats(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await self.send(Ping(t=asyncio.get_running_loop().time()))

    def _reason(self, closed: ConnectionClosed) -> str:
        """Why a connection ended. Raises what no new connection would change."""
        code = closed.rcvd.code if closed.rcvd else 1006
        reason = self._close_reason or (closed.rcvd.reason if closed.rcvd else "")
        if code in _PERMANENT:
            name, message = _PERMANENT[code]
            raise StudioError(name, message, reason, code - 4000) from closed
        return reason or _TEMPORARY.get(code, "the connection broke")

    def _delay(self, losses: int) -> float:
        # Spread, so that not everybody comes back in the same moment.
        if self._retry_in is not None:
            return min(MAX_RETRY_DELAY, self._retry_in) * random.uniform(1, 1.5)
        longest = min(MAX_RETRY_DELAY, FIRST_RETRY_DELAY * 2 ** (losses - 1))
        return longest * random.uniform(0.5, 1)


def _frame(command: Command) -> str:
    event = CLIENT_EVENTS[type(command)]
    return msgspec.json.encode({"event": event, "payload": command}).decode()


def _unreachable(url: str, why: str) -> Unreachable:
    return Unreachable(
        UNREACHABLE,
        f"No WebSocket could be opened at {url} ({why}).",
        "Is the studio running, and is the address right?",
        503,
    )
