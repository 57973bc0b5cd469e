"""Paths of a project: where its parts lie, what is refused, and objects put in their place."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.projects import placement
from app.projects.paths import (
    asset_files,
    asset_path,
    character_reference_path,
    inside,
    shot_render_path,
    workspace_root,
)
from app.projects.placement import place, replace
from node_registry import DirectorError

TAKE = "03_Renders/SCENE_01/SHOT_010/SHOT-010_v01_take01.mp4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Projects" / "film"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "object"
    path.write_bytes(b"take one")
    path.chmod(0o444)
    return path


def refused(act, code: str) -> None:
    with pytest.raises(DirectorError) as caught:
        act()
    assert caught.value.code == code, caught.value
    assert caught.value.hint


def test_where_things_lie(folder: Path, tmp_path: Path):
    base = folder / "01_Assets" / "Generative_Assets"
    assert workspace_root(tmp_path, "film") == folder
    assert shot_render_path(folder, "01", "010", 1, 1) == folder / TAKE
    assert asset_path(folder, "character", "Ina Berg") == base / "Characters" / "INA_BERG"
    assert asset_path(folder, "environment", "Küste") == base / "Locations" / "KÜSTE"
    assert asset_path(folder, "source_media", "a.mov").parent.name == "Source_Media"
    assert character_reference_path(folder, "Ina").as_posix().endswith("INA/reference_images")


@pytest.mark.parametrize("name", ["..", ".", "", "a/../..", "/etc", "C:", "nul", "a\0", "x" * 300])
def test_names_that_would_leave_the_project(folder: Path, name: str, tmp_path: Path):
    refused(lambda: inside(folder, name), "project.bad_name")
    refused(lambda: inside(folder, f"01_Assets/{name}"), "project.bad_name")
    refused(lambda: workspace_root(tmp_path, name), "project.bad_name")
    refused(lambda: asset_path(folder, "source_media", name), "project.bad_name")
    try:
        kept = asset_path(folder, "character", name)
    except DirectorError:
        return
    # What can be made a name of is one folder, where characters lie and nowhere else.
    assert kept.parent == folder / "01_Assets" / "Generative_Assets" / "Characters"
    assert kept.name.strip(".") == kept.name


def test_other_ways_out(folder: Path, tmp_path: Path):
    (folder / "link").symlink_to(tmp_path)
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    for relative in ("link", "link/object", "dangling", "dangling/x"):
        refused(lambda relative=relative: inside(folder, relative), "project.bad_path")
    refused(lambda: inside(folder, "a/" * 40 + "a"), "project.bad_path")
    refused(lambda: asset_path(folder, "secret", "a"), "project.bad_asset_type")
    (tmp_path / "Projects" / "linked").symlink_to(tmp_path)
    refused(lambda: workspace_root(tmp_path, "linked"), "project.bad_path")


def test_the_files_of_an_asset(folder: Path, tmp_path: Path):
    root = asset_path(folder, "character", "Ina")
    (root / "reference_images").mkdir(parents=True)
    for name in ("reference_images/b.png", "reference_images/a.png", "description.txt"):
        (root / name).write_text("x")
    (root / "reference_images" / ".gitkeep").write_text("")
    (root / "out").symlink_to(tmp_path)
    wanted = ["description.txt", "reference_images/a.png", "reference_images/b.png"]
    assert asset_files(folder, "character", "Ina") == wanted
    assert asset_files(folder, "character", "Ina", most=2) == wanted[:2]
    assert asset_files(folder, "character", "Nobody") == []


def test_an_object_is_put_in_its_place_and_shares_its_blocks(folder: Path, stored: Path):
    assert place(folder, TAKE, stored)
    assert (folder / TAKE).read_bytes() == b"take one"
    assert (folder / TAKE).stat().st_mode & 0o222 == 0
    assert not place(folder, TAKE, stored)
    assert os.listdir((folder / TAKE).parent) == [Path(TAKE).name]


def test_a_take_is_never_overwritten(folder: Path, stored: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.write_bytes(b"take two")
    place(folder, TAKE, stored)
    refused(lambda: place(folder, TAKE, other), "project.taken")
    refused(lambda: replace(folder, TAKE, other), "project.taken")
    assert (folder / TAKE).read_bytes() == b"take one"
    assert os.listdir((folder / TAKE).parent) == [Path(TAKE).name]


def test_of_two_workers_with_one_name_exactly_one_wins(folder: Path, tmp_path: Path):
    sources = [tmp_path / f"{number}" for number in range(16)]
    for number, source in enumerate(sources):
        source.write_bytes(b"%d" % number * 1000)

    def attempt(source: Path) -> bool:
        try:
            return place(folder, TAKE, source)
        except DirectorError as error:
            refusals.append(error.code)
            return False

    refusals: list[str] = []
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, sources)) == 1
    assert refusals == ["project.taken"] * 15
    assert len(os.listdir((folder / TAKE).parent)) == 1


def test_an_export_may_be_made_again(folder: Path, stored: Path, tmp_path: Path):
    replace(folder, "06_Exports/film.mp4", stored)
    other = tmp_path / "other"
    other.write_bytes(b"a better cut")
    replace(folder, "06_Exports/film.mp4", other)
    assert (folder / "06_Exports" / "film.mp4").read_bytes() == b"a better cut"
    assert stored.read_bytes() == b"take one"


def test_where_the_disk_cannot_link_it_copies(
    folder: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
):
    link = os.link

    def across(source: Path, target: Path) -> None:
        if source == stored:
            raise OSError(18, "Invalid cross-device link")
        link(source, target)

    monkeypatch.setattr(placement.os, "link", across)
    assert place(folder, TAKE, stored)
    assert (folder / TAKE).read_bytes() == b"take one"
    assert (folder / TAKE).stat().st_nlink == 1


def test_what_cannot_be_placed(folder: Path, stored: Path, tmp_path: Path):
    refused(lambda: place(folder, TAKE, tmp_path / "gone"), "project.no_object")
    refused(lambda: place(folder, "../out.mp4", stored), "project.bad_name")
    refused(lambda: place(folder, ".git/config", stored), "project.bad_name")
    refused(lambda: place(folder, ".git/lfs/objects/ab/ab/x", stored), "project.bad_name")
    assert not (folder / ".git").exists()
