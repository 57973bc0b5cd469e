"""Filmstrips: small frames of a video in one picture, to scrub by, and an index of their times."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from PIL import Image

from .frames import at_times, display_size, duration_of, opened, picture_of, unplayable, video_of

TILE = 160
"""Pixels of a tile's longest side."""

MOST = 100
PER_SECOND = 4
COLUMNS = 10
QUALITY = 70


def make(source: Path, media_type: str, folder: Path) -> list[dict[str, Any]]:
    """Write `strip.webp` and `index.json`."""
    tiles: list[Image.Image] = []
    times: list[float] = []
    size = (0, 0)
    with opened(source) as container:
        stream = video_of(container)
        duration = duration_of(container, stream)
        wanted = _times(duration, stream.frames)
        for time, frame in at_times(container, stream, wanted):
            tile = picture_of(frame, stream, within=TILE)
            tiles.append(tile if not tiles else tile.resize(tiles[0].size))
            times.append(round(time, 4))
            size = display_size(frame, stream)
    if not tiles:
        raise unplayable("No frame of the file can be decoded")
    columns = min(COLUMNS, len(tiles))
    rows = math.ceil(len(tiles) / columns)
    width, height = tiles[0].size
    strip = Image.new("RGB", (columns * width, rows * height))
    for number, tile in enumerate(tiles):
        strip.paste(tile, (number % columns * width, number // columns * height))
    strip.save(folder / "strip.webp", "WEBP", quality=QUALITY, method=4)
    index = {
        "version": 1,
        "image": {"width": strip.width, "height": strip.height},
        "tile": {"width": width, "height": height},
        "columns": columns,
        "rows": rows,
        "count": len(tiles),
        "duration": round(duration, 4),
        "source": {"width": size[0], "height": size[1]},
        "times": times,
    }
    (folder / "index.json").write_text(json.dumps(index, separators=(",", ":")))
    facts = {key: index[key] for key in ("columns", "rows", "count", "duration")} | {
        "tile_width": width,
        "tile_height": height,
    }
    return [
        {"name": "strip.webp", "media_type": "image/webp", "facts": facts},
        {"name": "index.json", "media_type": "application/json", "facts": {}},
    ]


def _times(duration: float, frames: int) -> list[float]:
    """The middles of equal parts, so that the strip has neither only the first nor the last."""
    count = max(1, min(MOST, math.ceil(duration * PER_SECOND)))
    if frames:
        count = min(count, frames)
    return [duration * (number + 0.5) / count for number in range(count)]
