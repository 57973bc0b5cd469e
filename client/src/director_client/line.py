"""The line to a studio: one WebSocket after the other, until it is closed or nobody may use it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .errors import StudioError, Unreachable
from .events import LARGEST, Bye, Connected, Disconnected, Event, Failed, Welcome, decode
from .studio import NOBODY, Studio, is_here

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# A connection that held so long was a good one: the next loss begins with a short delay again.
GOOD_AFTER = 10.0
JOIN_WITHIN = 30.0
# After so many heartbeats without a sound the line counts as dead.
SILENT_BEATS = 2.5

_FINAL = {
    4400: ("socket.bad_frames", "The studio could make nothing of what was sent."),
    4403: ("project.forbidden", "You have no right to open this project."),
    4404: ("project.not_found", "There is no such project."),
}
_AGAIN = {
    4401: "the log-in was not accepted",
    4408: "this program read too slowly",
    4429: "too much was sent at once",
    4503: "the studio is going down",
}

Hear = Callable[[Event], Awaitable[None]]


class Line:
    """Keeps a connection to one project. `hello` is asked at each new one; `hear` gets events."""

    def __init__(
        self, studio: Studio, project_id: str, hello: Callable[[], dict[str, Any]], hear: Hear
    ) -> None:
        self._studio = studio
        self._project_id = project_id
        self._hello = hello
        self._hear = hear
        self._socket: ClientConnection | None = None
        self._heartbeat = 20.0
        self._joined_once = False
        self._said = ""
        self._retry_in: float | None = None

    async def keep(self) -> NoReturn:
        """Join, hear, and join again after a loss. Returns never; raises what cannot be mended.

        The first connection is not tried again when nobody answers: the address may be wrong.
        """
        loop = asyncio.get_running_loop()
        losses = 0
        while True:
            began = loop.time()
            self._said, self._retry_in = "", None
            try:
                await self._converse()
            except Unreachable as error:
                if error.code == NOBODY and not self._joined_once:
                    raise
                reason = error.message
            except ConnectionClosed as closed:
                reason = self._reason(closed)
            except TimeoutError:
                reason = "the studio fell silent"
            losses = 1 if loop.time() - began > GOOD_AFTER else losses + 1
            delay = self._delay(losses)
            await self._hear(Disconnected(reason=reason, retry_in=round(delay, 2)))
            await asyncio.sleep(delay)

    async def send(self, event: str, payload: dict[str, Any]) -> None:
        """Send an event, if this client has joined; what has to arrive is sent again by itself."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(_frame(event, payload))

    async def _converse(self) -> NoReturn:
        """One connection from its opening to its end, which is always an exception."""
        socket = await self._dial()
        try:
            await self._join(socket)
            await self._follow(socket)
        except msgspec.DecodeError as error:
            raise StudioError(
                "socket.strange_frame",
                f"{self._studio.url} sent something that is no event: {error}.",
                "Is this the address of a studio?",
            ) from error
        finally:
            self._socket = None
            await socket.close()

    async def _dial(self) -> ClientConnection:
        # A ticket is good for one connection, so no token ever stands in an address.
        ticket = await self._studio.ticket(self._project_id)
        query = urlencode({"ticket": ticket, "compression": "deflate"})
        url = f"{self._studio.url.replace('http', 'ws', 1)}/ws/{self._project_id}"
        try:
            return await connect(
                f"{url}?{query}",
                compression=None,
                max_size=LARGEST,
                open_timeout=10,
                close_timeout=2,
                ping_interval=None,
                proxy=None if is_here(url) else True,
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
        await socket.send(_frame("client:hello", self._hello()))
        async with asyncio.timeout(JOIN_WITHIN):
            while not isinstance(event := decode(await socket.recv()), Welcome):
                await self._told(event)
        self._heartbeat = max(1.0, event.heartbeat)
        # From now on whatever is sent goes here: before, nobody knew what is to be sent again.
        self._socket = socket
        again, self._joined_once = self._joined_once, True
        await self._told(event)
        await self._hear(Connected(again=again))

    async def _follow(self, socket: ClientConnection) -> NoReturn:
        beating = asyncio.create_task(self._beat())
        try:
            while True:
                async with asyncio.timeout(SILENT_BEATS * self._heartbeat):
                    frame = await socket.recv()
                await self._told(decode(frame))
        finally:
            beating.cancel()
            # Not awaited itself: its cancellation could not be told from that of the whole line.
            await asyncio.wait([beating])

    async def _told(self, event: Event) -> None:
        if isinstance(event, Bye):
            self._said, self._retry_in = event.reason, event.retry_in
        elif isinstance(event, Failed):
            self._said = event.message
        await self._hear(event)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await self.send("client:ping", {"t": asyncio.get_running_loop().time()})

    def _reason(self, closed: ConnectionClosed) -> str:
        """Why a connection ended. Raises what no new connection would change."""
        code = closed.rcvd.code if closed.rcvd else 1006
        told = self._said or (closed.rcvd.reason if closed.rcvd else "")
        if code in _FINAL:
            name, message = _FINAL[code]
            raise StudioError(name, message, told, code - 4000) from closed
        return told or _AGAIN.get(code, "the connection broke")

    def _delay(self, losses: int) -> float:
        # Spread, so that not everybody comes back in the same moment.
        if self._retry_in is not None:
            return min(LONGEST_DELAY, self._retry_in) * random.uniform(1, 1.5)
        longest = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (losses - 1))
        return longest * random.uniform(0.5, 1)


def _frame(event: str, payload: dict[str, Any]) -> str:
    return msgspec.json.encode({"event": event, "payload": payload}).decode()


def _unreachable(url: str, why: str) -> Unreachable:
    return Unreachable(
        NOBODY,
        f"No WebSocket could be opened at {url} ({why}).",
        "Is the studio running, and is the address right?",
        503,
    )
