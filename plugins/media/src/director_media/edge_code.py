"""The edge code: a frame's own number and its shot, burned in as 32 cells that survive encoding.

As film stock carries numbers along its edge, every frame of an animatic carries a row of square
cells at its bottom left: 4 sync bits `1010`, 20 bits of the frame's number within the take, most
significant first, and 8 bits of CRC-8 over the slate's text. Whoever conforms or checks a film
reads from the picture itself which frame of which shot it is looking at.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from node_registry import DirectorError

CELLS = 32
LARGEST_FRAME = (1 << 20) - 1
BLACK, WHITE = 16, 235

_SYNC = 0b1010
_DARK, _LIGHT = 90, 165


def cell(width: int, height: int) -> int:
    """The edge of one cell in pixels: a ninetieth of the height, at least 4, as the row fits."""
    size = min(max(4, height // 90), width // CELLS)
    if size < 2:
        raise DirectorError(
            "media.too_small",
            f"A picture of {width} × {height} is too narrow for an edge code.",
            hint=f"Make it at least {2 * CELLS} pixels wide.",
        )
    return size


@lru_cache(maxsize=1024)
def crc(slate_name: str) -> int:
    """CRC-8 (polynomial 0x07) of the slate's text, such as `SCENE_01/SHOT_010`, in UTF-8."""
    value = 0
    for byte in slate_name.encode("utf-8", "replace"):
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ 0x07) & 0xFF if value & 0x80 else value << 1
    return value


def row(frame: int, slate_name: str, size: int) -> npt.NDArray[np.uint8]:
    """The strip of cells as one plane of luma: `size` high, 32 × `size` wide, 16 and 235."""
    if not 0 <= frame <= LARGEST_FRAME:
        raise DirectorError(
            "media.frame_number",
            f"Frame {frame} has no edge code: numbers go from 0 to {LARGEST_FRAME}.",
            hint="Split the shot into shorter ones.",
        )
    word = _SYNC << 28 | frame << 8 | crc(slate_name)
    bits = np.array([word >> (CELLS - 1 - place) & 1 for place in range(CELLS)], dtype=bool)
    levels = np.where(bits, np.uint8(WHITE), np.uint8(BLACK))
    return np.repeat(np.repeat(levels, size)[None, :], size, axis=0)


def draw(rgb: npt.NDArray[np.uint8], frame: int, slate_name: str) -> None:
    """Burn the code of `frame` into a picture (height × width × 3, or one plane), in place."""
    height, width = rgb.shape[:2]
    size = cell(width, height)
    strip = row(frame, slate_name, size)
    target = rgb[height - size :, : CELLS * size]
    target[...] = strip if rgb.ndim == 2 else strip[..., None]


def read(rgb: npt.NDArray[np.uint8]) -> tuple[int, int] | None:
    """The frame number and the CRC burned into a picture, or None when there is no clear code.

    A cell that is neither dark nor light (two frames dissolving into each other) makes the whole
    code unclear: a wrong number would be worse than none.
    """
    height, width = rgb.shape[:2]
    if width < 2 * CELLS:
        return None
    size = cell(width, height)
    inset = size // 4
    strip = rgb[height - size + inset : height - inset, : CELLS * size]
    grey = strip.astype(np.float32) if strip.ndim == 2 else strip.mean(axis=2, dtype=np.float32)
    cells = grey.reshape(grey.shape[0], CELLS, size)[:, :, inset : size - inset]
    levels = cells.mean(axis=(0, 2))
    if np.any((levels > _DARK) & (levels < _LIGHT)):
        return None
    word = 0
    for level in levels:
        word = word << 1 | int(level >= _LIGHT)
    if word >> 28 != _SYNC:
        return None
    return word >> 8 & LARGEST_FRAME, word & 0xFF
