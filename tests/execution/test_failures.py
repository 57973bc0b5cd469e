"""Why nodes failed is told to whoever comes later, until they are made."""

from __future__ import annotations

from node_registry import BackendError
from tests.brush import painting


async def test_the_failure_of_a_nodes_last_run_is_listed(own_studio, monkeypatch) -> None:
    studio = own_studio
    project = await studio.project()
    node = await studio.shot(project)
    url = f"/api/v1/projects/{project}/failures"

    def break_down() -> None:
        raise BackendError("brush.broken", "The brush broke.", hint="Take another one.")

    async with painting(studio, monkeypatch) as brush:
        brush.fail = break_down
        started = await studio.generate(project, node)
        assert (await studio.run_ends(started["run_id"]))["status"] == "failed"
        answer = (await studio.owner.get(url)).raise_for_status().json()
        assert answer["next_cursor"] is None
        (failure,) = answer["items"]
        assert failure["task_id"] == started["task_id"]
        assert failure["node_id"] == node
        assert (failure["code"], failure["error"], failure["hint"]) == (
            "brush.broken",
            "The brush broke.",
            "Take another one.",
        )
        brush.fail = lambda: None
        started = await studio.generate(project, node)
        assert (await studio.run_ends(started["run_id"]))["status"] == "succeeded"
    assert (await studio.owner.get(url)).json()["items"] == []
