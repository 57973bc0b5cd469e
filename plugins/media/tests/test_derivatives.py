"""Thumbnails, filmstrips, proxies and waveforms of files as people have them."""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from director_media import register_derivatives
from director_media.derivatives import making
from director_media.probe.files import probe
from PIL import Image

from node_registry import DerivedFile, DirectorError, Media

sys.path.insert(0, str(Path(__file__).parent))
from derivative_sources import film, song, turned

SPECS = {spec.kind: spec for spec in register_derivatives()}


async def derive(kind: Any, source: Path, folder: Path) -> dict[str, DerivedFile]:
    """The files of a derivative by their names, made as a worker makes them."""
    facts = probe(source)
    media_type = facts.pop("media_type")
    assert SPECS[kind].serves(media_type)
    media = Media(digest="0" * 64, size=1, media_type=media_type, facts=facts)
    folder.mkdir(exist_ok=True)
    made = await SPECS[kind].make(source, media, folder)
    assert {file.path.name for file in made} == {path.name for path in folder.iterdir()}
    return {file.name: file for file in made}


def look(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def is_red(picture: np.ndarray, x: float, y: float) -> bool:
    red, green, blue = picture[int(picture.shape[0] * y), int(picture.shape[1] * x)]
    return red > 180 and green < 90 and blue < 90


async def test_a_picture_in_three_sizes(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    Image.new("RGB", (2000, 1000), (250, 0, 0)).save(source)
    made = await derive("thumbnail", source, tmp_path / "out")
    sizes = {name: Image.open(file.path).size for name, file in made.items()}
    assert sizes == {"small.webp": (160, 80), "medium.webp": (480, 240), "large.webp": (1280, 640)}
    assert made["small.webp"].facts == {"width": 160, "height": 80}
    assert all(file.media_type == "image/webp" for file in made.values())
    assert is_red(look(made["small.webp"].path), 0.5, 0.5)


async def test_a_small_picture_is_not_enlarged_and_keeps_what_is_clear(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    Image.new("RGBA", (200, 20), (0, 0, 0, 0)).save(source)
    made = await derive("thumbnail", source, tmp_path / "out")
    assert Image.open(made["large.webp"].path).size == (200, 20)
    assert np.asarray(Image.open(made["small.webp"].path).convert("RGBA"))[..., 3].max() == 0


async def test_a_picture_held_upright_stays_upright(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200)).save(source, exif=exif)
    made = await derive("thumbnail", source, tmp_path / "out")
    assert Image.open(made["small.webp"].path).size == (80, 160)


@pytest.mark.parametrize("form", ["exr", "hdr"])
async def test_light_is_exposed(tmp_path: Path, form: str) -> None:
    source = tmp_path / f"sky.{form}"
    light = np.full((40, 80, 3), 3000.0, np.float32)  # Far brighter than a screen.
    light[:, :40] *= [1.0, 0.01, 0.01]
    with av.open(str(source), "w", format="image2", options={"update": "1"}) as container:
        stream: Any = container.add_stream(form, rate=1)
        stream.width, stream.height, stream.pix_fmt = 80, 40, "gbrpf32le"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(light, format="gbrpf32le")))
        container.mux(stream.encode(None))
    picture = look((await derive("thumbnail", source, tmp_path / "out"))["small.webp"].path)
    assert picture[20, 20, 0] > picture[20, 20, 1] * 2
    assert 60 < picture[20, 60].mean() < 230


VIDEOS: dict[str, dict[str, Any]] = {
    "h264 in MP4": {},
    "prores in MOV": {"codec": "prores_ks", "form": "mov", "pix_fmt": "yuv422p10le"},
    "vp9 in WebM": {"codec": "libvpx-vp9", "form": "webm"},
    "hevc of ten bits": {"codec": "libx265", "pix_fmt": "yuv420p10le"},
}


@pytest.mark.parametrize("given", VIDEOS.values(), ids=VIDEOS.keys())
async def test_a_video_is_shown_whatever_it_is(tmp_path: Path, given: dict[str, Any]) -> None:
    source = film(tmp_path / "a", **given)
    made = await derive("thumbnail", source, tmp_path / "out")
    picture = look(made["large.webp"].path)
    assert picture.shape == (180, 320, 3)
    assert is_red(picture, 0.25, 0.5)
    assert not is_red(picture, 0.75, 0.5)


