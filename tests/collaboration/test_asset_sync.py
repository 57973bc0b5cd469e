"""Canvas and library say the same: nodes become assets, edits go both ways, shots can be frozen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.collaboration import asset_sync
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.studio import Studio


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asset_sync, "SOON", 0.02)
    monkeypatch.setattr(asset_sync, "TYPED", 0.1)


@pytest.fixture
async def project(studio: Studio) -> str:
    return await studio.project()


async def add(studio: Studio, project: str, **data: Any) -> str:
    node = new_key()
    op = {"op": "node.add", "id": node, "type": "film.character", "data": data}
    answer = await studio.change(project, op)
    assert answer.status_code == 200, answer.text
    return node


async def put(studio: Studio, project: str, node: str, **values: Any) -> None:
    op = {"op": "node.set", "id": node, "values": {f"data.{k}": v for k, v in values.items()}}
    answer = await studio.change(project, op)
    assert answer.status_code == 200, answer.text


async def node_of(studio: Studio, project: str, node: str) -> dict[str, Any] | None:
    graph = (await studio.owner.get(f"/api/v1/projects/{project}/graph")).json()
    found = next((n for n in graph["nodes"] if n["id"] == node), None)
    return None if found is None else {**found.get("data", {}), **found.get("text", {})}


async def library(studio: Studio, project: str) -> list[dict[str, Any]]:
    return (await studio.owner.get(f"/api/v1/projects/{project}/assets")).json()["items"]


async def until(look: Callable[[], Any], what: Callable[[Any], Any]) -> Any:
    """Look again and again until it is so."""
    async with asyncio.timeout(60):
        while True:
            found = await look()
            if what(found):
                return found
            await asyncio.sleep(0.02)


async def linked(studio: Studio, project: str, node: str, version: int | None = None) -> Any:
    """The node once it shows an asset, at this version."""

    def so(found: Any) -> bool:
        reference = (found or {}).get("asset")
        return bool(reference) and version in (None, reference.get("version"))

    return await until(lambda: node_of(studio, project, node), so)


def url(project: str, asset: str) -> str:
    return f"/api/v1/projects/{project}/assets/{asset}"


async def patch(
    client: httpx.AsyncClient, project: str, asset: str, base: int, **content: Any
) -> Any:
    answer = await client.patch(
        url(project, asset), json={"base_version": base, "content": content}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def at_rest(studio: Studio, project: str) -> None:
    """Wait until nothing is left to be brought into step."""
    await studio.app.state.asset_sync.bring_in_step(UUID(project))
    await studio.app.state.asset_sync.bring_in_step(UUID(project))


async def test_a_node_with_a_name_becomes_an_asset_of_its_author(
    studio: Studio, project: str
) -> None:
    token = await studio.token("Jo")
    await studio.let_in(project, token)
    jo = await studio.client(token)
    node = new_key()
    op = {"op": "node.add", "id": node, "type": "film.character",
          "data": {"name": "INA", "age": "34"}, "text": {"description": "Tall."}}  # fmt: skip
    added = await jo.post(f"/api/v1/projects/{project}/graph/operations", json={"ops": [op]})
    assert added.status_code == 200, added.text
    shown = await linked(studio, project, node)
    (asset,) = await library(studio, project)
    assert shown["asset"] == {"id": asset["id"], "version": 1, "frozen": False}
    assert (asset["name"], asset["content"]["age"], asset["content"]["description"]) == (
        "INA", "34", "Tall.",
    )  # fmt: skip
    assert asset["created_by"] == (await jo.get("/api/v1/auth/me")).json()["id"]


async def test_a_node_without_a_name_is_no_asset_yet(studio: Studio, project: str) -> None:
    node = await add(studio, project)
    await at_rest(studio, project)
    assert await library(studio, project) == []
    await put(studio, project, node, name="BO")
    await linked(studio, project, node)
    assert [asset["name"] for asset in await library(studio, project)] == ["BO"]


async def test_what_is_changed_in_the_library_is_on_the_canvas(
    studio: Studio, project: str
) -> None:
    node = await add(studio, project, name="INA")
    asset = (await linked(studio, project, node))["asset"]["id"]
    await patch(studio.owner, project, asset, 1, age="35", description="Tall.")
    shown = await linked(studio, project, node, 2)
    assert (shown["age"], shown["description"]) == ("35", "Tall.")
    await studio.owner.post(f"{url(project, asset)}/rollback", json={"version": 1})
    shown = await linked(studio, project, node, 3)
    assert (shown["age"], shown["description"]) == ("", "")


async def test_what_is_written_on_the_canvas_is_a_version_of_whoever_wrote_it(
    studio: Studio, project: str
) -> None:
    node = await add(studio, project, name="INA")
    asset = (await linked(studio, project, node))["asset"]["id"]
    token = await studio.token("Jo")
    await studio.let_in(project, token)
    jo = await studio.client(token)
    ops = [{"op": "node.set", "id": node, "values": {"data.age": "36"}}]
    await jo.post(f"/api/v1/projects/{project}/graph/operations", json={"ops": ops})
    await linked(studio, project, node, 2)
    newest = (await studio.owner.get(f"{url(project, asset)}/versions")).json()["items"][0]
    assert (newest["changed"], newest["content"]["age"]) == (["age"], "36")
    assert newest["made_by"] == (await jo.get("/api/v1/auth/me")).json()["id"]


async def test_an_undo_on_the_canvas_is_a_version_too(studio: Studio, project: str) -> None:
    node = await add(studio, project, name="INA", age="34")
    asset = (await linked(studio, project, node))["asset"]["id"]
    await put(studio, project, node, age="99")
    await linked(studio, project, node, 2)
    undone = await studio.owner.post(f"/api/v1/projects/{project}/graph/undo", json={})
    assert undone.status_code == 200, undone.text
    shown = await linked(studio, project, node, 3)
    assert shown["age"] == "34"
    assert (await studio.owner.get(url(project, asset))).json()["content"]["age"] == "34"


async def test_the_making_of_a_node_can_be_undone_after_the_studio_linked_it(
    studio: Studio, project: str
) -> None:
    node = await add(studio, project, name="INA")
    await linked(studio, project, node)
    await studio.owner.post(f"/api/v1/projects/{project}/graph/undo", json={})
    assert await node_of(studio, project, node) is None
    # What is in the library stays there: somebody may have used it elsewhere.
    assert len(await library(studio, project)) == 1


async def test_both_doors_at_once_lose_nothing(studio: Studio, project: str) -> None:
    node = await add(studio, project, name="INA")
    asset = (await linked(studio, project, node))["asset"]["id"]
    await asyncio.gather(
        put(studio, project, node, age="36"),
        patch(studio.owner, project, asset, 1, role="cook"),
        put(studio, project, node, personality="gruff"),
    )
    await at_rest(studio, project)
    shown = await until(
        lambda: node_of(studio, project, node), lambda n: n["role"] == "cook" and n["age"] == "36"
    )
    content = (await studio.owner.get(url(project, asset))).json()["content"]
    for found in (shown, content):
        assert (found["age"], found["role"], found["personality"]) == ("36", "cook", "gruff")


async def test_a_node_of_a_known_name_shows_the_asset_and_one_that_differs_is_its_own(
    studio: Studio, project: str
) -> None:
    one = await add(studio, project, name="INA", age="34")
    first = (await linked(studio, project, one))["asset"]["id"]
    same = await add(studio, project, name="Ina")
    shown = await linked(studio, project, same)
    assert (shown["asset"]["id"], shown["age"]) == (first, "34")
    other = await add(studio, project, name="INA", age="80")
    shown = await linked(studio, project, other)
    assert (shown["asset"]["id"] == first, shown["age"]) == (False, "80")
    assert len(await library(studio, project)) == 2


async def test_an_asset_dropped_on_the_canvas_is_filled_in(studio: Studio, project: str) -> None:
    made = await studio.owner.post(
        f"/api/v1/projects/{project}/assets",
        json={"kind": "character", "content": {"name": "INA", "age": "34"}},
    )
    node = await add(studio, project, asset={"id": made.json()["id"]})
    shown = await linked(studio, project, node, 1)
    assert (shown["name"], shown["age"]) == ("INA", "34")


async def test_a_node_pasted_from_another_project_becomes_an_asset_of_this_one(
    studio: Studio, project: str
) -> None:
    there = await studio.project()
    node = await add(studio, there, name="INA", age="34")
    foreign = (await linked(studio, there, node))["asset"]
    pasted = await add(studio, project, name="INA", age="34", asset=foreign)
    shown = await until(
        lambda: node_of(studio, project, pasted), lambda n: n["asset"]["id"] != foreign["id"]
    )
    (asset,) = await library(studio, project)
    assert shown["asset"]["id"] == asset["id"]


async def test_a_file_of_another_project_leaves_the_node_as_it_is(
    studio: Studio, project: str
) -> None:
    media = {"digest": "a" * 64, "size": 1, "media_type": "image/png", "name": "", "facts": {}}
    node = await add(studio, project, name="INA", face_image=media)
    await at_rest(studio, project)
    assert "asset" not in (await node_of(studio, project, node) or {})
    assert await library(studio, project) == []


async def test_what_a_process_that_died_left_undone_is_done_when_the_project_is_opened(
    studio: Studio, project: str
) -> None:
    node = await add(studio, project, name="INA")
    asset = (await linked(studio, project, node))["asset"]["id"]
    # Changed by a process that told nobody.
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO asset_versions (asset_id, version, project_id, content, made_by)
               SELECT asset_id, 2, project_id, content || '{"age": "50"}', made_by
               FROM asset_versions WHERE asset_id = $1""",
            UUID(asset),
        )
        await unit.execute("UPDATE assets SET version = 2 WHERE id = $1", UUID(asset))
    await studio.app.state.asset_sync.joined(UUID(project), "a session")
    assert (await linked(studio, project, node, 2))["age"] == "50"


