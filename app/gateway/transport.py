"""uvicorn's WebSocket with one more way out: a frame that is ready as it is, written at once.

What many are sent is one frame, encoded once. The ordinary way encodes it anew for each, and wakes
a task of each to send it; fifty people who see each other move pay that two thousand times a
second.

What stands below all events, pings and pieces of messages, never reaches a session: how much of it
one client may send is seen to here.
"""

from __future__ import annotations

import struct
import time
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

from .connection_limits import LIMITS

WRITE = "director.write"

# A browser sends none of these by itself but the answer to a ping, three times a minute.
BURST = 1000.0
PER_SECOND = 100.0
TOO_MANY = 4429


class DirectSocket(WebSocketsSansIOProtocol):
    """Offers `write_now` in the scope's extensions, under `WRITE`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._left = BURST
        self._at = time.monotonic()

    def connection_lost(self, exc: Exception | None) -> None:
        # It was counted when it began as HTTP.
        LIMITS.release(self.transport)
        super().connection_lost(exc)

    def handle_ping(self) -> None:
        if self._may_go_on():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._may_go_on():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if self._may_go_on():
            super().handle_cont(event)

    def _may_go_on(self) -> bool:
        """Whether the client may send one more of these; who floods is closed at once."""
        if self.close_sent:
            return False
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND) - 1
        self._at = now
        if self._left >= 0:
            return True
        self.frames = []
        self.conn.data_to_send()
        reason = "Too many control frames."
        self.conn.send_close(TOO_MANY, reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": TOO_MANY, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        return False

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][WRITE] = self.write_now  # type: ignore[index]

    def write_now(self, wire: bytes) -> bool:
        """Write a whole frame of the WebSocket protocol; False when the client is behind or gone.

        What was given to `send` before and is still waiting there would be overtaken: whoever
        writes here sees to it that nothing is.
        """
        ready = self.handshake_complete and self.writable.is_set()
        if not ready or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(wire)
        return True


def text_frame(payload: bytes) -> bytes:
    """A text message as the server writes it: one frame, unmasked (RFC 6455, 5.2)."""
    return _frame(Opcode.TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    """A binary message as the server writes it."""
    return _frame(Opcode.BINARY, payload)


def _frame(opcode: Opcode, payload: bytes) -> bytes:
    final, size = 0x80 | opcode, len(payload)
    if size < 126:
        head = struct.pack("!BB", final, size)
    elif size < 65536:
        head = struct.pack("!BBH", final, 126, size)
    else:
        head = struct.pack("!BBQ", final, 127, size)
    return head + payload
