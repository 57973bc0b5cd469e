"""The records in a clone's files: read strictly, since anybody may have written them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from app.archives import read_clone
from app.assets.record_file import read_asset_file, write_asset_file
from app.execution.take_files import read_take_file, write_take_file
from app.execution.takes import Take, TakeOutput
from app.projects.scaffold import LEAVES, first_files
from node_registry import DirectorError, Media
from tests.projects.test_folder_scaffold import manifest

ID = UUID("0192f0c1-0000-7000-8000-00000000000a")
FILM = Media(digest="a" * 64, size=3, media_type="video/mp4", name="a.mp4", facts={"frames": 3})
TAKE = Take(
    id=ID, project_id=ID, node_id=str(ID), version=1, number=2, iteration="", name="S_v01_take02",
    task_id=ID, user_id=ID, basis="b" * 64, recipe="c" * 64, made_from={"frames": 3},
    made_by={"backend": "animatic", "seed": 7}, digest=FILM.digest,
    outputs=[TakeOutput("video", FILM)], created_at=datetime(2026, 11, 30, tzinfo=UTC),
)  # fmt: skip


def clone(folder: Path) -> Path:
    for leaf in LEAVES:
        (folder / leaf).mkdir(parents=True)
    for file in first_files(manifest()):
        (folder / file.path).write_text(file.text)
    return folder


def test_a_take_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "S_v01_take02.take.json"
    path.write_text(write_take_file(TAKE, "Ina"))
    found = read_take_file(path)
    assert found.person == "Ina"
    assert (found.take.id, found.take.recipe, found.take.made_by) == (ID, TAKE.recipe, TAKE.made_by)
    assert found.take.outputs == TAKE.outputs
    assert write_take_file(TAKE, "Ina") == path.read_text()


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"format": "take/v9"}', b"\xff\xfe", b"[" * 100_000, b" " * 10_000_001],
    ids=["empty", "cut", "list", "version", "bytes", "deep", "large"],
)
def test_what_is_no_record_is_named(tmp_path: Path, text: bytes) -> None:
    for name, read, code in (
        ("S.take.json", read_take_file, "take.bad_file"),
        ("LAMP/asset.json", read_asset_file, "asset.bad_file"),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
        with pytest.raises(DirectorError) as refused:
            read(path)
        assert refused.value.code == code
        assert str(tmp_path) not in str(refused.value)


def test_an_asset_of_another_shape_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "LAMP"
    folder.mkdir()
    record = json.loads(write_asset_file(ID, "prop", {"name": "Lamp"}))
    for content in ({}, {"name": 7}, {"name": "Lamp", "reference_images": [{"digest": 1}]}):
        (folder / "asset.json").write_text(json.dumps({**record, "content": content}))
        with pytest.raises(DirectorError):
            read_asset_file(folder / "asset.json")


def test_a_picture_that_an_asset_lost_is_named(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    lamp = folder / "01_Assets/Generative_Assets/Props/LAMP"
    lamp.mkdir(parents=True)
    media = {"digest": "d" * 64, "size": 3, "media_type": "image/png", "name": "a.png", "facts": {}}
    text = write_asset_file(ID, "prop", {"name": "Lamp", "reference_images": [media]})
    (lamp / "asset.json").write_text(text)
    with pytest.raises(DirectorError) as refused:
        read_clone(folder)
    assert refused.value.code == "clone.no_asset_file"
    assert "Lamp" in refused.value.message


def test_a_take_whose_file_was_removed_is_left_out(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    renders = folder / "03_Renders/SCENE_01/SHOT_010"
    renders.mkdir(parents=True)
    (renders / "S_v01_take02.take.json").write_text(write_take_file(TAKE, "Ina"))
    _, members = read_clone(folder)
    assert members
