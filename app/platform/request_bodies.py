"""The bodies of requests: as they come, however large; or whole, within what all of them may hold.

A body that is read whole must arrive at a least rate, and all of those that are held at once share
`IN_FLIGHT` bytes. One that is taken as it comes must not stand still for `STALL` seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException
from litestar.types import ASGIApp, Empty, HTTPReceiveMessage, Receive, Scope, Send

from node_registry import DirectorError

from .broken_off import BrokenOff
from .work_pools import busy

AUTH_BODY = 64 * 1024
"""Bytes of a body where strangers may ask: a log-in, a registration, a link."""

IN_FLIGHT = 128 * 1024 * 1024
"""Bytes of all bodies that are held in memory at once."""

GRACE = 20.0
"""Seconds that any body may take."""

LEAST_RATE = 8 * 1024
"""Bytes a second that a body must bring after its grace."""

STALL = 60.0
"""Seconds after which a connection that brings no more of its body counts as broken."""

_BUFFERED = "director_body_bytes"


async def body_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The bytes of a body, one part after the other. Raises `BrokenOff` when the client goes."""
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except InternalServerException as error:
        # This is how Litestar says that the client went away.
        raise BrokenOff from error


class _Buffered:
    """How many bytes of bodies this process holds; the API is one process."""

    total = 0


class BoundedRequest(Request[Any, Any, Any]):
    """A request whose body, where it is read whole, has a deadline and a share of the memory."""

    async def body(self) -> bytes:
        """The whole body. Raises `request.too_slow` (408) and `server.busy` (429)."""
        if self._body is Empty and self._connection_state.body is Empty:
            self._connection_state.body = await self._read()
        return await super().body()

    async def _read(self) -> bytes:
        began = time.monotonic()
        chunks: list[bytes] = []
        received = 0
        stream = aiter(self.stream())
        while True:
            deadline = began + GRACE + received / LEAST_RATE
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    chunk = await anext(stream, None)
            except TimeoutError as error:
                raise _too_slow() from error
            if chunk is None:
                return b"".join(chunks)
            received += len(chunk)
            self._hold(len(chunk))
            chunks.append(chunk)

    def _hold(self, size: int) -> None:
        if _Buffered.total + size > IN_FLIGHT:
            raise busy()
        _Buffered.total += size
        self.scope[_BUFFERED] = self.scope.get(_BUFFERED, 0) + size  # type: ignore[typeddict-unknown-key]


class BodyGuard:
    """Gives back what a request held when it is answered, and ends bodies that stand still."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        whole = False

        async def receive_in_time() -> Any:
            nonlocal whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout(STALL):
                    message: HTTPReceiveMessage = await receive()  # type: ignore[assignment]
            except TimeoutError:
                whole = True
                return {"type": "http.disconnect"}
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        try:
            await self.app(scope, receive_in_time, send)
        finally:
            _Buffered.total -= scope.get(_BUFFERED, 0)  # type: ignore[operator]


def declared_size(request: Request[Any, Any, Any]) -> int | None:
    """How many bytes a request says that it brings; None when it does not."""
    told = request.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 18 else None


def _too_slow() -> DirectorError:
    return DirectorError(
        "request.too_slow",
        "The request did not arrive in time.",
        hint="Send it again over a better connection.",
        status=408,
    )
