"""The backend suite, first half: for each of its tests, a backend that fails it."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from node_registry.testing import BackendSuite, LocalContext
from node_registry.testing.run_tests import RunTests

from node_registry import (
    BackendError,
    BackendSpec,
    Cancelled,
    Ingredients,
    Input,
    Needs,
    Output,
    Preview,
    Progress,
    Request,
    RunContext,
    RunEvent,
    Server,
)


class Echo:
    """Writes its prompt behind its input, in ten steps."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def text(self, request: Request, context: RunContext) -> bytes:
        (path,) = await context.input("before")
        before = path.read_bytes()
        if not before.startswith(b"before"):
            raise BackendError("acme.bad", "What is connected is no beginning of a text.")
        return before + str(request.params["prompt"]).encode()

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        for step in range(10):
            if context.cancelled.is_set():
                raise Cancelled
            yield Progress(step / 10)
            await asyncio.sleep(0)
        target = context.scratch / "echo.txt"
        target.write_bytes(await self.text(request, context))
        yield await context.save("text", target, "text/plain")


def spec_of(backend: Callable[[], Any] = Echo, **other: Any) -> BackendSpec:
    fields: dict[str, Any] = {
        "name": "acme.echo",
        "version": "1",
        "serves": ("acme.echo",),
        "estimate": lambda request, capabilities: Needs(seconds=0.1),
    }
    return BackendSpec(factory=backend, **{**fields, **other})


class TestEcho(BackendSuite):
    spec = spec_of()
    serverless = True
    outputs = ("text",)

    def make_request(self, context: LocalContext) -> Request:
        before = context.keep(b"before: ", "text/plain")
        return Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type="acme.echo",
            params={"prompt": "hello"},
            inputs={"before": [Input(node_id="a", label="A", media=before)]},
        )


class Invented(Echo):
    async def run(self, request, context):
        async for event in super().run(request, context):
            if isinstance(event, Output):
                event = Output("text", msgspec.structs.replace(event.media, digest="0" * 64))
            yield event


class Falling(Echo):
    async def run(self, request, context):
        yield Progress(0.5)
        async for event in super().run(request, context):
            yield event


class BadPreview(Echo):
    async def run(self, request, context):
        yield Preview(b"\x89PNG")
        async for event in super().run(request, context):
            yield event


class Unstable(Echo):
    async def text(self, request, context):
        return os.urandom(8)


class Spoiling(Echo):
    async def text(self, request, context):
        (path,) = await context.input("before")
        path.chmod(0o644)
        path.write_bytes(b"before spoilt")
        return b"x"


class Stray(Echo):
    async def text(self, request, context):
        (context.scratch.parent.parent / "stray.txt").write_bytes(b"x")
        return b"x"


class Crashing(Echo):
    async def text(self, request, context):
        (path,) = await context.input("before")
        before = path.read_bytes().split(b": ")
        return before[0] + before[1]


class Telling(Echo):
    async def text(self, request, context):
        (path,) = await context.input("before")
        if not path.read_bytes().startswith(b"before"):
            raise BackendError("acme.bad", f"The file {path} is no beginning of a text.")
        return b"x"


class Deaf(Echo):
    async def run(self, request, context):
        context.cancelled.clear()
        yield Progress(0.1)
        context.cancelled.clear()
        await asyncio.sleep(0.3)
        target = context.scratch / "echo.txt"
        target.write_bytes(b"x")
        yield await context.save("text", target, "text/plain")


class Clinging(Echo):
    async def run(self, request, context):
        try:
            async for event in super().run(request, context):
                yield event
        finally:
            if not context.saved:
                await asyncio.sleep(30)


class OnlyOnce(Echo):
    ran = False

    async def run(self, request, context):
        if self.ran:
            raise BackendError("acme.tired", "It runs no second request.")
        self.ran = True
        async for event in super().run(request, context):
            yield event


