"""The one way to open media for reading: by few demuxers, and from this file alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DEMUXERS = "mov,matroska,webm,wav,mp3,aac"
"""Only these are tried, and only files: a playlist or a concat script could name others."""

STILLS = "png_pipe,jpeg_pipe,webp_pipe"
"""Single pictures; not `image2`, which takes a name for a pattern of many."""


def open_media(path: Path, *, stills: bool = False, **given: Any) -> Any:
    """The container of a file of somebody's, or a picture too (`stills`). Raises what PyAV raises,
    also for other formats."""
    import av

    formats = f"{DEMUXERS},{STILLS}" if stills else DEMUXERS
    options = {"format_whitelist": formats, "protocol_whitelist": "file"}
    return av.open(str(path), options=options, **given)
