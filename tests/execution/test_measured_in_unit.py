"""What runs took is read once in a unit of work for each kind, and anew in the next."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.execution import task_resolver
from app.execution.task_resolver import MeasuredInUnit
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id


async def test_tasks_of_one_transaction_share_what_was_measured(
    connected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[UUID, list[str]]] = []

    async def count(project_id: UUID, node_types: list[str]) -> dict[object, object]:
        asked.append((project_id, node_types))
        return {}

    monkeypatch.setattr(task_resolver, "measured_runs", count)
    one, other, measured = new_id(), new_id(), MeasuredInUnit()
    async with unit_of_work(role=DatabaseRole.SERVICE):
        for project_id in (one, one, other):
            await measured.read(project_id, "film.shot")
        await measured.read(one, "film.upscale")
    async with unit_of_work(role=DatabaseRole.SERVICE):
        await measured.read(one, "film.shot")
    shot = ["film.shot"]
    assert asked == [(one, shot), (other, shot), (one, ["film.upscale"]), (one, shot)]
