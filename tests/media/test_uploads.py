"""Files that people bring: looked into, kept by their digest, and seen by their project alone."""

from __future__ import annotations

import io

from PIL import Image

from app.platform.ids import new_key
from tests.studio import Studio


def picture(size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(out, "PNG")
    return out.getvalue()


async def upload(studio: Studio, project: str, data: bytes, name: str = "sea.png"):
    return await studio.owner.post(
        f"/api/v1/projects/{project}/media", content=data, headers={"X-Filename": name}
    )


async def test_a_picture_is_kept_with_what_the_probe_saw(studio: Studio) -> None:
    project = await studio.project()
    answer = await upload(studio, project, picture(), "../../etc/s%C3%A9a.png")
    assert answer.status_code == 201, answer.text
    media = answer.json()
    assert media["media_type"] == "image/png"
    assert (media["facts"]["width"], media["facts"]["height"]) == (64, 48)
    assert media["name"] == "séa.png"
    back = await studio.owner.get(f"/api/v1/projects/{project}/media/{media['digest']}")
    assert back.content == picture()


async def test_what_is_no_media_is_refused_and_nothing_is_kept(studio: Studio) -> None:
    project = await studio.project()
    answer = await upload(studio, project, b"#!/bin/sh\nrm -rf /\n", "sea.png")
    assert answer.status_code == 415
    assert answer.json()["code"].startswith("media.")
    incoming = studio.settings.home / "cache" / "incoming"
    assert not list(incoming.glob("upload-*"))


async def test_another_projects_file_cannot_be_used_by_its_digest(studio: Studio) -> None:
    mine, other = await studio.project(), await studio.project()
    media = (await upload(studio, other, picture((66, 48)))).json()
    hero, shot = new_key(), await studio.shot(mine)
    answer = await studio.change(
        mine,
        {"op": "node.add", "id": hero, "type": "film.character",
         "data": {"name": "INA", "face_image": media}},
        {"op": "edge.add", "id": new_key(), "source": hero, "source_socket": "character",
         "target": shot, "target_socket": "characters"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    started = await studio.owner.post(f"/api/v1/projects/{mine}/runs", json={"targets": [shot]})
    run = await studio.run_ends(started.json()["id"])
    assert run["status"] == "failed"
    assert run["tasks"][0]["error"]["code"] == "media.not_in_project"
