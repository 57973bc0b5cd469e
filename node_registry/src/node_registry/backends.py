"""Backends: what runs a node on a worker, and what it may touch to do so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from .media import Media
from .requests import Request, Tier
from .resources import Capabilities, Gpu, Needs, Reserved, Server
from .run_events import Output, RunEvent

CHECKPOINT_LIMIT = 64 * 1024
"""The most bytes that a checkpoint may have."""


class RunContext(Protocol):
    """What a backend may touch while it runs: nothing of the studio but this."""

    @property
    def scratch(self) -> Path:
        """An empty folder of this run alone; removed afterwards."""
        ...

    @property
    def cache(self) -> Path:
        """A folder kept between runs of this backend on this machine; may vanish at any time."""
        ...

    @property
    def gpu(self) -> Gpu | None:
        """The card of this worker, or None on a CPU worker."""
        ...

    @property
    def reserved(self) -> Reserved:
        """What was reserved for this run: memory of the card, and a slot of which server."""
        ...

    @property
    def cancelled(self) -> asyncio.Event:
        """Set when the run is to stop: raise `Cancelled` soon."""
        ...

    async def input(self, socket: str) -> list[Path]:
        """Local, read-only files of the media connected to an input, in their order."""
        ...

    async def fetch(self, media: Media) -> Path:
        """A local, read-only file with these bytes (for media inside a value, a face image).

        Raises `DirectorError` (`storage.…`) when they cannot be had.
        """
        ...

    async def save(
        self, socket: str, source: Path | AsyncIterator[bytes], media_type: str, **facts: Any
    ) -> Output:
        """Store a result, by its SHA-256. A `source` path must lie in `scratch`; it is moved.

        `facts` go into `Media.facts`. Yield the returned `Output` to make it the run's result.
        Raises `BackendError` for a file elsewhere, and for one without bytes.
        """
        ...

    async def checkpoint(self, state: bytes) -> None:
        """Keep `state` (at most `CHECKPOINT_LIMIT`) durably: after a crash it comes as `resume`.

        Store the id of a remote job here before you wait for it. Empty bytes say that there is
        nothing to resume any more: the next attempt begins anew, on whichever server is free.
        Raises `Cancelled` when this attempt was given to another worker meanwhile.
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

        Only `context.cancelled` says that the work is not wanted any more. A run that has kept a
        checkpoint and is cut off in another way (`asyncio.CancelledError`, or it is closed) goes
        on elsewhere: it leaves its remote job as it is.
        """
        ...

    async def close(self) -> None:
        """Give back what `open` took. Called once, also after an error."""
        ...


class Ingredients(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the bytes of a run besides its request: it enters the recipe.

    `models` maps the name of each model that is used to a digest of it: its SHA-256, or the
    revision that it was pinned to; None where it is not known. `workflow` is the digest of the
    graph or the script that is run, where it is no part of the backend's own version.

    A run of which a digest is unknown is never taken for an equal one: its take is not reused,
    and says why.
    """

    models: Mapping[str, str | None] = {}
    workflow: str | None = None


def no_ingredients(request: Request) -> Ingredients:
    """For a backend whose version alone decides what an equal request makes."""
    del request
    return Ingredients()


class BackendSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A backend as the studio knows it without starting it.

    `serves` are node type ids; one that ends in `.*` stands for all that begin so, for a backend
    of a catalog, whose node types come and go (`"function.*"`). `tiers` are those it can
    work at. `rank` orders those that could serve the same node at the same tier: higher first; the
    built-in animatic has rank 0. An operator or a project may prefer another order.
    `version` enters the recipe: raise it when equal requests no longer give equal results.
    `estimate(request, capabilities)` is pure, cheap and runs in the API.
    `ingredients(request)` is pure, cheap and runs in the API, too.
    `servers` are the remote servers that its runs may take a slot of, from the settings of the
    process that asks: a worker offers those that it names itself.
    `deterministic` is False where equal requests may differ in bytes: its takes are not reused.
    `preload` names modules that a worker imports while it waits for its first task.

        BackendSpec(name="acme.blur", version="1", serves=("acme.blur",), factory=make_blur,
                    estimate=lambda request, capabilities: Needs(seconds=2))
    """

    name: str
    version: str
    serves: tuple[str, ...]
    factory: Callable[[], Backend]
    estimate: Callable[[Request, Capabilities], Needs]
    title: str = ""
    tiers: tuple[Tier, ...] = ("low", "standard", "high")
    rank: int = 0
    servers: tuple[Server, ...] = ()
    ingredients: Callable[[Request], Ingredients] = no_ingredients
    deterministic: bool = True
    preload: tuple[str, ...] = ()

    def can_serve(self, node_type: str) -> bool:
        """Whether it runs nodes of this type."""
        return any(
            node_type.startswith(one[:-1]) if one.endswith(".*") else node_type == one
            for one in self.serves
        )
