"""What runs a step of a function: a container, or a process; the backend knows neither."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from .functions import Declared
from .jobs import JobFolder
from .manifest import Cancel


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one job may take: bytes, cores, processes."""

    memory: int
    disk: int
    shared_memory: int
    cpus: float
    processes: int


class Mount(msgspec.Struct, frozen=True):
    """A folder of this machine as the function sees it."""

    source: Path
    target: str
    writable: bool = False


class StepRun(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a job, complete. `gpu` is the UUID of its card, or empty."""

    task_id: str
    declared: Declared
    job: JobFolder
    command: list[str]
    mounts: list[Mount]
    limits: Limits
    environment: Mapping[str, str]
    gpu: str = ""


class Ended(msgspec.Struct, frozen=True):
    """How a run ended: its exit code, and whether its memory (not the card's) was short."""

    code: int
    out_of_memory: bool = False


class Runtime(Protocol):
    """Starts, follows and ends runs. A run is known by a text that outlives this process."""

    name: str

    async def open(self) -> None:
        """Connect. Raises `BackendError` when it cannot be used."""
        ...

    async def close(self) -> None:
        """Give back what `open` took; runs go on."""
        ...

    async def prepare(self, declared: Declared) -> None:
        """See that the function's environment is there. Raises `function.not_built`."""
        ...

    def places(self, declared: Declared, job: JobFolder) -> dict[str, str]:
        """What `job.in`, `job.out` and `source` are called where the function runs."""
        ...

    async def start(self, run: StepRun) -> str:
        """Start a run; what it is known by. An older run of the same task is removed."""
        ...

    async def exists(self, run: str) -> bool:
        """Whether a run is there, running or ended, on this machine."""
        ...

    def follow(self, run: str) -> AsyncGenerator[bytes, None]:
        """All that it writes, from its begin until it ends."""
        ...

    async def wait(self, run: str) -> Ended:
        """Wait for its end. Raises `function.lost` when it is not there any more."""
        ...

    async def stop(self, run: str, cancel: Cancel | None) -> None:
        """End it, and everything that it has started: first kindly, then by force."""
        ...

    async def remove(self, run: str) -> None:
        """Remove what is left of it. Nothing happens when nothing is."""
        ...

    async def sweep(self, root: Path, seconds: float) -> int:
        """Remove runs and folders of jobs that nobody has followed for so long; how many."""
        ...
