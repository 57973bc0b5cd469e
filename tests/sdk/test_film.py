"""The facts of film that everybody reckons alike."""

from __future__ import annotations

import pytest
from node_registry.film import scene_name, shot_name, slate_name


@pytest.mark.parametrize(
    ("scene", "shot", "named"),
    [
        ("01", "010", "SCENE_01/SHOT_010"),
        ("14A", "015", "SCENE_14A/SHOT_015"),
        ("SCENE_01", "SHOT-010", "SCENE_01/SHOT_010"),
        ("", "010", "SHOT_010"),
        ("01", "", "SCENE_01"),
        ("", "", ""),
    ],
)
def test_a_shot_is_named_by_its_codes(scene: str, shot: str, named: str) -> None:
    assert slate_name(scene, shot) == named


def test_a_name_names_itself() -> None:
    assert scene_name(scene_name("03A")) == "SCENE_03A"
    assert shot_name(shot_name("020")) == "SHOT_020"
