"""Each person's share of the loop, over requests and sockets, by a clock that only work moves."""

from __future__ import annotations

import asyncio
import random
import types
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.gateway import loop_share, rate_limit
from app.gateway.loop_share import AT_WORK, LONGEST_WAIT, LoopShare, TimeBudgets, let_in
from app.gateway.rate_limit import BURST_SECONDS, MAX_SHARE
from node_registry import DirectorError
from tests.collaboration.simulation.clock import SimulatedLoop

EVE, INA = uuid4(), uuid4()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> SimulatedLoop:
    loop = SimulatedLoop(random.Random(1), 0.0)
    for module in (rate_limit, loop_share):
        monkeypatch.setattr(
            module, "time", types.SimpleNamespace(monotonic=loop.time, thread_time=loop.time)
        )
    return loop


class Studio:
    """An application that works for so long for whoever asks."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop
        self.budgets = TimeBudgets()
        self.answered: dict[UUID | None, int] = {}
        self.refused: list[DirectorError] = []
        self.bodies = 0
        self._share = LoopShare(self._app, self.budgets)

    async def ask(self, person: UUID | None, seconds: float, parts: int = 1) -> None:
        scope: Any = {"type": "http", "person": person, "seconds": seconds, "parts": parts}
        await self._share(scope, self._receive, self._send)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        person = scope["person"]
        if person is not None:
            try:
                await let_in(scope, person)
            except DirectorError as error:
                self.refused.append(error)
                return
        for _ in range(scope["parts"]):
            await receive()
            self.loop.now += scope["seconds"] / scope["parts"]
        await send({"type": "http.response.start"})
        await send({"type": "http.response.body"})
        self.answered[person] = self.answered.get(person, 0) + 1

    async def _receive(self) -> Any:
        self.bodies += 1
        # As a body that comes over a wire.
        await asyncio.sleep(0.0001)
        return {"type": "http.request", "body": b"x" * 100}

    async def _send(self, message: Any) -> None:
        del message

    async def flood(self, person: UUID, seconds: float, until: float) -> None:
        while self.loop.now < until:
            await self.ask(person, seconds)

    async def now_and_then(self, person: UUID | None, until: float, waits: list[float]) -> None:
        while self.loop.now < until:
            await asyncio.sleep(0.05)
            arrived = self.loop.now
            await self.ask(person, 0.001)
            waits.append(self.loop.now - arrived)


def test_a_flood_of_requests_is_held_to_a_share_while_others_work(loop: SimulatedLoop) -> None:
    studio, waits = Studio(loop), list[float]()

    async def story() -> None:
        floods = [studio.flood(EVE, 0.005, 41) for _ in range(20)]
        await asyncio.gather(*floods, studio.now_and_then(INA, 41, waits))

    loop.run_until_complete(story())
    used = studio.answered[EVE] * 0.005
    assert used == pytest.approx(BURST_SECONDS + 41 * MAX_SHARE, rel=0.15)
    # After the burst hardly anybody waits, and nobody for more than two of the flood's requests.
    late = sorted(waits[len(waits) // 4 :])
    assert late[len(late) // 2] < 0.003
    assert late[-1] < 0.02
    assert not studio.refused


def test_who_has_the_studio_to_themselves_is_not_slowed(loop: SimulatedLoop) -> None:
    studio = Studio(loop)

    async def story() -> None:
        # Somebody was here, and is gone.
        await studio.ask(INA, 0.001)
        loop.now += AT_WORK + 1
        began = loop.now
        for _ in range(1000):
            await studio.ask(EVE, 0.01)
        assert loop.now - began == pytest.approx(10.0, rel=0.01)
        # Nor does what was used then count when others come back.
        await studio.ask(INA, 0.001)
        began = loop.now
        await studio.ask(EVE, 0.01)
        assert loop.now - began < 0.02

    loop.run_until_complete(story())


def test_who_is_not_logged_in_is_somebody_at_work_too(loop: SimulatedLoop) -> None:
    studio, waits = Studio(loop), list[float]()

    async def story() -> None:
        floods = [studio.flood(EVE, 0.005, 20) for _ in range(4)]
        await asyncio.gather(*floods, studio.now_and_then(None, 20, waits))

    loop.run_until_complete(story())
    assert studio.answered[EVE] * 0.005 < 0.3 * 20


def test_what_waits_too_long_is_refused_with_the_time_to_wait(loop: SimulatedLoop) -> None:
    studio, waits = Studio(loop), list[float]()

    async def story() -> None:
        for _ in range(20):
            await studio.ask(EVE, 0.02)
        await studio.ask(INA, 0.001)
        crowd = [studio.ask(EVE, 0.02) for _ in range(1000)]
        await asyncio.gather(*crowd, studio.now_and_then(INA, 2 * LONGEST_WAIT, waits))

    loop.run_until_complete(story())
    assert len(studio.refused) > 200
    assert {(e.code, e.status) for e in studio.refused} == {("request.too_many", 429)}
    assert all(error.fields["retry_after"] for error in studio.refused)
    # Nothing was read of what was refused.
    assert studio.bodies == studio.answered[EVE] + studio.answered[INA]


def test_long_bodies_come_at_the_pace_of_the_share(loop: SimulatedLoop) -> None:
    studio, waits = Studio(loop), list[float]()

    async def story() -> None:
        await asyncio.gather(studio.ask(EVE, 4.0, parts=4000), studio.now_and_then(INA, 30, waits))

    loop.run_until_complete(story())
    assert studio.answered[EVE] == 1
    assert max(waits[100:]) < 0.01


def test_requests_and_frames_share_one_budget(loop: SimulatedLoop) -> None:
    studio = Studio(loop)

    async def work() -> None:
        loop.now += BURST_SECONDS + 0.5

    async def story() -> None:
        await studio.budgets.of(INA).run(_nothing)
        await studio.budgets.of(EVE).run(work)
        await studio.ask(INA, 0.001)
        began = loop.now
        await studio.ask(EVE, 0.001)
        assert loop.now - began > 0.4 / MAX_SHARE / 2

    loop.run_until_complete(story())


def test_budgets_are_forgotten_once_they_are_full(loop: SimulatedLoop) -> None:
    studio = Studio(loop)

    async def story() -> None:
        await studio.ask(INA, 0.001)
        await studio.ask(EVE, 0.5)
        used = studio.budgets.of(EVE)
        studio.budgets.forget(set())
        assert studio.budgets.of(EVE) is used
        loop.now += 60
        studio.budgets.forget(set())
        assert studio.budgets.of(EVE) is not used

    loop.run_until_complete(story())


async def _nothing() -> None:
    """A frame that takes no time."""