async def test_the_poster_is_not_of_the_black_beginning(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    with av.open(str(source), "w") as container:
        stream: Any = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(100):
            picture = np.zeros((64, 64, 3), np.uint8)
            if number > 40:
                picture[:, :32, 0] = 250
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    made = await derive("thumbnail", source, tmp_path / "out")
    assert is_red(look(made["small.webp"].path), 0.25, 0.5)


async def test_a_filmstrip_has_the_frames_of_its_times(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", frames=240)
    made = await derive("filmstrip", source, tmp_path / "out")
    index = json.loads(made["index.json"].path.read_text())
    assert (index["count"], index["columns"], index["rows"]) == (40, 10, 4)
    assert index["tile"] == {"width": 160, "height": 90}
    assert index["duration"] == pytest.approx(10)
    assert index["times"] == pytest.approx([0.125 + n * 0.25 for n in range(40)], abs=0.05)
    strip = look(made["strip.webp"].path)
    assert strip.shape == (360, 1600, 3)
    # Each frame is brighter than the one before: the order and the places are right.
    right = [strip[45 + 90 * (n // 10), 120 + 160 * (n % 10), 2] for n in range(40)]
    wanted = [40 + 200 * round(time * 24) // 240 for time in index["times"]]
    assert right == pytest.approx(wanted, abs=12)


async def test_a_long_filmstrip_is_bounded_and_jumps(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", size=(64, 36), frames=600, rate=1)
    made = await derive("filmstrip", source, tmp_path / "out")
    index = json.loads(made["index.json"].path.read_text())
    assert index["count"] == 100
    assert index["times"] == pytest.approx([3 + 6 * n for n in range(100)], abs=1)


async def test_a_film_held_upright_is_upright_everywhere(tmp_path: Path) -> None:
    source = turned(tmp_path / "a.mp4")
    thumbnail = await derive("thumbnail", source, tmp_path / "out")
    picture = look(thumbnail["large.webp"].path)
    assert picture.shape == (320, 180, 3)
    assert is_red(picture, 0.5, 0.25)
    assert not is_red(picture, 0.5, 0.75)
    strip = await derive("filmstrip", source, tmp_path / "strip")
    assert json.loads(strip["index.json"].path.read_text())["tile"] == {"width": 90, "height": 160}
    # A browser turns it by itself; it is the original that serves.
    assert await derive("proxy", source, tmp_path / "proxy") == {}


def played(path: Path) -> tuple[Any, np.ndarray, list[float]]:
    """A film as a browser sees it: its streams' facts, its first picture, its times."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        facts = {
            "codec": stream.codec_context.name,
            "pix_fmt": stream.codec_context.pix_fmt,
            "size": (stream.width, stream.height),
            "sound": [s.codec_context.name for s in container.streams.audio],
            "seconds": container.duration / 1e6,
        }
        frames = list(container.decode(stream))
        return facts, frames[0].to_ndarray(format="rgb24").astype(int), [f.time for f in frames]


@pytest.mark.parametrize(
    "given",
    [
        *VIDEOS.values(),
        {"pix_fmt": "yuv444p", "form": "mov"},
        {"size": (1920, 1080), "frames": 12, "faststart": True},
        {"size": (1080, 1920), "frames": 12, "faststart": True},
        {
            "size": (333, 222),
            "codec": "libx264",
            "pix_fmt": "yuv444p",
            "rate": Fraction(30000, 1001),
        },
        {"rate": 120, "frames": 240},
    ],
    ids=str,
)
async def test_a_proxy_plays_in_every_browser(tmp_path: Path, given: dict[str, Any]) -> None:
    source = film(
        tmp_path / "a", sound="libopus" if given.get("form") == "webm" else "aac", **given
    )
    made = await derive("proxy", source, tmp_path / "out")
    path = made["proxy.mp4"].path
    facts, first, times = played(path)
    assert (facts["codec"], facts["pix_fmt"], facts["sound"]) == ("h264", "yuv420p", ["aac"])
    width, height = facts["size"]
    assert min(width, height) <= 720
    assert max(width, height) <= 1280
    assert width % 2 == height % 2 == 0
    assert (made["proxy.mp4"].facts["width"], made["proxy.mp4"].facts["height"]) == (width, height)
    assert is_red(first, 0.25, 0.5)
    seconds = given.get("frames", 48) / float(given.get("rate", 24))
    assert facts["seconds"] == pytest.approx(seconds, abs=0.1)
    assert len(times) == min(given.get("frames", 48), round(seconds * 60))
    assert times == sorted(times)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "it must play before it is loaded"


async def test_a_film_that_every_browser_plays_has_no_proxy(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", sound="aac", faststart=True)
    assert await derive("proxy", source, tmp_path / "out") == {}
    late = film(tmp_path / "b.mp4", sound="aac")
    assert list(await derive("proxy", late, tmp_path / "late")) == ["proxy.mp4"]


async def test_a_sound_has_a_proxy_without_a_picture(tmp_path: Path) -> None:
    made = await derive("proxy", song(tmp_path / "a.wav"), tmp_path / "out")
    with av.open(str(made["proxy.m4a"].path)) as container:
        assert [s.codec_context.name for s in container.streams] == ["aac"]
        assert container.duration / 1e6 == pytest.approx(2, abs=0.1)


async def test_a_waveform_at_two_resolutions(tmp_path: Path) -> None:
    made = await derive("waveform", song(tmp_path / "a.wav"), tmp_path / "out")
    fine = json.loads(made["fine.json"].path.read_text())
    assert (fine["version"], fine["channels"], fine["bits"]) == (2, 1, 8)
    assert (fine["sample_rate"], fine["samples_per_pixel"]) == (48_000, 256)
    pairs = np.array(fine["data"]).reshape(-1, 2)
    assert len(pairs) == fine["length"] == 375
    assert np.abs(pairs[:180]).max() == 0
    # The two channels cancel each other when they are laid together: silence as well.
    assert made["fine.json"].facts["duration"] == pytest.approx(2)
    binary = made["fine.dat"].path.read_bytes()
    assert struct.unpack_from("<iIiiIi", binary) == (2, 1, 48_000, 256, 375, 1)
    assert np.frombuffer(binary[24:], np.int8).tolist() == fine["data"]
    coarse = json.loads(made["coarse.json"].path.read_text())
    assert (coarse["samples_per_pixel"], coarse["length"]) == (4096, 24)


async def test_a_waveform_shows_how_loud_a_film_is(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", sound="aac", frames=96)
    made = await derive("waveform", source, tmp_path / "out")
    pairs = np.array(json.loads(made["fine.json"].path.read_text())["data"]).reshape(-1, 2)
    half = len(pairs) // 2
    assert np.abs(pairs[: half - 20]).max() <= 2
    assert pairs[half + 20 : -20, 1] == pytest.approx(64, abs=8)
    assert pairs[half + 20 : -20, 0] == pytest.approx(-64, abs=8)


async def test_what_has_no_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(DirectorError) as refusal:
        await derive("waveform", film(tmp_path / "a.mp4"), tmp_path / "out")
    assert refusal.value.code == "media.no_sound"


@pytest.mark.parametrize("kind", ["thumbnail", "filmstrip", "proxy"])
async def test_what_cannot_be_decoded_says_so(tmp_path: Path, kind: Any) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(5000))
    folder = tmp_path / "out"
    folder.mkdir()
    media = Media(digest="0" * 64, size=1, media_type="video/mp4")
    with pytest.raises(DirectorError) as refusal:
        await SPECS[kind].make(source, media, folder)
    assert refusal.value.code == "media.unplayable"
    assert str(tmp_path) not in str(refusal.value)


async def test_a_playlist_named_as_a_film_opens_nothing_else(tmp_path: Path) -> None:
    secret = film(tmp_path / "secret.mp4", faststart=True)
    source, folder = tmp_path / "a.mp4", tmp_path / "out"
    source.write_text(f"ffconcat version 1.0\nfile {secret}\n")
    folder.mkdir()
    media = Media(digest="0" * 64, size=1, media_type="video/mp4")
    with pytest.raises(DirectorError) as refusal:
        await SPECS["thumbnail"].make(source, media, folder)
    assert refusal.value.code == "media.unplayable"
    assert not list(folder.iterdir())


async def test_a_film_with_a_damaged_place_is_shown_all_the_same(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", frames=96, faststart=True, options={"g": "12"})
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    source.write_bytes(data)
    assert (await derive("thumbnail", source, tmp_path / "out"))["small.webp"].path.exists()
    assert (await derive("filmstrip", source, tmp_path / "strip"))["strip.webp"].path.exists()


async def test_the_child_has_the_lowest_priority_and_ends_when_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[asyncio.subprocess.Process] = []
    real = asyncio.create_subprocess_exec

    async def spy(*args: Any, **kwargs: Any) -> asyncio.subprocess.Process:
        started.append(await real(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(making.asyncio, "create_subprocess_exec", spy)
    source = film(tmp_path / "a", form="mov", size=(1280, 720), frames=120, pix_fmt="yuv444p")
    folder = tmp_path / "out"
    folder.mkdir()
    media = Media(digest="0" * 64, size=1, media_type="video/quicktime")
    task = asyncio.create_task(SPECS["proxy"].make(source, media, folder))
    stat = None
    while stat is None or int(stat.rsplit(")", 1)[1].split()[16]) != 19:
        await asyncio.sleep(0.01)
        assert not task.done(), "it ended before it was nice"
        if started:
            stat = Path(f"/proc/{started[0].pid}/stat").read_text()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert started[0].returncode is not None


async def test_limits_of_time_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LEAST_SECONDS", 0.05)
    source = film(tmp_path / "a.mp4")
    with pytest.raises(DirectorError) as refusal:
        await derive("thumbnail", source, tmp_path / "out")
    assert refusal.value.code == "media.too_slow"
