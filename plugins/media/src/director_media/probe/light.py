"""Pictures of light, not of colours: OpenEXR and Radiance HDR, for environments and depth.

Runs in the child of the probe. The size is read from the header before anything is decoded.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

from .refusal import Refused

MOST_PIXELS = 40_000_000
"""Pixels of four floats each: what fits the memory that the child may take."""

EXR = b"\x76\x2f\x31\x01"
RADIANCE = (b"#?RADIANCE", b"#?RGBE")
_LONGEST_HEADER = 1 << 20


def light_kind(head: bytes) -> str | None:
    """`exr` or `hdr` by the first bytes of a file, else None."""
    if head.startswith(EXR):
        return "exr"
    return "hdr" if head.startswith(RADIANCE) else None


def examine_light(path: Path, kind: str) -> dict[str, Any]:
    """Width and height; the picture is decoded once, so that a damaged one is refused."""
    with path.open("rb") as file:
        header = file.read(_LONGEST_HEADER)
    width, height = _exr_size(header) if kind == "exr" else _hdr_size(header)
    if not (width > 0 and height > 0 and width * height <= MOST_PIXELS):
        raise Refused(
            "damaged",
            f"A picture of {width} × {height} pixels is too large: "
            f"{MOST_PIXELS // 1_000_000} million are the most.",
        )
    decoded = decode_light(path, kind)
    if (decoded.width, decoded.height) != (width, height):
        # The data window of an EXR may be smaller than what is shown.
        width, height = decoded.width, decoded.height
    media_type = "image/x-exr" if kind == "exr" else "image/vnd.radiance"
    return {"media_type": media_type, "width": width, "height": height, "light": True}


def decode_light(path: Path, kind: str) -> Any:
    """The picture as a frame of PyAV. Raises `Refused`."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(
            str(path),
            format=f"{kind}_pipe",
            options={"protocol_whitelist": "file"},
        ) as container:
            frame = next(container.decode(video=0), None)
    except (FFmpegError, OSError, ValueError) as error:
        raise Refused("damaged", "The file is damaged: it cannot be decoded.") from error
    if frame is None:
        raise Refused("damaged", "The file holds no picture that can be decoded.")
    return frame


def _exr_size(header: bytes) -> tuple[int, int]:
    # Attributes are name, type, length and value, one after the other; a part ends with a NUL.
    place = 8
    while place < len(header) and header[place] != 0:
        name_end = header.find(b"\0", place)
        type_end = header.find(b"\0", name_end + 1)
        if name_end < 0 or type_end < 0 or type_end + 5 > len(header):
            break
        (length,) = struct.unpack_from("<I", header, type_end + 1)
        value = type_end + 5
        if header[place:name_end] == b"dataWindow" and length == 16:
            left, top, right, bottom = struct.unpack_from("<4i", header, value)
            return right - left + 1, bottom - top + 1
        place = value + length
    raise Refused("damaged", "The EXR picture says no size.")


def _hdr_size(header: bytes) -> tuple[int, int]:
    found = re.search(rb"\n([-+][XY]) ([0-9]{1,7}) ([-+][XY]) ([0-9]{1,7})\n", header)
    if found is None:
        raise Refused("damaged", "The HDR picture says no size.")
    first, second = int(found[2]), int(found[4])
    return (second, first) if found[1][1:] == b"Y" else (first, second)
