"""A backend that paints shots as a test tells it to, and a worker that has it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import msgspec
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.platform.plugins import load_plugins
from node_registry import BackendSpec, Cancelled, Needs, NeedsInput, Output, Progress

if TYPE_CHECKING:
    import pytest

    from tests.studio import Studio


class Brush:
    """Paints one picture a run: not before `go`, not when it `fail`s, asking first if it `asks`."""

    def __init__(self) -> None:
        self.runs = 0
        self.began = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()
        self.fail: Callable[[], None] = lambda: None
        self.asks = False
        # What it tells besides, before it paints.
        self.says: list[object] = []
        self.spec = BackendSpec(
            name="brush", version="1", serves=("film.shot",), tiers=("low", "standard", "high"),
            rank=1000, estimate=lambda request, capabilities: Needs(device="cpu"),
            factory=lambda: self,
        )  # fmt: skip

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def cancel(self, task_id: str) -> None: ...

    async def run(self, request, context) -> AsyncIterator[object]:
        self.runs += 1
        self.began.set()
        yield Progress(0.5, "Painting")
        for event in self.says:
            yield event
        if self.asks and "answer" not in request.params:
            yield NeedsInput("Which colour?", {"type": "string"})
            return
        waiting = [asyncio.ensure_future(e.wait()) for e in (self.go, context.cancelled)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for future in waiting:
            future.cancel()
        if context.cancelled.is_set():
            raise Cancelled
        self.fail()
        path = context.scratch / "picture.png"
        # Of each node and seed another, and the same one again.
        about = PngInfo()
        about.add_text("node", request.node_id)
        pixels = hashlib.sha256(f"{request.node_id} {request.seed}".encode()).digest()
        Image.frombytes("RGB", (5, 2), pixels[:30]).save(path, pnginfo=about)
        output: Output = await context.save("video", path, "image/png")
        yield output


@contextlib.asynccontextmanager
async def painting(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, **spec: Any
) -> AsyncIterator[Brush]:
    """The studio and a worker of it know a brush; `spec` says what of it is otherwise."""
    brush = Brush()
    brush.spec = msgspec.structs.replace(brush.spec, **spec)
    monkeypatch.setitem(studio.app.state.plugins.backends, brush.spec.name, brush.spec)
    plugins = load_plugins("worker")
    plugins.backends[brush.spec.name] = brush.spec
    async with studio.worker(plugins):
        yield brush
