"""Reference files: colour tables, pictures of light, weights; and what only looks like them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from director_media.probe.files import probe

from node_registry import DirectorError


def cube(size: int = 2, rows: int | None = None, kind: str = "LUT_3D_SIZE") -> str:
    rows = (size**3 if "3D" in kind else size) if rows is None else rows
    return f'# graded\nTITLE "Fog"\n{kind} {size}\nDOMAIN_MIN 0 0 0\n' + "0.1 0.2 0.3\n" * rows


def weights(tensors: dict[str, Any], body: int, **header: Any) -> bytes:
    text = json.dumps({**header, **tensors}).encode()
    return len(text).to_bytes(8, "little") + text + bytes(body)


def light(path: Path, codec: str, form: str) -> None:
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as container:
        stream: Any = container.add_stream(codec, rate=1)
        stream.width, stream.height, stream.pix_fmt = 48, 32, form
        frame = av.VideoFrame.from_ndarray(
            np.full((32, 48, 3), 128, np.uint8), format="rgb24"
        ).reformat(format=form)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("kind", "lut", "size"), [("LUT_3D_SIZE", "3d", 5), ("LUT_1D_SIZE", "1d", 64)]
)
def test_a_colour_table(tmp_path: Path, kind: str, lut: str, size: int) -> None:
    path = tmp_path / "fog.txt"
    path.write_text(cube(size, kind=kind))
    assert probe(path) == {"media_type": "application/x-cube-lut", "lut": lut, "size": size}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (cube(3, rows=26), "26 rows where 27"),
        (cube(3, rows=28), "more rows"),
        (cube(2).replace("0.3\n", "x\n", 1), "row 1 is not three numbers"),
        (cube(2).replace("0.3\n", "nan\n", 1), "row 1 is not three numbers"),
        ("LUT_3D_SIZE 4096\n", "from 2 to 256"),
        ("LUT_3D_SIZE 2\n" + "0" * 5000, "a line has no end"),
        ('TITLE "x"\n0 0 0\n', "numbers come before its size"),
    ],
)
def test_a_colour_table_that_cannot_be_used(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "fog.cube"
    path.write_text(text)
    with pytest.raises(DirectorError, match=says) as refusal:
        probe(path)
    assert refusal.value.code == "media.unreadable"


def test_weights(tmp_path: Path) -> None:
    path = tmp_path / "ina.safetensors"
    tensors = {
        "up": {"dtype": "F16", "shape": [4, 8], "data_offsets": [0, 64]},
        "down": {"dtype": "F32", "shape": [], "data_offsets": [64, 68]},
    }
    path.write_bytes(weights(tensors, 68, __metadata__={"ss_output_name": "ina", "n": 3}))
    assert probe(path) == {
        "media_type": "application/x-safetensors",
        "tensors": 2,
        "parameters": 33,
        "dtypes": ["F16", "F32"],
        "metadata": {"ss_output_name": "ina"},
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (weights({"a": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}}, 7), "ends before"),
        (
            weights({"a": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}}, 9),
            "goes on after",
        ),
        (weights({"a": {"dtype": "F16", "shape": [4], "data_offsets": [4, 12]}}, 12), "follow"),
        (weights({"a": {"dtype": "F16", "shape": [5], "data_offsets": [0, 8]}}, 8), "its shape"),
        (weights({"a": {"dtype": "F16", "shape": [-4], "data_offsets": [0, 8]}}, 8), "its shape"),
        (weights({"a": {"dtype": "Q9", "shape": [4], "data_offsets": [0, 8]}}, 8), "not described"),
        (weights({"a": 7}, 0), "not described"),
        ((20).to_bytes(8, "little") + b"{" + bytes(40), "no JSON"),
    ],
)
def test_weights_that_lie(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "ina.safetensors"
    path.write_bytes(content)
    with pytest.raises(DirectorError, match=says) as refusal:
        probe(path)
    assert refusal.value.code == "media.unreadable"


def test_weights_larger_than_the_memory_of_the_probe_are_read_by_their_header(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large.safetensors"
    size = 3 << 30
    path.write_bytes(weights({"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}, 0))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + size)  # A hole: it takes no room.
    assert probe(path)["parameters"] == size


@pytest.mark.parametrize(
    ("name", "codec", "form", "media_type"),
    [
        ("sky.exr", "exr", "gbrpf32le", "image/x-exr"),
        ("sky.hdr", "hdr", "gbrpf32le", "image/vnd.radiance"),
    ],
)
def test_pictures_of_light(
    tmp_path: Path, name: str, codec: str, form: str, media_type: str
) -> None:
    light(tmp_path / name, codec, form)
    facts = probe((tmp_path / name).rename(tmp_path / "misnamed.png"))
    assert facts == {"media_type": media_type, "width": 48, "height": 32, "light": True}


def exr_of(width: int, height: int) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(
        np.array([0, 0, 47, 31], "<i4").tobytes(),
        np.array([0, 0, width - 1, height - 1], "<i4").tobytes(),
    )


@pytest.mark.parametrize(
    ("name", "codec", "break_it", "says"),
    [
        ("a.exr", "exr", exr_of(60_000, 60_000), "60000 × 60000"),
        (
            "a.hdr",
            "hdr",
            lambda d: d.replace(b"-Y 32 +X 48", b"-Y 60000 +X 60000"),
            "60000 × 60000",
        ),
        ("a.exr", "exr", lambda d: d[:80], "says no size"),
        ("a.hdr", "hdr", lambda d: d[:20], "says no size"),
        ("a.exr", "exr", exr_of(-5, 4), "-5 × 4"),
    ],
)
def test_pictures_of_light_that_cannot_be(
    tmp_path: Path, name: str, codec: str, break_it: Callable[[bytes], bytes], says: str
) -> None:
    path = tmp_path / name
    light(path, codec, "gbrpf32le")
    path.write_bytes(break_it(path.read_bytes()))
    with pytest.raises(DirectorError, match=says) as refusal:
        probe(path)
    assert refusal.value.code == "media.unreadable"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "an SVG drawing",
        ),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<SVG onload='x()'/>", "an SVG drawing"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "a playlist"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\nhttp://evil.test/x.ts\n", "a playlist"),
        (b"PK\x03\x04" + bytes(100), "a ZIP archive"),
        (b"\x1f\x8b\x08" + bytes(100), "a compressed file"),
    ],
)
def test_what_could_do_harm_is_named_and_not_taken(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(DirectorError, match=says) as refusal:
        probe(path)
    assert refusal.value.code == "media.not_accepted"
