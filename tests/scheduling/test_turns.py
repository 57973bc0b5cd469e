"""The order among one person's tasks: priorities age, nobody starves, then what unblocks most."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.ids import new_id
from app.scheduling import NewTask, insert_tasks, set_priority
from app.scheduling.placement import Place
from app.scheduling.turns import AGES_IN, CHOSEN, count_dependents, turn_of
from app.scheduling.warm_models import read_warm_models
from tests.scheduling.conftest import a_worker, service

priorities = st.integers(-1, 1)
asked = st.tuples(st.floats(0, 30 * CHOSEN), priorities, st.booleans())


@given(asked, st.lists(asked, max_size=60))
def test_no_task_is_passed_by_what_was_asked_for_long_after_it(mine, others) -> None:
    at, priority, chosen = mine
    turn = turn_of(at, priority, chosen=chosen)
    passing = [o for o in others if turn_of(o[0], o[1], chosen=o[2]) < turn]
    # Whatever comes later than this passes it no more: the wait is bounded, for every priority.
    most = 2 * CHOSEN if chosen or any(o[2] for o in others) else 2 * AGES_IN
    assert all(o[0] <= at + most for o in passing)


@given(st.floats(0, CHOSEN), st.floats(0, CHOSEN), st.integers(-1, 1), st.integers(-1, 1))
def test_what_a_person_chose_counts_more_than_any_quality(first, second, own, other) -> None:
    # Within a day, whatever the qualities and the ages are.
    assert turn_of(first, 1, chosen=True) <= turn_of(second, own) + AGES_IN
    assert turn_of(first, -1, chosen=True) >= turn_of(second, other) - AGES_IN


@given(st.integers(1, 24), st.randoms(use_true_random=False))
def test_dependents_are_those_of_the_whole_chain(number: int, chance: random.Random) -> None:
    ids = [new_id() for _ in range(number)]
    needs = {
        one: chance.sample(ids[:place], chance.randint(0, min(3, place)))
        for place, one in enumerate(ids)
    }
    shuffled = dict(chance.sample(list(needs.items()), number))

    def reaches(task, wanted) -> bool:
        return wanted in needs[task] or any(reaches(one, wanted) for one in needs[task])

    expected = {one: sum(reaches(task, one) for task in ids if task != one) for one in ids}
    assert count_dependents(shuffled) == expected


async def test_the_database_orders_as_python_does(stage) -> None:
    async with service() as unit:
        for priority in (-1, 0, 1):
            for chosen in (False, True):
                moved = await unit.fetchval(
                    """SELECT extract(epoch FROM task_turn(to_timestamp(1e9), $1, $2))::float8""",
                    priority,
                    chosen,
                )
                assert moved == pytest.approx(turn_of(1e9, priority, chosen=chosen))


async def begun(stage, dispatcher, tasks) -> object:
    """The one of these tasks that the next look at the queue begins."""
    await dispatcher.tick()
    rows = {task: await stage.row(task) for task in tasks}
    [found] = [task for task, row in rows.items() if row["status"] == "assigned"]
    await stage.ended(found, 1)
    return found


async def test_a_final_that_waited_long_passes_a_new_draft(stage, dispatcher, worker) -> None:
    final, draft = await stage.tasks({}, {})
    await stage.set_task(final, "priority = -1")
    await stage.set_task(draft, "priority = 1")
    assert await begun(stage, dispatcher, [final, draft]) == draft
    draft, final = final, (await stage.tasks({}))[0]
    await stage.set_task(draft, "priority = -1, created_at = now() - interval '61 minutes'")
    await stage.set_task(final, "priority = 1")
    assert await begun(stage, dispatcher, [draft, final]) == draft


async def test_what_a_person_puts_first_passes_drafts_that_are_older(
    stage, dispatcher, worker
) -> None:
    [draft, final] = await stage.tasks({}, {})
    await stage.set_task(draft, "priority = 1, created_at = now() - interval '5 hours'")
    await stage.set_task(final, "priority = -1")
    async with service():
        await set_priority(final, "high")
    assert (await stage.row(final))["priority_chosen"]
    assert not (await stage.row(draft))["priority_chosen"]
    assert await begun(stage, dispatcher, [draft, final]) == final


async def test_a_choice_when_it_is_asked_for_is_kept_apart_from_the_quality(stage) -> None:
    made = [NewTask(id=new_id(), node_id="n", node_type="t", label="A", plan={}, tier="low")]
    chosen = [NewTask(id=new_id(), node_id="n", node_type="t", label="A", plan={}, tier="low")]
    names = {"project_id": stage.project, "run_id": stage.run, "user_id": stage.user}
    async with service() as unit:
        await insert_tasks(unit, made, **names)
        await insert_tasks(unit, chosen, **names, priority="high")
    rows = [await stage.row(tasks[0].id) for tasks in (made, chosen)]
    assert [(row["priority"], row["priority_chosen"]) for row in rows] == [(1, False), (1, True)]


async def test_within_a_run_the_shot_that_unblocks_most_is_first(stage, dispatcher, worker) -> None:
    ids = {name: new_id() for name in ("alone", "one", "many", "cut", "film", "end")}
    needs = {"cut": ["one", "many"], "film": ["many"], "end": ["film"]}
    tasks = [
        NewTask(
            id=task, node_id=name, node_type="t", label=name, plan={}, ordinal=place,
            needs=[ids[one] for one in needs.get(name, [])],
        )
        for place, (name, task) in enumerate(ids.items())
    ]  # fmt: skip
    async with service() as unit:
        await insert_tasks(
            unit, tasks, project_id=stage.project, run_id=stage.run, user_id=stage.user
        )
    assert [await begun(stage, dispatcher, ids.values()) for _ in range(3)] == [
        ids["many"],
        # It came free by the first, and is one step of a chain that goes on.
        ids["one"],
        ids["film"],
    ]


async def test_a_task_whose_model_is_loaded_passes_its_neighbours(stage, dispatcher) -> None:
    await a_worker("gpu", vram_bytes=24)
    gpu = {"device": "gpu", "vram_bytes": 8}
    plans = [{"plan": {**gpu, "model": model}} for model in ("flux", "wan", "flux", "wan")]
    tasks = await stage.tasks(*plans)
    assert await begun(stage, dispatcher, tasks) == tasks[0]
    # By now it is known of all of them which model they use.
    order = [await begun(stage, dispatcher, tasks) for _ in range(3)]
    assert order == [tasks[2], tasks[1], tasks[3]]


async def test_which_model_is_loaded_is_known_after_a_restart(stage, dispatcher) -> None:
    worker = await a_worker("gpu", vram_bytes=24)
    gpu = {"device": "gpu", "vram_bytes": 8, "model": "flux"}
    [task] = await stage.tasks({"plan": gpu})
    await begun(stage, dispatcher, [task])
    async with service() as unit:
        warm = await read_warm_models(unit)
    assert warm.at(Place(worker)) == "flux"


async def test_a_large_card_goes_to_a_final_though_drafts_are_first(stage, dispatcher) -> None:
    gpu = {"device": "gpu", "seconds": 60.0}
    small = {"plan": {**gpu, "vram_bytes": 8}}
    drafts = await stage.tasks(small, small)
    [final] = await stage.tasks({"plan": {**gpu, "vram_bytes": 22, "seconds": 600.0}})
    await stage.set_task(final, "priority = -1, vram_bytes = 22, device = 'gpu'")
    await a_worker("gpu", vram_bytes=12)
    large = await a_worker("gpu", vram_bytes=24)
    await dispatcher.tick()
    rows = [await stage.row(task) for task in (*drafts, final)]
    assert [row["status"] for row in rows] == ["assigned", "queued", "assigned"]
    assert rows[2]["worker_id"] == large.id


async def test_a_large_card_that_nothing_else_can_use_takes_what_is_small(
    stage, dispatcher
) -> None:
    gpu = {"device": "gpu", "vram_bytes": 8}
    [first, second] = await stage.tasks({"plan": gpu}, {"plan": gpu})
    # A final that cannot begin: no worker has its backend.
    [final] = await stage.tasks({"plan": {**gpu, "vram_bytes": 22, "backend": "gone"}})
    await stage.set_task(final, "vram_bytes = 22, device = 'gpu', expected_seconds = 600")
    await a_worker("gpu", vram_bytes=12)
    await a_worker("gpu", vram_bytes=24)
    await dispatcher.tick()
    rows = [await stage.row(task) for task in (first, second, final)]
    assert [row["status"] for row in rows] == ["assigned", "assigned", "queued"]
    assert rows[1]["cause"] == ""


async def test_a_worker_that_is_twice_as_fast_makes_twice_as_much(stage, dispatcher) -> None:
    slow, fast = await a_worker(), await a_worker()
    tasks = await stage.tasks(*[{}] * 9)
    made = {slow.id: 0, fast.id: 0}
    for tick in range(6):
        await dispatcher.tick()
        rows = [await stage.row(task) for task in tasks]
        running = {r["worker_id"]: r["id"] for r in rows if r["status"] == "assigned"}
        assert running.keys() == made.keys()
        for worker in (fast, slow) if tick % 2 else (fast,):
            await stage.ended(running[worker.id], 1)
            made[worker.id] += 1
    assert made == {fast.id: 6, slow.id: 3}