async def wire(studio: Studio, project: str, source: str, *shots: str) -> None:
    ops = [
        {"op": "edge.add", "id": new_key(), "source": source, "source_socket": "character",
         "target": shot, "target_socket": "characters"}
        for shot in shots
    ]  # fmt: skip
    answer = await studio.change(project, *ops)
    assert answer.status_code == 200, answer.text


async def test_shots_stay_with_a_version_and_follow_again(studio: Studio, project: str) -> None:
    node = await add(studio, project, name="INA", age="34")
    asset = (await linked(studio, project, node))["asset"]["id"]
    kept, follows = [await studio.shot(project, code=code) for code in ("010", "020")]
    await wire(studio, project, node, kept, follows)
    usage = (await studio.owner.get(f"{url(project, asset)}/usage")).json()
    assert (usage["shots"], [use["label"] for use in usage["uses"]]) == (
        2, ["SHOT_010", "SHOT_020"],
    )  # fmt: skip
    frozen = await studio.owner.post(
        f"{url(project, asset)}/freeze", json={"version": 1, "node_ids": [kept]}
    )
    assert frozen.status_code == 200, frozen.text
    await patch(studio.owner, project, asset, 1, age="80")
    await linked(studio, project, node, 2)
    usage = (await studio.owner.get(f"{url(project, asset)}/usage")).json()
    uses = {use["node_id"]: (use["version"], use["frozen"]) for use in usage["uses"]}
    assert uses == {kept: (1, True), follows: (2, False)}
    still = next(n for n in usage["nodes"] if n != node)
    await at_rest(studio, project)
    assert (await node_of(studio, project, still) or {})["age"] == "34"
    # What somebody writes on it is not lost: it is a version, and the node stays as it is.
    await put(studio, project, still, role="cook")
    await linked(studio, project, node, 3)
    await at_rest(studio, project)
    assert (await node_of(studio, project, node) or {})["role"] == "cook"
    assert (await node_of(studio, project, still) or {})["role"] == ""
    free = await studio.owner.post(f"{url(project, asset)}/unfreeze", json={"node_ids": [kept]})
    assert {use["frozen"] for use in free.json()["uses"]} == {False}
    assert await node_of(studio, project, still) is None, "nothing is wired to it any more"
    # It is one step of whoever did it.
    undone = await studio.owner.post(f"/api/v1/projects/{project}/graph/undo", json={})
    assert undone.status_code == 200, undone.text
    assert await node_of(studio, project, still) is not None


