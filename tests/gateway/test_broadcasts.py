"""What people in a project are told of its tasks, from a click to a take or to an error."""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from PIL import Image

from app.gateway.broadcasts import Broadcasts
from app.gateway.protocol.outbound import (
    AssetChanged,
    NodeStateUpdated,
    ProjectChanged,
    QueueChanged,
    StaleChanged,
    TaskFailed,
    TaskPreviewed,
    TaskProgressed,
    TaskSucceeded,
)
from app.platform.background import end_task
from app.platform.database import DatabaseRole, unit_of_work
from app.scheduling import TaskProgress
from node_registry import BackendError, Preview
from tests.gateway.listeners import Listeners


@contextlib.asynccontextmanager
async def broadcasting(studio, people: Listeners) -> AsyncIterator[Broadcasts]:
    state = studio.app.state
    broadcasts = Broadcasts(people, state.dispatcher, state.progress)
    running = [asyncio.create_task(loop()) for loop in (broadcasts.run, broadcasts.run_staleness)]
    try:
        yield broadcasts
    finally:
        for task in running:
            await end_task(task)


@pytest.fixture
async def people(studio) -> AsyncIterator[Listeners]:
    people = Listeners()
    async with broadcasting(studio, people):
        yield people


@pytest.fixture
async def project(studio, people) -> str:
    project = await studio.project()
    people.join(project)
    return project


def story(people: Listeners, node: str) -> list[str]:
    """What was told of a node, in order; the same thing twice in a row is told once here."""
    received: list[str] = []
    for event in people.received:
        if getattr(event, "node_id", None) != node:
            continue
        words = event.state if isinstance(event, NodeStateUpdated) else type(event).__name__
        if received[-1:] != [words]:
            received.append(words)
    return received


def state(people: Listeners, node: str) -> str:
    states = [s.state for s in people.all_of(NodeStateUpdated) if s.node_id == node]
    return states[-1] if states else ""


async def test_a_click_is_told_from_the_queue_to_the_take(studio, people, project, brush) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: people.all_of(TaskProgressed))
    brush.go.set()
    await people.until(lambda: state(people, node) == "success")
    assert story(people, node) == [
        "pending_request",
        "generating",
        "TaskProgressed",
        "TaskSucceeded",
        "success",
    ]
    [progress] = people.all_of(TaskProgressed)
    assert (progress.progress, progress.step) == (50.0, "Painting")
    [success] = people.all_of(TaskSucceeded)
    assert success.task_id == queued["task_id"]
    result = success.result
    assert result["name"] == "SHOT-010_v01_take01"
    assert (result["version"], result["number"]) == (1, 1)
    assert result["url"] == f"/api/v1/takes/{result['take_id']}/content"
    assert result["outputs"][0]["media_type"] == "image/png"
    content = (await studio.owner.get(result["outputs"][0]["url"])).content
    assert Image.open(io.BytesIO(content)).info["node"] == node
    assert str(studio.settings.home) not in str(success)


async def test_a_picture_of_the_work_is_shown_until_it_ends(studio, people, project, brush) -> None:
    brush.says = [Preview(b"\xff\xd8\xff a lamp"), Preview(b"no picture")]
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: people.all_of(TaskPreviewed))
    [shown] = people.all_of(TaskPreviewed)
    assert (shown.task_id, shown.node_id) == (queued["task_id"], node)
    assert f"preview {node}" in people.keys
    picture = await studio.owner.get(shown.url)
    assert picture.content == b"\xff\xd8\xff a lamp"
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "private, no-store"
    nobody = await studio.client()
    assert (await nobody.get(shown.url)).status_code == 401
    # Who comes later sees it, too.
    people.join(project, "late")
    await people.until(lambda: shown in people.to_session["late"])
    brush.go.set()
    await people.until(lambda: state(people, node) == "success")
    gone = await studio.owner.get(shown.url)
    assert (gone.status_code, gone.json()["code"]) == (404, "task.no_preview")


async def test_a_failure_is_told_with_its_sentence(studio, people, project, brush) -> None:
    def fail() -> None:
        raise BackendError("brush.dry", "No paint.", hint="Buy some.")

    brush.fail = fail
    brush.go.clear()
    node = await studio.shot(project)
    await studio.generate(project, node)
    await people.until(lambda: state(people, node) == "generating")
    brush.go.set()
    await people.until(lambda: state(people, node) == "error")
    [failed] = people.all_of(TaskFailed)
    assert (failed.error, failed.code, failed.hint) == ("No paint.", "brush.dry", "Buy some.")
    assert story(people, node)[:2] == ["pending_request", "generating"]
    assert story(people, node)[-2:] == ["TaskFailed", "error"]


