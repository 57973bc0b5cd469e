"""What an operator adds as a file stands on canvases that are open, without a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.platform.ids import new_key
from tests.gateway.sockets import peer
from tests.studio import Studio

MANIFEST = """\
schema: function/v0
name: sharpen
title: Sharpen
kind: oneshot
license: {code: MIT}
image: {base: python, python: "3.11"}
inputs:
  image: {type: image, required: true}
  amount: {type: float, default: 1.0, min: 0, max: 4}
steps:
  - {id: run, command: [python, run.py]}
outputs:
  image: {type: image, glob: "{job.out}/*.png"}
"""


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("functions")


@pytest.fixture(scope="module", autouse=True)
async def folder_is_set(functions: Path) -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS", str(functions))
        yield


async def test_a_function_comes_changes_and_goes(
    functions: Path, studio: Studio, host: str, token: str
) -> None:
    async def node_type(id: str) -> dict | None:
        items = (await studio.owner.get("/api/v1/node-types?limit=500")).json()["items"]
        return next((one for one in items if one["id"] == id), None)

    project = await studio.project()
    await studio.let_in(project, token)
    added = {"op": "node.add", "id": new_key(), "type": "function.sharpen"}
    async with peer(host, project, token) as ina:
        await ina.join()
        assert await node_type("function.sharpen") is None
        assert (await studio.change(project, added)).status_code == 409

        folder = functions / "sharpen"
        folder.mkdir()
        (folder / "function.yaml").write_text(MANIFEST)
        told = await ina.next("server:node_types_changed", within=60)
        assert told == {"node_types": ["function.sharpen"]}
        found = await node_type("function.sharpen")
        assert found is not None
        assert found["title"] == "Sharpen"
        assert found["params"]["properties"]["amount"]["maximum"] == 4
        assert (await studio.change(project, added)).status_code == 200

        # The code beside it is part of it.
        (folder / "run.py").write_text("print()")
        await ina.next("server:node_types_changed", within=60)
        newer = await node_type("function.sharpen")
        assert newer is not None
        assert newer["version"] != found["version"]

        # One that is broken says so, and where; its nodes keep what they hold.
        (folder / "function.yaml").write_text(MANIFEST.replace("min: 0", "min: 9"))
        await ina.next("server:node_types_changed", within=60)
        assert await node_type("function.sharpen") is None
        plugins = (await studio.owner.get("/api/v1/plugins")).json()["items"]
        (report,) = [one for one in plugins if one["name"] == "function_runner"]
        assert "line 9: inputs.amount.min: it is above max" in report["errors"][0]
        graph = (await studio.owner.get(f"/api/v1/projects/{project}/graph")).json()
        assert added["id"] in str(graph)
