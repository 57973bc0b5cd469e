"""uvicorn's WebSocket with one more way out: a frame that is ready as it is, written at once.

What many are told is one frame, made once. The ordinary way makes it anew for each, and wakes a
task of each to send it; fifty people who see each other move pay that two thousand times a second.
"""

from __future__ import annotations

import struct

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Opcode
from websockets.http11 import Request

WRITE = "director.write"


class DirectSocket(WebSocketsSansIOProtocol):
    """Offers `write_now` in the scope's extensions, under `WRITE`."""

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