COUNT = itertools.count(1)
# For each test of the suite that needs no server, the specs of backends that fail it, and with
# what.
BROKEN: dict[str, list[tuple[BackendSpec, str]]] = {
    "test_gives_the_outputs_that_it_saved": [(spec_of(Invented), "not made by context.save")],
    "test_tells_its_progress": [
        (spec_of(Falling), "progress went back"),
        (spec_of(BadPreview), "a preview is a JPEG"),
    ],
    "test_makes_equal_bytes_from_equal_requests": [(spec_of(Unstable), "different bytes")],
    "test_leaves_its_inputs_alone": [(spec_of(Spoiling), "an input was changed")],
    "test_writes_nowhere_but_in_its_folders": [(spec_of(Stray), "stray.txt")],
    "test_tells_what_is_wrong_with_an_input": [
        (spec_of(Crashing), "list index out of range"),
        (spec_of(Telling), "names a folder of the machine"),
    ],
    "test_stops_when_cancelled_before_it_begins": [(spec_of(Deaf), "although it was cancelled")],
    "test_stops_soon_when_cancelled_while_it_runs": [(spec_of(Deaf), "s to stop")],
    "test_can_be_abandoned": [(spec_of(Clinging), "")],
    "test_runs_one_request_after_another": [(spec_of(OnlyOnce), "no second request")],
    "test_estimates_purely_and_above_zero": [
        (spec_of(estimate=lambda r, c: Needs(seconds=float(next(COUNT)))), "not pure"),
        (spec_of(estimate=lambda r, c: Needs(seconds=0)), "takes some time"),
        (spec_of(estimate=lambda r, c: Needs(servers=("acme/x",))), "nobody offers"),
    ],
    "test_names_what_goes_into_its_results": [
        (spec_of(ingredients=lambda r: Ingredients(workflow=str(next(COUNT)))), "not pure"),
        (spec_of(ingredients=lambda r: Ingredients(models={"a": ""})), "is None"),
    ],
    "test_has_a_sound_spec": [
        (spec_of(serves=("acme.other",)), "does not serve"),
        (spec_of(version=""), "has a version"),
        (spec_of(servers=(Server(name="a"), Server(name="a"))), "one name"),
    ],
}
CASES = [(name, *case) for name, cases in BROKEN.items() for case in cases]


def test_each_test_of_the_suite_has_a_backend_that_fails_it() -> None:
    assert {name for name in dir(RunTests) if name.startswith("test_")} == set(BROKEN)


async def run_test(test: Callable[[Path], Any], folder: Path) -> None:
    tried = test(folder)
    if asyncio.iscoroutine(tried):
        await tried


@pytest.mark.parametrize(("name", "spec", "message"), CASES)
async def test_finds(name: str, spec: BackendSpec, message: str, tmp_path: Path) -> None:
    attributes = {"spec": spec, "patience": 0.2, "limit": 2.0}
    broken = type("Broken", (TestEcho,), attributes)()
    broken._events = []
    with pytest.raises((AssertionError, BackendError, LookupError, TimeoutError)) as failure:
        await run_test(getattr(broken, name), tmp_path)
    assert message in str(failure.value)


async def test_a_backend_that_is_not_deterministic_may_differ(tmp_path: Path) -> None:
    chance = type("Chance", (TestEcho,), {"spec": spec_of(Unstable, deterministic=False)})()
    chance._events = []
    await chance.test_makes_equal_bytes_from_equal_requests(tmp_path)


async def test_refuses_to_save_from_outside_scratch(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    stray = tmp_path / "stray.txt"
    stray.write_bytes(b"x")
    with pytest.raises(BackendError, match="scratch"):
        await context.save("text", stray, "text/plain")


def test_what_is_declared_not_to_apply_is_no_test() -> None:
    tests = {name for name in dir(TestEcho) if name.startswith("test_")}
    collected = {name for name in tests if getattr(TestEcho, name) is not None}
    assert collected == set(BROKEN)
