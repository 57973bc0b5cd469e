"""The studio and the animatic say the same words for how a shot is framed and moved.

Neither may import the other, so each has its own list.
"""

from __future__ import annotations

from typing import get_args

from director_media.animatic import camera, framing, slate

from app.vocabulary.generation import CameraMovement, ShotType


def test_every_movement_of_the_camera_is_drawn() -> None:
    assert set(camera.MOVEMENTS) == set(get_args(CameraMovement))


def test_every_size_of_a_shot_is_drawn_and_has_its_letters() -> None:
    assert set(framing._SIZES) == set(slate.SHOT_NAMES) == set(get_args(ShotType))
