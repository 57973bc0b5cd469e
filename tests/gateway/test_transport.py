"""Frames that are written as they are: byte for byte what the library would have written."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from app.gateway.transport import binary_frame, text_frame
from app.platform.ids import new_key
from tests.gateway.sockets import peer


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 300_000])
def test_a_frame_is_what_the_library_writes(size: int) -> None:
    payload = b"x" * size
    assert text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert binary_frame(payload) == Frame(Opcode.BINARY, payload).serialize(mask=False)


async def test_ways_out_do_not_overtake_each_other(host, project, token) -> None:
    """Who reads in fits and starts gets answers and changes in the order they were made."""
    async with peer(host, project, token) as ina:
        await ina.join()
        node = await studio_shot(ina)
        for start in range(2, 302, 50):
            ina.socket.transport.pause_reading()
            for seq in range(start, start + 50):
                values = {"text.prompt": "x" * 3000 + str(seq)}
                await ina.say(
                    "client:ops", seq=seq, ops=[{"op": "node.set", "id": node, "values": values}]
                )
                await ina.say("client:ping", t=seq)
            ina.socket.transport.resume_reading()
        versions: list[int] = []
        while not versions or versions[-1] < 301:
            event = await ina.next("server:ops", within=60)
            versions += [transaction["version"] for transaction in event["transactions"]]
        assert versions == list(range(2, 302))
        pongs = [payload["t"] for name, payload in ina.heard if name == "server:pong"]
        assert pongs == sorted(pongs)


async def studio_shot(ina) -> str:
    node = new_key()
    op = {"op": "node.add", "id": node, "type": "film.shot", "data": {"code": "010"}}
    await ina.say("client:ops", seq=1, ops=[op])
    await ina.next("server:ops")
    return node
