"""Keeps the studio's processes alive: starts them in order, starts again what died, stops all."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .child import Child, ChildProcess, describe_end

log = get_logger(__name__)

T = TypeVar("T")

# Seconds before a new start. The first number is for a process that had worked well; each further
# one for one more death in a row soon after the start. After the last one we give up.
BACK_OFF = (0.0, 1.0, 2.0, 5.0, 10.0)
STEADY = 10.0
# Between two starts of a child that keeps dying, when the studio can do without it.
MAX_BACK_OFF = 60.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


Kind = Literal["started", "died", "failed", "gave_up", "stopped"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a child, with a sentence for people."""

    child: str
    kind: Kind
    sentence: str
    pid: int | None = None


class Supervisor:
    """Children in stages: started stage by stage, kept alive, stopped in the reverse order.

        async with Supervisor() as supervisor:
            await supervisor.start(postgres.child(), valkey.child())
            await supervisor.start(api)
            await supervisor.start(*workers)
            await supervisor.wait()

    While it is open SIGTERM, SIGINT and SIGHUP end `wait()` and `guard()`; a second one kills the
    children at once. Use it on the main thread: the kernel ends the children with that thread.
    """

    def __init__(
        self,
        *,
        on_event: Callable[[Event], None] | None = None,
        back_off: Sequence[float] = BACK_OFF,
        steady: float = STEADY,
    ) -> None:
        self._on_event = on_event
        self._back_off = tuple(back_off)
        self._steady = steady
        self._stages: list[list[ChildProcess]] = []
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._asked = asyncio.Event()
        self._handled_signals: list[signal.Signals] = []
        self._signal: signal.Signals | None = None
        self._failure: DirectorError | None = None

    async def __aenter__(self) -> Supervisor:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            # `nohup` ignores SIGHUP so that the studio outlives its terminal. SIGINT is ignored for
            # each background job of a script, and is still how the studio is asked to stop.
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue
            # Outside of the main thread nobody can listen to signals; the caller stops us then.
            with contextlib.suppress(RuntimeError, ValueError):
                loop.add_signal_handler(number, self._receive, number)
                self._handled_signals.append(number)
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.stop()
        finally:
            loop = asyncio.get_running_loop()
            while self._handled_signals:
                loop.remove_signal_handler(self._handled_signals.pop())

    @property
    def pids(self) -> dict[str, int | None]:
        """The process id of each child by its name; None while it is down."""
        return {process.child.name: process.pid for stage in self._stages for process in stage}

    async def start(self, *children: Child) -> None:
        """Start these together and wait until all are ready; from then on keep them alive.

        Raises the first one's error when one does not come up: the first start is not repeated.
        """
        taken = {child.name for child in children} & self.pids.keys()
        if taken or len({child.name for child in children}) != len(children):
            raise ValueError(f"Two children of one name: {', '.join(sorted(taken))}.")
        stage = [ChildProcess(child) for child in children]
        self._stages.append(stage)
        results = await asyncio.gather(*(p.start() for p in stage), return_exceptions=True)
        for process, result in zip(stage, results, strict=True):
            if result is None:
                self._report(process, "started", f"{process.child.name} is ready.")
                self._keepers[process.child.name] = asyncio.create_task(self._keep(process))
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def wait(self) -> signal.Signals | None:
        """Wait for a signal or for `ask_to_stop`. Raises when an essential child is given up."""
        await self._asked.wait()
        if self._failure is not None:
            raise self._failure
        return self._signal

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Do this work while the children are kept alive.

        Raises `studio.interrupted` when a signal came first, or the error of an essential child
        that was given up; the work is cancelled then.
        """
        task = asyncio.ensure_future(work)
        end = asyncio.create_task(self.wait())
        try:
            await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            received = end.result()
            raise DirectorError(
                "studio.interrupted",
                "The work was stopped"
                + (f" by signal {received.name.removeprefix('SIG')}." if received else "."),
                hint="Start it again: what was made is kept.",
                status=503,
                fields={"exit_status": 128 + (received or signal.SIGTERM)},
            )
        finally:
            for unfinished in (task, end):
                unfinished.cancel()
            await asyncio.gather(task, end, return_exceptions=True)

    def ask_to_stop(self) -> None:
        """Let `wait()` and `guard()` end."""
        self._asked.set()

    async def stop(self) -> None:
        """Stop all children, the last stage first; each has its own time to end in good order."""
        self._asked.set()
        for stage in reversed(self._stages):
            await asyncio.gather(*(self._stop(process) for process in stage))
        self._stages.clear()

    async def retire(self, name: str) -> None:
        """Ask a child to end once it is free (SIGUSR1), wait for that, and start it no more.

        `stop` ends it at once while it takes its time. Harmless for a name that is none.
        """
        for stage in self._stages:
            for process in stage:
                if process.child.name == name:
                    await self._retire(stage, process)
                    return

    async def _retire(self, stage: list[ChildProcess], process: ChildProcess) -> None:
        keeper = self._keepers.pop(process.child.name, None)
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        if process.process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.process.send_signal(signal.SIGUSR1)
            await process.wait()
            process.sweep()
        if process in stage:
            stage.remove(process)
        self._report(process, "stopped", f"{process.child.name} was not needed any more.")

    async def _stop(self, process: ChildProcess) -> None:
        keeper = self._keepers.pop(process.child.name, None)
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        was_running = process.pid is not None
        await process.stop()
        if was_running:
            self._report(process, "stopped", f"{process.child.name} has stopped.")

    def _receive(self, number: signal.Signals) -> None:
        if self._signal is None:
            log.info("The studio stops.", signal=number.name)
        else:
            for stage in self._stages:
                for process in stage:
                    process.kill_now()
        self._signal = number
        self._asked.set()

    async def _keep(self, process: ChildProcess) -> None:
        name, essential = process.child.name, process.child.essential
        quick_deaths, since = 0, time.monotonic()
        failure: DirectorError | None = None
        while True:
            if failure is None:
                code = await process.wait()
                process.sweep()
                failure = process.failure()
                steady = time.monotonic() - since >= self._steady
                quick_deaths = 0 if steady else quick_deaths + 1
                kind, what = "died", f"{name} ended {describe_end(code)}"
            else:
                quick_deaths += 1
                kind, what = "failed", f"{name} did not start again ({failure.message})"
            exhausted = quick_deaths >= len(self._back_off)
            if exhausted and essential:
                self._give_up(process, failure, quick_deaths)
                return
            delay = MAX_BACK_OFF if exhausted else self._back_off[quick_deaths]
            when = "at once" if delay == 0 else f"in {delay:g} s"
            self._report(process, kind, f"{what}; it starts again {when}.")
            await asyncio.sleep(delay)
            try:
                await process.start()
            except DirectorError as error:
                failure = error
                continue
            failure, since = None, time.monotonic()
            self._report(process, "started", f"{name} is ready again.")

    def _give_up(self, process: ChildProcess, failure: DirectorError, deaths: int) -> None:
        name = process.child.name
        sentence = f"{name} was started {deaths} times in a row and ended each time."
        self._report(process, "gave_up", f"{sentence} {failure.message}")
        self._failure = DirectorError(
            failure.code,
            f"{sentence} {failure.message}",
            hint=failure.hint,
            status=503,
            fields=failure.fields,
        )
        self._asked.set()

    def _report(self, process: ChildProcess, kind: Kind, sentence: str) -> None:
        name, pid = process.child.name, process.pid
        write = log.info if kind in ("started", "stopped") else log.warning
        write(sentence, child=name, pid=pid)
        if self._on_event is not None:
            self._on_event(Event(child=name, kind=kind, sentence=sentence, pid=pid))
