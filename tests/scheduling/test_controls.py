"""What people do to the queue: pause, cancel, drain, keep a card; by rights, and audited."""

from __future__ import annotations

import pytest

from app.accounts import Actor, studio_audit
from app.platform.ids import new_id
from app.platform.pagination import PageRequest
from app.scheduling import OfferedBackend, controls, list_kept_workers, studio_queue
from app.scheduling.device_rules import read_rules
from app.scheduling.studio_queue import read_studio_queue
from node_registry import DirectorError
from tests.scheduling.conftest import Stage, a_worker, service
from tests.scheduling.test_causes import queued

GB = 10**9


@pytest.fixture
def ina(stage: Stage) -> Actor:
    return Actor(user_id=stage.user, name="Ina")


@pytest.fixture
def operator(stage: Stage) -> Actor:
    return Actor(user_id=stage.user, name="Olga", is_owner=True)


async def audited() -> list[str]:
    return [entry.kind for entry in (await studio_audit(PageRequest(limit=3))).items]


async def status(stage: Stage, *tasks) -> list[str]:
    return [(await stage.row(task))["status"] for task in tasks]


async def test_a_paused_task_lets_others_pass_until_it_is_resumed(stage, dispatcher, ina) -> None:
    first, second = await stage.tasks({}, {})
    assert await controls.pause(ina, "task", first, paused=True) == 1
    assert await controls.pause(ina, "task", first, paused=True) == 0
    await a_worker()
    await dispatcher.tick()
    assert await status(stage, first, second) == ["queued", "assigned"]
    entry = (await queued(stage))[first]
    assert (entry.cause, entry.cause_kind) == ("Paused by Ina.", "paused")
    assert entry.expected_wait is None
    assert (await audited())[0] == "queue.paused"
    assert await controls.pause(ina, "task", first, paused=False) == 1
    await stage.ended(second, 1)
    await dispatcher.tick()
    assert await status(stage, first) == ["assigned"]
    assert (await audited())[0] == "queue.resumed"


async def test_what_is_paused_stands_behind_all_that_is_not(stage, ina) -> None:
    await a_worker()
    first, second = await stage.tasks({}, {})
    await controls.pause(ina, "task", first, paused=True)
    entries = await queued(stage)
    assert [entries[task].position for task in (first, second)] == [2, 1]


async def test_a_whole_project_is_paused_and_cancelled_by_who_may_generate(
    stage, dispatcher, ina
) -> None:
    tasks = await stage.tasks({}, {}, {})
    stranger = Actor(user_id=new_id(), name="Eve")
    other = Stage()
    await other.set()
    [theirs] = await other.tasks({})
    for act in (
        controls.pause(stranger, "project", stage.project, paused=True),
        controls.pause(stranger, "run", stage.run, paused=True),
        controls.pause(stranger, "task", tasks[0], paused=True),
        controls.cancel_project(stranger, stage.project),
    ):
        with pytest.raises(DirectorError) as refused:
            await act
        assert refused.value.status == 404
    assert await controls.pause(ina, "run", stage.run, paused=True) == 3
    await a_worker()
    await dispatcher.tick()
    assert await status(stage, *tasks, theirs) == ["queued"] * 3 + ["assigned"]
    assert await controls.pause(ina, "project", stage.project, paused=False) == 3
    assert await controls.cancel_project(ina, stage.project) == 3
    assert await status(stage, *tasks, theirs) == ["cancelled"] * 3 + ["assigned"]
    assert (await audited())[0] == "queue.cancelled"


async def test_the_queue_of_the_studio_is_its_owners(stage, dispatcher, ina, operator) -> None:
    [task] = await stage.tasks({})
    worker = await a_worker()
    for act in (
        controls.pause_studio(ina, paused=True),
        controls.cancel_studio(ina),
        controls.drain(ina, worker.id, draining=True),
        controls.keep_device(ina, worker.device_id, backend="test"),
        read_studio_queue(ina, PageRequest()),
    ):
        with pytest.raises(DirectorError) as refused:
            await act
        assert refused.value.code == "account.not_owner"
    await controls.pause_studio(operator, paused=True)
    try:
        await dispatcher.tick()
        assert await status(stage, task) == ["queued"]
        assert (await queued(stage))[task].cause == "The queue of the studio was paused by Olga."
    finally:
        await controls.pause_studio(operator, paused=False)
    await dispatcher.tick()
    assert await status(stage, task) == ["assigned"]
    assert (await audited())[:2] == ["queue.resumed", "queue.paused"]
    assert await controls.cancel_studio(operator) == 1


