"""Workflows that people bring: looked at, kept, chosen on a pipeline's node, and run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from fake_comfyui import FakeComfyUI

from app.platform.ids import new_key
from app.platform.plugins import load_plugins
from tests.studio import Studio

WORKFLOW: dict[str, Any] = {
    "1": {
        "class_type": "EmptyImage",
        "inputs": {"width": 64, "height": 48, "batch_size": 1, "color": 255},
    },
    "2": {
        "class_type": "Steps",
        "inputs": {"image": ["1", 0], "steps": 4},
        "_meta": {"title": "How many"},
    },
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "made"}},
}


@pytest.fixture
async def comfyui(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeComfyUI]:
    async with FakeComfyUI() as server:
        spec = server.spec
        monkeypatch.setitem(studio.app.state.plugins.backends, spec.name, spec)
        yield server


async def preview(studio: Studio, project: str, content: bytes, name: str = "lamp.json") -> Any:
    return await studio.owner.post(
        f"/api/v1/projects/{project}/pipelines/preview",
        content=content,
        headers={"X-Filename": name},
    )


async def kept(studio: Studio, project: str) -> dict[str, Any]:
    found = (await preview(studio, project, json.dumps(WORKFLOW).encode())).json()
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/pipelines", json={"template": found["template"]}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def pictured(studio: Studio, project: str, media: dict[str, Any], **parameters: Any) -> str:
    """An image generation whose pipeline has this template; its node."""
    pipeline, picture = new_key(), new_key()
    data = {"template": media, "parameters": parameters}
    answer = await studio.change(
        project,
        {"op": "node.add", "id": pipeline, "type": "film.pipeline", "data": data},
        {"op": "node.add", "id": picture, "type": "film.image_generation"},
        {
            "op": "edge.add",
            "id": new_key(),
            "source": pipeline,
            "source_socket": "pipeline",
            "target": picture,
            "target_socket": "pipeline",
        },
    )
    assert answer.status_code == 200, answer.text
    return picture


async def test_a_file_suggests_its_parameters_and_nothing_is_kept(studio: Studio) -> None:
    project = await studio.project()
    answer = await preview(studio, project, json.dumps(WORKFLOW).encode())
    assert answer.status_code == 200, answer.text
    summary = answer.json()["summary"]
    assert summary["title"] == "lamp"
    found = {one["title"]: (one["kind"], one["source"]) for one in summary["parameters"]}
    assert found["How many: steps"] == ("integer", "")
    assert found["EmptyImage: width"] == ("integer", "width")
    assert summary["makes"] == ["image"]
    assert summary["node_types"] == ["EmptyImage", "SaveImage", "Steps"]
    listed = await studio.owner.get(f"/api/v1/projects/{project}/pipelines")
    assert listed.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"nodes": [], "links": []}', "comfyui.browser_format"),
        (b"not json", "comfyui.not_json"),
        (b"[1]", "comfyui.no_workflow"),
        (b"[" * 100_000, "comfyui.not_json"),
        (b"{}", "comfyui.bad_workflow"),
        (b'{"1": {"inputs": {}}}', "comfyui.bad_workflow"),
        (b'{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}', "comfyui.bad_workflow"),
        (b" " * (5 << 20), "pipeline.too_large"),
    ],
    ids=["browser", "text", "list", "deep", "empty", "no-type", "dangling", "large"],
)
async def test_what_is_no_workflow_is_told(studio: Studio, content: bytes, code: str) -> None:
    answer = await preview(studio, await studio.project(), content)
    assert answer.json()["code"] == code
    assert answer.status_code in (400, 413)
    assert answer.json()["hint"]


async def test_a_workflow_is_kept_listed_read_and_removed(studio: Studio) -> None:
    project = await studio.project()
    found = await kept(studio, project)
    address = f"/api/v1/projects/{project}/pipelines"
    listed = (await studio.owner.get(address)).json()["items"]
    assert [one["id"] for one in listed] == [found["id"]]
    template = (await studio.owner.get(f"{address}/{found['id']}")).json()
    assert template["workflow"] == WORKFLOW
    library = studio.settings.workspace / "Library/Pipeline_Templates"
    (file,) = library.glob(f"*_{found['media']['digest'][:12]}.json")
    assert json.loads(file.read_text()) == template
    assert (await studio.owner.delete(f"{address}/{found['id']}")).status_code == 204
    assert (await studio.owner.get(address)).json()["items"] == []
    assert (await studio.owner.get(f"{address}/{found['id']}")).status_code == 404
    assert (await studio.owner.delete(f"{address}/{found['id']}")).status_code == 404


async def test_a_template_that_binds_what_is_not_there_is_refused(studio: Studio) -> None:
    project = await studio.project()
    found = (await preview(studio, project, json.dumps(WORKFLOW).encode())).json()["template"]
    found["outputs"] = [{"node": "99", "kind": "image"}]
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/pipelines", json={"template": found}
    )
    assert answer.json()["code"] == "comfyui.bad_template"


async def test_a_pipeline_makes_a_take_on_comfyui(studio: Studio, comfyui: FakeComfyUI) -> None:
    project = await studio.project()
    found = await kept(studio, project)
    plugins = load_plugins("worker")
    plugins.backends[comfyui.spec.name] = comfyui.spec
    picture = await pictured(studio, project, found["media"], how_many_steps=7)
    async with studio.worker(plugins):
        run = await studio.generate(project, picture)
        ended = await studio.run_ends(run["run_id"])
    assert ended["status"] == "succeeded", ended
    assert comfyui.submissions() == 1
    takes = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()["items"]
    (take,) = takes
    assert take["made_by"]["backend"] == "comfyui.workflow"
    assert take["made_by"]["workflow"] == found["media"]["digest"]
    (output,) = take["outputs"]
    assert output["media"]["media_type"] == "image/png"
    # What a server gave is looked into before it becomes a take.
    assert (output["media"]["facts"]["width"], output["media"]["facts"]["height"]) == (16, 12)
    (job,) = comfyui.graphs
    assert job["2"]["inputs"]["steps"] == 7
    assert (job["1"]["inputs"]["width"], job["1"]["inputs"]["height"]) == (96, 64)


async def test_a_value_that_does_not_fit_is_told_on_the_node(
    studio: Studio, comfyui: FakeComfyUI
) -> None:
    project = await studio.project()
    found = await kept(studio, project)
    plugins = load_plugins("worker")
    plugins.backends[comfyui.spec.name] = comfyui.spec
    picture = await pictured(studio, project, found["media"], how_many_steps="seven")
    async with studio.worker(plugins):
        run = await studio.generate(project, picture)
        ended = await studio.run_ends(run["run_id"])
    assert ended["status"] == "failed"
    assert comfyui.submissions() == 0
    failures = (await studio.owner.get(f"/api/v1/projects/{project}/failures")).json()["items"]
    assert "How many: steps" in msgspec.json.encode(failures).decode()


async def test_another_projects_workflow_is_none_of_ours(
    studio: Studio, comfyui: FakeComfyUI
) -> None:
    theirs = await kept(studio, await studio.project())
    project = await studio.project()
    picture = await pictured(studio, project, theirs["media"])
    plugins = load_plugins("worker")
    plugins.backends[comfyui.spec.name] = comfyui.spec
    async with studio.worker(plugins):
        run = await studio.generate(project, picture)
        ended = await studio.run_ends(run["run_id"])
    assert ended["status"] == "failed"
    assert comfyui.submissions() == 0


async def test_starters_are_offered_and_kept_like_what_people_bring(studio: Studio) -> None:
    project = await studio.project()
    address = f"/api/v1/projects/{project}/pipelines"
    offered = (await studio.owner.get(f"{address}/starters")).json()["items"]
    tiers = [one["summary"]["tier"] for one in offered]
    assert (len(offered), set(tiers)) == (12, {"low", "standard", "high"})
    (chosen,) = [one for one in offered if one["summary"]["title"].endswith("Flux Schnell")]
    assert (await studio.owner.get(address)).json()["items"] == []
    answer = await studio.owner.post(
        address, json={"template": chosen["template"], "format": chosen["format"]}
    )
    assert answer.status_code == 201, answer.text
    models = answer.json()["summary"]["models"]
    assert [(one["name"], one["folder"]) for one in models] == [
        ("flux1-schnell-fp8.safetensors", "checkpoints")
    ]


async def test_settings_of_wan2gp_are_told_by_their_file(studio: Studio) -> None:
    project = await studio.project()
    exported = json.dumps({"model_type": "flux", "num_inference_steps": 24}).encode()
    found = (await preview(studio, project, exported, "hat.json")).json()
    assert (found["format"], found["summary"]["title"]) == ("wan2gp", "hat")
    kept = await studio.owner.post(
        f"/api/v1/projects/{project}/pipelines",
        json={"template": found["template"], "format": found["format"]},
    )
    assert kept.json()["backend"] == "wan2gp.generate"
