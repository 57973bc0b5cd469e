"""From a click to a take, through the API, the queue and a worker in this process."""

from __future__ import annotations

import asyncio
import io
import re
from uuid import UUID

import asyncpg
import msgspec
import pytest
from PIL import Image

from app.execution import TaskEventConsumer, retry_policy
from app.execution.retry_policy import RetryPolicy
from app.platform.database import DatabaseRole, unit_of_work
from app.scheduling import leases
from node_registry import BackendError, CatalogEntry, Ingredients, Log, Needs, Usage


@pytest.fixture
async def project(studio) -> str:
    return await studio.project()


async def takes(studio, project: str) -> list[dict]:
    return (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]


async def test_a_click_becomes_a_take_that_is_active_named_and_in_the_folder(
    studio, project, brush
) -> None:
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    assert queued["status"] == "queued"
    run = await studio.run_ends(queued["run_id"])
    assert run["status"] == "succeeded"
    assert [t["id"] for t in run["tasks"]] == [queued["task_id"]]
    [take] = await takes(studio, project)
    assert take["name"] == "SHOT-010_v01_take01"
    graph = (await studio.owner.get(f"/api/v1/projects/{project}/graph")).json()
    assert graph["nodes"][0]["data"]["active_take"] == take["id"]
    tree = (await studio.owner.get(f"/api/projects/{project}/structure")).text
    assert "SHOT-010_v01_take01.png" in tree
    content = await studio.owner.get(f"/api/v1/takes/{take['id']}/content")
    assert Image.open(io.BytesIO(content.content)).info["node"] == node
    assert (
        await studio.owner.get(f"/api/v1/takes/{take['id']}/content?output=x")
    ).status_code == 404


async def test_a_second_click_is_the_same_run_and_a_third_after_its_end_another(
    studio, project, brush
) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    clicks = await asyncio.gather(*(studio.generate(project, node) for _ in range(3)))
    assert len({click["run_id"] for click in clicks}) == 1
    brush.go.set()
    await studio.run_ends(clicks[0]["run_id"])
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    assert [take["number"] for take in await takes(studio, project)] == [1, 2]


async def test_one_request_id_is_one_run_also_after_its_end(studio, project, brush) -> None:
    node = await studio.shot(project)
    both = [studio.generate(project, node, request_id="click-1") for _ in range(2)]
    first, second = await asyncio.gather(*both)
    await studio.run_ends(first["run_id"])
    third = await studio.generate(project, node, request_id="click-1")
    assert first["run_id"] == second["run_id"] == third["run_id"]
    assert len(await takes(studio, project)) == 1


async def test_equal_recipes_run_once(studio, project, brush) -> None:
    node = await studio.shot(project, seed=7, seed_locked=True)
    brush.go.clear()
    one = await studio.generate(project, node, request_id="one")
    await asyncio.wait_for(brush.began.wait(), 60)
    two = await studio.generate(project, node, request_id="two")
    async with studio.worker() as _:
        queue = (await studio.owner.get(f"/api/v1/projects/{project}/queue")).json()["items"]
        assert [entry["task_id"] for entry in queue] == [two["task_id"]]
    brush.go.set()
    runs = [await studio.run_ends(run["run_id"]) for run in (one, two)]
    assert [run["status"] for run in runs] == ["succeeded", "succeeded"]
    assert [run["tasks"][0]["reused"] for run in runs] == [False, True]
    assert brush.runs == 1
    assert len(await takes(studio, project)) == 1


async def test_a_run_that_is_cancelled_ends_and_can_be_tried_again(studio, project, brush) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await asyncio.wait_for(brush.began.wait(), 60)
    stopped = await studio.owner.post(f"/api/v1/runs/{queued['run_id']}/cancel")
    assert stopped.json() == {"tasks": 1}
    assert (await studio.run_ends(queued["run_id"]))["status"] == "cancelled"
    brush.go.set()
    again = await studio.owner.post(f"/api/v1/tasks/{queued['task_id']}/retry")
    assert again.status_code == 204, again.text
    assert (await studio.run_ends(queued["run_id"]))["status"] == "succeeded"
    assert [take["number"] for take in await takes(studio, project)] == [1]
    refused = await studio.owner.post(f"/api/v1/tasks/{queued['task_id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "task.not_over")


async def test_nobody_is_given_a_run_that_is_being_cancelled(studio, project, brush) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    first = await studio.generate(project, node)
    await asyncio.wait_for(brush.began.wait(), 60)
    await studio.owner.post(f"/api/v1/runs/{first['run_id']}/cancel")
    # The worker has not heard of it yet: the run still counts as running.
    second = await studio.generate(project, node)
    assert second["run_id"] != first["run_id"]
    assert (await studio.run_ends(first["run_id"]))["status"] == "cancelled"
    brush.go.set()
    assert (await studio.run_ends(second["run_id"]))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BackendError("brush.dry", "No paint."), "brush.dry"),
        (ZeroDivisionError("/home/secret"), "backend.crashed"),
        (BackendError("brush.nul", "a\0b"), "brush.nul"),
    ],
)
async def test_a_backend_that_fails_fails_its_task_with_its_sentence(
    studio, project, brush, error, code
) -> None:
    def fail() -> None:
        raise error

    brush.fail = fail
    node = await studio.shot(project)
    run = await studio.run_ends((await studio.generate(project, node))["run_id"])
    assert run["status"] == "failed"
    assert run["tasks"][0]["error"]["code"] == code
    assert "/home" not in str(run)
    assert await takes(studio, project) == []


