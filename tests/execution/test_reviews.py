"""Approval: of takes by who may, and of the assets that a costly run uses before it begins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.collaboration import asset_sync
from app.execution import TakeReviewed
from app.platform import bus
from app.platform.ids import new_key
from tests.studio import Studio


async def member(studio: Studio, project: str, role: str) -> Any:
    token = await studio.token("Jo")
    await studio.let_in(project, token, role)
    return await studio.client(token)


async def test_a_take_is_approved_by_who_may_and_stays_as_it_is(studio: Studio) -> None:
    project = await studio.project()
    shot = await studio.shot(project)
    async with studio.worker():
        run = await studio.run_ends((await studio.generate(project, shot))["run_id"])
    take = run["tasks"][0]["take_id"]
    url = f"/api/v1/takes/{take}/review"
    assert (await studio.owner.get(url)).json()["state"] == "pending"
    before = (await studio.owner.get(f"/api/v1/takes/{take}")).json()
    viewer, reviewer = [await member(studio, project, role) for role in ("viewer", "reviewer")]
    body = {"state": "approved", "comment": "Print it."}
    assert (await viewer.post(url, json=body)).status_code == 403
    heard: list[TakeReviewed] = []

    async def hear(fact: TakeReviewed) -> None:
        heard.append(fact)

    forget = bus.listen(TakeReviewed, hear)
    try:
        assert (await reviewer.post(url, json=body)).status_code == 200
    finally:
        forget()
    assert [(str(fact.take_id), fact.state) for fact in heard] == [(take, "approved")]
    found = (await viewer.get(url)).json()
    assert (found["state"], found["comment"]) == ("approved", "Print it.")
    assert found["by"] == (await reviewer.get("/api/v1/auth/me")).json()["id"]
    assert found["at"]
    listed = (await viewer.get(f"/api/v1/projects/{project}/take-reviews")).json()["items"]
    assert listed == [found]
    await reviewer.post(url, json={"state": "rejected"})
    assert (await viewer.get(url)).json()["state"] == "rejected"
    assert (await studio.owner.get(f"/api/v1/takes/{take}")).json() == before
    stranger = await studio.person()
    assert (await stranger.get(url)).status_code == 404
    assert (await stranger.post(url, json=body)).status_code == 404


async def test_a_costly_run_waits_for_approval_and_names_what_is_missing(
    studio: Studio, monkeypatch: Any
) -> None:
    monkeypatch.setattr(asset_sync, "SOON", 0.0)
    project = await studio.project(quality="high")
    hero, style, unused, shot = new_key(), new_key(), new_key(), await studio.shot(project)
    wires = [
        {"op": "edge.add", "id": new_key(), "source": source, "source_socket": socket,
         "target": shot, "target_socket": target}
        for source, socket, target in (
            (hero, "character", "characters"), (style, "style", "style"),
        )
    ]  # fmt: skip
    answer = await studio.change(
        project,
        {"op": "node.add", "id": hero, "type": "film.character", "data": {"name": "INA"}},
        {"op": "node.add", "id": unused, "type": "film.character", "data": {"name": "BO"}},
        {"op": "node.add", "id": style, "type": "film.style", "data": {"name": "Fog"}},
        *wires,
    )
    assert answer.status_code == 200, answer.text
    await studio.app.state.asset_sync.bring_in_step(UUID(project))
    assets = {
        asset["name"]: asset
        for asset in (await studio.owner.get(f"/api/v1/projects/{project}/assets")).json()["items"]
    }
    assert assets.keys() == {"INA", "BO", "Fog"}
    policy = f"/api/v1/projects/{project}/asset-policy"
    assert (await studio.owner.put(policy, json={"approval_from": "high"})).status_code == 200

    async def start() -> Any:
        return await studio.owner.post(
            f"/api/v1/projects/{project}/generate", json={"node_id": shot}
        )

    async def approve(name: str) -> None:
        decided = await studio.owner.post(
            f"/api/v1/projects/{project}/assets/{assets[name]['id']}/decision",
            json={"version": 1, "state": "approved"},
        )
        assert decided.status_code == 200, decided.text

    refused = await start()
    body = refused.json()
    assert (refused.status_code, body["code"]) == (409, "run.assets_not_approved")
    assert {one["name"] for one in body["assets"]} == {"INA", "Fog"}
    assert "INA (version 1)" in body["title"]
    await approve("INA")
    assert [one["name"] for one in (await start()).json()["assets"]] == ["Fog"]
    # At a lower quality nobody asks.
    low = {"op": "node.set", "id": shot, "values": {"data.quality": "low"}}
    assert (await studio.change(project, low)).status_code == 200
    assert (await start()).status_code == 202
    high = {"op": "node.set", "id": shot, "values": {"data.quality": "high"}}
    await studio.change(project, high)
    await approve("Fog")
    begun = await start()
    assert begun.status_code == 202, begun.text
    # What has begun goes on, whatever is decided now.
    await studio.owner.post(
        f"/api/v1/projects/{project}/assets/{assets['INA']['id']}/decision",
        json={"version": 1, "state": "rejected"},
    )
    async with studio.worker():
        assert (await studio.run_ends(begun.json()["run_id"]))["status"] == "succeeded"
