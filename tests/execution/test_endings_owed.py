"""A step that fails after a task's end holds up nothing, is tried again, and not for ever."""

from __future__ import annotations

import asyncio
import errno
from typing import Any
from uuid import UUID

import pytest

from app.execution import Endings, owed
from app.execution.shelving import Shelf
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError


@pytest.fixture(autouse=True)
def _soon(monkeypatch) -> None:
    monkeypatch.setattr(owed, "FIRST_PAUSE", 0.05)


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


async def until_nothing_is_owed(project: str) -> None:
    for _ in range(80):
        if not any(event["owed"] for event in await events(project)):
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
async def test_a_file_that_could_not_be_placed_is_placed_later(
    studio, brush, monkeypatch, failure
) -> None:
    place, tries = Shelf.place, []

    async def fail_twice(self, end) -> None:
        tries.append(end)
        if len(tries) <= 2:
            raise failure
        await place(self, end)

    monkeypatch.setattr(Shelf, "place", fail_twice)
    project = await studio.project()
    node = await studio.shot(project)
    task = await make(studio, project, node)
    assert await active(studio, project, node) == task["take_id"], "one step holds up no other"
    await until_nothing_is_owed(project)
    assert await in_folder(studio, project)
    assert len(tries) == 3
    [event] = await events(project)
    assert event["retry_at"] is None


async def test_of_two_takes_the_one_that_could_not_be_placed_holds_up_no_other(
    studio, brush, monkeypatch
) -> None:
    place = Shelf.place
    project = await studio.project()
    bad, good = await studio.shot(project), await studio.shot(project, code="020")

    async def fail(self, end) -> None:
        if end.node_id == bad:
            raise OSError(errno.ENOSPC, "No space left on device", "take.png")
        await place(self, end)

    monkeypatch.setattr(Shelf, "place", fail)
    await asyncio.gather(make(studio, project, bad), make(studio, project, good))
    tree = (await studio.owner.get(f"/api/projects/{project}/structure")).text
    assert "SHOT-020" in tree
    monkeypatch.setattr(Shelf, "place", place)
    await until_nothing_is_owed(project)


async def test_a_take_that_could_not_be_made_active_becomes_it_later(
    studio, brush, monkeypatch
) -> None:
    activate, tries = Endings._activate, []

    async def fail_once(self, made) -> None:
        tries.append(made)
        if len(tries) == 1:
            raise ZeroDivisionError
        await activate(self, made)

    monkeypatch.setattr(Endings, "_activate", fail_once)
    project = await studio.project()
    node = await studio.shot(project)
    task = await make(studio, project, node)
    await until_nothing_is_owed(project)
    assert await active(studio, project, node) == task["take_id"]


async def test_a_take_that_is_late_takes_no_newer_ones_place(studio, brush, monkeypatch) -> None:
    activate = Endings._activate
    project = await studio.project()
    node = await studio.shot(project)

    async def fail(self, made) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(owed, "FIRST_PAUSE", 1000.0)
    monkeypatch.setattr(Endings, "_activate", fail)
    await make(studio, project, node)
    monkeypatch.setattr(Endings, "_activate", activate)
    newer = await make(studio, project, node)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("UPDATE task_events SET retry_at = now() WHERE owed <> '{}'")
    await until_nothing_is_owed(project)
    assert await active(studio, project, node) == newer["take_id"]


async def test_nothing_is_tried_without_end_and_a_new_start_tries_once_more(
    studio, brush, monkeypatch
) -> None:
    place = Shelf.place

    async def fail(self, end) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "take.png")

    monkeypatch.setattr(Shelf, "place", fail)
    monkeypatch.setattr(owed, "MOST_TRIES", 3)
    project = await studio.project()
    await make(studio, project, await studio.shot(project))
    for _ in range(80):
        [event] = await events(project)
        if event["retry_at"] is None:
            break
        await asyncio.sleep(0.1)
    assert (event["owed"], event["tries"]) == (["place"], 3)
    monkeypatch.setattr(Shelf, "place", place)
    await owed.begin_anew()
    await until_nothing_is_owed(project)
    assert await in_folder(studio, project)