async def test_what_might_be_mended_by_another_try_is_tried_five_times(
    studio, project, brush, monkeypatch
) -> None:
    monkeypatch.setattr(retry_policy, "AWAY", RetryPolicy(attempts=5, pauses=(0.1,)))

    def fail() -> None:
        raise BackendError("brush.slow", "Lost the easel.", retryable=True)

    brush.fail = fail
    node = await studio.shot(project)
    run = await studio.run_ends((await studio.generate(project, node))["run_id"])
    assert run["status"] == "failed"
    assert brush.runs == 5
    assert run["tasks"][0]["error"]["code"] == "task.tried_enough"


async def test_an_estimate_that_fails_fails_its_own_task_alone(
    studio, project, brush, monkeypatch
) -> None:
    def estimate(request, capabilities):
        if request.slate.shot.endswith("666"):
            raise TimeoutError("asked the wrong one")
        return Needs(device="cpu")

    broken = msgspec.structs.replace(brush.spec, estimate=estimate)
    monkeypatch.setitem(studio.app.state.plugins.backends, "brush", broken)
    bad, good = await studio.shot(project, code="666"), await studio.shot(project)
    runs = [await studio.generate(project, node) for node in (bad, good)]
    ended = [await studio.run_ends(run["run_id"]) for run in runs]
    assert [run["status"] for run in ended] == ["failed", "succeeded"]
    assert ended[0]["tasks"][0]["error"]["code"] == "backend.no_estimate"


async def test_a_late_worker_leaves_no_take_and_uses_up_no_number(
    studio, project, brush, monkeypatch
) -> None:
    brush.go.clear()
    node = await studio.shot(project)
    queued = await studio.generate(project, node)
    await asyncio.wait_for(brush.began.wait(), 60)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # As if its lease had run out: another execution is the one that counts.
        assert await leases.requeue(unit, UUID(queued["task_id"]), 1, "Silent.")
    brush.go.set()
    assert (await studio.run_ends(queued["run_id"]))["status"] == "succeeded"
    assert [take["number"] for take in await takes(studio, project)] == [1]
    assert brush.runs == 2


async def test_a_project_that_is_removed_while_it_runs_harms_no_worker(
    studio, project, brush
) -> None:
    brush.go.clear()
    await studio.generate(project, await studio.shot(project))
    await asyncio.wait_for(brush.began.wait(), 60)
    assert (await studio.owner.delete(f"/api/v1/projects/{project}")).status_code == 204
    brush.go.set()
    other = await studio.project()
    run = await studio.generate(other, await studio.shot(other))
    assert (await studio.run_ends(run["run_id"]))["status"] == "succeeded"


async def test_a_take_is_never_changed(studio, project, brush) -> None:
    node = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    for role in (DatabaseRole.SERVICE, DatabaseRole.APP):
        with pytest.raises(asyncpg.PostgresError):
            async with unit_of_work(role=role) as unit:
                await unit.execute("UPDATE takes SET name = 'other'")


async def rendered(studio, project: str) -> list[str]:
    tree = (await studio.owner.get(f"/api/projects/{project}/structure")).text
    return sorted(re.findall(r'"path":"(03_Renders/[^"]+\.png)"', tree))


async def test_an_end_that_is_handled_twice_changes_nothing(studio, project, brush) -> None:
    node = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    graph = f"/api/v1/projects/{project}/graph"
    before = (await studio.owner.get(graph)).json()
    files = await rendered(studio, project)
    assert len(files) == 1
    state = studio.app.state
    again = TaskEventConsumer(state.store, state.dispatcher, state.progress, auto_commit=False)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE task_events SET handled_at = NULL WHERE project_id = $1", UUID(project)
        )
    while await again.handle_batch():
        continue
    assert (await studio.owner.get(graph)).json() == before
    assert await rendered(studio, project) == files


