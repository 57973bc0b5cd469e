"""The floor: asyncio and `websockets` give what they get to everybody, in frames of 33 ms.

No order beyond that of arrival, no state, no rights, no disk: what a server in Python cannot beat.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

TICK = 0.033


async def main(port: int) -> None:
    people: set[ServerConnection] = set()
    waiting: list[bytes] = []
    news = asyncio.Event()

    async def meet(person: ServerConnection) -> None:
        async for message in person:
            if message == '["hello"]':
                await person.send("[]")
                people.add(person)
                continue
            waiting.append(message if isinstance(message, bytes) else message.encode())
            news.set()
        people.discard(person)

    async with serve(meet, "127.0.0.1", port, compression=None):
        while True:
            await news.wait()
            news.clear()
            frame = b"[" + b",".join(waiting) + b"]"
            waiting.clear()
            broadcast(people, frame.decode())
            await asyncio.sleep(TICK)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