async def test_a_drained_worker_finishes_and_gets_nothing(stage, dispatcher, operator) -> None:
    worker = await a_worker(name="left")
    runs, waits = await stage.tasks({}, {})
    await dispatcher.tick()
    await controls.drain(operator, worker.id, draining=True)
    await stage.ended(runs, 1)
    await dispatcher.tick()
    assert await status(stage, runs, waits) == ["succeeded", "queued"]
    entry = (await queued(stage))[waits]
    assert (entry.cause_kind, entry.expected_wait) == ("draining", None)
    assert "Olga" in entry.cause
    other = await a_worker()
    await dispatcher.tick()
    assert (await stage.row(waits))["worker_id"] == other.id
    await controls.drain(operator, worker.id, draining=False)
    [more] = await stage.tasks({})
    await dispatcher.tick()
    assert (await stage.row(more))["worker_id"] == worker.id
    with pytest.raises(DirectorError) as refused:
        await controls.drain(operator, new_id(), draining=True)
    assert refused.value.code == "worker.not_found"


async def test_a_card_is_kept_for_a_project_or_a_backend(stage, dispatcher, operator) -> None:
    card = await a_worker("gpu", name="card", vram_bytes=24 * GB)
    plan = {"device": "gpu", "vram_bytes": GB}
    other = Stage()
    await other.set()
    await controls.keep_device(operator, card.device_id, project_id=other.project)
    [mine] = await stage.tasks({"plan": plan})
    await dispatcher.tick()
    entry = (await queued(stage))[mine]
    assert entry.cause == ("Olga keeps card for other work, and nothing else here can run it.")
    [theirs] = await other.tasks({"plan": plan})
    await dispatcher.tick()
    assert await status(stage, mine, theirs) == ["queued", "assigned"]
    await stage.ended(theirs, 1)
    await a_worker(name="elsewhere", backends={"flux": OfferedBackend(version="1")})
    await controls.keep_device(operator, card.device_id, backend="flux")
    async with service() as unit:
        kept = {w.name: (w.kept_for, w.kept_by) for w in await list_kept_workers(unit)}
    assert kept == {"card": ("flux", "Olga"), "elsewhere": ("", "")}
    await dispatcher.tick()
    assert await status(stage, mine) == ["queued"]
    await controls.keep_device(operator, card.device_id)
    async with service() as unit:
        assert not (await read_rules(unit)).by_device
    await dispatcher.tick()
    assert await status(stage, mine) == ["assigned"]
    for act, code in (
        (controls.keep_device(operator, "GPU-gone", backend="x"), "device.not_found"),
        (controls.keep_device(operator, card.device_id, backend="fluxx"), "backend.not_found"),
        (controls.keep_device(operator, card.device_id, project_id=new_id()), "project.not_found"),
    ):
        with pytest.raises(DirectorError) as refused:
            await act
        assert refused.value.code == code


async def test_the_owner_sees_all_that_runs_and_waits_but_not_what_others_make(
    stage, dispatcher, operator
) -> None:
    worker = await a_worker(name="left")
    runs, waits = await stage.tasks({"label": "SHOT_010"}, {"label": "SHOT_020"})
    await dispatcher.tick()
    other = Stage()
    await other.set()
    [theirs] = await other.tasks({"label": "SECRET"})
    page = await read_studio_queue(operator, PageRequest())
    found = {task.task_id: task for task in page.items}
    assert page.items[0].task_id == runs
    assert (found[runs].worker, found[runs].label, found[runs].project) == (
        worker.name,
        "SHOT_010",
        "x",
    )
    assert found[waits].cause.startswith("Behind")
    assert found[waits].person == "Ina"
    assert (found[theirs].label, found[theirs].project) == ("", "")
    first = await read_studio_queue(operator, PageRequest(limit=2))
    rest = await read_studio_queue(operator, PageRequest(limit=2, cursor=first.next_cursor))
    assert [task.task_id for task in first.items + rest.items] == [t.task_id for t in page.items]


async def test_a_task_that_is_begun_between_the_looks_at_the_queue_has_a_cause(
    stage, operator, monkeypatch
) -> None:
    await stage.tasks({})

    async def begun_meanwhile() -> dict[object, object]:
        return {}

    monkeypatch.setattr(studio_queue, "read_all_queues", begun_meanwhile)
    [task] = (await read_studio_queue(operator, PageRequest())).items
    assert (task.cause, task.cause_kind) == ("Next, when a worker is free.", "next")
