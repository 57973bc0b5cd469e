"""A plan says about how long its steps take, by what such steps took in the project lately."""

from __future__ import annotations

from typing import Any

from tests.brush import painting


async def test_a_plan_is_timed_by_the_tasks_that_ended(own_studio, monkeypatch) -> None:
    studio = own_studio
    project = await studio.project()
    first, second = await studio.shot(project), await studio.shot(project, code="020")
    other = await studio.project()
    elsewhere = await studio.shot(other)

    async def plan(project: str, node: str) -> list[dict[str, Any]]:
        url = f"/api/v1/projects/{project}/plan"
        answer = await studio.owner.get(url, params={"target": node})
        return answer.raise_for_status().json()["items"]

    (step,) = await plan(project, first)
    assert step["seconds"] is None, "nothing was made yet"
    async with painting(studio, monkeypatch):
        started = await studio.generate(project, first)
        assert (await studio.run_ends(started["run_id"]))["status"] == "succeeded"
    (step,) = await plan(project, second)
    assert 0 <= step["seconds"] < 30
    (step,) = await plan(project, first)
    assert step["reused"]
    assert step["seconds"] is None, "what is reused takes no time"
    (step,) = await plan(other, elsewhere)
    assert step["seconds"] is None, "another project's times are its own"
