"""A farm's server, as its protocol goes: a line of JSON asks, lines of JSON answer."""

import asyncio
import base64
import json
import struct
import zlib

from director_farm import Settings, farm_spec
from node_registry.testing import (
    FAILURE,
    FAILURE_PATH,
    HUGE_BYTES,
    SLOW_SECONDS,
    FakeServer,
    Scenario,
)

STEPS = 3
PREVIEW = base64.b64encode(b"\xff\xd8\xff\xe0 a very small picture \xff\xd9").decode()


def png(seed):
    """A picture of one pixel."""

    def chunk(kind, data):
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(bytes((0, seed % 256)))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    )


class Job:
    """One job: what became of it, and what it goes like."""

    def __init__(self, scenario, words, held):
        self.scenario = scenario
        self.words = words
        self.held = held
        self.state = "waiting" if scenario is Scenario.WAITS else "running"


class FakeFarm(FakeServer):
    """`async with FakeFarm() as server` starts it on a port of its own."""

    def __init__(self):
        self._jobs = {}
        self._submitted = 0
        self._scenario = Scenario.SUCCEEDS
        self._proceed = asyncio.Event()
        self._connections = {}
        self._port = 0
        self._server = None

    async def __aenter__(self):
        await self.restart()
        return self

    async def __aexit__(self, *_):
        await self.kill()

    @property
    def spec(self):
        return farm_spec(Settings(servers=f"left=127.0.0.1:{self._port}", silence=2.0))

    def play(self, scenario):
        self._scenario = scenario
        self._proceed = asyncio.Event()

    async def proceed(self):
        self._proceed.set()

    async def disconnect(self):
        # Each connection is answered by a task of its own.
        answering = list(self._connections.items())
        for task, writer in answering:
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*(task for task, _ in answering), return_exceptions=True)

    async def kill(self):
        if self._server is not None:
            self._server.close()
            await self.disconnect()
            await self._server.wait_closed()
        self._server = None
        self._jobs.clear()

    async def restart(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def submissions(self):
        return self._submitted

    def waiting(self):
        return sum(job.state == "waiting" for job in self._jobs.values())

    def running(self):
        return sum(job.state == "running" for job in self._jobs.values())

    async def _serve(self, reader, writer):
        self._connections[asyncio.current_task()] = writer
        try:
            asked = json.loads(await reader.readline())
            answer = getattr(self, f"_{asked['do']}")
            await answer(asked, writer)
            await writer.drain()
        except (OSError, ValueError, asyncio.CancelledError):
            return  # Whoever asked is gone, or this server is.
        finally:
            del self._connections[asyncio.current_task()]
            writer.close()

    async def _say(self, writer, job=None, **fields):
        if job is not None and job.scenario is Scenario.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(json.dumps(fields).encode() + b"\n")
        await writer.drain()

    async def _submit(self, asked, writer):
        job = Job(self._scenario, asked["words"], self._proceed)
        self._jobs[asked["id"]] = job
        self._submitted += 1
        if job.scenario is Scenario.LOSES_REPLY:
            writer.transport.abort()
            return
        await self._say(writer, job, ok=True)

    async def _cancel(self, asked, writer):
        self._jobs.pop(asked["id"], None)
        await self._say(writer, ok=True)

    async def _follow(self, asked, writer):
        job = self._jobs.get(asked["id"])
        if job is None:
            await self._say(writer, state="unknown")
            return
        if job.scenario is Scenario.SILENT:
            await job.held.wait()
        if job.state == "waiting":
            await self._say(writer, job, state="waiting")
            await job.held.wait()
            job.state = "running"
        for phase in range(2):
            for step in range(STEPS):
                if job.state != "running":
                    break
                await self._say(
                    writer, job, state="running", phase=phase, phases=2, step=step, steps=STEPS,
                    preview=PREVIEW if step == 1 else "",
                )  # fmt: skip
            if job.scenario is Scenario.RUNS:
                await job.held.wait()
        await self._end(job, writer)

    async def _end(self, job, writer):
        if job.scenario is Scenario.FAILS:
            job.state = "failed"
            error = f"File {FAILURE_PATH}, line 7: {FAILURE}"
            await self._say(writer, state="failed", error=error)
        elif job.scenario is Scenario.RUNS_OUT_OF_MEMORY:
            job.state = "failed"
            error = "Tried to allocate 4.00 GiB; 1.20 GiB is free."
            await self._say(writer, state="failed", error=error, kind="memory")
        else:
            job.state = "done"
            await self._say(writer, job, state="done")

    async def _fetch(self, asked, writer):
        job = self._jobs[asked["id"]]
        if job.scenario is Scenario.NO_RESULT:
            await self._say(writer, error="There is no result.")
            return
        if job.scenario is Scenario.WRONG_RESULT:
            result, size = b"Internal Server Error", len(b"Internal Server Error")
        else:
            result = png(len(job.words))
            size = HUGE_BYTES if job.scenario is Scenario.HUGE_RESULT else len(result)
        await self._say(writer, job, bytes=size)
        writer.write(result)
        size -= len(result)
        while size:
            piece = min(size, 1 << 16)
            writer.write(bytes(piece))
            await writer.drain()
            size -= piece
