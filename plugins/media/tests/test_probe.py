"""The probe tells what a file is by its content, and survives files made to break it."""

from __future__ import annotations

import struct
import time
import wave
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from director_media import house
from director_media.probe.files import probe
from PIL import Image

from node_registry import DirectorError


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")])
def test_pictures(tmp_path: Path, form: str, kind: str) -> None:
    path = tmp_path / "misnamed.mp4"
    Image.new("RGB", (64, 48), (3, 40, 90)).save(path, form)
    facts = probe(path)
    assert facts["media_type"] == f"image/{kind}"
    assert (facts["width"], facts["height"]) == (64, 48)


def test_a_house_clip(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with house.Writer(path, 160, 90, Fraction(24000, 1001)) as clip:
        for _ in range(13):
            clip.write(np.zeros((90, 160, 3), np.uint8))
    facts = probe(path)
    assert facts["media_type"] == "video/mp4"
    assert (facts["rate"], facts["frames"]) == ("24000/1001", 13)


@pytest.mark.parametrize(
    ("name", "codec", "form", "media_type"),
    [
        ("a.webm", "libvpx-vp9", "webm", "video/webm"),
        ("a.mov", "libx264", "mov", "video/quicktime"),
    ],
)
def test_other_videos(tmp_path: Path, name: str, codec: str, form: str, media_type: str) -> None:
    path = tmp_path / name
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    facts = probe(path)
    assert facts["media_type"] == media_type
    assert (facts["width"], facts["height"], facts["rate"]) == (64, 64, "25")


def test_sound(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<4000h", *([500, -500] * 2000)))
    facts = probe(path)
    assert facts["media_type"] == "audio/wav"
    assert facts["duration"] == pytest.approx(0.5)
    assert facts["sample_rate"] == 8000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"GIF89a" + bytes(40), "a GIF picture"),
        (b"MZ" + bytes(range(200)), "a Windows program"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "a playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "a playlist"),
        (b"Once upon a time.", "a text"),
    ],
)
def test_what_is_not_taken_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(DirectorError, match=says) as refusal:
        probe(path)
    assert refusal.value.code == "media.not_accepted"
    assert str(tmp_path) not in str(refusal.value)


def test_a_truncated_video_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with house.Writer(path, 160, 90, Fraction(24)) as clip:
        clip.write(np.zeros((90, 160, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DirectorError) as refusal:
        probe(path)
    assert refusal.value.code == "media.unreadable"


def png(side: int, colour: int, packed: bytes) -> bytes:
    """A square PNG with 8 bits a channel, of this kind of colour and these packed lines."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", side, side, 8, colour, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_a_picture_bomb_is_refused_quickly(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(60_000, 2, zlib.compress(bytes(1 << 20))))
    started = time.monotonic()
    with pytest.raises(DirectorError) as refusal:
        probe(path)
    assert time.monotonic() - started < 10
    assert refusal.value.code in ("media.unreadable", "media.too_slow")


def test_limits_of_time_and_memory_hold(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (6000, 6000)).save(path)
    with pytest.raises(DirectorError) as refusal:
        probe(path, memory=180 << 20)
    assert refusal.value.code in ("media.too_slow", "media.unreadable")


def test_what_takes_too_much_processor_time_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    # Some seconds of one core: 119 million pixels, each worked out from three neighbours (Paeth).
    side, packing = 10_900, zlib.compressobj(1)
    line = b"\x04" + bytes(range(1, 101)) * (4 * side // 100)
    packed = b"".join(packing.compress(line) for _ in range(side)) + packing.flush()
    path.write_bytes(png(side, 6, packed))
    with pytest.raises(DirectorError) as refusal:
        probe(path, seconds=1)
    assert refusal.value.code == "media.too_slow"


def test_a_busy_machine_is_no_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (64, 64)).save(path)
    with pytest.raises(DirectorError) as refusal:
        probe(path, patience=0.01)
    assert (refusal.value.code, refusal.value.status) == ("server.overloaded", 503)


def test_an_empty_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(DirectorError, match="empty"):
        probe(tmp_path / "empty.mp4")
    with pytest.raises(DirectorError) as refusal:
        probe(tmp_path / "none.mp4")
    assert refusal.value.code == "media.no_file"
