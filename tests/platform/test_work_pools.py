"""Pools of threads: few at once, turns in a round, an end to the queue, no turn lost by cancels."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.platform.work_pools import WorkPool
from node_registry import DirectorError


async def test_no_more_run_at_once_than_there_are_workers() -> None:
    pool = WorkPool("few", workers=2, waiting=50, per_owner=50)
    running, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2)

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(5)
        with lock:
            running -= 1

    await asyncio.gather(*(pool.run("ina", work) for _ in range(10)))
    assert most == 2


async def test_who_asks_for_one_thing_waits_for_one_of_each_other() -> None:
    pool = WorkPool("round", workers=1, waiting=50, per_owner=50)
    done: list[str] = []
    begun = threading.Event()
    first = asyncio.create_task(pool.run("flood", begun.wait, 5))
    flood = [asyncio.create_task(pool.run("flood", done.append, "flood")) for _ in range(20)]
    await asyncio.sleep(0)
    honest = asyncio.create_task(pool.run("honest", done.append, "honest"))
    await asyncio.sleep(0)
    begun.set()
    await asyncio.gather(first, honest, *flood)
    assert done.index("honest") <= 1


async def test_a_long_queue_is_refused_with_the_seconds_to_wait() -> None:
    pool = WorkPool("short", workers=1, waiting=3, per_owner=2)
    go = threading.Event()
    begun = [asyncio.create_task(pool.run(who, go.wait, 5)) for who in ("a", "a", "a", "b")]
    await asyncio.sleep(0)
    for who in ("a", "c"):
        with pytest.raises(DirectorError, match="as it can take") as refused:
            await pool.run(who, go.wait, 5)
        assert refused.value.status == 429
        assert refused.value.fields["retry_after"] > 0
    go.set()
    await asyncio.gather(*begun)
    assert pool.waiting == 0


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 3)), min_size=1, max_size=30
    )
)
def test_cancelled_calls_lose_no_turn(calls: list[tuple[str, bool, int]]) -> None:
    async def play() -> None:
        pool = WorkPool("cancel", workers=2, waiting=100, per_owner=100)
        done: Counter[int] = Counter()
        tasks = []
        for number, (who, cancelled, pauses) in enumerate(calls):
            task = asyncio.create_task(pool.run(who, done.update, [number]))
            tasks.append(task)
            for _ in range(pauses):
                await asyncio.sleep(0)
            if cancelled:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for number, (_, cancelled, _) in enumerate(calls):
            assert done[number] <= 1
            assert cancelled or done[number] == 1
        assert pool.waiting == 0
        # All turns are free again: as many as there are workers begin at once.
        both = threading.Barrier(2)
        await asyncio.gather(*(pool.run("x", both.wait, 5) for _ in range(2)))

    asyncio.run(play())
