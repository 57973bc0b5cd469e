"""The queue as people see it: places, causes, and about how long each waits."""

from __future__ import annotations

import pytest

from app.platform.pagination import PageRequest
from app.scheduling import QueueEntry, read_queue, set_priority
from app.scheduling.queue import _rounded
from node_registry import DirectorError
from tests.scheduling.conftest import a_worker, service


async def queue(stage) -> list[QueueEntry]:
    async with service():
        return (await read_queue(stage.project, PageRequest())).items


async def test_without_a_worker_nobody_knows_how_long_it_takes(stage, dispatcher) -> None:
    await stage.tasks({}, {})
    await dispatcher.tick()
    assert [entry.expected_wait for entry in await queue(stage)] == [None, None]


async def test_the_wait_is_what_runs_and_stands_before_it(stage, dispatcher) -> None:
    await a_worker()
    plans = [{"plan": {"seconds": seconds}} for seconds in (40.0, 20.0, 100.0)]
    runs, second, third = await stage.tasks(*plans)
    await dispatcher.tick()
    assert (await stage.row(runs))["status"] == "assigned"
    entries = await queue(stage)
    assert [entry.task_id for entry in entries] == [second, third]
    assert entries[0].expected_wait == 40
    # The second was looked at, too: its own estimate counts for the third.
    assert entries[1].expected_wait == 60
    await stage.set_task(runs, "started_at = now() - interval '30 s'")
    assert [entry.expected_wait for entry in await queue(stage)] == [10, 30]
    # Longer than expected is never less than no time.
    await stage.set_task(runs, "started_at = now() - interval '300 s'")
    assert [entry.expected_wait for entry in await queue(stage)] == [0, 20]


async def test_what_was_not_looked_at_yet_counts_as_what_runs(stage, dispatcher) -> None:
    await a_worker()
    await stage.tasks(*[{"plan": {"seconds": 30.0}}] * 4)
    await dispatcher.tick()
    assert [entry.expected_wait for entry in await queue(stage)] == [30, 60, 90]


async def test_several_workers_share_the_wait(stage, dispatcher) -> None:
    for _ in range(2):
        await a_worker()
    await stage.tasks(*[{"plan": {"seconds": 30.0}}] * 4)
    await dispatcher.tick()
    assert [entry.expected_wait for entry in await queue(stage)] == [30, 45]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.2, 0), (1.4, 5), (44, 45), (58, 60), (61, 60), (100, 90), (700, 600), (9000, 9000)],
)
def test_a_wait_is_told_as_people_say_it(seconds: float, shown: int) -> None:
    assert _rounded(seconds) == shown


async def test_a_task_that_is_put_first_is_begun_first_with_what_it_needs(
    stage, dispatcher
) -> None:
    other, needed = await stage.tasks({"label": "Other"}, {"label": "Needed"})
    (wanted,) = await stage.tasks({"label": "Wanted", "needs": [needed]})
    assert [entry.task_id for entry in await queue(stage)] == [other, needed, wanted]
    async with service():
        await set_priority(wanted, "high")
    assert [entry.task_id for entry in await queue(stage)] == [needed, wanted, other]
    await a_worker()
    await dispatcher.tick()
    assert (await stage.row(needed))["status"] == "assigned"


async def test_a_task_that_is_put_last_lowers_nothing_else(stage) -> None:
    needed, other = await stage.tasks({}, {})
    (wanted,) = await stage.tasks({"needs": [needed]})
    async with service():
        await set_priority(wanted, "low")
    assert [entry.task_id for entry in await queue(stage)] == [needed, other, wanted]


async def test_the_place_of_a_task_that_was_begun_does_not_change(stage, dispatcher) -> None:
    await a_worker()
    (task,) = await stage.tasks({})
    await dispatcher.tick()
    with pytest.raises(DirectorError) as refused:
        async with service():
            await set_priority(task, "high")
    assert refused.value.code == "task.not_waiting"
