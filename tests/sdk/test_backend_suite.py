"""The backend suite, on a backend that keeps the contract and on ones that break it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from node_registry.testing import BackendSuite, LocalContext

from node_registry import (
    BackendSpec,
    Cancelled,
    Needs,
    Progress,
    Request,
    RunContext,
    RunEvent,
)


class Echo:
    """Writes its prompt, in ten steps."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def text(self, request: Request) -> bytes:
        return str(request.params["prompt"]).encode()

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        for step in range(10):
            if context.cancelled.is_set():
                raise Cancelled
            yield Progress(step / 10)
            await asyncio.sleep(0)
        target = context.scratch / "echo.txt"
        target.write_bytes(self.text(request))
        yield await context.save("text", target, "text/plain")


class Unstable(Echo):
    def text(self, request: Request) -> bytes:
        return os.urandom(8)


class Deaf(Echo):
    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        yield Progress(0.5)
        yield Progress(0.4)
        target = context.scratch / "echo.txt"
        target.write_bytes(b"x")
        (context.scratch.parent / "stray.txt").write_bytes(b"x")
        await asyncio.sleep(0.01)
        yield await context.save("text", target, "text/plain")
        await asyncio.sleep(0)


def spec_of(backend: type[Echo]) -> BackendSpec:
    return BackendSpec(
        name="acme.echo",
        version="1",
        serves=("acme.echo",),
        factory=backend,
        estimate=lambda request, capabilities: Needs(seconds=0.1),
    )


class TestEcho(BackendSuite):
    spec = spec_of(Echo)
    outputs = ("text",)

    def make_request(self, context: LocalContext) -> Request:
        return Request(
            task_id="t", attempt=1, node_id="n", node_type="acme.echo", params={"prompt": "hello"}
        )


def broken(backend: type[Echo]) -> TestEcho:
    suite = TestEcho()
    suite.spec = spec_of(backend)  # type: ignore[misc]
    return suite


async def test_finds_bytes_that_differ(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="different bytes"):
        await broken(Unstable).test_makes_equal_bytes_from_equal_requests(tmp_path)


async def test_finds_progress_that_falls(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="progress went back"):
        await broken(Deaf).test_tells_its_progress(tmp_path)


async def test_finds_a_backend_deaf_to_cancel(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        await broken(Deaf).test_stops_when_cancelled_before_it_begins(tmp_path)


async def test_finds_stray_files(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"stray\.txt"):
        await broken(Deaf).test_writes_nowhere_but_in_its_folders(tmp_path)


async def test_refuses_to_save_from_outside_scratch(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    stray = tmp_path / "stray.txt"
    stray.write_bytes(b"x")
    with pytest.raises(ValueError, match="scratch"):
        await context.save("text", stray, "text/plain")
