"""The formats of files that people bring: their endings, and what a name from outside may be."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from app import projects
from node_registry import DirectorError

# The first ending is the one that a file gets whose own does not fit its content.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    "image/x-exr": ("exr",),
    "image/vnd.radiance": ("hdr",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "audio/wav": ("wav",),
    "audio/mpeg": ("mp3",),
    "audio/aac": ("aac",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/webm": ("webm",),
    "application/x-cube-lut": ("cube",),
    "application/x-safetensors": ("safetensors",),
}
LONGEST_NAME = 120


def check_file_name(filename: str) -> str:
    """The name of a file that somebody brings, as it can be kept on every system.

    Letters that some system forbids become `_`. Refused with `media.bad_name`: a path, a name that
    a system keeps for itself, letters that cannot be seen. An empty name becomes `file`.
    """
    if any(unicodedata.category(letter) == "Cc" for letter in filename):
        raise _bad_name(filename, "it holds letters that cannot be seen")
    if "/" in filename or "\\" in filename or filename in (".", ".."):
        raise _bad_name(filename, "it names a folder")
    plain = re.sub(r"[^\w .()+,'&-]", "_", unicodedata.normalize("NFC", filename)).strip(" .")
    if not plain:
        return "file"
    stem, dot, ending = plain.rpartition(".")
    room = LONGEST_NAME - len(ending) - 1
    name = f"{stem[:room]}.{ending}" if dot and room > 0 else plain[:LONGEST_NAME]
    try:
        return projects.check_name(name)
    except DirectorError as error:
        raise _bad_name(filename, error.message.partition(": ")[2].rstrip(".")) from error


def with_ending(name: str, media_type: str) -> str:
    """The name with an ending that fits the content: `logo.html` of a PNG is `logo.html.png`."""
    endings = ENDINGS.get(media_type)
    if endings is None or PurePosixPath(name).suffix.lower().removeprefix(".") in endings:
        return name
    return f"{name}.{endings[0]}"


def _bad_name(filename: str, why: str) -> DirectorError:
    return DirectorError(
        "media.bad_name",
        f"{filename[:60]!r} cannot be the name of a file here: {why}.",
        hint="Rename the file, then send it again.",
    )
