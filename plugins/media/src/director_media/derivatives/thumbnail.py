"""Thumbnails: a picture or a video in three sizes, as WebP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from node_registry import BackendError

from ..pictures.stills import load_picture
from ..probe.light import decode_light
from ..probe.refusal import Refused
from .frames import at_times, duration_of, opened, picture_of, unplayable, video_of

SIZES = {"small": 160, "medium": 480, "large": 1280}
"""The longest side in pixels; what is smaller is never enlarged."""

QUALITY = 80
_LIGHT = {"image/x-exr": "exr", "image/vnd.radiance": "hdr"}


def make(source: Path, media_type: str, folder: Path) -> list[dict[str, Any]]:
    """Write the three sizes."""
    picture = _picture(source, media_type)
    made = []
    # From the largest down: each is made of the one before it.
    for name, longest in reversed(SIZES.items()):
        picture.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
        file = f"{name}.webp"
        picture.save(folder / file, "WEBP", quality=QUALITY, method=4)
        facts = {"width": picture.width, "height": picture.height}
        made.append({"name": file, "media_type": "image/webp", "facts": facts})
    return made[::-1]


def _picture(source: Path, media_type: str) -> Image.Image:
    if media_type in _LIGHT:
        return _as_seen(decode_light(source, _LIGHT[media_type]))
    if media_type.startswith("image/"):
        longest = SIZES["large"]
        try:
            return load_picture(source, about=(longest, longest))
        except BackendError as error:
            raise Refused("unplayable", error.message) from error
    return _poster(source)


def _poster(source: Path) -> Image.Image:
    """A frame that tells something: of several places the first that is not of one colour."""
    with opened(source) as container:
        stream = video_of(container)
        duration = duration_of(container, stream)
        places = [duration * part for part in (0.1, 0.3, 0.5, 0.8)] if duration else [0.0]
        picture = None
        for _, frame in at_times(container, stream, places):
            picture = picture_of(frame, stream, within=SIZES["large"])
            if np.asarray(picture.resize((32, 32)).convert("L")).std() > 8:
                break
    if picture is None:
        raise unplayable("No frame of the file can be decoded")
    return picture


def _as_seen(frame: Any) -> Image.Image:
    """Linear light as a picture: exposed by its own mean, with bright parts held back."""
    light = np.nan_to_num(frame.to_ndarray(format="gbrpf32le"), posinf=1e4, neginf=0.0)
    light = np.clip(light.astype(np.float32), 0.0, 1e4)
    luminance = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    mean = float(np.exp(np.log(luminance + 1e-4).mean()))
    exposed = light * (0.18 / max(mean, 1e-4))
    shown = (exposed / (1.0 + exposed)) ** (1 / 2.2)
    return Image.fromarray((shown * 255.0 + 0.5).astype(np.uint8))
