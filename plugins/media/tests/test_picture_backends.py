"""Transition, upscale, composite, sequence and still: the contract, and the frames they make."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from director_media import edge_code, house
from director_media.pictures.composite import MODES, blend_pixels
from director_media.settings import Settings
from director_media.specs import all_specs
from node_registry.testing import BackendSuite, LocalContext
from PIL import Image

from node_registry import (
    BackendError,
    BackendSpec,
    Input,
    Media,
    Output,
    RenderSettings,
    Request,
)

WIDTH, HEIGHT, RATE = 160, 90, Fraction(24)


def spec_for(node_type: str) -> BackendSpec:
    return next(spec for spec in all_specs(Settings()) if node_type in spec.serves)


def make_clip(path: Path, frames: int, name: str, colour: tuple[int, int, int]) -> Path:
    with house.Writer(path, WIDTH, HEIGHT, RATE) as clip:
        for number in range(frames):
            picture = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
            edge_code.draw(picture, number, name)
            clip.write(picture)
    return path


def keep_clip(
    context: LocalContext,
    frames: int,
    name: str = "A",
    colour: tuple[int, int, int] = (90, 90, 90),
) -> Media:
    path = make_clip(context.scratch / f"{name}.mp4", frames, name, colour)
    media = context.keep(path, "video/mp4", frames=frames)
    path.unlink()
    return media


def keep_picture(context: LocalContext, colour: tuple[int, ...], size: Any = (160, 90)) -> Media:
    path = context.scratch / "picture.png"
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(path)
    media = context.keep(path, "image/png")
    path.unlink()
    return media


def request_of(node_type: str, inputs: dict[str, list[Media]], **params: Any) -> Request:
    connected = {
        socket: [Input(node_id="n", label=socket, media=one) for one in media]
        for socket, media in inputs.items()
    }
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type=node_type,
        params=params,
        inputs=connected,
        settings=RenderSettings(width=WIDTH, height=HEIGHT, rate="24"),
    )


async def make(context: LocalContext, request: Request) -> tuple[Path, Output]:
    backend = spec_for(request.node_type).factory()
    events = [event async for event in backend.run(request, context)]
    output = next(event for event in events if isinstance(event, Output))
    return context.path(output.media), output


def read(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


class TestTransition(BackendSuite):
    spec = spec_for("film.transition")
    serverless = True
    outputs = ("video",)

    def make_request(self, context: LocalContext) -> Request:
        clips = {"a": [keep_clip(context, 20)], "b": [keep_clip(context, 17, "B")]}
        return request_of("film.transition", clips, kind="wipe", frames=5)


class TestUpscale(BackendSuite):
    spec = spec_for("film.upscale")
    serverless = True

    def make_request(self, context: LocalContext) -> Request:
        return request_of("film.upscale", {"video": [keep_clip(context, 9)]}, factor=2)


class TestComposite(BackendSuite):
    spec = spec_for("film.composite")
    serverless = True

    def make_request(self, context: LocalContext) -> Request:
        layers = [keep_clip(context, 9), keep_picture(context, (255, 0, 0, 128), (50, 50))]
        mask = [keep_picture(context, (128, 128, 128))]
        return request_of(
            "film.composite",
            {"layers": layers, "mask": mask},
            layers=[{}, {"blend": "screen", "opacity": 0.5}],
        )


class TestStill(BackendSuite):
    spec = spec_for("media.still")
    serverless = True

    def make_request(self, context: LocalContext) -> Request:
        return request_of("media.still", {"image": [keep_picture(context, (9, 99, 200))]}, frames=7)


class TestFrame(BackendSuite):
    spec = spec_for("media.frame")
    serverless = True
    outputs = ("image",)

    def make_request(self, context: LocalContext) -> Request:
        return request_of("media.frame", {"video": [keep_clip(context, 9)]})


@pytest.mark.parametrize(
    ("params", "number"),
    [({}, 8), ({"at": "first"}, 0), ({"at": "middle"}, 4), ({"at": "first", "frame": 3}, 3)],
)
async def test_the_frame_is_the_one_that_was_asked_for(
    tmp_path: Path, params: dict[str, Any], number: int
) -> None:
    context = LocalContext(tmp_path)
    request = request_of(
        "media.frame", {"video": [keep_clip(context, 9, colour=(200, 40, 90))]}, **params
    )
    path, output = await make(context, request)
    assert (output.media.facts["width"], output.media.facts["height"]) == (WIDTH, HEIGHT)
    picture = np.asarray(Image.open(path).convert("RGB"))
    assert edge_code.read(picture) == (number, edge_code.crc("A"))
    assert np.allclose(picture[HEIGHT // 2, WIDTH // 2], (200, 40, 90), atol=4)


async def test_a_frame_that_is_not_there_is_told(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    request = request_of("media.frame", {"video": [keep_clip(context, 9)]}, frame=9)
    with pytest.raises(BackendError, match="has 9 frames, and none with the number 9"):
        await make(context, request)


@pytest.mark.parametrize("kind", ["cut", "fade", "dissolve", "wipe", "push"])
@pytest.mark.parametrize("frames", [1, 12])
async def test_a_transition_overlaps_by_exactly_its_frames(
    tmp_path: Path, kind: str, frames: int
) -> None:
    context = LocalContext(tmp_path)
    clips = {"a": [keep_clip(context, 25, "A")], "b": [keep_clip(context, 31, "B")]}
    request = request_of("film.transition", clips, kind=kind, frames=frames)
    path, output = await make(context, request)
    overlap = 0 if kind == "cut" else frames
    assert output.media.facts["frames"] == 25 + 31 - overlap
    assert house.is_house(path, WIDTH, HEIGHT, RATE)
    codes = [edge_code.read(picture) for picture in read(path)]
    assert len(codes) == 25 + 31 - overlap
    before = 25 - overlap
    assert codes[:before] == [(n, edge_code.crc("A")) for n in range(before)]
    assert codes[25:] == [(n, edge_code.crc("B")) for n in range(overlap, 31)]


@pytest.mark.parametrize(("overlap", "held"), [(0, 6), (5, 3), (12, 0), (99, 0)])
async def test_a_transition_holds_the_pictures_that_it_does_not_share(
    tmp_path: Path, overlap: int, held: int
) -> None:
    context = LocalContext(tmp_path)
    clips = {"a": [keep_clip(context, 25, "A")], "b": [keep_clip(context, 31, "B")]}
    request = request_of("film.transition", clips, kind="wipe", frames=12, overlap=overlap)
    path, output = await make(context, request)
    shared = min(overlap, 12)
    assert output.media.facts["frames"] == 25 + 31 - shared
    codes = [edge_code.read(picture) for picture in read(path)]
    assert len(codes) == 25 + 31 - shared
    # Half of the held frames lie before the shared ones, on the last pictures of the first clip.
    begin = 25 - shared - held
    assert codes[:begin] == [(n, edge_code.crc("A")) for n in range(begin)]
    after = begin + 12
    first = after - (25 - shared)
    assert codes[after:] == [(n, edge_code.crc("B")) for n in range(first, 31)]


async def test_a_transition_with_too_little_to_hold_is_refused(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    clips = {"a": [keep_clip(context, 5)], "b": [keep_clip(context, 30, "B")]}
    request = request_of("film.transition", clips, kind="fade", frames=20, overlap=2)
    with pytest.raises(BackendError, match="longer than its clips allow"):
        await make(context, request)


async def test_a_transition_longer_than_a_clip_is_refused(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    clips = {"a": [keep_clip(context, 5)], "b": [keep_clip(context, 30, "B")]}
    with pytest.raises(BackendError, match="longer than a clip of 5"):
        await make(context, request_of("film.transition", clips, kind="dissolve", frames=6))


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({"factor": 2}, (320, 180)),
        ({"factor": 1.5}, (240, 136)),
        ({"factor": 2, "width": 640, "height": None}, (640, 360)),
        ({"height": 200}, (356, 200)),
    ],
)
async def test_upscale_reaches_its_size_and_keeps_every_frame(
    tmp_path: Path, params: dict[str, Any], size: tuple[int, int]
) -> None:
    context = LocalContext(tmp_path)
    request = request_of("film.upscale", {"video": [keep_clip(context, 14)]}, **params)
    path, output = await make(context, request)
    assert (output.media.facts["width"], output.media.facts["height"]) == size
    assert house.is_house(path, *size, RATE)
    assert house.frames(path) == 14


@pytest.mark.parametrize("params", [{"factor": 0}, {"factor": "x"}, {"width": 99_999}])
async def test_upscale_refuses_a_size_that_cannot_be(
    tmp_path: Path, params: dict[str, Any]
) -> None:
    context = LocalContext(tmp_path)
    with pytest.raises(BackendError):
        await make(
            context, request_of("film.upscale", {"video": [keep_clip(context, 2)]}, **params)
        )


async def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"MZ" + bytes(range(256)) * 40)
    media = context.keep(junk, "video/mp4")
    with pytest.raises(BackendError, match="video"):
        await make(context, request_of("film.upscale", {"video": [media]}))


async def test_a_layer_with_opacity_and_mask_is_weighed(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    layers = [keep_picture(context, (0, 0, 0)), keep_picture(context, (200, 200, 200))]
    path, _ = await make(
        context,
        request_of("film.composite", {"layers": layers}, layers=[{}, {"opacity": 0.5}]),
    )
    assert abs(int(read(path)[0][45, 80, 0]) - 100) <= 2
    mask = keep_picture(context, (0, 0, 0))
    path, _ = await make(context, request_of("film.composite", {"layers": layers, "mask": [mask]}))
    assert read(path)[0].max() <= 2


async def test_a_composite_lasts_as_long_as_its_lowest_layer(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    layers = [keep_clip(context, 8), keep_clip(context, 3, "B", (250, 0, 0))]
    path, output = await make(context, request_of("film.composite", {"layers": layers}))
    assert output.media.facts["frames"] == 8
    reds = [int(picture[20, 80, 0]) for picture in read(path)]
    assert all(red > 200 for red in reds[:3])
    assert all(red < 120 for red in reds[3:])


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({"width": 320, "height": 180}, (320, 180)),
        ({"width": 321}, (322, 182)),
        ({"height": 180, "width": None}, (320, 180)),
        ({}, (WIDTH, HEIGHT)),
    ],
)
async def test_a_composite_has_the_size_that_it_asks_for(
    tmp_path: Path, params: dict[str, Any], size: tuple[int, int]
) -> None:
    context = LocalContext(tmp_path)
    inputs = {
        "layers": [keep_clip(context, 3), keep_picture(context, (9, 9, 9, 99), (50, 50))],
        "mask": [keep_picture(context, (128, 128, 128))],
    }
    path, output = await make(context, request_of("film.composite", inputs, **params))
    assert (output.media.facts["width"], output.media.facts["height"]) == size
    assert house.is_house(path, *size, RATE)


async def test_a_composite_refuses_a_size_that_cannot_be(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    request = request_of("film.composite", {"layers": [keep_clip(context, 2)]}, width=99_999)
    with pytest.raises(BackendError, match="99999 pixels"):
        await make(context, request)


def test_blend_modes_agree_with_their_formulas() -> None:
    rng = np.random.default_rng(5)
    below, above = (rng.integers(0, 256, (64, 64, 3)).astype(np.uint8) for _ in range(2))
    a, b = below / 255.0, above / 255.0
    expected = {
        "normal": b,
        "multiply": a * b,
        "screen": 1 - (1 - a) * (1 - b),
        "overlay": np.where(below < 128, 2 * a * b, 1 - 2 * (1 - a) * (1 - b)),
        "add": np.minimum(1, a + b),
        "darken": np.minimum(a, b),
        "lighten": np.maximum(a, b),
    }
    assert set(expected) == set(MODES)
    for mode, wanted in expected.items():
        made = blend_pixels(below, above, mode)
        assert np.abs(made - wanted * 255).max() <= 1.5, mode


async def test_pictures_become_a_video_in_their_order(tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    greys = [20, 120, 220]
    media = [keep_picture(context, (grey, grey, grey), (90, 160)) for grey in greys]
    value = [
        {"digest": one.digest, "size": one.size, "media_type": one.media_type} for one in media
    ]
    request = Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="media.image_sequence",
        params={"frames_per_image": 2},
        inputs={"images": [Input(node_id="a", value=value)]},
        settings=RenderSettings(width=WIDTH, height=HEIGHT, rate="25"),
    )
    path, _ = await make(context, request)
    assert house.is_house(path, WIDTH, HEIGHT, Fraction(25))
    middles = [int(picture[45, 80, 0]) for picture in read(path)]
    assert np.allclose(middles, np.repeat(greys, 2), atol=3)


def test_the_door_of_the_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys, director_media\n"
        "list(director_media.register_backends(director_media.Settings()))\n"
        "list(director_media.register_node_types())\n"
        "print([m for m in ('av', 'numpy', 'PIL') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
