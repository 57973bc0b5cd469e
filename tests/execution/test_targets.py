"""What can be generated: a target that makes nothing is refused before anything is stored."""

from __future__ import annotations

from typing import Any

import pytest

from app.platform.ids import new_key


@pytest.fixture
async def project(studio) -> str:
    return await studio.project()


async def node_of(studio, project: str, kind: str, **given: Any) -> str:
    node = new_key()
    op = {"op": "node.add", "id": node, "type": f"film.{kind}", **given}
    answer = await studio.change(project, op)
    assert answer.status_code == 200, answer.text
    return node


async def connect(studio, project: str, path: str) -> None:
    source, target = (end.strip().split(".") for end in path.split(">"))
    op = {
        "op": "edge.add", "id": new_key(), "source": source[0], "source_socket": source[1],
        "target": target[0], "target_socket": target[1],
    }  # fmt: skip
    answer = await studio.change(project, op)
    assert answer.status_code == 200, answer.text


async def runs_of(studio, project: str) -> list[dict[str, Any]]:
    return (await studio.owner.get(f"/api/v1/projects/{project}/runs")).json()["items"]


async def refusals(studio, project: str, node: str) -> list[dict[str, Any]]:
    """What is answered to everybody who asks for this node."""
    url = f"/api/v1/projects/{project}"
    answers = [
        await studio.owner.post(f"{url}/generate", json={"node_id": node}),
        await studio.owner.post(f"{url}/runs", json={"targets": [node]}),
        await studio.owner.get(f"{url}/plan", params={"target": node}),
    ]
    assert {answer.status_code for answer in answers} == {400}, [a.text for a in answers]
    return [answer.json() for answer in answers]


@pytest.mark.parametrize("kind", ["character", "metadata", "conditional", "loop", "scene"])
async def test_a_node_that_makes_nothing_is_refused_and_leaves_no_run(
    studio, project, kind
) -> None:
    data = {"data": {"name": "Ina"}} if kind == "character" else {}
    node = await node_of(studio, project, kind, **data)
    for refused in await refusals(studio, project, node):
        assert refused["code"] == "plan.nothing_to_make"
        assert refused["title"].endswith(".")
        assert refused["hint"]
    assert await runs_of(studio, project) == []


async def test_the_hint_names_a_node_that_uses_it(studio, project) -> None:
    ina = await node_of(studio, project, "character", data={"name": "Ina"})
    shot = await studio.shot(project, code="020")
    await connect(studio, project, f"{ina}.character > {shot}.characters")
    [generate, *_] = await refusals(studio, project, ina)
    assert generate["title"] == "Ina holds a value: a run makes nothing of it."
    assert generate["hint"] == "Generate SHOT_020, which uses it."


async def test_one_target_that_makes_nothing_refuses_all(studio, project) -> None:
    ina = await node_of(studio, project, "character", data={"name": "Ina"})
    shot = await studio.shot(project)
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/runs", json={"targets": [shot, ina]}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "plan.nothing_to_make")
    assert await runs_of(studio, project) == []


async def test_a_shot_in_a_loop_of_none_is_refused(studio, project) -> None:
    loop = await node_of(studio, project, "loop", data={"count": 0})
    shot = await studio.shot(project)
    await connect(studio, project, f"{loop}.index > {shot}.prompt")
    for refused in await refusals(studio, project, shot):
        assert refused["code"] == "plan.nothing_to_make"
        assert "goes round" in refused["title"]


async def test_to_generate_a_scene_makes_its_shots_anew(studio, project, brush) -> None:
    scene = await node_of(studio, project, "scene", data={"code": "01"})
    shots = [await studio.shot(project, code=code) for code in ("010", "020")]
    for shot in shots:
        moved = await studio.change(
            project, {"op": "node.move", "id": shot, "parent": scene, "order": "a0"}
        )
        assert moved.status_code == 200, moved.text
    for _ in range(2):
        run = await studio.run_ends((await studio.generate(project, scene))["run_id"])
        assert run["status"] == "succeeded"
        assert sorted(task["node_id"] for task in run["tasks"]) == sorted(shots)
    takes = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    assert sorted(take["number"] for take in takes) == [1, 1, 2, 2]
    assert len({take["made_by"]["seed"] for take in takes if take["node_id"] == shots[0]}) == 2


async def test_a_request_id_whose_run_made_nothing_cannot_generate(studio, project, brush) -> None:
    shot = await studio.shot(project)
    await studio.run_ends((await studio.generate(project, shot))["run_id"])
    url = f"/api/v1/projects/{project}"
    body = {"targets": [shot], "request_id": "one"}
    started = await studio.owner.post(f"{url}/runs", json=body)
    assert (started.json()["status"], started.json()["reused"]) == ("succeeded", 1)
    answer = await studio.owner.post(f"{url}/generate", json={"node_id": shot, "request_id": "one"})
    assert (answer.status_code, answer.json()["code"]) == (409, "run.made_nothing")
