"""One child process: how it is started, when it is ready, how it ends with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from node_registry import DirectorError

from .standby import START

MAX_LOG_BYTES = 16 * 1024 * 1024
POLL = 0.01


@dataclass(frozen=True, kw_only=True)
class Child:
    """What a child process needs. Times are in seconds.

    `prepare` runs before each start (clean up after a crash); `ready` says whether the process
    does its work now, and is asked again until it says yes. `env` is the whole environment, None
    the parent's. `stop_signal` asks it to end in good order, `death_signal` is sent by the kernel
    when the parent dies. `explain` turns the last lines of its log into an error that helps.
    `essential` means that the studio cannot go on without it. With `start_signal` it is started at
    once and loads its code, and is sent the start signal on its standard input when that event is
    set: `ready` and its time-out begin only then.
    """

    name: str
    argv: Sequence[str]
    log_path: Path
    ready: Callable[[], Awaitable[bool]]
    env: Mapping[str, str] | None = None
    prepare: Callable[[], Awaitable[None]] | None = None
    ready_timeout: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    death_signal: signal.Signals = signal.SIGKILL
    explain: Callable[[str], DirectorError | None] | None = None
    essential: bool = True
    start_signal: asyncio.Event | None = None


@dataclass
class ChildProcess:
    """A child that runs, or ran. Start it on the loop's main thread: it dies with that thread."""

    child: Child
    process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)
    _swept: bool = field(default=True, init=False)

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        running = self.process is not None and self.process.returncode is None
        return self.process.pid if running and self.process else None

    async def start(self) -> None:
        """Start it and wait until it is ready. Raises `process.…` errors and leaves nothing."""
        child = self.child
        if child.prepare is not None:
            await child.prepare()
        self.process = await self._launch()
        self._swept = False
        try:
            if child.start_signal is not None:
                await self._send_start_signal(child.start_signal)
            async with asyncio.timeout(child.ready_timeout):
                await self._wait_ready()
        except TimeoutError as error:
            await self.stop()
            raise DirectorError(
                "process.not_ready",
                f"{child.name} did not become ready within {child.ready_timeout:.0f} s. "
                f"{self._log_end()}",
                hint=f"Read logs/{child.log_path.name} in the data folder.",
                status=503,
            ) from error
        except BaseException:
            # In good order also here: a database that is cut short has to recover next time.
            await self.stop()
            raise

    async def _launch(self) -> asyncio.subprocess.Process:
        child = self.child
        with _open_log(child.log_path) as log:
            self._log_start = log.seek(0, os.SEEK_END)
            try:
                return await asyncio.create_subprocess_exec(
                    *bound_to_parent(child.argv, child.death_signal),
                    stdin=asyncio.subprocess.PIPE
                    if child.start_signal
                    else asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=None if child.env is None else dict(child.env),
                    # A session of its own: Ctrl-C reaches the supervisor alone, which then stops
                    # its children in order; and what the child leaves behind can be swept.
                    start_new_session=True,
                )
            except OSError as error:
                raise DirectorError(
                    "process.not_started",
                    f"{child.name} could not be started: {error.strerror}.",
                    hint="Run `director doctor`.",
                    status=503,
                ) from error

    async def _send_start_signal(self, start_signal: asyncio.Event) -> None:
        """Send the child the start signal when the event is set; its own end may come first."""
        assert self.process is not None
        assert self.process.stdin is not None
        end = asyncio.ensure_future(self.process.wait())
        started = asyncio.ensure_future(start_signal.wait())
        try:
            await asyncio.wait({end, started}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for unfinished in (end, started):
                unfinished.cancel()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.process.stdin.write(START)
            await self.process.stdin.drain()
        self.process.stdin.close()

    async def _wait_ready(self) -> None:
        assert self.process is not None
        while not await self.child.ready():
            if self.process.returncode is not None:
                raise self.failure()
            await asyncio.sleep(POLL)
        # A predecessor may have answered for it: a process that is gone is not ready.
        if self.process.returncode is not None:
            raise self.failure()

    def failure(self) -> DirectorError:
        """Why it ended, in a sentence."""
        child, process = self.child, self.process
        lines = self.log_tail()
        explained = child.explain(lines) if child.explain else None
        if explained is not None:
            return explained
        code = process.returncode if process else None
        return DirectorError(
            "process.ended",
            f"{child.name} ended {describe_end(code)}. {self._log_end()}",
            hint=f"Read logs/{child.log_path.name} in the data folder.",
            status=503,
        )

    def log_tail(self, size: int = 4000) -> str:
        """The last part of what this process wrote to its log."""
        try:
            with self.child.log_path.open("rb") as log:
                end = log.seek(0, os.SEEK_END)
                start = max(min(self._log_start, end), end - size)
                log.seek(start)
                if start > self._log_start:
                    # Somewhere in a line, of which the rest would say nothing.
                    log.readline()
                return log.read().decode(errors="replace").strip()
        except OSError:
            return ""

    def _log_end(self) -> str:
        lines = self.log_tail().splitlines()[-5:]
        return "Its log ends: " + " | ".join(lines) if lines else "It wrote no log."

    async def wait(self) -> int:
        """Wait for its end: the exit status, or the negative number of a signal."""
        assert self.process is not None
        return await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end, then make it end. Harmless when it is gone already."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.child.stop_signal)
        try:
            async with asyncio.timeout(self.child.stop_timeout):
                await self.process.wait()
        except TimeoutError:
            await self.kill()
        self.sweep()

    async def kill(self) -> None:
        """End it at once, with all that it started in its group."""
        if self.process is None:
            return
        self.kill_now()
        await self.process.wait()

    def kill_now(self) -> None:
        """End it at once, without waiting for its end."""
        if self.pid is None:
            return
        self.sweep()
        with contextlib.suppress(ProcessLookupError):
            assert self.process is not None
            self.process.kill()

    def sweep(self) -> None:
        """End what it left behind in its group."""
        if self.process is None or self._swept:
            return
        # The group keeps its number while a member lives. Once that is past, the number may be a
        # stranger's: after the child's end this is done once, at once, and never again.
        self._swept = self.process.returncode is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def describe_end(code: int | None) -> str:
    """An exit status in words: `with status 1`, `by signal KILL`."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"by signal {signal.Signals(-code).name.removeprefix('SIG')}"
        return f"by signal {-code}"
    return f"with status {code}"


def bound_to_parent(argv: Sequence[str], death_signal: signal.Signals) -> list[str]:
    """The command line under which the kernel ends the process together with its parent.

    Linux only; elsewhere the next start finds what was left and ends it.
    """
    program = _setpriv()
    if program is None:
        return list(argv)
    name = death_signal.name.removeprefix("SIG")
    return [program, "--pdeathsig", name, "--", *argv]


@cache
def _setpriv() -> str | None:
    # Not every setpriv can do it (busybox): what stands in its way is seen here, not at a start.
    program = shutil.which("setpriv") if sys.platform == "linux" else None
    if program is None:
        return None
    try:
        known = Path(program).resolve().name != "busybox"
    except OSError:
        return None
    return program if known else None


def _open_log(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > MAX_LOG_BYTES:
                path.replace(path.with_suffix(path.suffix + ".1"))
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as error:
        raise DirectorError(
            "process.no_log",
            f"The log {path.name} in the data folder cannot be written: {error.strerror}.",
            hint="Set DIRECTOR_HOME to a folder that you own, on a disk with room.",
            status=503,
        ) from error
