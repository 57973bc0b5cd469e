"""Runs that give no sign of themselves: while a model loads they may, once they work they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.execution import silence as module
from app.execution.silence import Silence
from app.platform.ids import new_key
from node_registry import (
    BackendSpec,
    Cancelled,
    Log,
    Needs,
    Preview,
    Progress,
    Request,
    RunContext,
    RunEvent,
)
from tests.studio import Studio

NODE_TYPE = "film.image_generation"
SHORT = dict.fromkeys(("low", "standard", "high"), 0.3)


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_a_model_may_load_for_longer_than_a_run_may_be_silent(clock: Clock) -> None:
    silence = Silence(120, 900)
    silence.broken_by(Progress(0.0, "Loading the model"))
    clock.now = 899
    assert not silence.is_over()
    silence.broken_by(Log("Still loading"))
    clock.now = 899 + 901
    assert silence.is_over()
    assert "before it began to work" in silence.error().message


@pytest.mark.parametrize("sign", [Progress(0.1), Preview(b"jpeg")])
def test_what_works_is_held_to_the_limit_of_its_quality(clock: Clock, sign: RunEvent) -> None:
    silence = Silence(120, 900)
    silence.broken_by(sign)
    silence.broken_by(Progress(0.0, "The next part"))
    clock.now = 119
    assert not silence.is_over()
    clock.now = 121
    assert silence.is_over()
    assert not silence.is_over(grace=5)
    assert "for 120 s" in silence.error().message


def test_the_start_is_never_shorter_than_the_limit_of_the_quality() -> None:
    assert Silence(1200, 900).limit == 1200


class Loads:
    """Loads for longer than its quality allows silence, then works; stalls when it is told to."""

    stalls = False

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        yield Progress(0.0, "Loading the model")
        if self.stalls:
            yield Progress(0.5, "Painting")
            await context.cancelled.wait()
            raise Cancelled
        await asyncio.sleep(1.0)
        path = context.scratch / "painted.txt"
        path.write_bytes(b"paint")
        yield await context.save("image", path, "text/plain")


SPEC = BackendSpec(
    name="tests.loads",
    version="1",
    serves=(NODE_TYPE,),
    factory=Loads,
    estimate=lambda _request, _capabilities: Needs(seconds=0.1),
)


@pytest.mark.parametrize("stalls", [False, True], ids=["loads", "stalls"])
async def test_a_slow_load_succeeds_and_a_run_that_stalls_is_ended(
    own_studio: Studio, monkeypatch: pytest.MonkeyPatch, stalls: bool
) -> None:
    studio = own_studio
    monkeypatch.setattr(Loads, "stalls", stalls)
    plugins = studio.app.state.plugins
    monkeypatch.setitem(plugins.backends, SPEC.name, SPEC)
    project, node = await studio.project(), new_key()
    added = await studio.change(project, {"op": "node.add", "id": node, "type": NODE_TYPE})
    assert added.status_code == 200, added.text
    async with studio.worker(plugins, timeouts=SHORT, start_timeout=600.0):
        started = await studio.owner.post(
            f"/api/v1/projects/{project}/runs", json={"targets": [node]}
        )
        run = started.json()["id"]
        if not stalls:
            assert (await studio.run_ends(run))["status"] == "succeeded"
            return
        for _ in range(2000):
            task = (await studio.read_run(run))["tasks"][0]
            if task["attempt"] > 1:
                break
            await studio.app.state.dispatcher.tick()
        assert task["attempt"] == 2
    assert "gave no sign of itself" in task["cause"]
