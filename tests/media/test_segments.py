"""Segments of streams: every frame in its place at every rate, sound without a seam, and names that
are what they say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest
from director_media import edge_code, house
from director_media.derivatives import segment as maker

from app.media import segments
from node_registry import DirectorError, Segment

SIZE = 320, 180
RATES = ("24000/1001", "24", "25", "30000/1001", "30", "60000/1001", "60")
SLATE = "SCENE_01/SHOT_010"


def coded(path: Path, rate: str, frames: int, hertz: float = 0) -> Path:
    """A film of the studio's own format (of another, with sound) whose frames carry their
    numbers."""
    width, height = SIZE
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "12", "g": "250"}
        sound: Any = container.add_stream("aac", rate=48_000) if hertz else None
        if sound is not None:
            sound.layout = "stereo"
            sound.bit_rate = 256_000
        for number in range(frames):
            picture = np.full((height, width, 3), 60 + number % 100, np.uint8)
            edge_code.draw(picture, number, SLATE)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
        if sound is not None:
            wave = tone(round(frames / Fraction(rate) * 48_000), hertz)
            for at in range(0, wave.shape[1], 1024):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(wave[:, at : at + 1024]), format="fltp", layout="stereo"
                )
                frame.sample_rate, frame.pts = 48_000, at
                container.mux(sound.encode(frame))
            container.mux(sound.encode(None))
    return path


def tone(count: int, hertz: float) -> np.ndarray:
    one = np.sin(np.arange(count) * 2 * np.pi * hertz / 48_000).astype(np.float32) * 0.4
    return np.stack([one, one])


def made(source: Path, folder: Path, segment: Segment) -> tuple[bytes, dict[str, Any]]:
    """A segment's bytes and facts, as the child of a worker makes them."""
    told = msgspec.json.encode(segment).decode()
    (file,) = maker.make(source, "video/mp4", folder, told)
    return (folder / file["name"]).read_bytes(), file["facts"]


def stream_of(
    source: Path, folder: Path, rate: str, pieces: Sequence[tuple[int, int, bool]]
) -> tuple[bytes, list[int | None]]:
    """A stream of runs of a take, one after the other, and the codes that its frames have."""
    whole = Segment(width=SIZE[0], height=SIZE[1], rate=rate)
    data, _ = made(source, folder, whole)
    at, codes = 0, list[int | None]()
    for first, end, black in pieces:
        one = msgspec.structs.replace(whole, first=first, end=end, black=black)
        piece, facts = made(source, folder, one)
        data += segments.placed(piece, facts, at, Fraction(rate))
        codes += [None if black else n for n in range(first, end)]
        at += end - first
    return data, codes


def read_frames(data: bytes) -> list[tuple[Fraction, int | None]]:
    """The time in seconds and the number of each picture."""
    found: list[tuple[Fraction, int | None]] = []
    container: Any
    with av.open(io.BytesIO(data)) as container:
        for frame in container.decode(video=0):
            code = edge_code.read(frame.to_ndarray(format="rgb24"))
            found.append((frame.pts * frame.time_base, None if code is None else code[0]))
    return found


def read_sound(data: bytes) -> np.ndarray:
    """The left channel, each sample where it is heard."""
    container: Any
    with av.open(io.BytesIO(data)) as container:
        blocks = [(f.pts, f.to_ndarray()[0]) for f in container.decode(audio=0)]
    heard = np.zeros(max(at + len(block) for at, block in blocks), np.float32)
    for at, block in blocks:
        heard[at : at + len(block)] = block
    return heard


@pytest.mark.parametrize("rate", RATES)
def test_every_frame_is_in_its_place(tmp_path: Path, rate: str) -> None:
    source = coded(tmp_path / "a.mp4", rate, 60)
    pieces = [(0, 7, False), (7, 8, False), (40, 60, False), (0, 5, True), (3, 30, False)]
    data, codes = stream_of(source, tmp_path, rate, pieces)
    frames = read_frames(data)
    assert [code for _, code in frames] == codes
    assert [time for time, _ in frames] == [n / Fraction(rate) for n in range(len(codes))]


