"""The house format: the same headers for all clips of a size and rate, closed GOPs, exact times."""

from __future__ import annotations

import errno
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from director_media import edge_code, house
from hypothesis import given
from hypothesis import strategies as st

from node_registry import BackendError, DirectorError

RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)]


def write(path: Path, frames: int, rate: Fraction, seed: int | None = None) -> Path:
    rng = np.random.default_rng(seed)
    with house.Writer(path, 160, 90, rate) as clip:
        for number in range(frames):
            if seed is None:
                picture = np.full((90, 160, 3), number * 5 % 255, np.uint8)
            else:
                picture = rng.integers(0, 256, (90, 160, 3)).astype(np.uint8)
            clip.write(picture)
    return path


@pytest.mark.parametrize("rate", RATES)
def test_frames_lie_exactly_where_their_numbers_say(tmp_path: Path, rate: Fraction) -> None:
    path = write(tmp_path / "clip.mp4", 37, rate)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert stream.time_base is not None
        times = [packet.pts * stream.time_base for packet in packets if packet.pts is not None]
        assert times == [number / rate for number in range(37)]
        assert [n for n, p in enumerate(packets) if p.is_keyframe] == [0, 12, 24, 36]
        assert stream.average_rate == rate
        assert stream.codec_context.colorspace == 1
    assert house.is_house(path, 160, 90, rate)
    assert house.frames(path) == 37


@pytest.mark.parametrize("rate", RATES)
def test_headers_do_not_depend_on_the_content(tmp_path: Path, rate: Fraction) -> None:
    found: set[bytes] = set()
    for name, seed in (("flat", None), ("noise", 1)):
        path = write(tmp_path / f"{name}.mp4", 13, rate, seed)
        with av.open(str(path)) as container:
            found.add(bytes(container.streams.video[0].codec_context.extradata or b""))
    assert len(found) == 1


def test_equal_pictures_make_equal_bytes(tmp_path: Path) -> None:
    first = write(tmp_path / "a.mp4", 13, Fraction(24), 3).read_bytes()
    assert first == write(tmp_path / "b.mp4", 13, Fraction(24), 3).read_bytes()


def test_what_is_not_house_is_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mp4", 13, Fraction(24))
    assert not house.is_house(path, 160, 90, Fraction(25))
    assert not house.is_house(path, 320, 180, Fraction(24))
    other = tmp_path / "other.mp4"
    with av.open(str(other), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for _ in range(13):
            frame = av.VideoFrame.from_ndarray(np.zeros((90, 160, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert not house.is_house(other, 160, 90, Fraction(24))
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"junk" * 99)
    assert not house.is_house(junk, 160, 90, Fraction(24))
    assert not house.is_house(tmp_path / "none.mp4", 160, 90, Fraction(24))


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    writer = house.Writer(path, 160, 90, Fraction(24))
    with pytest.raises(ValueError, match="expected"), writer as clip:
        clip.write(np.zeros((9, 16, 3), np.uint8))
    assert not path.exists()


def test_a_clip_whose_end_cannot_be_written_is_none(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clip = house.Writer(path, 160, 90, Fraction(24)).__enter__()
    clip.write(np.zeros((90, 160, 3), np.uint8))
    clip._container = Full(clip._container)
    with pytest.raises(av.error.OSError):
        clip.__exit__(None, None, None)
    assert not path.exists()


class Full:
    """A file on a disk that is full when the index comes."""

    def __init__(self, container: Any) -> None:
        self.mux = container.mux
        self._container = container

    def close(self) -> None:
        self._container.close()
        raise av.error.OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("size", "rate"), [((161, 90), 24), ((160, 91), 24), ((8, 8), 24), ((160, 90), 0)]
)
def test_formats_that_cannot_be_are_refused(
    tmp_path: Path, size: tuple[int, int], rate: int
) -> None:
    with pytest.raises(BackendError):
        house.Writer(tmp_path / "clip.mp4", *size, Fraction(rate))


def test_colours_come_back(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    colours = [(200, 30, 20), (20, 160, 60), (30, 60, 210), (128, 128, 128)]
    with house.Writer(path, 160, 90, Fraction(24)) as clip:
        for colour in colours:
            clip.write(np.full((90, 160, 3), colour, np.uint8))
    with av.open(str(path)) as container:
        for frame, colour in zip(container.decode(video=0), colours, strict=True):
            shown = frame.to_ndarray(format="rgb24")[45, 80].astype(int)
            assert np.abs(shown - colour).max() <= 4


@given(
    frame=st.integers(0, edge_code.LARGEST_FRAME),
    text=st.text(max_size=30),
    width=st.integers(128, 500),
    height=st.integers(60, 500),
)
def test_an_edge_code_reads_back(frame: int, text: str, width: int, height: int) -> None:
    picture = np.full((height, width, 3), 120, np.uint8)
    edge_code.draw(picture, frame, text)
    assert edge_code.read(picture) == (frame, edge_code.crc(text))


def test_no_edge_code_is_read_where_there_is_none() -> None:
    assert edge_code.read(np.full((90, 160, 3), 120, np.uint8)) is None
    assert edge_code.read(np.zeros((90, 160, 3), np.uint8)) is None
    first, second = (np.zeros((90, 160, 3), np.uint8) for _ in range(2))
    edge_code.draw(first, 5, "A")
    edge_code.draw(second, 90, "B")
    half = (first.astype(np.uint16) + second) // 2
    assert edge_code.read(half.astype(np.uint8)) is None


def test_frame_numbers_have_a_limit() -> None:
    with pytest.raises(DirectorError):
        edge_code.draw(np.zeros((90, 160, 3), np.uint8), edge_code.LARGEST_FRAME + 1, "A")
    assert edge_code.crc("123456789") == 0xF4  # The check value of CRC-8 with this polynomial.