async def test_a_cancel_leaves_the_node_as_it_was_and_a_retry_begins_anew(
    studio, people, project, brush
) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: state(people, node) == "generating")
    await studio.owner.post(f"/api/v1/runs/{queued['run_id']}/cancel")
    await people.until(lambda: state(people, node) == "idle")
    [failed] = people.all_of(TaskFailed)
    assert failed.code == "task.cancelled"
    people.received.clear()
    brush.go.set()
    await studio.owner.post(f"/api/v1/tasks/{queued['task_id']}/retry")
    await people.until(lambda: state(people, node) == "success")
    assert story(people, node)[-2:] == ["TaskSucceeded", "success"]
    people.received.clear()
    brush.go.clear()
    queued = await studio.generate(project, node)
    await people.until(lambda: state(people, node) == "generating")
    await studio.owner.post(f"/api/v1/runs/{queued['run_id']}/cancel")
    await people.until(lambda: state(people, node) == "success")
    assert people.all_of(TaskSucceeded) == []


async def test_a_question_is_a_step_and_its_words_are_told(studio, people, project, brush) -> None:
    brush.asks = True
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: any(p.step.startswith("It asks") for p in progress_of(people, node)))
    [waiting] = [s for s in people.all_of(NodeStateUpdated) if s.step == "waiting_for_input"]
    assert (waiting.state, waiting.task_id) == ("generating", queued["task_id"])
    people.join(project, "late")
    await people.until(lambda: waiting in people.to_session["late"])
    assert any(
        isinstance(e, TaskProgressed) and e.step == "It asks: Which colour?"
        for e in people.to_session["late"]
    )
    url = f"/api/v1/tasks/{queued['task_id']}/answer"
    assert (await studio.owner.post(url, json={"answer": "red"})).status_code == 204
    await people.until(lambda: state(people, node) == "success")


def progress_of(people: Listeners, node: str) -> list[TaskProgressed]:
    return [p for p in people.all_of(TaskProgressed) if p.node_id == node]


async def test_who_joins_is_told_what_is_under_way(studio, people, project, brush) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: people.all_of(TaskProgressed))
    people.join(project, "late")
    found = people.to_session["late"]
    await people.until(lambda: {type(e) for e in found} >= {TaskProgressed, QueueChanged})
    [now] = [e for e in found if isinstance(e, NodeStateUpdated)]
    assert (now.node_id, now.state, now.task_id) == (node, "generating", queued["task_id"])
    brush.go.set()
    await people.until(lambda: state(people, node) == "success")
    people.join(project, "later")
    await people.until(lambda: any(isinstance(e, QueueChanged) for e in people.to_session["later"]))
    later = people.to_session["later"]
    assert not any(isinstance(e, NodeStateUpdated | TaskProgressed) for e in later)
    assert any(isinstance(e, StaleChanged) for e in later), "the empty answer counts too"


async def test_a_restart_finds_what_runs_what_failed_and_the_last_progress(
    studio, people, project, brush
) -> None:
    def fail() -> None:
        raise BackendError("brush.dry", "No paint.")

    brush.fail = fail
    failed = await studio.shot(project)
    await studio.generate(project, failed)
    await people.until(lambda: state(people, failed) == "error")
    brush.fail = lambda: None
    brush.go.clear()
    node = await studio.shot(project, code="020")
    await studio.generate(project, node)
    await people.until(lambda: progress_of(people, node))
    new = Listeners()
    async with broadcasting(studio, new):
        new.join(project)
        found = new.to_session["s"]
        await new.until(lambda: any(isinstance(e, TaskProgressed) for e in found))
        assert (state(new, node), state(new, failed)) == ("generating", "error")
    brush.go.set()
    await people.until(lambda: state(people, node) == "success")


async def test_ends_come_without_redis_and_late_progress_wakes_no_dead(
    studio, people, project, brush
) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: people.all_of(TaskProgressed))
    progress = studio.app.state.progress
    progress.last.clear()
    brush.go.set()
    await people.until(lambda: state(people, node) == "success")
    before = len(progress_of(people, node))
    for listener in progress._listeners:
        listener(
            TaskProgress(
                task_id=UUID(queued["task_id"]),
                project_id=UUID(project),
                node_id=node,
                progress=70,
            )
        )
    await asyncio.sleep(0.5)
    assert len(progress_of(people, node)) == before


async def test_a_state_that_nobody_notified_of_is_told_all_the_same(
    studio, people, project, brush
) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    await studio.generate(project, node)
    await people.until(lambda: state(people, node) == "generating")
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("DELETE FROM tasks WHERE project_id = $1", UUID(project))
    await people.until(lambda: state(people, node) == "idle")
    brush.go.set()


