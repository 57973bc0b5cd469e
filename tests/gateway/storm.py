"""The attack as a process of its own, as it would be on somebody else's machine.

    PYTHONPATH=tests python -m gateway.storm < orders.json

Writes how far it is as JSON, a line each tenth of a second, and at last what came of it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from .attacks import Attack, Target

STEP = 0.1
# The attacker's machine is not the studio's: here, where it is, it comes last.
POLITE = 10


class Orders(msgspec.Struct, kw_only=True):
    """Who sends how many frames over how many sockets each."""

    target: Target
    seed: int
    count: int
    sockets: dict[str, int]
    # All at once, and only then a look at the answers.
    flood: bool = False


class Progress(msgspec.Struct, kw_only=True):
    """How far it is; the last one has all that came of it."""

    done: int
    kinds: dict[str, int] = {}
    answers: dict[str, int] = {}
    shed: dict[int, int] = {}
    unanswered: list[str] = []
    unnumbered: int = 0
    over: bool = False


async def begin(orders: Orders) -> AsyncIterator[Progress]:
    """Let the process loose and follow it to its end. Raises what it said when it failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.storm",
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, limit=2**24,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        process.stdin.write(msgspec.json.encode(orders))
        process.stdin.close()
        async for line in process.stdout:
            yield msgspec.json.decode(line, type=Progress)
        said = (await process.stderr.read()).decode()
        assert await process.wait() == 0, said[-4000:]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(orders: Orders) -> None:
    attack = Attack(orders.target)

    async def report() -> None:
        while True:
            say(Progress(done=attack.done))
            await asyncio.sleep(STEP)

    reporting = asyncio.create_task(report())
    senders = [who for who, count in orders.sockets.items() for _ in range(count)]
    send = attack.flood if orders.flood else attack.send
    async with asyncio.TaskGroup() as group:
        for number, who in enumerate(senders):
            group.create_task(send(who, orders.seed + number, orders.count // len(senders)))
    reporting.cancel()
    say(
        Progress(
            done=attack.done, kinds=attack.kinds, answers=attack.answers, shed=attack.shed,
            unanswered=attack.unanswered, unnumbered=attack.unnumbered, over=True,
        )
    )  # fmt: skip


def say(progress: Progress) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(progress) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os.nice(POLITE)
    asyncio.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)))
