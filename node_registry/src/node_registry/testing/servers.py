"""Fake servers: what a backend of a remote server speaks with while `BackendSuite` tries it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum

from ..backends import BackendSpec

FAILURE = "The tensors have different sizes: 64 and 32."
"""What a job of `Scenario.FAILS` fails with, among whatever else such a server says."""

FAILURE_PATH = "/srv/models/private/attention.py"
"""A path of the server's machine, which it tells beside `FAILURE`. People must not read it."""

SLOW_SECONDS = 0.4
"""The pause before each thing that a server of `Scenario.SLOW` says."""

HUGE_BYTES = 96 << 20
"""The size of the result of `Scenario.HUGE_RESULT`, in bytes."""


class Scenario(Enum):
    """How a fake server treats the jobs that are submitted to it."""

    SUCCEEDS = (
        "It begins at once, tells its progress in two phases, each from 0, and gives a result."
    )
    WAITS = "It waits in the server's queue until `proceed`, then goes as in SUCCEEDS."
    RUNS = "It begins, and tells no progress beyond its middle until `proceed`; then it ends."
    FAILS = "It begins, and fails with `FAILURE` and `FAILURE_PATH` in its text."
    RUNS_OUT_OF_MEMORY = "It begins, and fails as this server does when memory is short."
    SLOW = "As SUCCEEDS, with `SLOW_SECONDS` before everything that the server says."
    SILENT = "It is accepted, and the server never says anything of it again."
    LOSES_REPLY = (
        "It is accepted and goes as in SUCCEEDS, but the answer to the submission is lost."
    )
    NO_RESULT = "It succeeds, and has no result."
    WRONG_RESULT = "It succeeds, and its result is a line of text in place of what was promised."
    HUGE_RESULT = (
        "It succeeds with a sound result, followed by so many zeros that it has `HUGE_BYTES`."
    )


class FakeServer(ABC):
    """A server that a suite drives: it speaks the real protocol, on a real socket.

    Subclass it for the protocol of your server, and yield one from the fixture `server` of your
    suite. `spec` is the backend's, with this server's address in its settings, and with time
    limits of a second or two in place of a minute. `has_previews` is false for a protocol in which
    a job never shows a picture; else its jobs show one while they run.
    """

    has_previews: bool = True

    @property
    @abstractmethod
    def spec(self) -> BackendSpec:
        """The spec of the backend under test, connected to this server."""

    @abstractmethod
    def play(self, scenario: Scenario) -> None:
        """Treat the jobs that are submitted from now on like this."""

    @abstractmethod
    async def proceed(self) -> None:
        """Let the jobs of `WAITS` and `RUNS` go on to their end."""

    @abstractmethod
    async def disconnect(self) -> None:
        """Break every connection. The server answers new ones, and its jobs go on."""

    @abstractmethod
    async def kill(self) -> None:
        """End the server: connections break, its jobs are lost, and nobody answers."""

    @abstractmethod
    async def restart(self) -> None:
        """Start it again after `kill`, at the same address, with no jobs and no memory of any."""

    @abstractmethod
    def submissions(self) -> int:
        """How many jobs were accepted since this fake was made, over all its restarts."""

    @abstractmethod
    def waiting(self) -> int:
        """How many jobs wait in the queue now."""

    @abstractmethod
    def running(self) -> int:
        """How many jobs run now."""
