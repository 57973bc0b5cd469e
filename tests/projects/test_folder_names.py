"""Names on the disk: slugs, scenes, shots and takes, and what no file may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.projects.names import (
    asset_file_name,
    asset_folder,
    check_name,
    render_folder,
    slug,
    take_file_name,
)
from node_registry import DirectorError


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Lighthouse", "the-lighthouse"),
        ("Der Leuchtturm: Größe & Maß", "der-leuchtturm-grosse-mass"),
        ("L'Été à Besançon", "lete-a-besancon"),
        ("灯台守", "灯台守"),
        ("../../etc/passwd", "etc-passwd"),
        ("Æon Ødegård", "aeon-odegard"),
        ("CON", "con-film"),
        ("  ", "project"),
        ("...", "project"),
        ("🎬", "project"),
        ("a\0b\n", "a-b"),
        ("X" * 500, "x" * 80),
    ],
)
def test_the_slug_of_a_title(title: str, name: str):
    assert slug(title) == name


@given(st.text(max_size=300))
def test_every_title_has_a_name_that_any_disk_takes(title: str):
    name = slug(title)
    assert check_name(name) == name
    assert not name.startswith(".")


def test_takes_are_named_as_the_trade_does():
    assert take_file_name("010", 1, 1, "mp4") == "SHOT-010_v01_take01.mp4"
    assert take_file_name("SHOT_010", 12, 100, ".MP4") == "SHOT-010_v12_take100.mp4"
    assert take_file_name("SHOT-SHOT_015a", 100, 99, "png") == "SHOT-015A_v100_take99.png"
    assert render_folder("01", "010") == "03_Renders/SCENE_01/SHOT_010"
    assert render_folder("SCENE_02A", "SHOT_015") == "03_Renders/SCENE_02A/SHOT_015"
    assert asset_file_name("Ina Berg", 1, 2, "png") == "INA-BERG_v01_take02.png"
    assert asset_folder("Ina Berg") == "INA_BERG"
    assert asset_folder("con") == "CON_"


@pytest.mark.parametrize("code", ["", "../1", "0/1", "SHOT_", "0 1", "1\n", "é", "0" * 17, "."])
def test_codes_that_are_none(code: str):
    with pytest.raises(DirectorError, match=r"project\.bad_code"):
        take_file_name(code, 1, 1, "mp4")
    with pytest.raises(DirectorError, match=r"project\.bad_code"):
        render_folder(code, "010")


def test_takes_that_are_none():
    for version, take in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(DirectorError, match=r"project\.bad_take"):
            take_file_name("010", version, take, "mp4")
    for ext in ("", "mp4/..", "m p", "mp4\n", "x" * 13):
        with pytest.raises(DirectorError, match=r"project\.bad_name"):
            take_file_name("010", 1, 1, ext)


@pytest.mark.parametrize("name", [
    "", " ", ".", "..", "a/b", "a\\b", "a:b", "a*", "a?", 'a"', "a<", "a|", "nul", "NUL.txt",
    "com1.tar.gz", "LPT9", "aux ", "x.", "x ", " x", "a\0b", "a\nb", "a\u202eb", "a\u200bb",
    "\ud800", "x" * 201, "é" * 101, ".git", ".GIT",
])  # fmt: skip
def test_names_that_are_refused(name: str):
    with pytest.raises(DirectorError) as caught:
        check_name(name)
    assert caught.value.code == "project.bad_name"
    assert caught.value.hint


@pytest.mark.parametrize(
    "name", ["a", "a b.txt", "INA_BERG", "海.png", ".gitkeep", "console", "a-1"]
)
def test_names_that_pass(name: str):
    assert check_name(name) == name
