"""Git programs that talk to a client: streamed in and out, within limits of time and memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO

from .program import TIMEOUT, environment, failure, missing, no_git, no_repository

if sys.platform == "linux":
    import resource

CHUNK = 64 * 1024
MEMORY = 1 << 30
"""Bytes of address space of a git process; what it maps of a pack counts too."""
MEMORY_OF_PACKS = 2 << 30
CPU_SECONDS = 600
COMPLAINT = 16 * 1024

# What a client sends decides how much work this is: it is bounded, also for a hostile pack.
_BOUNDS = {
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "pack.deltaCacheSize": "64m",
    "core.bigFileThreshold": "4m",
    "core.deltaBaseCacheLimit": "64m",
    "core.packedGitWindowSize": "32m",
    "core.packedGitLimit": "512m",
}


class Running:
    """A git process that was started: `stdin` when it was asked for, and `stdout`."""

    def __init__(
        self, folder: Path, process: subprocess.Popen[bytes], stdout: asyncio.StreamReader
    ) -> None:
        self.stdout = stdout
        self.stdin: asyncio.StreamWriter | None = None
        self._folder, self._process = folder, process
        self.complaint: asyncio.Task[bytes] | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """What it prints, as it comes."""
        while chunk := await self.stdout.read(CHUNK):
            yield chunk

    async def end(self, allow: tuple[int, ...] = (0,)) -> int:
        """Wait for its end; its status. Raises `vcs.…` for one that is not allowed."""
        status, complaint = await self.outcome()
        if status not in allow:
            raise failure(self._folder, complaint)
        return status

    async def outcome(self) -> tuple[int, str]:
        """Wait for its end; its status, and the end of what it complained of."""
        status = await asyncio.to_thread(self._process.wait)
        complaint = await self.complaint if self.complaint is not None else b""
        return status, complaint.decode("utf-8", "replace")


@asynccontextmanager
async def running(
    folder: Path,
    *arguments: str,
    request: IO[bytes] | None = None,
    fed: bool = False,
    extra: Mapping[str, str] | None = None,
    config: Mapping[str, str | tuple[str, ...]] | None = None,
    seconds: float = TIMEOUT,
    memory: int = MEMORY,
) -> AsyncIterator[Running]:
    """Run git on a repository; killed when the block is left before its end, or takes too long.

    It reads an open file (`request`), what the caller writes to `stdin` (`fed`), or nothing.
    """
    if not (folder / ".git").is_dir() or (folder / ".git").is_symlink():
        raise no_repository()
    variables = environment({**_BOUNDS, **(config or {})})
    variables |= {"GIT_DIR": str(folder / ".git"), "GIT_WORK_TREE": str(folder), **(extra or {})}
    if fed:
        source: int | IO[bytes] = subprocess.PIPE
    else:
        source = subprocess.DEVNULL if request is None else request
    try:
        process = await asyncio.to_thread(_start, arguments, folder, variables, source, memory)
    except FileNotFoundError as error:
        raise (no_git() if missing() else no_repository()) from error
    started: Running | None = None
    transports: list[asyncio.BaseTransport] = []
    try:
        async with asyncio.timeout(seconds):
            started = await _connect(folder, process, transports)
            yield started
    finally:
        if process.poll() is None:
            process.kill()
        await asyncio.shield(asyncio.to_thread(process.wait))
        for transport in transports:
            transport.close()
        if started is not None and started.complaint is not None:
            started.complaint.cancel()
            with suppress(asyncio.CancelledError):
                await started.complaint


def _start(
    arguments: tuple[str, ...],
    folder: Path,
    variables: Mapping[str, str],
    source: int | IO[bytes],
    memory: int,
) -> subprocess.Popen[bytes]:
    # In a thread: a loop that starts a process itself copies its page tables.
    process = subprocess.Popen(
        ("git", *arguments), cwd=folder, env=variables, stdin=source,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    if sys.platform == "linux":
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (memory, memory))
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    return process


async def _connect(
    folder: Path, process: subprocess.Popen[bytes], transports: list[asyncio.BaseTransport]
) -> Running:
    loop = asyncio.get_running_loop()

    async def read(pipe: IO[bytes] | None) -> asyncio.StreamReader:
        assert pipe is not None
        reader = asyncio.StreamReader(limit=4 * CHUNK)
        made = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        transports.append(made[0])
        return reader

    started = Running(folder, process, await read(process.stdout))
    complaint = await read(process.stderr)
    started.complaint = asyncio.create_task(_last(complaint))
    if process.stdin is not None:
        transport, flow = await loop.connect_write_pipe(
            asyncio.streams.FlowControlMixin, process.stdin
        )
        transports.append(transport)
        started.stdin = asyncio.StreamWriter(transport, flow, None, loop)
    return started


async def _last(reader: asyncio.StreamReader) -> bytes:
    kept = b""
    while chunk := await reader.read(CHUNK):
        kept = (kept + chunk)[-COMPLAINT:]
    return kept
