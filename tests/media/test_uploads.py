"""Files that people bring: looked into, kept by their digest, and seen by their project alone."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.media import UploadLimits
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
    answer = await upload(studio, project, picture(), "s%C3%A9a.png")
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
    assert incoming.is_dir()
    assert not list(incoming.iterdir())


@pytest.mark.parametrize("name", ["../../etc/sea.png", "a%5Cb.png", "CON", "a%00b.png"])
async def test_a_name_that_is_none_is_refused(studio: Studio, name: str) -> None:
    answer = await upload(studio, await studio.project(), picture(), name)
    assert (answer.status_code, answer.json()["code"]) == (400, "media.bad_name")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("logo.html", "logo.html.png"),
        ("Sea: take 2.PNG", "Sea_ take 2.PNG"),
        ("", "file.png"),
        ("a%E2%80%AEgnp.exe", "a_gnp.exe.png"),
    ],
)
async def test_a_name_fits_every_system_and_the_content(
    studio: Studio, name: str, kept: str
) -> None:
    answer = await upload(studio, await studio.project(), picture(), name)
    assert answer.json()["name"] == kept


async def test_a_file_that_is_too_large_leaves_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.app.state.uploads, "limits", UploadLimits(file=20))
    answer = await upload(studio, await studio.project(), picture())
    assert (answer.status_code, answer.json()["code"]) == (413, "media.too_large")
    assert not list((studio.settings.home / "cache" / "incoming").iterdir())


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
