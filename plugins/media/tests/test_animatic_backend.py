"""The animatic backend keeps the contract of backends, and its take is exactly the shot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from director_media import edge_code, house
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

SPEC = next(spec for spec in all_specs() if "film.shot" in spec.serves)


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
