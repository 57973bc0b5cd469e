"""Frames below all events: pings and fragments cost their sender the connection, and nobody else.

They never reach a session, so its allowance cannot slow them down.
"""

from __future__ import annotations

import asyncio
import gc
import time

import pytest
import websockets
from websockets.frames import Frame, Opcode

from app.gateway.transport import DirectSocket
from tests.gateway.sockets import Peer, peer

PINGS = 200_000


def server_side(client: websockets.ClientConnection) -> DirectSocket:
    address = client.local_address
    return next(
        found
        for found in gc.get_objects()
        if type(found) is DirectSocket and found.client == tuple(address)
    )


async def flood(eve: Peer, frame: bytes, count: int, bystander: Peer) -> float:
    """Send so many frames without reading; the longest that somebody else waits meanwhile."""
    eve.socket.transport.pause_reading()
    longest = 0.0
    eve.socket.transport.write(frame * count)
    for number in range(40):
        begun = time.monotonic()
        await bystander.say("client:ping", t=number)
        await bystander.next("server:pong", within=60)
        longest = max(longest, time.monotonic() - begun)
        await asyncio.sleep(0.02)
    return longest


@pytest.mark.parametrize(
    "frame",
    [
        Frame(Opcode.PING, b"x" * 125).serialize(mask=True),
        Frame(Opcode.PONG, b"").serialize(mask=True),
        Frame(Opcode.CONT, b"", fin=False).serialize(mask=True),
    ],
    ids=["pings", "pongs", "fragments"],
)
async def test_a_flood_of_control_frames_fills_no_memory(host, project, token, frame) -> None:
    async with peer(host, project, token) as eve, peer(host, project, token) as bystander:
        await eve.join()
        await bystander.join()
        server = server_side(eve.socket)
        eve.socket.transport.write(Frame(Opcode.TEXT, b"{", fin=False).serialize(mask=True))
        longest = await flood(eve, frame, PINGS, bystander)
        waiting = server.transport.get_write_buffer_size()
        assert waiting < 1_000_000, (
            f"{waiting} bytes of answers wait for somebody who does not read"
        )
        assert len(server.frames) < 10_000, f"{len(server.frames)} pieces of one message are kept"
        assert longest < 1.5
        eve.socket.transport.resume_reading()
        assert await eve.closed(20) in (4429, 1006)
