"""A change in the library reaches everybody in the project: the asset, and what it made stale."""

from __future__ import annotations

import io
import time
from typing import Any

from PIL import Image

from app.platform.ids import new_key
from tests.gateway.sockets import peer
from tests.studio import Studio


async def picture(studio: Studio, project: str, colour: int) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (96, 64), (colour, 80, 80)).save(out, "PNG")
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/media", content=out.getvalue(),
        headers={"X-Filename": "face.png"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_new_face_is_in_the_other_library_and_its_shots_are_stale_and_nothing_else(
    studio: Studio,
) -> None:
    project = await studio.project()
    ina, bo = new_key(), new_key()
    shots = [await studio.shot(project, code=code) for code in ("010", "020", "030")]
    faces = [await picture(studio, project, colour) for colour in (10, 200)]
    people = [
        {"op": "node.add", "id": node, "type": "film.character",
         "data": {"name": name, "face_image": faces[0]}}
        for node, name in ((ina, "INA"), (bo, "BO"))
    ]  # fmt: skip
    wires = [
        {"op": "edge.add", "id": new_key(), "source": source, "source_socket": "character",
         "target": target, "target_socket": "characters"}
        for source, target in ((ina, shots[0]), (ina, shots[1]), (bo, shots[2]))
    ]  # fmt: skip
    assert (await studio.change(project, *people, *wires)).status_code == 200
    async with studio.worker():
        body = {"targets": shots}
        run = await studio.owner.post(f"/api/v1/projects/{project}/runs", json=body)
        assert (await studio.run_ends(run.json()["id"]))["status"] == "succeeded"
    listed = (await studio.owner.get(f"/api/v1/projects/{project}/assets?search=ina")).json()
    (asset,) = listed["items"]
    token = await studio.token("Jo")
    await studio.let_in(project, token, "viewer")
    async with studio.served() as place, peer(place, project, token) as jo:
        await jo.join()
        began = time.monotonic()
        changed = await studio.owner.patch(
            f"/api/v1/projects/{project}/assets/{asset['id']}",
            json={"base_version": asset["version"], "content": {"face_image": faces[1]}},
        )
        assert changed.status_code == 200, changed.text
        event = await jo.next("server:asset_changed")
        heard = time.monotonic() - began
        assert (event["id"], event["kind"], event["change"]) == (
            asset["id"],
            "character",
            "changed",
        )
        assert event["version"] == asset["version"] + 1
        seen = await studio.owner.get(f"/api/v1/projects/{project}/assets/{asset['id']}")
        assert seen.json()["content"]["face_image"]["digest"] == faces[1]["digest"]
        stale = await jo.next("server:stale")
        while not stale["nodes"]:
            stale = await jo.next("server:stale")
        print(f"asset_changed after {heard:.3f} s, stale after {time.monotonic() - began:.3f} s")
        assert {node["node_id"] for node in stale["nodes"]} == set(shots[:2])
        assert all(node["reasons"] == ["INA's face image changed."] for node in stale["nodes"])


async def test_a_changed_project_reaches_every_session(studio: Studio) -> None:
    project = await studio.project()
    owner = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    async with (
        studio.served() as place,
        peer(place, project, owner) as one,
        peer(place, project, owner) as other,
    ):
        await one.join()
        await other.join()
        answer = await studio.owner.patch(f"/api/v1/projects/{project}", json={"quality": "high"})
        assert answer.status_code == 200, answer.text
        for session in (one, other):
            event = await session.next("server:project_changed")
            assert (event["id"], event["kind"]) == (project, "settings")