async def test_a_shot_that_does_not_use_it_cannot_be_frozen(studio: Studio, project: str) -> None:
    node = await add(studio, project, name="INA")
    asset = (await linked(studio, project, node))["asset"]["id"]
    shot = await studio.shot(project)
    body = {"version": 1, "node_ids": [shot]}
    answer = await studio.owner.post(f"{url(project, asset)}/freeze", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "asset.not_used")
    body["version"] = 7
    answer = await studio.owner.post(f"{url(project, asset)}/freeze", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "asset.no_version")


async def test_a_change_makes_the_shots_that_use_it_stale_with_the_reason_and_no_other(
    studio: Studio, project: str
) -> None:
    ina, bo = await add(studio, project, name="INA"), await add(studio, project, name="BO")
    asset = (await linked(studio, project, ina))["asset"]["id"]
    await linked(studio, project, bo)
    hers, his = [await studio.shot(project, code=code) for code in ("010", "020")]
    await wire(studio, project, ina, hers)
    await wire(studio, project, bo, his)
    async with studio.worker():
        started = await studio.owner.post(
            f"/api/v1/projects/{project}/runs", json={"targets": [hers, his]}
        )
        run = await studio.run_ends(started.json()["id"])
        assert run["status"] == "succeeded", run
    stale = f"/api/v1/projects/{project}/stale"
    await at_rest(studio, project)
    assert (await studio.owner.get(stale)).json()["items"] == []
    await patch(studio.owner, project, asset, 1, age="80")
    await linked(studio, project, ina, 2)
    (found,) = (await studio.owner.get(stale)).json()["items"]
    assert (found["node_id"], found["reasons"]) == (hers, ["INA's age changed."])


async def test_a_script_brings_its_people_and_places_into_the_library(
    studio: Studio, project: str
) -> None:
    script = "INT. HARBOUR - NIGHT\n\nThe fog.\n\nINA\nWho is there?\n\nBO\nMe.\n"
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/scripts", content=script.encode(),
        headers={"X-Filename": "fog.fountain"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    found = await until(lambda: library(studio, project), lambda assets: len(assets) == 3)
    assert {(asset["kind"], asset["name"].upper()) for asset in found} == {
        ("character", "BO"), ("character", "INA"), ("environment", "HARBOUR"),
    }  # fmt: skip
    await at_rest(studio, project)
    # The same script again brings nothing twice.
    await studio.owner.post(
        f"/api/v1/projects/{project}/scripts", content=script.encode(),
        headers={"X-Filename": "fog.fountain"},
    )  # fmt: skip
    await at_rest(studio, project)
    assert len(await library(studio, project)) == 3
    usage = (await studio.owner.get(f"/api/v1/projects/{project}/asset-usage")).json()["items"]
    assert {one["asset_id"] for one in usage} == {asset["id"] for asset in found}
    assert all(one["shots"] >= 1 for one in usage)
