"""The animatic backend keeps the contract of backends, and its take is exactly the shot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from director_media import edge_code, house
from director_media.animatic.camera import Window
from director_media.animatic.shot import read_camera
from director_media.settings import Settings
from director_media.specs import all_specs
from node_registry.testing import BackendSuite, LocalContext
from PIL import Image

from node_registry import (
    BackendError,
    Input,
    Log,
    Output,
    RenderSettings,
    Request,
    Slate,
)

SPEC = next(spec for spec in all_specs(Settings()) if "film.shot" in spec.serves)


def request_of(
    width: int = 160,
    height: int = 90,
    rate: str = "24",
    inputs: dict[str, list[Input]] | None = None,
    **params: Any,
) -> Request:
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.shot",
        params=params,
        inputs=inputs or {},
        settings=RenderSettings(width=width, height=height, rate=rate),
        slate=Slate(project="The Lamp", scene="SCENE_01", shot="SHOT_010"),
        seed=7,
    )


def camera(**values: Any) -> dict[str, list[Input]]:
    return {"camera": [Input(node_id="c", value=values)]}


def test_a_connected_camera_moves_the_shot() -> None:
    own = {"duration_estimate": 1.0, "camera_movement": "tilt_up", "motion_strength": 0.9}
    assert read_camera(request_of(**own)) == ("tilt_up", 0.9, None)
    three = request_of(inputs=camera(movement="dolly_in", speed=0.25), **own)
    assert read_camera(three) == ("dolly_in", 0.25, None)
    two = camera(mode="2d", start={"x": 0.2, "y": 0.5, "zoom": 2}, end={"zoom": "far", "x": 7})
    assert read_camera(request_of(inputs=two, **own)) == (
        "pan_and_zoom",
        0.5,
        (Window(0.2, 0.5, 2.0), Window(1.0, 0.5, 1.0)),
    )


async def test_a_flat_camera_goes_from_one_window_to_the_other(tmp_path: Path) -> None:
    plain = request_of(frames=12, environment_context="EXT. HARBOUR - DAY")
    whole = frames_of((await make(tmp_path, plain))[0])
    window = {"x": 0.5, "y": 0.25, "zoom": 2}
    moved = request_of(
        frames=12,
        environment_context="EXT. HARBOUR - DAY",
        inputs=camera(mode="2d", start={"x": 0.5, "y": 0.5, "zoom": 1}, end=window),
    )
    found = frames_of((await make(tmp_path, moved))[0])
    assert len(found) == len(whole) == 12
    # It begins with the whole picture, and ends on the upper middle, twice as large.
    # Away from the slate and the subtitles, which stay where they are.
    part = np.s_[20:60, 104:156]
    assert distance(found[0][part], whole[0][part]) < 4
    twice = whole[-1][0:45, 40:120].repeat(2, 0).repeat(2, 1)
    assert distance(found[-1][part], twice[part]) < 8
    assert distance(found[-1][part], whole[-1][part]) > 10


def distance(some: np.ndarray, others: np.ndarray) -> float:
    return float(np.abs(some.astype(int) - others).mean())


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


class TestAnimatic(BackendSuite):
    spec = SPEC
    serverless = True
    outputs = ("video",)

    def make_request(self, context: LocalContext) -> Request:
        return request_of(
            duration_estimate=1.0,
            camera_movement="dolly_in",
            shot_type="two_shot",
            characters_in_frame=["INA", "TOM"],
            environment_context="EXT. HARBOUR - DUSK",
            dialogue_content="INA: Is it you?",
        )


async def make(tmp_path: Path, request: Request) -> tuple[Path, Output, list[Any]]:
    context = LocalContext.of(tmp_path, request)
    events = [event async for event in SPEC.factory().run(request, context)]
    output = next(event for event in events if isinstance(event, Output))
    return context.path(output.media), output, events


@pytest.mark.parametrize(
    ("rate", "params", "frames"),
    [
        ("24", {"duration_estimate": 1.5}, 36),
        ("24000/1001", {"duration_estimate": 1.0}, 24),
        ("25", {"frames": 13, "duration_estimate": 9.0}, 13),
        ("30000/1001", {"frames": 1}, 1),
    ],
)
async def test_every_frame_carries_its_number(
    tmp_path: Path, rate: str, params: dict[str, Any], frames: int
) -> None:
    request = request_of(rate=rate, camera_movement="pan_left", **params)
    path, output, _ = await make(tmp_path, request)
    assert house.is_house(path, 160, 90, Fraction(rate))
    assert output.media.facts["frames"] == frames
    assert output.media.facts["animatic"] is True
    assert output.media.facts["house"] is True
    key = edge_code.crc("SCENE_01/SHOT_010")
    with av.open(str(path)) as container:
        read = [edge_code.read(f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]
    assert read == [(number, key) for number in range(frames)]


@pytest.mark.parametrize(
    ("width", "height"), [(160, 90), (320, 180), (160, 284), (180, 320), (426, 240), (200, 200)]
)
async def test_any_shape_of_picture(tmp_path: Path, width: int, height: int) -> None:
    request = request_of(
        width,
        height,
        frames=2,
        shot_type="over_the_shoulder",
        characters_in_frame=["INA", "TOM"],
        dialogue_content="INA: " + "a very long speech indeed " * 12,
        camera_movement="crane_up",
    )
    path, _, _ = await make(tmp_path, request)
    assert house.is_house(path, width, height, Fraction(24))


async def test_a_face_of_its_own_changes_the_picture(tmp_path: Path) -> None:
    Image.new("RGB", (90, 120), (240, 20, 20)).save(tmp_path / "face.png")
    store = LocalContext(tmp_path / "run")
    face = store.keep(tmp_path / "face.png", "image/png")
    value = {
        "name": "INA",
        "face_image": {"digest": face.digest, "size": face.size, "media_type": "image/png"},
    }
    inputs = {"characters": [Input(node_id="c", label="Ina", value=value)]}
    request = request_of(frames=1, shot_type="close_up", inputs=inputs)
    path, _, events = await make(tmp_path / "run", request)
    assert not [event for event in events if isinstance(event, Log)]
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    red = (picture[..., 0] > 200) & (picture[..., 1] < 60)
    assert red.mean() > 0.1


async def test_a_picture_that_is_none_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "face.png").write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    store = LocalContext(tmp_path / "run")
    face = store.keep(tmp_path / "face.png", "image/png")
    value = {
        "name": "INA",
        "face_image": {"digest": face.digest, "size": face.size, "media_type": "image/png"},
    }
    inputs = {"characters": [Input(node_id="c", label="Ina", value=value)]}
    _, _, events = await make(tmp_path / "run", request_of(frames=1, inputs=inputs))
    (note,) = [event for event in events if isinstance(event, Log)]
    assert "INA" in note.text
    assert note.level == "warning"


@pytest.mark.parametrize(
    "params",
    [
        {"frames": 10**9},
        {"frames": -3},
        {"duration_estimate": "soon"},
        {"duration_estimate": float("nan")},
        {"duration_estimate": float("inf")},
    ],
)
async def test_a_wrong_length_is_refused(tmp_path: Path, params: dict[str, Any]) -> None:
    with pytest.raises(BackendError, match=r"length|frames"):
        await make(tmp_path, request_of(**params))


async def test_hostile_params_make_a_picture_all_the_same(tmp_path: Path) -> None:
    request = request_of(
        frames=1,
        shot_type=5,
        camera_movement=["x"],
        motion_strength=float("nan"),
        characters_in_frame=[None, 3, "\x00\u202e", "A" * 5000, *[f"P{n}" for n in range(40)]],
        environment_context={"a": 1},
        dialogue_content="::::\n(\nA: \nB: x\x07\n" + "W" * 3000,
        prompt="日本語 🎬 " * 50,
    )
    path, _, _ = await make(tmp_path, request)
    assert house.is_house(path, 160, 90, Fraction(24))


async def test_odd_sizes_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BackendError) as refusal:
        await make(tmp_path, request_of(161, 90, frames=1))
    assert "even" in refusal.value.hint
