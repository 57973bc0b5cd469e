"""Fair share: who asks for much waits behind who asks for little, with one worker as with many."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.ids import new_id
from app.platform.pagination import PageRequest
from app.scheduling import leases, read_queue
from app.scheduling.fair_share import CHARGES, SERVER_GB, TURN, FairShare, charge_of, charged_gb
from node_registry import Needs
from tests.scheduling.conftest import Stage, a_worker, service


@pytest.fixture
async def other(stage: Stage) -> Stage:
    """Another person, with a project of their own."""
    other = Stage()
    await other.set()
    return other


async def assigned(stage: Stage, tasks: list[UUID]) -> list[UUID]:
    return [task for task in tasks if (await stage.row(task))["status"] == "assigned"]


async def test_with_one_worker_people_take_turns(stage, other, dispatcher) -> None:
    flood = await stage.tasks(*[{"plan": {"seconds": 60.0}}] * 20)
    [single] = await other.tasks({"plan": {"seconds": 60.0}})
    await a_worker()
    # All of the flood is older: the first of it may begin, and the other is next.
    await stage.set_task(single, "created_at = now() + interval '1 minute'")
    await dispatcher.tick()
    first = await assigned(stage, [*flood, single])
    assert len(first) == 1
    await stage.ended(first[0], 60)
    await dispatcher.tick()
    second = await assigned(stage, [*flood, single])
    assert len(second) == 1
    assert single in (*first, *second)


async def test_a_worker_that_becomes_free_goes_to_who_has_none(stage, other, dispatcher) -> None:
    flood = await stage.tasks(*[{"plan": {"seconds": 3600.0}}] * 6)
    await a_worker()
    await dispatcher.tick()
    [task] = await other.tasks({})
    await stage.set_task(task, "priority = -5, created_at = now() + interval '1 minute'")
    await a_worker()
    await dispatcher.tick()
    assert await assigned(stage, [task]) == [task]
    assert len(await assigned(stage, flood)) == 1


async def test_what_waits_for_a_card_lets_others_pass(stage, other, dispatcher) -> None:
    await stage.tasks(*[{"plan": {"device": "gpu", "vram_bytes": 8}}] * 40)
    tasks = await other.tasks({}, {})
    await a_worker()
    await dispatcher.tick()
    assert await assigned(stage, tasks) == [tasks[0]]


async def test_the_queue_shows_one_task_of_each_after_the_other(stage, other) -> None:
    mine = await stage.tasks({}, {}, {})
    theirs = await other.tasks({}, {})
    await a_worker()
    async with service():
        places = {
            entry.task_id: (entry.position, entry.cause)
            for one in (stage, other)
            for entry in (await read_queue(one.project, PageRequest())).items
        }
    assert sorted(places[task][0] for task in (mine[0], theirs[0])) == [1, 2]
    assert sorted(places[task][0] for task in (mine[1], theirs[1])) == [3, 4]
    assert places[mine[2]] == (5, "Behind 4 other tasks.")


async def test_a_task_that_failed_for_a_passing_reason_waits_before_it_is_tried_again(
    stage, dispatcher
) -> None:
    [task] = await stage.tasks({})
    await a_worker()
    await dispatcher.tick()
    async with service() as unit:
        assert await leases.requeue(unit, task, 1, "The disk is full.", pause=30)
    await dispatcher.tick()
    assert (await stage.row(task))["status"] == "queued"
    async with service():
        [entry] = (await read_queue(stage.project, PageRequest())).items
    assert entry.cause in (
        "The disk is full. It is tried again in 30 s.",
        "The disk is full. It is tried again in 29 s.",
    )
    await stage.set_task(task, "not_before = now() - interval '1 second'")
    await dispatcher.tick()
    assert (await stage.row(task))["status"] == "assigned"


async def test_a_charge_is_the_same_in_the_database_and_without_one(stage) -> None:
    cases = [(30.0, 0.0, 0.0), (0.2, 0.0, 1800.0), (400.0, 10.0, 7200.0), (90.0, 0.0, 19000.0)]
    running = [(30.0, 120.0, None), (300.0, 120.0, None)]
    for gb, (ran, expected, ended_ago) in enumerate([*cases, *running], start=1):
        [task] = await stage.tasks({})
        ended = 0.0 if ended_ago is None else ended_ago
        at = "NULL" if ended_ago is None else f"now() - make_interval(secs => {ended})"
        status = "running" if ended_ago is None else "succeeded"
        await stage.set_task(
            task,
            f"status = '{status}', expected_seconds = {expected}, "
            f"started_at = now() - make_interval(secs => {ran + ended}), "
            f"ended_at = {at}, charged_gb = {gb}",
        )
        async with service() as unit:
            rows = await unit.fetch(CHARGES)
        charged = next((row["charge"] for row in rows if row["user_id"] == stage.user), 0.0)
        assert charged == pytest.approx(charge_of(ran, expected, ended_ago, gb), rel=0.01, abs=0.01)
        await stage.set_task(task, "started_at = NULL, ended_at = NULL, status = 'cancelled'")


@given(st.integers(1, 6), st.integers(0, 60))
def test_equal_tasks_are_shared_equally(people: int, tasks: int) -> None:
    users = [new_id() for _ in range(people)]
    share = FairShare({}, users)
    given_to: Counter[UUID] = Counter(dict.fromkeys(users, 0))
    for _ in range(tasks):
        user = share.next_user()
        assert user is not None
        share.charge(user, 10.0)
        given_to[user] += 1
    assert max(given_to.values()) - min(given_to.values()) <= 1


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=5))
def test_who_was_given_least_is_next(charges: list[float]) -> None:
    given_to = {new_id(): charge for charge in charges}
    share = FairShare(given_to, given_to)
    seen = []
    while (user := share.next_user()) is not None:
        seen.append(given_to[user])
        share.drop(user)
    assert seen == sorted(charges)


def test_memory_of_a_card_is_charged_and_never_less_than_a_cpu() -> None:
    card = Needs(device="gpu", vram_bytes=24 * 10**9)
    assert charged_gb(card) == 24
    assert charged_gb(Needs(device="gpu", vram_bytes=1)) == charged_gb(Needs()) == 1
    assert charged_gb(Needs(servers=("far",))) == SERVER_GB


async def test_a_large_card_costs_its_user_more_turns_than_a_small_one(
    stage, other, dispatcher
) -> None:
    gpu = {"device": "gpu", "seconds": 60.0}
    large = await stage.tasks(*[{"plan": {**gpu, "vram_bytes": 24 * 10**9}}] * 6)
    small = await other.tasks(*[{"plan": {**gpu, "vram_bytes": 8 * 10**9}}] * 6)
    for _ in range(4):
        await a_worker("gpu", vram_bytes=24 * 10**9)
    await dispatcher.tick()
    # Three of 8 GB weigh as much as one of 24, for as long.
    assert len(await assigned(stage, large)) == 1
    assert len(await assigned(stage, small)) == 3


@given(
    st.lists(st.floats(1, 24), min_size=2, max_size=4),
    st.lists(st.floats(1, 600), min_size=1, max_size=80),
)
def test_nobody_is_ahead_of_others_by_more_than_one_task(sizes, seconds) -> None:
    """In seconds × GB, whatever the tasks of the people hold and take, while all wait."""
    users = [new_id() for _ in sizes]
    size, share = dict(zip(users, sizes, strict=True)), FairShare({}, users)
    given_to = dict.fromkeys(users, 0.0)
    for one in seconds:
        user = share.next_user()
        assert user is not None
        share.charge(user, one, size[user])
        given_to[user] += one * size[user]
    most = max(seconds) * max(sizes)
    assert max(given_to.values()) - min(given_to.values()) <= most + 1e-6


@given(st.lists(st.floats(0, 4 * TURN), min_size=1, max_size=5), st.data())
def test_who_has_work_for_what_is_loaded_passes_by_one_turn_at_most(charges, data) -> None:
    given_to = {new_id(): charge for charge in charges}
    preferred = data.draw(st.sets(st.sampled_from(list(given_to))))
    user = FairShare(given_to, given_to).next_user(preferred.__contains__)
    assert user is not None
    assert given_to[user] <= min(charges) + TURN
    near = {one for one in preferred if given_to[one] <= min(charges) + TURN}
    assert user in near if near else given_to[user] == min(charges)


def test_a_dropped_person_is_looked_at_again_with_what_they_were_given() -> None:
    first, second = new_id(), new_id()
    share = FairShare({}, [first, second])
    share.charge(first, 10.0)
    share.drop(first)
    share.drop(second)
    assert share.next_user() is None
    share.resume()
    assert share.next_user() == second
