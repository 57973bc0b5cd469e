"""Every format that is accepted is brought through the API, probed, and made to be shown."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from app.platform import database
from app.platform.database import DatabaseRole
from tests.media.test_derivatives import bring, making
from tests.studio import Studio

SIDE, RATE, SECONDS = 64, 12, 1
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
# The ending, the container's own name, the codecs of picture and sound.
VIDEOS = {
    "mp4": ("mp4", "libx264", "aac", "video/mp4"),
    "mov": ("mov", "libx264", "aac", "video/quicktime"),
    "webm": ("webm", "libvpx-vp9", "libopus", "video/webm"),
}
SOUNDS = {
    "wav": ("wav", "pcm_s16le", "audio/wav"),
    "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
    "aac": ("adts", "aac", "audio/aac"),
}
SAMPLE_RATE = 48_000


@pytest.fixture(scope="module", autouse=True)
async def worker_role(studio: Studio) -> None:
    await database.connect({DatabaseRole.WORKER: studio.urls[DatabaseRole.WORKER]}, size=4)


def film(path: Path, form: str, picture: str | None, sound: str) -> bytes:
    """A second of a tone, with pictures or without."""
    with av.open(str(path), "w", format=form) as container:
        shown = None
        if picture is not None:
            shown = container.add_stream(picture, rate=RATE)
            shown.width, shown.height, shown.pix_fmt = SIDE, SIDE, "yuv420p"
        heard = container.add_stream(sound, rate=SAMPLE_RATE)
        heard.layout = "mono"
        if shown is not None:
            for number in range(RATE * SECONDS):
                grey = np.full((SIDE, SIDE, 3), 40 + 10 * number, np.uint8)
                frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
                container.mux(shown.encode(frame))
            container.mux(shown.encode(None))
        at = np.arange(SAMPLE_RATE * SECONDS)
        tone = (9000 * np.sin(at / SAMPLE_RATE * 440 * 2 * np.pi)).astype(np.int16)
        wave = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="s16", layout="mono")
        wave.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(heard.format, "mono", SAMPLE_RATE, heard.frame_size or 4800)
        for part in (*resampler.resample(wave), *resampler.resample(None)):
            container.mux(heard.encode(part))
        container.mux(heard.encode(None))
    return path.read_bytes()


async def made(studio: Studio, address: str) -> httpx.Response:
    """What is made to show a file, once it is there, however busy the machine is."""
    async with asyncio.timeout(120):
        while True:
            answer = await studio.owner.get(f"{address}?wait=20")
            if answer.status_code != 202:
                assert answer.status_code == 200, answer.text
                return answer


def is_picture(content: bytes) -> bool:
    return Image.open(io.BytesIO(content)).format == "WEBP"


def playable(path: Path, content: bytes) -> set[str]:
    """The codecs of a file that was given, each decoded to its end."""
    path.write_bytes(content)
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(container.streams[0])) > 5
        return {stream.codec_context.name for stream in container.streams}


@pytest.mark.parametrize("ending", PICTURES)
async def test_a_picture(studio: Studio, ending: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (len(ending), 60, 90)).save(
        out, {"jpg": "JPEG"}.get(ending, ending.upper())
    )
    url = await bring(studio, await studio.project(), out.getvalue(), f"sea.{ending}")
    media = (await studio.owner.get(f"{url}/details")).json()["media"]
    assert (media["media_type"], media["name"]) == (PICTURES[ending], f"sea.{ending}")
    assert (media["facts"]["width"], media["facts"]["height"]) == (SIDE, SIDE)
    async with making(studio):
        assert is_picture((await made(studio, f"{url}/thumbnail")).content)
    assert (await studio.owner.get(url)).content == out.getvalue()


@pytest.mark.parametrize("ending", VIDEOS)
async def test_a_video(studio: Studio, tmp_path: Path, ending: str) -> None:
    form, picture, sound, media_type = VIDEOS[ending]
    content = film(tmp_path / f"a.{ending}", form, picture, sound)
    url = await bring(studio, await studio.project(), content, f"sea.{ending}")
    media = (await studio.owner.get(f"{url}/details")).json()["media"]
    assert media["media_type"] == media_type
    assert (media["facts"]["width"], media["facts"]["height"]) == (SIDE, SIDE)
    async with making(studio):
        assert is_picture((await made(studio, f"{url}/thumbnail")).content)
        assert is_picture((await made(studio, f"{url}/filmstrip")).content)
        assert max((await made(studio, f"{url}/waveform")).json()["data"]) > 10
        proxy = await made(studio, f"{url}/proxy")
    assert {"h264", "aac"} == playable(tmp_path / "proxy.mp4", proxy.content)


@pytest.mark.parametrize("ending", SOUNDS)
async def test_a_sound(studio: Studio, tmp_path: Path, ending: str) -> None:
    form, codec, media_type = SOUNDS[ending]
    content = film(tmp_path / f"a.{ending}", form, None, codec)
    url = await bring(studio, await studio.project(), content, f"wave.{ending}")
    media = (await studio.owner.get(f"{url}/details")).json()["media"]
    assert (media["media_type"], media["name"]) == (media_type, f"wave.{ending}")
    assert media["facts"]["duration"] == pytest.approx(SECONDS, abs=0.1)
    async with making(studio):
        assert max((await made(studio, f"{url}/waveform")).json()["data"]) > 10
        proxy = await made(studio, f"{url}/proxy")
    # Every browser plays MP3 as it is.
    codecs = {"mp3float"} if ending == "mp3" else {"aac"}
    assert playable(tmp_path / "proxy.m4a", proxy.content) == codecs
