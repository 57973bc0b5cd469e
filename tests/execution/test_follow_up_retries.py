"""A step that fails after a task's end holds up nothing, is tried again, and not for ever."""

from __future__ import annotations

import asyncio
import errno
from typing import Any
from uuid import UUID

import pytest

from app.execution import follow_up_retries, task_event_consumer
from app.execution.project_files import ProjectFilePublisher
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError


@pytest.fixture(autouse=True)
def _soon(monkeypatch) -> None:
    monkeypatch.setattr(follow_up_retries, "FIRST_PAUSE", 0.05)


async def make(studio, project: str, node: str) -> dict[str, Any]:
    run = await studio.run_ends((await studio.generate(project, node))["run_id"])
    assert run["status"] == "succeeded"
    return run["tasks"][0]


async def events(project: str) -> list[dict[str, Any]]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            "SELECT * FROM task_events WHERE project_id = $1 ORDER BY id", UUID(project)
        )
    return [dict(row) for row in rows]


async def until_no_retry_is_due(project: str) -> None:
    for _ in range(80):
        if not any(event["retry_steps"] for event in await events(project)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await events(project))


async def active(studio, project: str, node: str) -> str | None:
    graph = (await studio.owner.get(f"/api/v1/projects/{project}/graph")).json()
    return next(n for n in graph["nodes"] if n["id"] == node)["data"].get("active_take")


async def in_folder(studio, project: str) -> bool:
    return ".png" in (await studio.owner.get(f"/api/projects/{project}/structure")).text


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device", "take.png"),
        PermissionError(errno.EACCES, "Permission denied", "take.png"),
        DirectorError("storage.unreachable", "The store did not answer."),
        ZeroDivisionError(),
    ],
    ids=["full disk", "locked folder", "store away", "fault"],
)
async def test_a_file_that_could_not_be_published_is_published_later(
    studio, brush, monkeypatch, failure
) -> None:
    publish, tries = ProjectFilePublisher.publish, []

    async def fail_twice(self, event, take) -> None:
        tries.append(event)
        if len(tries) <= 2:
            raise failure
        await publish(self, event, take)

    monkeypatch.setattr(ProjectFilePublisher, "publish", fail_twice)
    project = await studio.project()
    node = await studio.shot(project)
    task = await make(studio, project, node)
    assert await active(studio, project, node) == task["take_id"], "one step holds up no other"
    await until_no_retry_is_due(project)
    assert await in_folder(studio, project)
    assert len(tries) == 3
    [event] = await events(project)
    assert event["retry_at"] is None


async def test_of_two_takes_the_one_that_could_not_be_published_holds_up_no_other(
    studio, brush, monkeypatch
) -> None:
    publish = ProjectFilePublisher.publish
    project = await studio.project()
    bad, good = await studio.shot(project), await studio.shot(project, code="020")

    async def fail(self, event, take) -> None:
        if event.node_id == bad:
            raise OSError(errno.ENOSPC, "No space left on device", "take.png")
        await publish(self, event, take)

    monkeypatch.setattr(ProjectFilePublisher, "publish", fail)
    await asyncio.gather(make(studio, project, bad), make(studio, project, good))
    tree = (await studio.owner.get(f"/api/projects/{project}/structure")).text
    assert "SHOT-020" in tree
    monkeypatch.setattr(ProjectFilePublisher, "publish", publish)
    await until_no_retry_is_due(project)


async def test_a_take_that_could_not_be_made_active_becomes_it_later(
    studio, brush, monkeypatch
) -> None:
    activate, tries = task_event_consumer.activate, []

    async def fail_once(made) -> None:
        tries.append(made)
        if len(tries) == 1:
            raise ZeroDivisionError
        await activate(made)

    monkeypatch.setattr(task_event_consumer, "activate", fail_once)
    project = await studio.project()
    node = await studio.shot(project)
    task = await make(studio, project, node)
    await until_no_retry_is_due(project)
    assert await active(studio, project, node) == task["take_id"]


async def test_a_take_that_is_late_takes_no_newer_ones_place(studio, brush, monkeypatch) -> None:
    activate = task_event_consumer.activate
    project = await studio.project()
    node = await studio.shot(project)

    async def fail(made) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(follow_up_retries, "FIRST_PAUSE", 1000.0)
    monkeypatch.setattr(task_event_consumer, "activate", fail)
    await make(studio, project, node)
    monkeypatch.setattr(task_event_consumer, "activate", activate)
    newer = await make(studio, project, node)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("UPDATE task_events SET retry_at = now() WHERE retry_steps <> '{}'")
    await until_no_retry_is_due(project)
    assert await active(studio, project, node) == newer["take_id"]


async def test_nothing_is_tried_without_end_and_a_new_start_tries_once_more(
    studio, brush, monkeypatch
) -> None:
    publish = ProjectFilePublisher.publish

    async def fail(self, event, take) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "take.png")

    monkeypatch.setattr(ProjectFilePublisher, "publish", fail)
    monkeypatch.setattr(follow_up_retries, "MAX_ATTEMPTS", 3)
    project = await studio.project()
    await make(studio, project, await studio.shot(project))
    for _ in range(80):
        [event] = await events(project)
        if event["retry_at"] is None:
            break
        await asyncio.sleep(0.1)
    assert (event["retry_steps"], event["retry_count"]) == (["publish"], 3)
    monkeypatch.setattr(ProjectFilePublisher, "publish", publish)
    async with unit_of_work(role=DatabaseRole.SERVICE):
        await follow_up_retries.requeue_abandoned()
    await until_no_retry_is_due(project)
    assert await in_folder(studio, project)
