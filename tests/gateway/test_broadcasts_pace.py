"""What costs something is done seldom: plans for staleness, long queues."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from app.execution import StaleNode, StaleNodes
from app.gateway import queues as queues_module
from app.gateway import staleness as staleness_module
from app.gateway.protocol.outbound import QueueChanged, StaleChanged
from app.gateway.queues import Queues
from app.gateway.staleness import Staleness
from app.platform.background import end_task
from app.platform.ids import new_id
from app.scheduling import QueueEntry
from node_registry import DirectorError
from tests.gateway.listeners import Listeners

PROJECT = new_id()


class Finder:
    """In place of the planner."""

    def __init__(self) -> None:
        self.calls = 0
        self.failures: list[Exception] = []
        self.stale: list[str] = []

    async def __call__(self, project_id: UUID) -> StaleNodes:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return StaleNodes(self.calls, [StaleNode(n, n.upper(), ["It is."]) for n in self.stale])


@pytest.fixture
def people() -> Listeners:
    return Listeners()


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
async def staleness(people, finder, monkeypatch) -> AsyncIterator[Staleness]:
    monkeypatch.setattr(staleness_module, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(staleness_module, "MAX_DELAY", 0.3)
    staleness = Staleness(people, finder)
    people.on_join(staleness.joined)
    running = asyncio.create_task(staleness.run())
    yield staleness
    await end_task(running)


async def test_a_burst_of_changes_costs_few_plans(people, finder, staleness) -> None:
    people.join(PROJECT)
    await people.until(lambda: people.received)
    finder.calls = 0
    for _ in range(60):
        staleness.changed(PROJECT)
        await asyncio.sleep(0.01)
    # The first is looked at at once.
    assert 1 <= finder.calls <= 4, "changes without end are looked at now and then"
    await asyncio.sleep(0.2)
    known = finder.calls
    await asyncio.sleep(0.2)
    assert finder.calls == known <= 5
    assert len(people.all_of(StaleChanged)) == 1, "the answer was always the same"


async def test_a_plan_that_takes_long_is_made_seldom(people, finder, staleness) -> None:
    now = 0.0
    staleness._clock = lambda: now

    async def slow(project_id: UUID) -> StaleNodes:
        nonlocal now
        now += 2.0
        return await finder(project_id)

    staleness._find = slow
    people.join(PROJECT)
    await people.until(lambda: people.received)
    staleness.changed(PROJECT)
    assert staleness._due(PROJECT) == pytest.approx(2.0 + staleness_module.REST_FACTOR * 2.0)


async def test_who_joins_gets_the_last_answer_without_a_plan(people, finder, staleness) -> None:
    finder.stale = ["a"]
    people.join(PROJECT)
    await people.until(lambda: people.received)
    people.join(PROJECT, "late")
    assert people.to_session["late"] == people.received
    assert finder.calls == 1


@pytest.mark.parametrize(
    ("failure", "again"),
    [
        (ConnectionResetError(), True),
        (DirectorError("project.not_found", "There is no such project."), False),
        (ZeroDivisionError(), False),
    ],
)
async def test_a_plan_that_fails_stops_no_other(people, finder, staleness, failure, again) -> None:
    finder.failures = [failure]
    people.join(PROJECT)
    other = new_id()
    people.join(other, "o")
    await people.until(lambda: people.received)
    if again:
        await people.until(lambda: finder.calls == 3)
    else:
        await asyncio.sleep(0.1)
        assert finder.calls == 2


async def test_a_long_queue_is_told_seldom(people, monkeypatch, connected) -> None:
    length, shift = 400, 0

    async def read(project_ids: list[UUID]) -> dict[UUID, list[QueueEntry]]:
        entries = [
            QueueEntry(task_id=new_id(), node_id=str(n), position=n + shift, cause="Waits.")
            for n in range(length)
        ]
        return dict.fromkeys(project_ids, entries)

    monkeypatch.setattr(queues_module, "read_queues", read)
    people.join(PROJECT)
    queues = Queues(people)
    for step in range(100):
        shift = step
        await queues.refresh(step / 10)
    found = people.all_of(QueueChanged)
    assert len(found) == 5, "each two seconds"
    queues.joined(PROJECT, "s")
    await queues.refresh(9.95)
    assert people.to_session["s"] == [found[-1]], "who joins sees what the others see"
