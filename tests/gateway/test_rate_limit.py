"""What one client and one person may use, by a clock that only work and sleep move."""

from __future__ import annotations

import asyncio
import random
import types

import pytest

from app.gateway import rate_limit
from app.gateway.rate_limit import (
    BURST,
    BURST_SECONDS,
    FRAMES_PER_SECOND,
    MAX_SHARE,
    TURN_SECONDS,
    FrameBudget,
    TimeBudget,
)
from tests.collaboration.simulation.clock import SimulatedLoop


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> SimulatedLoop:
    loop = SimulatedLoop(random.Random(1), 0.0)
    monkeypatch.setattr(
        rate_limit, "time", types.SimpleNamespace(monotonic=loop.time, thread_time=loop.time)
    )
    return loop


def test_a_client_sends_a_burst_and_then_so_many_frames_a_second(loop: SimulatedLoop) -> None:
    budget = FrameBudget()
    assert not any(budget.spend(10) for _ in range(int(BURST)))
    assert budget.spend(10) == pytest.approx(1 / FRAMES_PER_SECOND)
    loop.now += 10
    assert budget.spend(10) == 0
    large = FrameBudget()
    assert large.spend(int(BURST) * rate_limit.BYTES_PER_FRAME) > 0


def test_who_works_without_end_is_held_to_a_share_on_all_connections(loop: SimulatedLoop) -> None:
    budget, done = TimeBudget(), 0

    async def work() -> None:
        nonlocal done
        loop.now += 0.001
        done += 1

    async def connection() -> None:
        while loop.now < 41:
            await budget.run(work)

    async def story() -> None:
        await asyncio.gather(*(connection() for _ in range(16)))

    loop.run_until_complete(story())
    # The last ones of each connection are begun before the end.
    assert done * 0.001 == pytest.approx(BURST_SECONDS + 41 * MAX_SHARE, rel=0.05)


def test_others_have_a_turn_after_each_slice(loop: SimulatedLoop) -> None:
    """However many connections one person has: another's single frame waits for one slice."""
    heavy, light = TimeBudget(), TimeBudget()
    waits: list[float] = []

    async def work(seconds: float) -> None:
        loop.now += seconds

    async def flood() -> None:
        for _ in range(200):
            await heavy.run(work, TURN_SECONDS / 4)

    async def now_and_then() -> None:
        for _ in range(50):
            arrived = loop.now
            # As a frame that comes: it is seen in the loop's next round.
            await asyncio.sleep(0)
            await light.run(work, 0.0001)
            waits.append(loop.now - arrived)
            await asyncio.sleep(0.0001)

    async def story() -> None:
        await asyncio.gather(*(flood() for _ in range(16)), now_and_then())

    loop.run_until_complete(story())
    assert len(waits) == 50
    assert max(waits) < 3 * TURN_SECONDS


def test_what_is_waited_for_is_not_charged(loop: SimulatedLoop) -> None:
    budget = TimeBudget()

    async def work() -> None:
        loop.now += 0.25
        await asyncio.sleep(60)
        loop.now += 0.25

    async def story() -> None:
        assert budget.full
        await budget.run(work)

    loop.run_until_complete(story())
    assert not budget.full
    loop.now += 0.24 / MAX_SHARE
    assert not budget.full
    loop.now += 0.02 / MAX_SHARE
    assert budget.full


def test_answers_errors_and_the_end_reach_the_work(loop: SimulatedLoop) -> None:
    budget, heard = TimeBudget(), []

    async def work(future: asyncio.Future[str]) -> None:
        try:
            heard.append(await future)
        except (ValueError, asyncio.CancelledError) as error:
            heard.append(type(error).__name__)
            raise

    async def story() -> None:
        right, wrong = loop.create_future(), loop.create_future()
        loop.call_later(1, right.set_result, "right")
        loop.call_later(1, wrong.set_exception, ValueError("wrong"))
        await budget.run(work, right)
        with pytest.raises(ValueError, match="wrong"):
            await budget.run(work, wrong)
        task = asyncio.ensure_future(budget.run(work, loop.create_future()))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    loop.run_until_complete(story())
    assert heard == ["right", "ValueError", "CancelledError"]
