"""Backends: what runs a node on a worker, and what it is given to do so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from .media import Media

Tier = Literal["low", "standard", "high"]


class RenderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The film's format: pixels, frames a second (`"24"` or `"24000/1001"`), Hz of sound."""

    width: int = 1920
    height: int = 1080
    rate: str = "24"
    sample_rate: int = 48000


class Slate(msgspec.Struct, frozen=True, kw_only=True):
    """What the board in the corner says: which film, `SCENE_01` and `SHOT_010` this is."""

    project: str = ""
    scene: str = ""
    shot: str = ""
    version: int = 1


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One thing connected to an input socket: JSON in `value`, or bytes in `media`.

    `label` names the node that it comes from, for messages. `strength` is the edge's, 0 to 1.
    `facts` are those of its take besides the media (a shot's sound cues, its length).
    """

    node_id: str
    label: str = ""
    value: Any = None
    media: Media | None = None
    strength: float = 1.0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one node, complete: equal requests make equal results.

    `inputs` holds, for each input socket id that is connected, what is connected to it, in
    order. `seed` is a non-negative integer below 2**63. `resume` is what the last
    `RunContext.checkpoint` of an earlier try of the same attempt chain kept, or None.
    """

    task_id: str
    attempt: int
    node_id: str
    node_type: str
    params: dict[str, Any] = {}
    inputs: dict[str, list[Input]] = {}
    seed: int = 0
    tier: Tier = "standard"
    settings: RenderSettings = RenderSettings()
    slate: Slate = Slate()
    resume: bytes | None = None


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """The card that a run may use: its driver's UUID, index and memory in bytes."""

    uuid: str
    index: int
    name: str
    total_bytes: int


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of worker offers: a CPU slot, or a card with this much memory (bytes)."""

    device: Literal["cpu", "gpu"] = "cpu"
    vram_bytes: int = 0


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a run needs: the device, its memory at the peak (bytes), and about how long (s)."""

    device: Literal["cpu", "gpu"] = "cpu"
    vram_bytes: int = 0
    seconds: float = 1.0


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far a run is: `fraction` from 0 to 1, and what it does now, for people."""

    fraction: float
    step: str = ""


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """A small picture of the work so far: bytes of a JPEG, at most 64 KiB."""

    image: bytes
    media_type: str = "image/jpeg"


class Log(msgspec.Struct, frozen=True, tag="log"):
    """A line for the task's log. No paths of the machine, no secrets."""

    text: str
    level: Literal["debug", "info", "warning", "error"] = "info"


class Output(msgspec.Struct, frozen=True, tag="output"):
    """A result for one output socket, as `RunContext.save` returned it."""

    socket: str
    media: Media


class Usage(msgspec.Struct, frozen=True, tag="usage"):
    """What the run took at its peak: memory of the card and of the process, in bytes."""

    vram_bytes: int = 0
    ram_bytes: int = 0


class NeedsInput(msgspec.Struct, frozen=True, tag="needs_input"):
    """The run waits for a person. Worker and lease are given back; `question` is shown.

    The answer, validated against the JSON Schema `answer`, comes as `params["answer"]` of the
    request that continues, with the last checkpoint in `resume`.
    """

    question: str
    answer: dict[str, Any] = {}


RunEvent = Progress | Preview | Log | Output | Usage | NeedsInput


class RunContext(Protocol):
    """What a backend may touch while it runs: nothing of the studio but this."""

    @property
    def scratch(self) -> Path:
        """An empty folder of this run alone; removed afterwards."""
        ...

    @property
    def cache(self) -> Path:
        """A folder kept between runs of this plugin on this machine; may vanish at any time."""
        ...

    @property
    def gpu(self) -> Gpu | None:
        """The card that this run holds a lease for, or None on a CPU worker."""
        ...

    @property
    def cancelled(self) -> asyncio.Event:
        """Set when the run is to stop: raise `Cancelled` soon."""
        ...

    async def input(self, socket: str) -> list[Path]:
        """Local, read-only files of the media connected to an input, in their order."""
        ...

    async def fetch(self, media: Media) -> Path:
        """A local, read-only file with these bytes (for media inside a value, a face image)."""
        ...

    async def save(
        self, socket: str, source: Path | AsyncIterator[bytes], media_type: str, **facts: Any
    ) -> Output:
        """Store a result, by its SHA-256. A `source` path must lie in `scratch`; it is moved.

        `facts` go into `Media.facts`. Yield the returned `Output` to make it the run's result.
        """
        ...

    async def checkpoint(self, state: bytes) -> None:
        """Keep `state` (at most 64 KiB) durably: after a crash it comes back as `resume`.

        Store the id of a remote job here before you wait for it.
        """
        ...


class Backend(Protocol):
    """Runs requests, one at a time. Made by `BackendSpec.factory` in a worker, never elsewhere."""

    async def open(self) -> None:
        """Connect or load what lasts over many runs. Raises `BackendError` when it cannot."""
        ...

    def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Run one request and yield its events; the outputs are among them.

        Raises `BackendError` when the run fails and `Cancelled` when it was cancelled. Blocking
        work goes to a thread or a process: the loop also renews the run's lease.
        """
        ...

    async def close(self) -> None:
        """Give back what `open` took. Called once, also after an error."""
        ...


class BackendSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A backend as the studio knows it without starting it.

    `serves` are node type ids. `tiers` are those it can work at. `rank` orders those that could
    serve the same node at the same tier: higher first; the built-in animatic has rank 0.
    `version` enters the recipe: raise it when equal requests no longer give equal results.
    `estimate(request, capabilities)` is pure, cheap and runs in the API role.
    `preload` names modules that a worker imports while it waits for its first task.
    """

    name: str
    version: str
    serves: tuple[str, ...]
    factory: Callable[[], Backend]
    estimate: Callable[[Request, Capabilities], Needs]
    title: str = ""
    tiers: tuple[Tier, ...] = ("low", "standard", "high")
    rank: int = 0
    models: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