async def test_progress_is_told_four_times_a_second_and_the_newest(
    studio, people, project, brush
) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await people.until(lambda: people.all_of(TaskProgressed))
    began = time.monotonic()
    for step in range(100):
        for listener in studio.app.state.progress._listeners:
            listener(
                TaskProgress(
                    task_id=UUID(queued["task_id"]),
                    project_id=UUID(project),
                    node_id=node,
                    progress=float(step),
                )
            )
        await asyncio.sleep(0.01)
    await people.until(lambda: people.all_of(TaskProgressed)[-1].progress == 99.0)
    seconds = time.monotonic() - began
    assert 3 <= len(people.all_of(TaskProgressed)) <= 4 * seconds + 3
    brush.go.set()
    await people.until(lambda: state(people, node) == "success")


async def test_the_queue_is_told_with_places_and_named_causes(
    studio, people, project, brush
) -> None:
    brush.go.clear()
    first, second, third = [await studio.shot(project, code=code) for code in ("1", "2", "3")]
    await studio.generate(project, first)
    await people.until(lambda: state(people, first) == "generating")
    for node in (second, third):
        await studio.generate(project, node)
    await people.until(lambda: [len(q.entries) for q in people.all_of(QueueChanged)][-1:] == [2])
    queue = people.all_of(QueueChanged)[-1]
    assert [(e.node_id, e.position) for e in queue.entries] == [(second, 1), (third, 2)]
    assert all(entry.cause.endswith(".") for entry in queue.entries)
    brush.go.set()
    await people.until(lambda: people.all_of(QueueChanged)[-1].entries == ())
    await people.until(lambda: state(people, third) == "success")


async def test_stale_nodes_are_told_when_they_change_and_only_then(
    studio, people, project, brush
) -> None:
    node = await studio.shot(project)
    await studio.generate(project, node)
    await people.until(lambda: state(people, node) == "success")
    await people.until(lambda: people.all_of(StaleChanged))
    assert people.all_of(StaleChanged)[-1].nodes == ()
    await studio.change(project, {"op": "node.set", "id": node, "values": {"text.prompt": "Fog."}})
    await people.until(lambda: people.all_of(StaleChanged)[-1].nodes)
    [stale] = people.all_of(StaleChanged)[-1].nodes
    assert stale.node_id == node
    assert stale.reasons[0].endswith(".")
    known = len(people.all_of(StaleChanged))
    for x in range(10):
        move = {"op": "node.set", "id": node, "values": {"pos": [float(x), 0.0]}}
        assert (await studio.change(project, move)).status_code == 200
    await asyncio.sleep(1)
    assert len(people.all_of(StaleChanged)) == known, "a move makes nothing stale"
    await studio.generate(project, node)
    await people.until(lambda: people.all_of(StaleChanged)[-1].nodes == ())


async def test_a_changed_project_and_a_new_file_are_told(studio, people, project) -> None:
    url = f"/api/v1/projects/{project}"
    assert (await studio.owner.patch(url, json={"title": "Fog"})).status_code == 200
    [changed] = people.all_of(ProjectChanged)
    assert (changed.id, changed.kind) == (project, "details")
    assert (await studio.owner.patch(url, json={"quality": "high"})).status_code == 200
    assert people.all_of(ProjectChanged)[-1].kind == "settings"
    assert people.all_of(ProjectChanged)[-1].version > changed.version
    assert (await studio.owner.patch(url, json={"title": ""})).status_code == 400
    assert len(people.all_of(ProjectChanged)) == 2
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
        "000100000500010d0a2db40000000049454e44ae426082"
    )
    sent = await studio.owner.post(f"{url}/media", content=png, headers={"X-Filename": "a.png"})
    assert sent.status_code == 201, sent.text
    [asset] = people.all_of(AssetChanged)
    assert (asset.id, asset.kind, asset.by) == (sent.json()["digest"], "media", changed.by)


async def test_nothing_is_done_for_projects_that_nobody_is_in(studio, brush, monkeypatch) -> None:
    from app.gateway import node_states, queues

    async def forbidden(*_: object) -> None:
        raise AssertionError("nobody looks")

    monkeypatch.setattr(node_states, "unfinished_tasks", forbidden)
    monkeypatch.setattr(queues, "read_queues", forbidden)
    people = Listeners()
    async with broadcasting(studio, people) as broadcasts:
        monkeypatch.setattr(broadcasts._stale, "_find", forbidden)
        project = await studio.project()
        node = await studio.shot(project)
        await studio.run_ends((await studio.generate(project, node))["run_id"])
        assert people.received == []


async def test_a_database_that_is_away_loses_nothing(
    studio, people, project, brush, monkeypatch
) -> None:
    from app.gateway import node_states

    read, away = node_states.unfinished_tasks, True

    async def unfinished(projects):
        if away:
            raise ConnectionResetError
        return await read(projects)

    monkeypatch.setattr(node_states, "unfinished_tasks", unfinished)
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await studio.run_ends(queued["run_id"])
    people.join(project, "late")
    away = False
    await people.until(lambda: state(people, node) == "success")