async def test_of_two_takes_the_chosen_one_counts(studio, project, brush) -> None:
    node = await studio.shot(project)
    for _ in range(2):
        await studio.run_ends((await studio.generate(project, node))["run_id"])
    first, _second = await takes(studio, project)
    url = f"/api/v1/projects/{project}/nodes/{node}/active-take"
    answer = await studio.owner.post(url, json={"take_id": first["id"]})
    assert answer.status_code == 204, answer.text
    graph = (await studio.owner.get(f"/api/v1/projects/{project}/graph")).json()
    assert graph["nodes"][0]["data"]["active_take"] == first["id"]
    other = await studio.shot(project, code="020")
    wrong = f"/api/v1/projects/{project}/nodes/{other}/active-take"
    assert (await studio.owner.post(wrong, json={"take_id": first["id"]})).status_code == 404


async def test_what_a_run_tells_of_itself_stands_on_its_take(studio, project, brush) -> None:
    brush.says = [Log("The face of INA is left out.", "warning"), Usage(vram_bytes=12)]
    node = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    [take] = await takes(studio, project)
    made_by = take["made_by"]
    assert made_by["notes"] == ["The face of INA is left out."]
    assert made_by["vram_bytes"] == 12
    assert (made_by["backend"], made_by["models"]) == ("brush", {})
    assert "not_reusable" not in made_by


async def test_a_model_of_unknown_version_is_never_reused_and_the_take_says_so(
    studio, project, brush, monkeypatch
) -> None:
    spec = msgspec.structs.replace(
        brush.spec, ingredients=lambda request: Ingredients(models={"oil": None})
    )
    monkeypatch.setitem(studio.app.state.plugins.backends, "brush", spec)
    node = await studio.shot(project, seed=7, seed_locked=True)
    for request_id in ("one", "two"):
        run = await studio.generate(project, node, request_id=request_id)
        assert not (await studio.run_ends(run["run_id"]))["tasks"][0]["reused"]
    assert brush.runs == 2
    for take in await takes(studio, project):
        assert take["recipe"] is None
        assert take["made_by"]["not_reusable"] == "Which version of oil made it is not known."


async def test_the_file_that_a_node_type_comes_from_is_part_of_the_recipe(
    studio, project, brush, monkeypatch
) -> None:
    plugins = studio.app.state.plugins
    node = await studio.shot(project, seed=7, seed_locked=True)
    recipes = []
    for digest in ("1" * 64, "2" * 64):
        entry = CatalogEntry(
            digest=digest, source_name="shot.yaml", node_type=plugins.node_types["film.shot"]
        )
        monkeypatch.setitem(plugins.catalog_entries, "film.shot", entry)
        await studio.run_ends((await studio.generate(project, node))["run_id"])
        take = (await takes(studio, project))[-1]
        assert take["made_by"]["workflow"] == digest
        recipes.append(take["recipe"])
    assert len(set(recipes)) == 2


async def test_a_task_waits_for_a_worker_that_has_its_backend(
    studio, project, brush, monkeypatch
) -> None:
    newer = msgspec.structs.replace(brush.spec, version="2", title="Brush")
    monkeypatch.setitem(studio.app.state.plugins.backends, "brush", newer)
    # The studio's own animatic could serve as well: take it away.
    monkeypatch.delitem(studio.app.state.plugins.backends, "media.animatic")
    queued = await studio.generate(project, await studio.shot(project))
    await studio.app.state.dispatcher.tick()
    [entry] = (await studio.owner.get(f"/api/v1/projects/{project}/queue")).json()["items"]
    assert entry["task_id"] == queued["task_id"]
    assert entry["cause"] == "The workers have version 1 of Brush, the studio has 2."
    assert (entry["cause_kind"], entry["hint"]) == ("wrong_version", "Restart the workers.")
    run = (await studio.owner.get(f"/api/v1/runs/{queued['run_id']}")).json()["run"]
    assert [task["cause"] for task in run["tasks"]] == [entry["cause"]]
    assert brush.runs == 0
    monkeypatch.setitem(studio.app.state.plugins.backends, "brush", brush.spec)
    assert (await studio.run_ends(queued["run_id"]))["status"] == "succeeded"


async def test_a_project_prefers_a_backend(studio, brush) -> None:
    settings = {"resolution": "96x64", "frame_rate": 12, "backends": ["media.animatic"]}
    made = await studio.owner.post(
        "/api/v1/projects", json={"title": "Plain", "settings": settings}
    )
    assert made.status_code == 201, made.text
    project = made.json()["id"]
    node = await studio.shot(project, frames=2)
    await studio.run_ends((await studio.generate(project, node))["run_id"])
    [take] = await takes(studio, project)
    assert take["made_by"]["backend"] == "media.animatic"
    assert brush.runs == 0
    refused = await studio.owner.patch(
        f"/api/v1/projects/{project}", json={"settings": {**settings, "backends": ["a b"]}}
    )
    assert refused.status_code == 400, refused.text