def test_a_take_of_another_rate_is_counted_at_the_films(tmp_path: Path) -> None:
    source = coded(tmp_path / "a.mp4", "12", 24)
    data, _ = stream_of(source, tmp_path, "24", [(10, 30, False)])
    assert [code for _, code in read_frames(data)] == [n // 2 for n in range(10, 30)]


def test_a_clip_in_the_house_format_is_entered_in_its_middle(tmp_path: Path) -> None:
    path = tmp_path / "house.mp4"
    with house.Writer(path, *SIZE, Fraction(24)) as writer:
        for number in range(40):
            picture = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
            edge_code.draw(picture, number, SLATE)
            writer.write(picture)
    data, codes = stream_of(path, tmp_path, "24", [(17, 31, False)])
    assert [code for _, code in read_frames(data)] == codes


@pytest.mark.parametrize("rate", ["24", "30000/1001"])
def test_segments_that_follow_each_other_sound_as_if_never_cut(tmp_path: Path, rate: str) -> None:
    frames = 96
    source = coded(tmp_path / "a.mp4", rate, frames, hertz=440)
    cut, _ = stream_of(source, tmp_path, rate, [(0, 31, False), (31, 50, False), (50, 96, False)])
    heard, wanted = read_sound(cut), tone(round(frames / Fraction(rate) * 48_000), 440)[0]
    length = min(len(heard), len(wanted)) - 4096
    difference = np.abs(heard[4096:length] - wanted[4096:length])
    assert difference.max() < 0.05, int(difference.argmax())


def test_the_head_is_the_same_for_all_takes(tmp_path: Path) -> None:
    loud = coded(tmp_path / "a.mp4", "24", 10, hertz=440)
    silent = coded(tmp_path / "b.mp4", "30", 10)
    whole = Segment(width=SIZE[0], height=SIZE[1], rate="24")
    assert made(loud, tmp_path, whole) == made(silent, tmp_path, whole)


def test_names_are_read_as_they_are_written() -> None:
    whole = Segment(width=640, height=360, rate="24000/1001")
    part = msgspec.structs.replace(whole, first=96, end=192)
    black = msgspec.structs.replace(part, black=True)
    for one in (part, black):
        assert segments.read_address_name(segments.address_name(one, 300)) == (one, 300)
        assert segments.read_variant(one.name) == one
    assert segments.read_address_name(segments.address_name(whole, 0)) == (whole, 0)
    assert segments.address_name(black, 300) == "300-640x360-24000_1001-black-96-192.m4s"


HOSTILE = {
    "no name": "",
    "a folder above": "../../../etc/passwd",
    "a place without frames": "0-640x360-24.mp4",
    "frames without a place": "640x360-24-0-96.m4s",
    "backwards": "0-640x360-24-96-0.m4s",
    "nothing": "0-640x360-24-5-5.m4s",
    "an hour": "0-640x360-24-0-90000.m4s",
    "too large": "0-4000x4000-24-0-96.m4s",
    "too small": "0-10x10-24-0-96.m4s",
    "odd": "0-641x360-24-0-96.m4s",
    "no rate": "0-640x360-0-0-96.m4s",
    "divided by nothing": "0-640x360-24_0-0-96.m4s",
    "another spelling of the rate": "0-640x360-48_2-0-96.m4s",
    "another spelling of a number": "00-640x360-24-0-96.m4s",
    "digits of another script": "٠-640x360-24-0-96.m4s",
    "a line more": "0-640x360-24-0-96.m4s\n",
    "far away": "999999999-640x360-24-0-96.m4s",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_other_names_are_of_no_segment(name: str) -> None:
    with pytest.raises(DirectorError) as refused:
        segments.read_address_name(name)
    assert (refused.value.code, refused.value.status) == ("media.no_segment", 404)


def test_bytes_that_are_no_segment_are_not_sent(tmp_path: Path) -> None:
    source = coded(tmp_path / "a.mp4", "24", 4)
    one = Segment(width=SIZE[0], height=SIZE[1], rate="24", first=0, end=4)
    data, facts = made(source, tmp_path, one)
    for bad, told in ((data[:60], facts), (b"\0" * 40, facts), (data, {}), (b"", facts)):
        with pytest.raises(DirectorError) as refused:
            segments.placed(bad, told, 0, Fraction(24))
        assert refused.value.code == "media.bad_segment"
