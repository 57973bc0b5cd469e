"""Pictures: still images from outside, opened with care."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from node_registry import BackendError

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 120_000_000

_FAILURES = (
    OSError,
    ValueError,
    SyntaxError,
    struct.error,
    UnidentifiedImageError,
    Image.DecompressionBombError,
)


def check_picture(path: Path) -> tuple[int, int]:
    """Width and height of a picture, from its header; an error says what is wrong with it."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
    except _FAILURES as error:
        raise _unreadable() from error
    if width * height > MOST_PIXELS:
        raise BackendError(
            "media.too_large",
            f"A picture of {width} × {height} pixels is too large.",
            hint=f"Reduce it to at most {MOST_PIXELS // 1_000_000} million pixels.",
        )
    return width, height


def load_picture(path: Path, *, about: tuple[int, int] | None = None) -> Image.Image:
    """A picture upright, as RGB or RGBA; `about` lets a JPEG be read smaller, not below it."""
    check_picture(path)
    try:
        with Image.open(path, formats=FORMATS) as image:
            if about is not None:
                image.draft("RGB", about)
            shown = ImageOps.exif_transpose(image)
            clear = "A" in shown.getbands() or "transparency" in shown.info
            return shown.convert("RGBA" if clear else "RGB")
    except _FAILURES as error:
        raise _unreadable() from error


def fill(
    path: Path, width: int, height: int, *, centre: tuple[float, float] = (0.5, 0.5)
) -> npt.NDArray[np.uint8]:
    """A picture cropped to fill exactly this size, as RGB."""
    image = load_picture(path, about=(width * 2, height * 2)).convert("RGB")
    fitted = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS, centering=centre)
    return np.asarray(fitted).copy()


def fit(path: Path, width: int, height: int) -> Image.Image:
    """A picture whole within this size, in the middle of transparent bars, as RGBA."""
    image = load_picture(path, about=(width, height)).convert("RGBA")
    scale = min(width / image.width, height / image.height)
    size = (
        max(1, min(width, round(image.width * scale))),
        max(1, min(height, round(image.height * scale))),
    )
    placed = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    shown = image.resize(size, Image.Resampling.LANCZOS)
    placed.paste(shown, ((width - size[0]) // 2, (height - size[1]) // 2))
    return placed


def _unreadable() -> BackendError:
    return BackendError(
        "media.unreadable",
        "The file is not a picture that can be read.",
        hint="Use a PNG, JPEG or WebP picture.",
    )
